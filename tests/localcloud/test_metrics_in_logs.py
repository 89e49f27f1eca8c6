"""Metrics in log events, without a cloud: the embedded metric format, and metric filters.

Sources: Amazon CloudWatch User Guide, "Specification: Embedded metric format"; CloudWatch Logs
User Guide, "Creating metrics from log events using filters" (read 2026-11).
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serverless_course.localcloud.cloudwatch.metrics.emf import Extract, extract
from serverless_course.localcloud.cloudwatch.metrics.metric import MetricId
from serverless_course.localcloud.cloudwatch.metrics.metric_filter import read_filter
from serverless_course.localcloud.logs.filter_patterns import matcher

AT_MS = 1_795_560_000_000


def document(*, metrics: Any = None, dimensions: Any = None, **more: Any) -> dict[str, Any]:
    directive = {
        "Namespace": "Shop",
        "Dimensions": [["Service"]] if dimensions is None else dimensions,
        "Metrics": [{"Name": "Orders", "Unit": "Count"}] if metrics is None else metrics,
    }
    about = {"Timestamp": AT_MS - 5000, "CloudWatchMetrics": [directive]}
    return {"_aws": about, "Service": "web", "Orders": 3, **more}


def found(given: Any) -> Extract:
    result = extract(given if isinstance(given, str) else json.dumps(given), AT_MS)
    assert result is not None
    return result


def test_a_document_gives_its_metrics_at_its_own_time() -> None:
    (datum,) = found(document()).data
    assert datum.metric == MetricId("Shop", "Orders", (("Service", "web"),))
    assert datum.at == AT_MS / 1000 - 5
    assert (datum.values, datum.unit, datum.high_resolution) == ((3.0,), "Count", False)


def test_values_may_be_an_array_and_resolution_a_second() -> None:
    metrics = [{"Name": "Orders", "StorageResolution": 1}]
    (datum,) = found(document(metrics=metrics, Orders=[1, 2, 2.5])).data
    assert (datum.values, datum.high_resolution) == ((1, 2, 2.5), True)


def test_each_set_of_dimensions_gives_the_metric_once() -> None:
    data = found(document(dimensions=[["Service"], ["Service", "Zone"], []], Zone="a")).data
    assert [each.metric.dimensions for each in data] == [
        (("Service", "web"),),
        (("Service", "web"), ("Zone", "a")),
        (),
    ]


def test_a_line_with_its_newline_is_a_document_too() -> None:
    assert found(json.dumps(document()) + "\n").data


@pytest.mark.parametrize(
    "wrong",
    [
        document(metrics=[{"Name": "Absent"}]),
        document(Orders="three"),
        document(Orders=True),
        document(Orders=[]),
        document(Orders=[1] * 101),
        document(metrics=[{"Name": "Orders", "Unit": "Furlongs"}]),
        document(metrics=[{"Name": "Orders", "StorageResolution": 30}]),
        document(metrics=[{"Name": "Orders"}] * 101),
        document(metrics="Orders"),
        document(dimensions=[["Absent"]]),
        document(dimensions=["Service"]),
        document(dimensions=[[f"d{n}" for n in range(31)]], **{f"d{n}": "x" for n in range(31)}),
        document(Service=""),
        document(Service="x" * 1025),
        document(Service={"a": 1}),
        {"_aws": {"CloudWatchMetrics": {"Namespace": "Shop"}}},
        {"_aws": {"CloudWatchMetrics": [], "Timestamp": "now"}},
        {"_aws": {"CloudWatchMetrics": [], "Timestamp": AT_MS - 15 * 86_400_000}},
        {"_aws": {"CloudWatchMetrics": [], "Timestamp": AT_MS + 7_200_001}},
        {"_aws": {"CloudWatchMetrics": [], "Timestamp": AT_MS // 1000}},
    ],
)
def test_what_breaks_the_specification_gives_nothing_and_counts_as_invalid(wrong: Any) -> None:
    result = found(wrong)
    assert (result.data, result.parsing_errors, result.validation_errors) == ([], 0, 1)


def test_a_document_that_is_cut_off_counts_as_not_parsed() -> None:
    result = found(json.dumps(document())[:-1])
    assert (result.data, result.parsing_errors, result.validation_errors) == ([], 1, 0)


def test_a_directive_with_a_fault_does_not_spoil_the_others() -> None:
    both = document()
    both["_aws"]["CloudWatchMetrics"].append({"Namespace": "Shop", "Metrics": [{"Name": "Gone"}]})
    result = found(both)
    assert (len(result.data), result.validation_errors) == (1, 1)


@pytest.mark.parametrize(
    "message",
    [
        "plain text",
        '{"level": "INFO"}',
        '{"_aws": {"Timestamp": 1}}',
        'see "_aws" and "CloudWatchMetrics" in the guide',
        json.dumps([document()]),
    ],
)
def test_an_event_that_is_no_such_document_is_let_alone(message: str) -> None:
    assert extract(message, AT_MS) is None


words = st.sampled_from(["a", "", "Name", "Unit", "StorageResolution"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["Namespace", "Dimensions", "Metrics"]), json_values))
def test_no_directive_however_strange_does_harm(directive: dict[str, Any]) -> None:
    extract(json.dumps({"_aws": {"CloudWatchMetrics": [directive]}, "a": 1}), AT_MS)


# metric filters


def counted(pattern: str, message: str, **transformation: Any) -> tuple[float, Any] | None:
    made = {"metricName": "n", "metricNamespace": "N", "metricValue": "1", **transformation}
    datum = read_filter(made, matcher(pattern)).value_of(message, 0.0)
    return None if datum is None else (datum.values[0], dict(datum.metric.dimensions))


def test_an_event_that_matches_counts_as_the_value() -> None:
    assert counted("ERROR", "ERROR: no") == (1.0, {})
    assert counted("ERROR", "fine") is None
    assert counted("ERROR", "fine", defaultValue=0) == (0.0, {})


def test_a_value_and_dimensions_may_be_fields_of_the_event() -> None:
    event = json.dumps({"took": {"ms": 12.5}, "zones": ["a", "b"], "status": 500})
    value = {"metricValue": "$.took.ms", "dimensions": {"Zone": "$.zones[1]", "Status": "$.status"}}
    assert counted("{ $.status = 500 }", event, **value) == (12.5, {"Zone": "b", "Status": "500"})


@pytest.mark.parametrize(
    "transformation",
    [{"metricValue": "$.absent"}, {"metricValue": "$.text"}, {"dimensions": {"Zone": "$.absent"}}],
)
def test_an_event_without_the_number_or_a_dimension_counts_for_nothing(
    transformation: dict[str, Any],
) -> None:
    assert counted("", json.dumps({"text": "many"}), **transformation) is None


@pytest.mark.parametrize(
    "transformation",
    [
        {"metricValue": "many"},
        {"metricValue": "$size"},
        {"dimensions": {"a": "$.a"}, "defaultValue": 0},
        {"dimensions": {str(n): "$.a" for n in range(4)}},
    ],
)
def test_a_transformation_that_is_wrong_or_not_offered_is_refused(
    transformation: dict[str, Any],
) -> None:
    with pytest.raises(ValueError, match=r"Invalid metric transformation|not offered"):
        counted("", "", **transformation)
