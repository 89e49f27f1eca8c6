"""The metric of lab 08, as its check looks at it: one line in the embedded metric format."""

import json
import time
from typing import Any

from serverless_course.exercises.checks.lab_08_shop import error_of, logged
from serverless_course.exercises.deployed import seen
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet
from serverless_course.functions.invocation import Invocation


def no_line(lab: Any, bad: Invocation) -> Feedback:
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
