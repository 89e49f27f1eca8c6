"""What lab 08's check says to lines in the embedded metric format that learners print."""

import json
import time
from typing import Any

import pytest

from serverless_course.exercises.checks.lab_08_observability_xray.metric import line_problem


def line(**changed: Any) -> dict[str, Any]:
    """A line as it is asked for, but for what is changed."""
    directive = {
        "Namespace": changed.pop("namespace", "Shop"),
        "Dimensions": changed.pop("dimensions", [["Country"]]),
        "Metrics": [{"Name": "FailedCheckouts", "Unit": changed.pop("unit", "Count")}],
    }
    stamp = changed.pop("stamp", int(time.time() * 1000))
    head = {"Timestamp": stamp, "CloudWatchMetrics": [directive]}
    return {"_aws": head, "FailedCheckouts": 1, "Country": "X1", **changed}


def test_a_line_as_asked_for_is_right() -> None:
    assert line_problem(line(), "X1") is None


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"namespace": "shop"}, "another namespace"),
        ({"dimensions": ["Country"]}, "needs the dimension"),
        ({"Country": "UK"}, "needs the dimension"),
        ({"FailedCheckouts": "1"}, "as a number"),
        ({"unit": "None"}, "another unit"),
        ({"stamp": int(time.time())}, "milliseconds"),
        ({"stamp": None}, "milliseconds"),
    ],
)
def test_each_slip_has_its_own_message(changed: dict[str, Any], says: str) -> None:
    found = line_problem(line(**changed), "X1")
    assert found is not None
    assert says in found.message
    assert json.dumps("1") in (found.got or "") or "FailedCheckouts" not in changed
