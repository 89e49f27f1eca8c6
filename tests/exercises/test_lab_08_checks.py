"""What lab 08's checks say to learners' metric lines and alarms."""

import json
import time
from typing import Any

import pytest

from serverless_course.exercises.checks.lab_08_observability_xray.alarm import alarm_problem
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
        ({"dimensions": [["Country"], []]}, "more than one set"),
    ],
)
def test_each_slip_has_its_own_message(changed: dict[str, Any], says: str) -> None:
    found = line_problem(line(**changed), "X1")
    assert found is not None
    assert says in found.message
    assert json.dumps("1") in (found.got or "") or "FailedCheckouts" not in changed


def an_alarm(**changed: Any) -> dict[str, Any]:
    """An alarm as DescribeAlarms tells of it and as it is asked for, but for what is changed."""
    return {
        "Namespace": "Shop",
        "MetricName": "FailedCheckouts",
        "Dimensions": [{"Name": "Country", "Value": "NO"}],
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 3.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": ["arn:aws:sns:us-east-1:1:on-duty"],
        **changed,
    }


@pytest.mark.parametrize(
    "changed",
    [{}, {"Unit": "Count"}, {"ComparisonOperator": "GreaterThanThreshold", "Threshold": 2}],
)
def test_an_alarm_as_asked_for_is_right(changed: dict[str, Any]) -> None:
    assert alarm_problem(an_alarm(**changed), "on-duty", "NO") is None


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"Unit": "Seconds"}, "never sees a value"),
        ({"Dimensions": [{"Name": "Country", "Value": "BR"}]}, "another country than hers"),
        ({"Dimensions": []}, "one dimension"),
        ({"MetricName": "Errors"}, "another metric"),
        ({"Period": 300}, "sum over 60"),
        ({"Threshold": 2.0}, "3 or more"),
        ({"EvaluationPeriods": 2}, "in one period"),
        ({"TreatMissingData": "breaching"}, "no reason for an alarm"),
        ({"ActionsEnabled": False}, "its actions are off"),
        ({"AlarmActions": []}, "tells nobody"),
    ],
)
def test_each_slip_of_an_alarm_has_its_own_message(changed: dict[str, Any], says: str) -> None:
    found = alarm_problem(an_alarm(**changed), "on-duty", "NO")
    assert found is not None
    assert says in found.message
