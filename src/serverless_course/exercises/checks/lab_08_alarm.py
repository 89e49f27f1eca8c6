"""The alarm of lab 08, as its check looks at it."""

import json
from typing import Any

from serverless_course.exercises.feedback import Feedback, NotYet

UNKNOWN_COUNTRY = "UK"
ALARM_AT = 3


def alarm_problem(found: dict[str, Any], topic: str) -> Feedback | None:
    """What is not yet right with the alarm of the lab; None when it is as asked for.

    ``found``: a metric alarm as DescribeAlarms tells of it; ``topic``: the topic's name.
    """
    return _watches_another(found) or _set_otherwise(found, topic)


def _watches_another(found: dict[str, Any]) -> Feedback | None:
    dimensions = {each["Name"]: each["Value"] for each in found.get("Dimensions", [])}
    watched = (found.get("Namespace"), found.get("MetricName"))
    if watched != ("Shop", "FailedCheckouts"):
        return NotYet(
            "It watches another metric.", expected="Shop, FailedCheckouts", got=str(watched)
        )
    if dimensions != {"Country": UNKNOWN_COUNTRY}:
        return NotYet(
            "The metric has a dimension: without Country, it is another metric, and empty.",
            expected=f"Country: {UNKNOWN_COUNTRY}",
            got=str(dimensions or "no dimensions"),
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
    if not found.get("ActionsEnabled", True) or not any(
        arn.endswith(f":{topic}") for arn in actions
    ):
        return NotYet(
            "It would go off, and tells nobody.",
            expected="AlarmActions with the topic's ARN",
            got=str(actions),
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


def rings(lab: Any, queue_url: str) -> list[dict[str, Any]]:
    """What the telephone says now; what was heard is deleted."""
    sqs = lab.client("sqs")
    told = []
    for message in sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get(
        "Messages", []
    ):
        told.append(json.loads(json.loads(message["Body"])["Message"]))
        sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
    return told
