"""The tasks of lab 08: find the slow step and the unlucky customer, and watch from now on."""

import json
import time
from typing import Any

from botocore.exceptions import ClientError

from serverless_course.exercises.answers import Finding, NotAttempted, NotYet, Right
from serverless_course.exercises.checks.lab_08_alarm import (
    ALARM_AT,
    UNKNOWN_COUNTRY,
    alarm_problem,
    rings,
)
from serverless_course.exercises.checks.lab_08_shop import (
    STEPS,
    buy,
    documents,
    embedded_metrics,
    failures_by_customer,
    function_node,
    metric_sum,
    new_customer,
    summaries,
    traces_of,
    wait_for,
)
from serverless_course.exercises.deployed import seen
from serverless_course.exercises.inputs import shown, whole, word
from serverless_course.exercises.task import task

# How many checkouts the lab sends first.
TRAFFIC = 40
ALARM_WITHIN_S = 150.0
# CloudWatch needs longer for the first value of a new metric than for a log line.
METRIC_WITHIN_S = 180.0


@task("slow")
def slow(lab: Any, answer: Any) -> Finding:
    """The step that takes the most time, over all checkouts that went well."""
    well = [tree for tree in traces_of(lab, "checkout") if tree.state == "ok"]
    spent = dict.fromkeys(STEPS, 0.0)
    for tree in well:
        for _, node in tree.walk():
            if node.name in spent:
                spent[node.name] += node.seconds
    said = word(answer)
    if said == lab.name("checkout"):
        return NotYet(
            "That is the whole checkout. Which of its five steps takes the most time?",
            expected=f"one of {', '.join(STEPS)}",
        )
    if said in ("lambda", "dynamodb", "sqs"):
        steps = {"lambda": "Two steps call Lambda", "dynamodb": "Two steps call DynamoDB"}
        return NotYet(
            f"{steps.get(said, 'One step calls SQS')}. Which step is it?",
            expected=f"one of {', '.join(STEPS)}",
        )
    if said not in spent:
        return NotYet("The answer is the name of a step.", got=shown(answer), expected=str(STEPS))
    whole_s = sum(tree.seconds for tree in well)
    evidence = [f"{len(well)} traces without an error, {whole_s:.2f} s in all"]
    slowest = max(spent, key=lambda name: spent[name])
    if said != slowest:
        return NotYet(
            f"The step {said} took {100 * spent[said] / whole_s:.0f} % of the time, and another "
            "one more.",
            evidence=evidence,
            next_step="Add up the seconds of each step over all traces.",
        )
    return Right(
        f"Yes: {slowest}, with {100 * spent[slowest] / whole_s:.0f} % of all time.",
        evidence=evidence,
    )


@task("cold")
def cold(lab: Any, answer: Any) -> Finding:
    """How many of the first checkouts started a new environment of the function."""
    first = traces_of(lab, "checkout")[:TRAFFIC]
    own = everywhere = 0
    for tree in first:
        node = function_node(tree, lab.name("checkout"))
        own += node is not None and any(child.is_cold_start for child in node.children)
        everywhere += sum(each.is_cold_start for _, each in tree.walk())
    said = whole(answer)
    if said is None:
        return NotYet("The answer is a whole number.", got=shown(answer))
    if said == own:
        return Right(
            f"Yes: {own} of {len(first)}. Each of these customers waited for an environment.",
            evidence=[f"{len(first)} traces, with {everywhere} cold starts of all functions"],
        )
    if said == everywhere:
        return NotYet(
            "That counts cold starts of other functions, too. Count those of checkout alone.",
            got=str(said),
        )
    if said == 0:
        return NotYet(
            "There are some. Look for bars called Initialization in the slowest traces.", got="0"
        )
    return NotYet(
        "The traces show another number.",
        got=str(said),
        evidence=[f"looked at the first {len(first)} traces of checkout"],
        next_step="Count the traces in which a cold start hangs below the function checkout.",
    )


@task("who")
def who(lab: Any, answer: Any) -> Finding:
    """A query whose first row names the customer whose checkouts fail most often."""
    if not isinstance(answer, str):
        return NotYet("The answer is the text of a query.", got=shown(answer))
    first = _first_row(lab, answer)
    failed = failures_by_customer(lab)
    unlucky = max(failed, key=lambda customer: failed[customer])
    if first["customer"] not in failed:
        return NotYet(
            f"The checkouts of {first['customer']} went well. Filter for those that failed.",
            got=str(first),
        )
    if first["customer"] != unlucky:
        return NotYet(
            "There is a customer with more failures. Sort the rows.",
            got=str(first),
            next_step="`sort failures desc` puts the most to the top.",
        )
    if whole(first["failures"]) != failed[unlucky]:
        return NotYet(
            "It is the right customer, but another number of failures than the log has.",
            expected=str(failed[unlucky]),
            got=str(first["failures"]),
        )
    return Right(
        f"Yes: {unlucky}, {failed[unlucky]} times. She lives in a country for which the "
        "function price knows no tax: a KeyError.",
        evidence=[f"customers with a failed checkout: {len(failed)}"],
    )


def _first_row(lab: Any, query: str) -> dict[str, str]:
    """The first row of a query. Raises `NotYet` when it has not the fields that are asked for."""
    rows = _rows(lab, query)
    if not rows:
        raise NotYet("The query gives no row.", got=shown(query))
    first = rows[0]
    if "failures" not in first or "customer" not in first:
        raise NotYet(
            "The first row needs the fields customer and failures.",
            got=f"fields: {', '.join(name for name in first if name != '@ptr') or 'none'}",
            next_step="`stats count(*) as failures by customer` makes both.",
        )
    return first


def _rows(lab: Any, query: str) -> list[dict[str, str]]:
    logs, now = lab.client("logs"), int(time.time())
    try:
        started = logs.start_query(
            logGroupName=f"/aws/lambda/{lab.name('checkout')}",
            startTime=now - 6 * 3600,
            endTime=now + 60,
            queryString=query,
        )
    except ClientError as error:
        raise NotYet(
            f"Logs Insights refuses the query: {error.response['Error']['Code']}.",
            got=shown(query),
            evidence=[error.response["Error"].get("Message", "")],
        ) from error

    def done() -> dict[str, Any] | None:
        answer: dict[str, Any] = logs.get_query_results(queryId=started["queryId"])
        return answer if answer["status"] == "Complete" else None

    rows = wait_for("the query was complete", done)["results"]
    return [{cell["field"]: cell["value"] for cell in row} for row in rows]


@task("find", time_limit_s=120)
def find(lab: Any, answer: Any) -> Finding:
    """A filter expression that finds the traces of one customer, and of no other."""
    if not isinstance(answer, str):
        return NotYet("The answer is the text of a filter expression.", got=shown(answer))
    since = time.time()
    own, other = new_customer(), new_customer()
    for customer in (own, other):
        run = buy(lab, customer)
        if not run.ok:
            return NotYet(
                "A checkout fails now. Is the function what it was, and the annotation more?",
                evidence=[seen(run), str(run.payload)[:200]],
                next_step="Mend functions/checkout_annotated, and deploy it again.",
            )
        # The default rule records at least the first request of each second.
        time.sleep(1.1)

    def arrived() -> list[str]:
        trees = traces_of(lab, "checkout", since - 1)
        complete = [t for t in trees if function_node(t, lab.name("checkout")) is not None]
        return [summary["Id"] for summary in _all(lab, since)] if len(complete) >= 2 else []

    ids = wait_for("two new traces were there", arrived)
    found = {
        customer: {
            summary["Id"]
            for summary in summaries(lab, answer.replace("{customer}", customer), since - 1)
        }
        for customer in (own, other)
    }
    if not found[own] or not found[other]:
        in_documents = any(own in documents(lab, each) for each in ids)
        if in_documents:
            return NotYet(
                "The customer is in the trace as metadata, or only in a log. X-Ray searches "
                "annotations, and not metadata.",
                got=shown(answer),
                next_step='Call put_annotation("customer", …).',
            )
        return NotYet(
            "The expression finds no trace: the new traces carry no such annotation.",
            got=shown(answer),
            evidence=[f"traces since the check began: {len(ids)}"],
            next_step="Deploy functions/checkout_annotated in place of the old one.",
        )
    if found[own] & found[other]:
        return NotYet(
            "It finds traces of other customers, too.",
            got=shown(answer),
            evidence=[f"{len(found[own])} traces for {own}, the same ones for {other}"],
        )
    return Right(
        "Yes: one customer, one trace. From now on you can find hers within seconds.",
        evidence=[f"{own}: {', '.join(found[own])}", f"{other}: {', '.join(found[other])}"],
    )


def _all(lab: Any, since: float) -> list[dict[str, Any]]:
    return summaries(lab, f'service("{lab.name("checkout")}")', since - 1)


@task("metric", needs_answer=False, time_limit_s=METRIC_WITHIN_S + 120)
def metric(lab: Any, answer: Any) -> Finding:
    """Each failed checkout counts in the shop's own metric, by country; no other does."""
    country = f"X{new_customer()[-3:]}"
    bad, good = buy(lab, new_customer(), country), buy(lab, new_customer())
    if not good.ok:
        return NotYet(
            "A checkout that should go well fails now.",
            evidence=[seen(good), str(good.payload)[:200]],
            next_step="Mend functions/checkout_metric, and deploy it again.",
        )
    lines = embedded_metrics(lab, bad)
    if not lines:
        return NotAttempted(
            "A failed checkout prints no line in the embedded metric format yet.",
            evidence=[seen(bad)],
            next_step="Change functions/checkout_metric/index.py, and deploy it.",
        )
    if any(line.get("FailedCheckouts") for line in embedded_metrics(lab, good)):
        return NotYet(
            "A checkout that went well counts as failed, too.",
            evidence=[seen(good)],
            next_step="Print the line only where the function knows that it has failed.",
        )
    wrong = _not_as_wanted(lines[0], country)
    if wrong is not None:
        return wrong
    wait_for("the metric had counted it", lambda: metric_sum(lab, country) >= 1, METRIC_WITHIN_S)
    if bad.ok:
        return NotYet(
            "The failed checkout says now that it went well. Raise the error again after you "
            "have counted it: the caller has to know.",
            evidence=[seen(bad)],
        )
    return Right(
        "Yes: CloudWatch took it from the log, without a call.",
        evidence=[seen(bad), f"Sum of FailedCheckouts in {country}: {metric_sum(lab, country):g}"],
        not_checked=["the metric's unit in the graphs of the console"],
    )


def _not_as_wanted(line: Any, country: str) -> Finding | None:
    directives = line["_aws"]["CloudWatchMetrics"]
    directive = directives[0] if directives else {}
    names = [each.get("Name") for each in directive.get("Metrics", [])]
    if directive.get("Namespace") != "Shop" or "FailedCheckouts" not in names:
        return NotYet(
            "The line has another namespace or metric.",
            expected="namespace Shop, metric FailedCheckouts",
            got=f"namespace {directive.get('Namespace')}, metrics {names}",
        )
    if ["Country"] not in directive.get("Dimensions", []) or line.get("Country") != country:
        return NotYet(
            "The line needs the dimension Country, and a member Country beside the metric.",
            expected=f'"Dimensions": [["Country"]] and "Country": "{country}"',
            got=json.dumps({"Dimensions": directive.get("Dimensions")}),
        )
    if line.get("FailedCheckouts") != 1:
        return NotYet("Each failed checkout counts 1.", got=str(line.get("FailedCheckouts")))
    return None


@task("alarm", needs_answer=False, time_limit_s=ALARM_WITHIN_S + 60)
def alarm(lab: Any, answer: Any) -> Finding:
    """Three failed checkouts in one period, and somebody is told."""
    cloudwatch = lab.client("cloudwatch")
    name = lab.name("cannot-buy", kind="cloudwatch:alarm")
    known = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    if not known:
        return NotAttempted(
            "There is no such alarm yet.", next_step='`lab.hint("alarm")` gives a first step.'
        )
    wrong = alarm_problem(known[0], lab.name("on-duty", kind="sns:topic"))
    if wrong is not None:
        return wrong
    queue = lab.client("sqs").get_queue_url(QueueName=lab.name("telephone", kind="sqs:queue"))
    while rings(lab, queue["QueueUrl"]):
        pass
    # An alarm that has gone off already tells nobody again.
    cloudwatch.set_alarm_state(
        AlarmName=name, StateValue="OK", StateReason="The check of lab 08 begins."
    )
    until = time.monotonic() + ALARM_WITHIN_S
    while time.monotonic() < until:
        runs = [buy(lab, new_customer(), UNKNOWN_COUNTRY) for _ in range(ALARM_AT)]
        if not any(embedded_metrics(lab, run) for run in runs):
            return NotYet(
                "Three checkouts failed, and none was counted.",
                evidence=[seen(runs[0])],
                next_step="Do task 5 first: the alarm watches its metric.",
            )
        pause = time.monotonic() + min(30.0, ALARM_WITHIN_S / 3)
        while time.monotonic() < pause:
            for told in rings(lab, queue["QueueUrl"]):
                if told.get("AlarmName") == name and told.get("NewStateValue") == "ALARM":
                    return Right(
                        "Yes: three customers could not buy, and the telephone rang.",
                        evidence=[str(told.get("NewStateReason", ""))[:300]],
                    )
            time.sleep(0.5)
    state = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
    return NotYet(
        "Checkouts failed, and the telephone did not ring.",
        evidence=[f"the alarm is in state {state['StateValue']}: {state.get('StateReason', '')}"],
    )


@task("otel", needs_answer=False, time_limit_s=120)
def otel(lab: Any, answer: Any) -> Finding:
    """Spans of OpenTelemetry for both steps, below the checkout's own, with the customer."""
    name = lab.name("checkout_otel")
    client = lab.client("lambda")
    try:
        client.get_function_configuration(FunctionName=name)
    except client.exceptions.ResourceNotFoundException:
        return NotAttempted(
            "There is no function checkout_otel yet.",
            next_step="Change functions/checkout_otel/index.py, and deploy it.",
        )
    since, customer = time.time(), new_customer()
    run = buy(lab, customer, function="checkout_otel")
    if not run.ok:
        return NotYet(
            "The function checkout_otel fails.", evidence=[seen(run), str(run.payload)[:300]]
        )

    def arrived() -> Any:
        for tree in traces_of(lab, "checkout_otel", since - 1):
            # X-Ray names the segment of a function's span like the function: the second of two.
            own = [
                node
                for _, node in tree.walk()
                if node.name == name and node.origin == "AWS::Lambda::Function"
            ]
            if len(own) > 1:
                return tree, own[-1]
        return None

    tree, span = wait_for("its spans were there", arrived)
    below = {node.name for _, node in span.walk()}
    missing = [step for step in ("price", "coupon") if step not in below]
    if missing:
        return NotYet(
            f"There is no span {' and no span '.join(missing)} below check out.",
            evidence=[f"below check out: {', '.join(sorted(below - {name})) or 'nothing'}"],
            next_step='`with tracer.start_as_current_span("price"):` around the step.',
        )
    if customer not in documents(lab, tree.trace_id):
        return NotYet(
            "The spans are there; the attribute customer is not.",
            next_step='`span.set_attribute("customer", …)` on the span check out.',
        )
    return Right(
        "Yes: spans of an open standard, in the same trace as Lambda's own segments.",
        evidence=[seen(run), f"trace {tree.trace_id}"],
    )
