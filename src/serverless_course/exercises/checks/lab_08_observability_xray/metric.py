"""The shop's own metric: one line in the embedded metric format."""

import json
import time
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_08_observability_xray.log import (
    embedded_metrics,
    logged,
)
from serverless_course.exercises.checks.lab_08_observability_xray.shop import (
    buy,
    error_of,
    fails_now,
    new_country,
    new_customer,
    wait_for,
)
from serverless_course.exercises.deployed import seen
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.task import task
from serverless_course.functions.invocation import Invocation

# CloudWatch needs longer for the first value of a new metric than for a log line.
METRIC_WITHIN_S = 180.0


@task("metric", needs_answer=False, time_limit_s=METRIC_WITHIN_S + 120)
def metric(lab: CheckedLab, answer: Any) -> Feedback:
    """Each failed checkout counts in the shop's own metric, by country; no other does."""
    country = new_country()
    bad, good = buy(lab, new_customer(), country), buy(lab, new_customer())
    if not good.ok:
        return fails_now(good, "checkout_metric")
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


def metric_sum(lab: CheckedLab, country: str) -> float:
    """The sum of the shop's FailedCheckouts in a country, over the last hour."""
    now = time.time()
    found = lab.client("cloudwatch").get_metric_statistics(
        Namespace="Shop",
        MetricName="FailedCheckouts",
        Dimensions=[{"Name": "Country", "Value": country}],
        StartTime=now - 3600,
        EndTime=now + 60,
        Period=60,
        Statistics=["Sum"],
    )
    return float(sum(point["Sum"] for point in found["Datapoints"]))


def no_line(lab: CheckedLab, bad: Invocation) -> Feedback:
    """What to say of a failed checkout that left no line in the embedded metric format."""
    if not bad.ok and bad.error_type != "RuntimeError":
        return NotYet(
            f"A failed checkout fails with another error now: {error_of(bad)}",
            evidence=[seen(bad)],
            next_step="Mend functions/checkout_metric, and deploy it again.",
        )
    if any(
        "CloudWatchMetrics" in json.dumps(line.fields or line.message) for line in logged(lab, bad)
    ):
        return NotYet(
            "A line names CloudWatchMetrics, but it is not in the embedded metric format: that is "
            "one JSON object on one line, with nothing around it.",
            evidence=[seen(bad)],
            next_step="`print(json.dumps(…))`, without `indent`, and not through `log`.",
        )
    return NotAttempted(
        "A failed checkout prints no line in the embedded metric format yet.",
        evidence=[seen(bad)],
        next_step="Change functions/checkout_metric/index.py, and deploy it: the line has to be "
        "printed before `raise`.",
    )


def line_problem(line: Any, country: str) -> Feedback | None:
    """What is not yet right with the line of a failed checkout; None when it is as asked for."""
    return _names_another(line, country) or _counts_otherwise(line)


def _names_another(line: Any, country: str) -> Feedback | None:
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
            got=json.dumps(
                {"Dimensions": directive.get("Dimensions"), "Country": line.get("Country")}
            ),
        )
    return None


def _counts_otherwise(line: Any) -> Feedback | None:
    metrics = line["_aws"]["CloudWatchMetrics"][0]["Metrics"]
    units = {each.get("Name"): each.get("Unit") for each in metrics}
    if line.get("FailedCheckouts") != 1:
        return NotYet(
            "Each failed checkout counts 1, as a number, in the member FailedCheckouts.",
            expected='"FailedCheckouts": 1',
            got=f'"FailedCheckouts": {json.dumps(line.get("FailedCheckouts"))}',
        )
    if units["FailedCheckouts"] != "Count":
        return NotYet(
            "The metric has another unit.",
            expected='"Unit": "Count"',
            got=f'"Unit": {json.dumps(units["FailedCheckouts"])}',
        )
    stamp = line["_aws"].get("Timestamp")
    if not isinstance(stamp, int) or abs(stamp / 1000 - time.time()) > 3600:
        return NotYet(
            "The Timestamp is the time of now, in milliseconds since 1970, as a whole number.",
            expected='"Timestamp": int(time.time() * 1000)',
            got=f'"Timestamp": {json.dumps(stamp)}',
        )
    return None
