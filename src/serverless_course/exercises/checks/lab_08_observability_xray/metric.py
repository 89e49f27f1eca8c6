"""The shop's own metric: one line in the embedded metric format."""

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_08_observability_xray.log import (
    embedded_metrics,
    logged,
)
from serverless_course.exercises.checks.lab_08_observability_xray.shop import (
    buy,
    error_of,
    fail_early,
    fail_late,
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


FAILED = 2


@task("metric", needs_answer=False, time_limit_s=METRIC_WITHIN_S + 120)
def metric(lab: CheckedLab, answer: Any) -> Feedback:
    """Each failed checkout counts in the shop's own metric, by country; no other does."""
    country = new_country()
    early, good = fail_early(lab, new_customer(), country), buy(lab, new_customer())
    if not good.ok:
        return fails_now(good, "checkout_metric")
    lines = embedded_metrics(lab, early)
    if not lines:
        return no_line(lab, early, country)
    # In the last but one step, of a country whose tax is known: that is a failure, too.
    late = fail_late(lab, new_customer())
    wrong = (
        _one_line(lines, lab, early, good)
        or line_problem(lines[0], country)
        or _counts_late(lab, late)
        or _still_fails(early, late)
    )
    if wrong is not None:
        return wrong
    fail_early(lab, new_customer(), country)
    wait_for(
        "the metric had counted both",
        lambda: metric_sum(lab, country) >= FAILED,
        METRIC_WITHIN_S,
    )
    counted = metric_sum(lab, country)
    if counted != FAILED:
        return NotYet(
            f"{FAILED} checkouts failed in {country}, and the metric counts {counted:g}.",
            expected=f"{FAILED}",
            got=f"{counted:g}",
            next_step="Count each failed checkout once, with the value 1.",
        )
    return Right(
        "Yes: CloudWatch took it from the log, without a call.",
        evidence=[seen(early), f"Sum of FailedCheckouts in {country}: {counted:g}"],
    )


def _one_line(
    lines: Sequence[Mapping[str, Any]], lab: CheckedLab, bad: Invocation, good: Invocation
) -> Feedback | None:
    if len(lines) > 1:
        return NotYet(
            f"A failed checkout prints {len(lines)} lines: it counts {len(lines)} times.",
            expected="one line",
            evidence=[seen(bad)],
            next_step="Print the line in one place only.",
        )
    if any(line.get("FailedCheckouts") for line in embedded_metrics(lab, good)):
        return NotYet(
            "A checkout that went well counts as failed, too.",
            evidence=[seen(good)],
            next_step="Print the line only where the function knows that it has failed.",
        )
    return None


def _counts_late(lab: CheckedLab, late: Invocation) -> Feedback | None:
    if embedded_metrics(lab, late):
        return None
    return NotYet(
        "A checkout that fails in another step, or in a country with a known tax, is not counted.",
        evidence=[seen(late), error_of(late)],
        next_step="Print the line in the handler, where every error comes by.",
    )


def _still_fails(early: Invocation, late: Invocation) -> Feedback | None:
    """The caller has to know that a checkout failed, and by the same error as before."""
    for run in (early, late):
        if run.ok:
            return NotYet(
                "The failed checkout says now that it went well. Raise the error again after you "
                "have counted it: the caller has to know.",
                evidence=[seen(run)],
                next_step="`raise` alone raises the same error again.",
            )
    if early.error_type != "RuntimeError":
        return NotYet(
            f"A failed checkout fails with another error now: {error_of(early)}",
            evidence=[seen(early)],
            next_step="`raise` alone raises the same error again.",
        )
    return None


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


def no_line(lab: CheckedLab, bad: Invocation, country: str) -> Feedback:
    """What to say of a failed checkout that left no line in the embedded metric format."""
    if not bad.ok and bad.error_type != "RuntimeError":
        return NotYet(
            f"A failed checkout fails with another error now: {error_of(bad)}",
            evidence=[seen(bad)],
            next_step="Fix functions/checkout_metric, and deploy it again.",
        )
    if metric_sum(lab, country) > 0:
        return NotYet(
            "CloudWatch has counted it, and the log has no line in the embedded metric format: "
            "you called CloudWatch. Each customer waits for that call.",
            evidence=[seen(bad)],
            next_step="Print a line instead: `print(json.dumps(…))`.",
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
    sets = directive.get("Dimensions", [])
    if ["Country"] in sets and len(sets) > 1:
        return NotYet(
            "The line has more than one set of dimensions. Each set, with each of its values, is a "
            "metric of its own, and each is charged.",
            expected='"Dimensions": [["Country"]]',
            got=json.dumps(sets),
        )
    if ["Country"] not in sets or line.get("Country") != country:
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
