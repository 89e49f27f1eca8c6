"""The tasks of lab 08: find the slow step and the unlucky customer, and watch from now on."""

import time
from typing import Any

from botocore.exceptions import ClientError

from serverless_course.exercises.checks.lab_08_alarm import (
    ALARM_AT,
    UNKNOWN_COUNTRY,
    alarm_problem,
    rings,
)
from serverless_course.exercises.checks.lab_08_metric import line_problem, no_line
from serverless_course.exercises.checks.lab_08_shop import (
    STEPS,
    buy,
    documents,
    embedded_metrics,
    error_of,
    failures_by_customer,
    function_node,
    metric_sum,
    new_country,
    new_customer,
    own_document,
    sent_together,
    summaries,
    traces_of,
    wait_for,
)
from serverless_course.exercises.deployed import seen
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.inputs import shown, whole, word
from serverless_course.exercises.task import task
from serverless_course.functions.invocation import Invocation
from serverless_course.traces.tree import Tree

# How many checkouts the lab sends first.
TRAFFIC = 40
ALARM_WITHIN_S = 150.0
# CloudWatch needs longer for the first value of a new metric than for a log line.
METRIC_WITHIN_S = 180.0


@task("slow")
def slow(lab: Any, answer: Any) -> Feedback:
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
        return NotYet(
            "The answer is the name of a step.",
            got=shown(answer),
            expected=f"one of {', '.join(STEPS)}",
        )
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
        f"Yes: {slowest}, with {100 * spent[slowest] / whole_s:.0f} % of the time of all these "
        "checkouts, cold starts included.",
        evidence=evidence,
    )


@task("cold")
def cold(lab: Any, answer: Any) -> Feedback:
    """How many of the first checkouts started a new environment of the function."""
    said = whole(answer)
    if said is None:
        return NotYet("The answer is a whole number.", got=shown(answer))
    counted = [_cold_starts(lab, trees) for trees in sent_together(lab, TRAFFIC)]
    if not counted:
        return NotYet(
            f"There are no {TRAFFIC} checkouts of one sending to count in.",
            next_step="Run the cells `send` and `fetch` once more.",
        )
    if said in [own for own, _ in counted]:
        everywhere = next(everywhere for own, everywhere in counted if own == said)
        return Right(
            f"Yes: {said} of {TRAFFIC}. Each of these customers waited for an environment."
            if said
            else f"Yes: none of {TRAFFIC}. An earlier sending had started all environments.",
            evidence=[f"{TRAFFIC} traces, with {everywhere} cold starts of all functions"],
        )
    everywhere = counted[-1][1]
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
        evidence=[f"the {TRAFFIC} traces of your latest orders"],
        next_step="Count the traces in which a cold start hangs below the function checkout.",
    )


def _cold_starts(lab: Any, trees: list[Tree]) -> tuple[int, int]:
    """How many traces show a cold start of checkout, and how many all functions had."""
    own = everywhere = 0
    for tree in trees:
        node = function_node(tree, lab.name("checkout"))
        own += node is not None and any(child.is_cold_start for child in node.children)
        everywhere += sum(each.is_cold_start for _, each in tree.walk())
    return own, everywhere


@task("who")
def who(lab: Any, answer: Any) -> Feedback:
    """A query whose first row names the customer whose checkouts fail most often."""
    if not isinstance(answer, str):
        return NotYet("The answer is the text of a query.", got=shown(answer))
    first = _first_row(lab, answer)
    failed = failures_by_customer(lab)
    if not failed:
        return NotYet("No checkout has failed yet.", next_step="Run the cell `send`.")
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
        raise NotYet(
            "The query gives no row: no line of the log fits.",
            got=shown(query),
            next_step="Compare the field and the message of your filter with what the handler "
            "logs, letter by letter.",
        )
    first = rows[0]
    if "failures" in first and "customer" not in first:
        raise NotYet(
            "The first row has no customer: it counts lines that name none. Lambda logs such lines "
            "beside the function's own, also for an error.",
            got=f"fields: {', '.join(name for name in first if name != '@ptr')}",
            next_step="Filter for the line that the handler itself logs; count by customer.",
        )
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
    except logs.exceptions.ResourceNotFoundException as error:
        raise NotYet(
            "The function checkout has no log yet, or no longer.",
            next_step="Run the cells from the top: they deploy it and send the orders.",
        ) from error
    except ClientError as error:
        why = error.response["Error"]
        raise NotYet(
            f"Logs Insights refuses the query: {why['Code']}. {why.get('Message', '')}",
            got=shown(query),
        ) from error

    def done() -> dict[str, Any] | None:
        answer: dict[str, Any] = logs.get_query_results(queryId=started["queryId"])
        return answer if answer["status"] == "Complete" else None

    rows = wait_for("the query was complete", done)["results"]
    return [{cell["field"]: cell["value"] for cell in row} for row in rows]


@task("find", time_limit_s=120)
def find(lab: Any, answer: Any) -> Feedback:
    """A filter expression that finds the traces of one customer, and of no other."""
    if not isinstance(answer, str):
        return NotYet("The answer is the text of a filter expression.", got=shown(answer))
    since = time.time()
    own, other = new_customer(), new_customer()
    run = buy(lab, own)
    if not run.ok:
        return _fails_now(run, "checkout_annotated")
    # The default rule records at least the first request of each second.
    time.sleep(1.1)
    # Hers fail, in the first step: it is those that have to be found.
    buy(lab, other, new_country())

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
    if found[own] and not found[other]:
        return NotYet(
            "It finds a checkout that went well, and not one that fails. Hers fail, so she would "
            "still not be found.",
            got=shown(answer),
            next_step="Put the annotation where every checkout comes by before it can fail.",
        )
    if not found[own]:
        return _not_found(answer, in_document=any(own in documents(lab, each) for each in ids))
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


def _not_found(answer: str, *, in_document: bool) -> Feedback:
    if "{customer}" not in answer:
        return NotYet(
            "There is no {customer} in the expression: the check puts a customer's number there.",
            got=shown(answer),
            next_step="No f in front of the quotation marks: `'… = \"{customer}\"'`.",
        )
    if in_document:
        return NotYet(
            "The customer is in the trace as metadata, or only in a log. X-Ray searches "
            "annotations, and not metadata.",
            got=shown(answer),
            next_step='Call put_annotation("customer", …).',
        )
    return NotYet(
        "The expression finds no trace: the new traces carry no such annotation.",
        got=shown(answer),
        next_step="Deploy functions/checkout_annotated in place of the old one.",
    )


def _fails_now(run: Invocation, folder: str) -> Feedback:
    """What to say of a checkout that should go well and does not."""
    steps = {
        "FacadeSegmentMutationException": "Lambda's own segment takes no annotations from your "
        "code. Put it on a subsegment: inside `price` there is one.",
    }
    return NotYet(
        f"A checkout that should go well fails now: {error_of(run)}",
        evidence=[seen(run)],
        next_step=steps.get(str(run.error_type), f"Mend functions/{folder}, and deploy it again."),
    )


def _all(lab: Any, since: float) -> list[dict[str, Any]]:
    return summaries(lab, f'service("{lab.name("checkout")}")', since - 1)


@task("metric", needs_answer=False, time_limit_s=METRIC_WITHIN_S + 120)
def metric(lab: Any, answer: Any) -> Feedback:
    """Each failed checkout counts in the shop's own metric, by country; no other does."""
    country = new_country()
    bad, good = buy(lab, new_customer(), country), buy(lab, new_customer())
    if not good.ok:
        return _fails_now(good, "checkout_metric")
    lines = embedded_metrics(lab, bad)
    if not lines:
        return no_line(lab, bad)
    if any(line.get("FailedCheckouts") for line in embedded_metrics(lab, good)):
        return NotYet(
            "A checkout that went well counts as failed, too.",
            evidence=[seen(good)],
            next_step="Print the line only where the function knows that it has failed.",
        )
    wrong = line_problem(lines[0], country)
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
    )


@task("alarm", needs_answer=False, time_limit_s=ALARM_WITHIN_S + 60)
def alarm(lab: Any, answer: Any) -> Feedback:
    """Three failed checkouts in one period, and somebody is told."""
    cloudwatch = lab.client("cloudwatch")
    name = lab.name("cannot-buy", kind="cloudwatch:alarm")
    known = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    if not known:
        return NotAttempted(
            f"There is no alarm {name} yet.",
            next_step='Its name is in `alarm_name`. `lab.hint("alarm")` gives a first step.',
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
        if any(run.ok for run in runs):
            return NotYet(
                f"A checkout from {UNKNOWN_COUNTRY} goes well now, so no alarm can go off.",
                evidence=[seen(runs[0])],
                next_step="If you have mended `price`, put it back for this task. If your "
                "checkout hides the error, raise it again.",
            )
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
def otel(lab: Any, answer: Any) -> Feedback:
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
            f"The function checkout_otel fails: {error_of(run)}",
            evidence=[seen(run)],
            next_step="Deploy it with **otel_settings: its layer is another one."
            if "opentelemetry" in run.error_message
            else "Mend functions/checkout_otel, and deploy it again.",
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
            next_step=f'`with tracer.start_as_current_span("{missing[0]}"):` around the step. It '
            "needs no context of its own: the span around it is its parent.",
        )
    if customer not in own_document(lab, tree.trace_id, span.id):
        return NotYet(
            "The spans are there; the attribute customer is not on the span check out.",
            next_step='`span.set_attribute("customer", …)` on the span check out.',
        )
    return Right(
        "Yes: spans of an open standard, in the same trace as Lambda's own segments.",
        evidence=[seen(run), f"trace {tree.trace_id}"],
    )
