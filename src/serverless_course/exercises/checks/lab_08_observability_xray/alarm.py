"""The alarm on the shop's metric, and the telephone that rings."""

import json
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_08_observability_xray.log import (
    embedded_metrics,
    unlucky,
)
from serverless_course.exercises.checks.lab_08_observability_xray.shop import (
    fail_early,
    new_customer,
)
from serverless_course.exercises.deployed import seen
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.task import task
from serverless_course.waiting import until

ALARM_WITHIN_S = 150.0
# How long CloudWatch may take after three failures in one period.
RINGS_WITHIN_S = 45.0
ALARM_AT = 3


@task("alarm", needs_answer=False, time_limit_s=ALARM_WITHIN_S + 60)
def alarm(lab: CheckedLab, answer: Any) -> Feedback:
    """Three failed checkouts in one period, and somebody is told."""
    hers = unlucky(lab)
    if hers is None:
        return NotYet("No checkout has failed yet.", next_step="Run the cells `send` and `fetch`.")
    country = str(hers.get("country"))
    cloudwatch = lab.client("cloudwatch")
    name = lab.name("cannot-buy", kind="cloudwatch:alarm")
    known = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    if not known:
        return NotAttempted(
            f"There is no alarm {name} yet.",
            next_step='Its name is in `alarm_name`. `lab.hint("alarm")` gives a first step.',
        )
    wrong = alarm_problem(known[0], lab.name("on-duty", kind="sns:topic"), country)
    wrong = wrong or _nobody_listens(lab)
    if wrong is not None:
        return wrong
    queue = lab.client("sqs").get_queue_url(QueueName=lab.name("telephone", kind="sqs:queue"))
    while rings(lab, queue["QueueUrl"]):
        pass
    # An alarm that has gone off already tells nobody again.
    cloudwatch.set_alarm_state(
        AlarmName=name, StateValue="OK", StateReason="The check of lab 08 begins."
    )
    found = until(
        lambda: _fail_and_listen(lab, name, queue["QueueUrl"], country),
        ALARM_WITHIN_S,
        every_s=0.0,
    )
    if found is not None:
        return found
    state = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
    return NotYet(
        "Checkouts failed, and the telephone did not ring.",
        evidence=[f"the alarm is in state {state['StateValue']}: {state.get('StateReason', '')}"],
        next_step="The evidence says what the alarm saw. Run the cell `alarm-topic` and your "
        "answer again, then the check.",
    )


def _nobody_listens(lab: CheckedLab) -> Feedback | None:
    """Whether the telephone still hangs on the topic, and the topic may reach it."""
    topic = lab.name("on-duty", kind="sns:topic")
    queue = lab.name("telephone", kind="sqs:queue")
    pages = lab.client("sns").get_paginator("list_subscriptions").paginate()
    subscriptions = [each for page in pages for each in page["Subscriptions"]]
    if not any(
        each["TopicArn"].endswith(f":{topic}") and each["Endpoint"].endswith(f":{queue}")
        for each in subscriptions
    ):
        return NotYet(
            "The alarm tells the topic, and the telephone has no subscription to it.",
            next_step="Run the cell `alarm-topic` again.",
        )
    sqs = lab.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
    # On AWS, SNS delivers nothing to a queue whose policy does not allow it.
    if f":{topic}" not in found.get("Attributes", {}).get("Policy", ""):
        return NotYet(
            "The telephone's policy does not let the topic send: on AWS, nothing would arrive.",
            next_step="Run the cell `alarm-topic` again.",
        )
    return None


def _fail_and_listen(lab: CheckedLab, name: str, queue_url: str, country: str) -> Feedback | None:
    """Let three checkouts fail, and listen; None when the telephone is silent."""
    runs = [fail_early(lab, new_customer(), country) for _ in range(ALARM_AT)]
    if any(run.ok for run in runs):
        return NotYet(
            "A checkout that has to fail says that it went well, so no alarm can go off.",
            evidence=[seen(runs[0])],
            next_step="Your checkout hides the error: raise it again.",
        )
    if not any(embedded_metrics(lab, run) for run in runs):
        return NotYet(
            "Three checkouts failed, and none was counted.",
            evidence=[seen(runs[0])],
            next_step="Do task 5 first: the alarm watches its metric.",
        )

    def heard() -> list[dict[str, Any]]:
        return [
            told
            for told in rings(lab, queue_url)
            if told.get("AlarmName") == name and told.get("NewStateValue") == "ALARM"
        ]

    told = until(heard, min(RINGS_WITHIN_S, ALARM_WITHIN_S / 3), every_s=0.5)
    if told:
        return Right(
            "Yes: three customers could not buy, and the telephone rang.",
            evidence=[str(told[0].get("NewStateReason", ""))[:300]],
        )
    state = lab.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    if state and state[0]["StateValue"] == "ALARM":
        return NotYet(
            "The alarm went off, and the telephone did not ring.",
            evidence=[str(state[0].get("StateReason", ""))[:300]],
            next_step="Run the cell `alarm-topic` again: it lets the topic reach the queue.",
        )
    return None


def alarm_problem(found: dict[str, Any], topic: str, country: str) -> Feedback | None:
    """What is not yet right with the alarm of the lab; None when it is as asked for.

    ``found``: a metric alarm as DescribeAlarms tells of it; ``topic``: the topic's name;
    ``country``: the one that it has to watch.
    """
    return _watches_another(found, country) or _set_otherwise(found, topic)


def _watches_another(found: dict[str, Any], country: str) -> Feedback | None:
    dimensions = {each["Name"]: each["Value"] for each in found.get("Dimensions", [])}
    watched = (found.get("Namespace"), found.get("MetricName"))
    if watched != ("Shop", "FailedCheckouts"):
        return NotYet(
            "It watches another metric.", expected="Shop, FailedCheckouts", got=str(watched)
        )
    if dimensions != {"Country": country}:
        return NotYet(
            f"It watches another country than hers, {country}."
            if set(dimensions) == {"Country"}
            else "The metric has one dimension, Country. With other dimensions, or without, it is "
            "another metric, and empty.",
            expected=f"Country: {country}",
            got=str(dimensions or "no dimensions"),
        )
    if found.get("Unit", "Count") != "Count":
        return NotYet(
            f"It looks only at values in the unit {found['Unit']}, and the metric has Count: the "
            "alarm never sees a value.",
            expected="Unit: Count, or no Unit",
            got=str(found["Unit"]),
        )
    return None


def _set_otherwise(found: dict[str, Any], topic: str) -> Feedback | None:
    if (found.get("Statistic"), found.get("Period")) != ("Sum", 60):
        return NotYet(
            "It should sum over 60 seconds.",
            got=f"{found.get('Statistic')} over {found.get('Period')} s",
        )
    if not _goes_off_at_three(found):
        return NotYet(
            "It should go off with 3 or more failed checkouts, in one period.",
            got=f"{found['ComparisonOperator']} {found['Threshold']:g}, "
            f"{found['EvaluationPeriods']} period(s)",
        )
    if found.get("TreatMissingData") != "notBreaching":
        return NotYet(
            "When nobody fails, there is no data. That should be no reason for an alarm, and no "
            "unknown state either.",
            expected="TreatMissingData: notBreaching",
            got=str(found.get("TreatMissingData", "missing (the default)")),
        )
    actions = found.get("AlarmActions", [])
    if not found.get("ActionsEnabled", True):
        return NotYet(
            "It would go off, and tells nobody: its actions are off.",
            expected="ActionsEnabled: True, the default",
            got="ActionsEnabled: False",
        )
    if not any(arn.endswith(f":{topic}") for arn in actions):
        return NotYet(
            "It would go off, and tells nobody.",
            expected="AlarmActions with the topic's ARN",
            got=str(actions or "no AlarmActions"),
        )
    return None


def _goes_off_at_three(found: dict[str, Any]) -> bool:
    """Whether 3 breaches, and 2 does not, in one period."""
    operator, threshold = found["ComparisonOperator"], found["Threshold"]
    breaches = {
        "GreaterThanOrEqualToThreshold": lambda value: value >= threshold,
        "GreaterThanThreshold": lambda value: value > threshold,
    }.get(operator)
    return (
        breaches is not None
        and breaches(ALARM_AT)
        and not breaches(ALARM_AT - 1)
        and found["EvaluationPeriods"] == 1
    )


def rings(lab: CheckedLab, queue_url: str) -> list[dict[str, Any]]:
    """What the telephone says now; what was heard is deleted."""
    sqs = lab.client("sqs")
    told = []
    for message in sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get(
        "Messages", []
    ):
        told.append(json.loads(json.loads(message["Body"])["Message"]))
        sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
    return told
