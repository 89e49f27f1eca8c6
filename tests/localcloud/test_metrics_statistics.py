"""Statistics, the store and metric math, against their definitions.

Source: Amazon CloudWatch User Guide, "CloudWatch statistics definitions" and "Using math
expressions with CloudWatch metrics" (read 2026-11). Percentiles by nearest rank are ours.
"""

from __future__ import annotations

import math
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serverless_course.localcloud.cloudwatch.metrics import listing, periods
from serverless_course.localcloud.cloudwatch.metrics.data_request import get_metric_data
from serverless_course.localcloud.cloudwatch.metrics.expression import BadExpression
from serverless_course.localcloud.cloudwatch.metrics.expression_grammar import parse
from serverless_course.localcloud.cloudwatch.metrics.metric import MetricId, Samples, StatisticSet
from serverless_course.localcloud.cloudwatch.metrics.metric_math import evaluate
from serverless_course.localcloud.cloudwatch.metrics.publishing import put_metric_data
from serverless_course.localcloud.cloudwatch.metrics.series import Frame, Series
from serverless_course.localcloud.cloudwatch.metrics.statistic import parse as statistic
from serverless_course.localcloud.cloudwatch.metrics.statistics_request import get_metric_statistics
from serverless_course.localcloud.cloudwatch.metrics.store import SLOT_PLACES, MetricStore
from serverless_course.localcloud.wire.errors import ServiceError

NOW = 1_795_560_000.0
METRIC = MetricId("Shop", "Latency")


def samples(*values: float) -> Samples:
    made = Samples()
    for value in values:
        made.add(value)
    return made


HUNDRED = samples(*(float(n) for n in range(100, 0, -1)))


@pytest.mark.parametrize(
    ("name", "of_one_to_hundred"),
    [
        ("SampleCount", 100),
        ("Sum", 5050),
        ("Average", 50.5),
        ("Minimum", 1),
        ("Maximum", 100),
        ("p0", 1),
        ("p50", 50),
        ("p95", 95),
        ("p99", 99),
        ("p99.9", 100),
        ("p100", 100),
        # "tm90 calculates the average after removing the 10% of data points with the highest
        # values": 1 to 90.
        ("tm90", 45.5),
        # "TM(2%:98%) … after removing the 2% lowest and the 2% highest": 3 to 98.
        ("TM(2%:98%)", 50.5),
        # "TM(150:1000) … excludes those that are equal to or lower than 150 or higher than 1000".
        ("TM(10:20)", 15.5),
        ("TM(:20)", 10.5),
        ("TM(90:)", 95.5),
        ("IQM", 50.5),
        ("iqm", 50.5),
        # "wm98 … treating the 2% highest as equal to the value at the 98th percentile".
        ("wm98", (sum(range(1, 99)) + 2 * 98) / 100),
        ("WM(10:90)", (10 * 10 + sum(range(11, 90)) + 11 * 90) / 100),
        # "PR(:300) … the percentage that are 300 or less"; exclusive below, inclusive above.
        ("PR(:30)", 30),
        ("PR(10:30)", 20),
        ("tc90", 90),
        ("TC(0.5%:)", 100),
        ("TC(80:)", 20),
        ("ts90", 4095),
        ("TS(80%:)", sum(range(81, 101))),
    ],
)
def test_a_statistic_is_what_its_definition_says(name: str, of_one_to_hundred: float) -> None:
    assert statistic(name).of(HUNDRED) == pytest.approx(of_one_to_hundred)


@pytest.mark.parametrize(
    "name",
    [
        "average",
        "p101",
        "p",
        "p-1",
        "p99.12345678901",
        "TM()",
        "TM(90%:10%)",
        "TM(10%:90)",
        "TM(:)",
        "PR(10%:90%)",
        "xm90",
        "",
    ],
)
def test_what_is_no_statistic_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is no statistic"):
        statistic(name)


def test_a_single_value_is_every_percentile_and_every_mean() -> None:
    one = samples(7.5)
    for name in ("p0", "p1", "p50", "p99.9", "tm90", "tm1", "IQM", "wm98", "TM(25%:75%)"):
        assert statistic(name).of(one) == 7.5, name


def test_a_statistic_set_has_no_percentiles_unless_its_values_are_all_the_same() -> None:
    # "SampleCount is 1 … or Min and Max are equal" (User Guide, "Percentiles").
    spread = Samples()
    spread.add_set(StatisticSet(10, 100, 5, 20))
    assert statistic("Average").of(spread) == 10
    assert statistic("Maximum").of(spread) == 20
    assert statistic("p50").of(spread) is None
    equal = Samples()
    equal.add_set(StatisticSet(10, 50, 5, 5))
    assert statistic("p50").of(equal) == 5
    assert statistic("SampleCount").of(equal) == 10


def test_there_are_no_percentiles_of_negative_values() -> None:
    assert statistic("p50").of(samples(-1.0, 2.0)) is None
    assert statistic("Minimum").of(samples(-1.0, 2.0)) == -1


values = st.lists(st.floats(0, 1e6), min_size=1, max_size=60)
fractions = st.integers(0, 1000).map(lambda n: n / 10)


@given(values, fractions)
def test_a_percentile_is_a_value_with_enough_at_or_below_it(given: list[float], p: float) -> None:
    found = statistic(f"p{p}").of(samples(*given))
    assert found in given
    at_or_below = sum(each <= found for each in given)
    below = sum(each < found for each in given)
    assert at_or_below >= len(given) * p / 100 - 1e-6
    assert below < max(len(given) * p / 100, 1) + 1e-6


@given(values)
def test_means_lie_between_the_smallest_and_the_largest_value(given: list[float]) -> None:
    made = samples(*given)
    for name in ("Average", "tm90", "IQM", "wm95", "TM(5%:)", "WM(20%:60%)"):
        found = statistic(name).of(made)
        assert found is not None
        assert min(given) - 1e-6 <= found <= max(given) + 1e-6, name


@given(values, st.integers(1, 9))
def test_counts_weigh_as_values_that_come_more_often(given: list[float], times: int) -> None:
    weighted, repeated = Samples(), Samples()
    for value in given:
        weighted.add(value, times)
    for value in given * times:
        repeated.add(value)
    for name in ("Sum", "SampleCount", "Average", "p50", "p99", "tm90", "PR(:100)"):
        assert statistic(name).of(weighted) == pytest.approx(statistic(name).of(repeated)), name


# the store


def put(store: MetricStore, at: float, value: float, **more: Any) -> None:
    store.put(METRIC, at, [(value, 1.0)], **more)


def sums(store: MetricStore, start: float, end: float, period: int) -> dict[float, float]:
    found = store.periods(METRIC, start, end, period)
    return {at - NOW: each.total for unit in found.values() for at, each in unit.items()}


def test_values_fall_into_the_period_that_takes_in_their_second() -> None:
    store = MetricStore()
    for at in (0, 59.9, 60, 119, 120):
        put(store, NOW + at, 1.0)
    assert sums(store, NOW, NOW + 120, 60) == {0: 2, 60: 2}


def test_values_of_standard_resolution_stand_at_the_beginning_of_their_minute() -> None:
    # PutMetricAlarm, Period: no data "for the attempts that do not correspond to a one-minute
    # data resolution".
    store = MetricStore()
    put(store, NOW + 30, 1.0)
    put(store, NOW + 30, 5.0, high_resolution=True)
    assert sums(store, NOW, NOW + 60, 10) == {0: 1, 30: 5}
    assert sums(store, NOW, NOW + 60, 60) == {0: 6}


def test_what_came_first_goes_first_when_there_is_no_more_room() -> None:
    store = MetricStore(max_places=100 * (SLOT_PLACES + 1), clock=lambda: NOW)
    for n in range(250):
        put(store, NOW + n, float(n))
    kept = store.periods(METRIC, NOW, NOW + 1000, 1000)["None"][NOW]
    assert kept.count == 100
    assert kept.minimum == 150


def test_a_metric_that_has_nothing_left_is_forgotten() -> None:
    store = MetricStore(max_places=2 * (SLOT_PLACES + 1), clock=lambda: NOW)
    put(store, NOW, 1.0)
    for n in range(3):
        store.put(MetricId("Shop", "Other"), NOW + n, [(1.0, 1.0)])
    assert [each.name for each in store.metrics()] == ["Other"]


@pytest.mark.parametrize(("high_resolution", "for_s"), [(False, 180), (True, 3 * 3600)])
def test_seconds_are_put_together_by_the_minute_when_they_are_old(
    high_resolution: bool, for_s: int
) -> None:
    clock = [NOW]
    store = MetricStore(clock=lambda: clock[0])
    for n in range(120):
        clock[0] = NOW + n
        put(store, NOW + n, float(n % 2), high_resolution=high_resolution)
    clock[0] = NOW + 119 + for_s
    put(store, clock[0], 5.0)
    by_minute = {0: 30, 60: 30}
    whole = sums(store, NOW, NOW + 120, 60)
    assert whole == by_minute
    by_second = sums(store, NOW, NOW + 60, 1)
    assert by_second == {0: 30}
    recent = store.periods(METRIC, NOW + 119, NOW + 120, 1)
    assert bool(recent) == high_resolution


@given(st.lists(st.tuples(st.integers(0, 9000), st.booleans()), min_size=1, max_size=80))
def test_nothing_is_lost_when_seconds_are_put_together(data: list[tuple[int, bool]]) -> None:
    clock = [NOW]
    store = MetricStore(clock=lambda: clock[0])
    for at, high_resolution in data:
        clock[0] += 400
        put(store, NOW + at, 1.0, high_resolution=high_resolution)
    assert sum(sums(store, NOW, NOW + 9060, 60).values()) == len(data)
    found = store.periods(METRIC, NOW, NOW + 9060, 60)["None"]
    assert store._held >= sum(each.size for each in found.values())


def test_ten_thousand_equal_values_in_a_second_take_one_place() -> None:
    store = MetricStore(max_places=SLOT_PLACES + 10)
    for _ in range(10_000):
        put(store, NOW, 1.0)
    assert sums(store, NOW, NOW + 60, 60) == {0: 10_000}


@given(st.lists(st.tuples(st.integers(0, 600), st.integers(0, 9)), max_size=50))
def test_sums_of_periods_add_up_to_all_that_was_put(data: list[tuple[int, int]]) -> None:
    store = MetricStore()
    for at, value in data:
        put(store, NOW + at, float(value))
    whole = sum(value for _, value in data)
    for period in (60, 120, 300):
        assert sum(sums(store, NOW, NOW + 900, period).values()) == whole


# requests


def asked(**more: Any) -> dict[str, Any]:
    return {
        "Namespace": "Shop",
        "MetricName": "Latency",
        "StartTime": NOW,
        "EndTime": NOW + 120,
        "Period": 60,
        **more,
    }


def test_get_metric_data_without_a_unit_takes_the_first_and_says_so() -> None:
    """Recorded (localstack, test_get_metric_data_different_units_no_unit_in_query, 2023)."""
    store = MetricStore()
    put(store, NOW, 60.0, unit="Seconds")
    put(store, NOW, 60_000.0, unit="Milliseconds")
    metric = {"Namespace": METRIC.namespace, "MetricName": METRIC.name}
    stat = {"Metric": metric, "Period": 60, "Stat": "Sum"}
    asked_for = {"MetricDataQueries": [{"Id": "m", "MetricStat": stat}]}
    times = {"StartTime": NOW - 60, "EndTime": NOW + 60}
    (found,) = get_metric_data(store, {**asked_for, **times}, NOW)["MetricDataResults"]
    assert found["Values"] == [60_000.0]
    (told,) = found["Messages"]
    assert told["Value"] == "Multiple units returned: '[Milliseconds, Seconds]'"


def test_each_unit_has_its_own_data_points_unless_one_is_asked_for() -> None:
    store = MetricStore()
    put(store, NOW, 1.0, unit="Seconds")
    put(store, NOW, 2.0, unit="Milliseconds")
    both = get_metric_statistics(store, asked(Statistics=["Sum"]), NOW)["Datapoints"]
    assert {(each["Unit"], each["Sum"]) for each in both} == {("Seconds", 1), ("Milliseconds", 2)}
    one = get_metric_statistics(store, asked(Statistics=["Sum"], Unit="Seconds"), NOW)
    assert [each["Sum"] for each in one["Datapoints"]] == [1]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({}, "InvalidParameterCombination"),
        ({"Statistics": ["p90"]}, "InvalidParameterValue"),
        ({"ExtendedStatistics": ["Sum"]}, "InvalidParameterValue"),
        ({"ExtendedStatistics": ["p900"]}, "InvalidParameterValue"),
        ({"Statistics": ["Sum"], "Period": 90}, "InvalidParameterValue"),
        ({"Statistics": ["Sum"], "Period": 0}, "InvalidParameterValue"),
        ({"Statistics": ["Sum"], "EndTime": NOW}, "ValidationError"),
        # "The maximum number of data points returned from a single call is 1,440."
        ({"Statistics": ["Sum"], "EndTime": NOW + 1441 * 60}, "InvalidParameterCombination"),
    ],
)
def test_statistics_that_cannot_be_asked_for_are_refused(more: dict[str, Any], code: str) -> None:
    with pytest.raises(ServiceError) as caught:
        get_metric_statistics(MetricStore(), asked(**more), NOW)
    assert caught.value.code == code


def test_1440_data_points_may_be_asked_for() -> None:
    given = asked(Statistics=["Sum"], EndTime=NOW + 1440 * 60)
    assert get_metric_statistics(MetricStore(), given, NOW)["Datapoints"] == []


def test_a_start_time_is_rounded_down_by_its_age() -> None:
    # GetMetricStatistics, StartTime: minute, 5 minutes from 15 days on, the hour from 63 days on.
    start = NOW + 59 * 60 + 31
    assert periods.aligned(start, 60, start) == NOW + 59 * 60
    assert periods.aligned(start, 10, start) == NOW + 59 * 60 + 30
    assert periods.aligned(start, 60, start + 16 * 86_400) == NOW + 55 * 60
    assert periods.aligned(start, 60, start + 64 * 86_400) % 3600 == 0


def test_values_may_stand_beside_a_statistic_set() -> None:
    """AWS takes both (recorded, localstack's test_put_metric_data_validation, 2024)."""
    store = MetricStore()
    figures = {"SampleCount": 10, "Sum": 55, "Minimum": 1, "Maximum": 10}
    datum = {"MetricName": "Latency", "Values": [1.0, 20.0], "StatisticValues": figures}
    put_metric_data(store, {"Namespace": "Shop", "MetricData": [datum]}, NOW)
    (found,) = get_metric_statistics(store, asked(Statistics=["SampleCount"]), NOW)["Datapoints"]
    assert found["SampleCount"] == 12


@pytest.mark.parametrize(
    ("datum", "code"),
    [
        ({}, "MissingParameter"),
        ({"Value": math.nan}, "InvalidParameterValue"),
        ({"Value": math.inf}, "InvalidParameterValue"),
        ({"Value": 1, "Values": [1]}, "InvalidParameterCombination"),
        ({"Values": [1, 2], "Counts": [1]}, "InvalidParameterValue"),
        ({"Values": [1.0] * 151}, "InvalidParameterValue"),
        ({"Value": 1, "Unit": "Furlongs"}, "InvalidParameterValue"),
        ({"Value": 1, "StorageResolution": 5}, "InvalidParameterValue"),
        ({"Value": 1, "Timestamp": NOW + 7201}, "InvalidParameterValue"),
        ({"Value": 1, "Timestamp": NOW - 15 * 86_400}, "InvalidParameterValue"),
        ({"Value": 1, "Dimensions": [{"Name": "a", "Value": ""}]}, "MissingParameter"),
        ({"StatisticValues": {"SampleCount": 1, "Sum": 1, "Minimum": 1}}, "MissingParameter"),
    ],
)
def test_a_datum_that_is_wrong_is_refused_and_nothing_of_its_call_is_kept(
    datum: dict[str, Any], code: str
) -> None:
    store = MetricStore()
    good = {"MetricName": "Latency", "Value": 1}
    call = {"Namespace": "Shop", "MetricData": [good, {"MetricName": "Latency", **datum}]}
    with pytest.raises(ServiceError) as caught:
        put_metric_data(store, call, NOW)
    assert caught.value.code == code
    assert store.metrics() == []


def test_clients_may_not_publish_in_awss_namespaces() -> None:
    call = {"Namespace": "AWS/Lambda", "MetricData": [{"MetricName": "Errors", "Value": 1}]}
    with pytest.raises(ServiceError, match="The value AWS/Lambda for parameter Namespace"):
        put_metric_data(MetricStore(), call, NOW)


def test_lists_go_on_where_the_page_before_ended_though_others_came_between() -> None:
    metrics = [MetricId("N", f"m{n:04}") for n in range(700)]
    first = listing.list_metrics(metrics, {})
    assert len(first["Metrics"]) == 500
    more = [*metrics, MetricId("N", "m0000a")]
    second = listing.list_metrics(more, {"NextToken": first["NextToken"]})
    assert [each["MetricName"] for each in second["Metrics"]] == [
        f"m{n:04}" for n in range(500, 700)
    ]
    assert "NextToken" not in second


# metric math

TIMES = (0.0, 60.0, 120.0, 180.0)
A = {0.0: 2.0, 60.0: 4.0, 180.0: 8.0}
B = {0.0: 1.0, 60.0: 0.0, 120.0: 3.0}
FRAME = Frame({"a": A, "b": B}, TIMES, 60.0, ("a", "b"))


@pytest.mark.parametrize(
    ("expression", "worth"),
    [
        ("a + b", {0: 3, 60: 4}),
        ("a / b", {0: 2}),  # by zero: no value
        ("100 * a / 2 - 1", {0: 99, 60: 199, 180: 399}),
        ("-a ^ 2", {0: -4, 60: -16, 180: -64}),
        ("(a + 1) * 2", {0: 6, 60: 10, 180: 18}),
        ("a > 3", {0: 0, 60: 1, 180: 1}),
        ("a > 3 AND a < 8", {0: 0, 60: 1, 180: 0}),
        ("a > 3 && a < 8 || a == 2", {0: 1, 60: 1, 180: 0}),
        ("a - AVG(b)", {0: 2 - 4 / 3, 60: 4 - 4 / 3, 180: 8 - 4 / 3}),
        ("SUM([a, b])", {0: 3, 60: 4, 120: 3, 180: 8}),
        ("SUM(METRICS())", {0: 3, 60: 4, 120: 3, 180: 8}),
        ('MAX(METRICS("b"))', B),
        ("AVG([a, b])", {0: 1.5, 60: 2, 120: 3, 180: 8}),
        ("MIN([a, b])", {0: 1, 60: 0, 120: 3, 180: 8}),
        ("FILL(a, 0)", {0: 2, 60: 4, 120: 0, 180: 8}),
        ("FILL(a, REPEAT)", {0: 2, 60: 4, 120: 4, 180: 8}),
        ("FILL(a, LINEAR)", {0: 2, 60: 4, 120: 6, 180: 8}),
        ("FILL(a, b)", {0: 2, 60: 4, 120: 3, 180: 8}),
        ("IF(b, a, 9)", {0: 2, 60: 9, 120: None}),
        ("IF(a > 3, a)", {60: 4, 180: 8}),
        ("RATE(a)", {60: 2 / 60, 180: 4 / 120}),
        ("DIFF(a)", {60: 2, 180: 4}),
        ("DIFF_TIME(a)", {60: 60, 180: 120}),
        ("RUNNING_SUM(a)", {0: 2, 60: 6, 180: 14}),
        ("a / PERIOD(a)", {0: 2 / 60, 60: 4 / 60, 180: 8 / 60}),
        ("TIME_SERIES(7)", dict.fromkeys(TIMES, 7)),
        ("ABS(0 - a) + CEIL(a / 3) + FLOOR(a / 3)", {0: 3, 60: 7, 180: 13}),
        ("LOG10(b)", {0: 0, 120: math.log10(3)}),
        ("a * DATAPOINT_COUNT(a)", {0: 6, 60: 12, 180: 24}),
    ],
)
def test_an_expression_is_worth_what_the_guide_says(
    expression: str, worth: dict[float, float | None]
) -> None:
    found = evaluate(parse(expression), FRAME)
    assert isinstance(found, dict)
    expected: Series = {at: value for at, value in worth.items() if value is not None}
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("a +", "ends too early"),
        ("a b", "'b' is not expected"),
        ("(a", "ends too early"),
        ("SUM(a", "ends too early"),
        ("a $ b", r"'\$' is not expected"),
        ("c + 1", "no query with the Id c"),
        ("SEARCH('x', 'Sum', 60)", "SEARCH is not offered"),
        ("ANOMALY_DETECTION_BAND(a, 2)", "ANOMALY_DETECTION_BAND is not offered"),
        ("SELECT AVG(x) FROM y", "SELECT"),
        ("AVG(a, b)", "does not take 2 arguments"),
        ("[a] + [b]", "two arrays"),
    ],
)
def test_an_expression_that_is_wrong_or_not_offered_says_why(expression: str, why: str) -> None:
    with pytest.raises(BadExpression, match=why):
        evaluate(parse(expression), FRAME)


@pytest.mark.parametrize(
    "expression", ["ABS(" * 400 + "a" + ")" * 400, "[" * 400 + "a" + "]" * 400, "-" * 999 + "a"]
)
def test_what_is_nested_too_deeply_is_refused(expression: str) -> None:
    with pytest.raises(BadExpression, match="nested too deeply"):
        parse(expression)


def test_a_sum_may_be_as_long_as_an_expression() -> None:
    # 2,048 characters (API reference, MetricDataQuery).
    found = evaluate(parse("+".join(["a"] * 1024)), FRAME)
    assert found == {at: 1024 * value for at, value in A.items()}


def test_a_server_that_is_given_no_expression_does_without_lark() -> None:
    program = "import sys, serverless_course.localcloud.server; assert 'lark' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)


def query(name: str, text: str = "", **more: Any) -> dict[str, Any]:
    if text:
        return {"Id": name, "Expression": text, **more}
    metric = {"Namespace": "Shop", "MetricName": "Latency"}
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}, **more}


def data(store: MetricStore, *queries: dict[str, Any], **more: Any) -> dict[str, Any]:
    given = {"MetricDataQueries": list(queries), "StartTime": NOW, "EndTime": NOW + 300, **more}
    return get_metric_data(store, given, NOW)


def filled() -> MetricStore:
    store = MetricStore()
    for n in range(5):
        put(store, NOW + 60 * n, float(n))
    return store


def test_expressions_may_name_expressions_that_stand_after_them() -> None:
    answer = data(filled(), query("e1", "e2 + 1"), query("e2", "m1 * 10"), query("m1"))
    values = {each["Id"]: each["Values"] for each in answer["MetricDataResults"]}
    assert values == {
        "e1": [41, 31, 21, 11, 1],
        "e2": [40, 30, 20, 10, 0],
        "m1": [4, 3, 2, 1, 0],
    }


@pytest.mark.parametrize(
    ("asked_for", "labels"),
    [
        ([("Sum", 60), ("Minimum", 1)], ["m Sum 60", "m Minimum 1"]),
        ([("Sum", 60), ("Minimum", 60)], ["m Sum", "m Minimum"]),
        ([("Sum", 60), ("Sum", 1)], ["m 60", "m 1"]),
        ([("Sum", 60), ("Sum", 60)], ["m", "m"]),
    ],
)
def test_a_label_tells_what_the_metrics_differ_in(
    asked_for: list[tuple[str, int]], labels: list[str]
) -> None:
    """Recorded from AWS (localstack, test_label_generation, 2024)."""
    queries = [
        {
            "Id": f"m{number}",
            "MetricStat": {
                "Metric": {"Namespace": "N", "MetricName": "m"},
                "Stat": statistic,
                "Period": period,
            },
        }
        for number, (statistic, period) in enumerate(asked_for)
    ]
    results = data(filled(), *queries, {**queries[0], "Id": "own", "Label": "mine"})
    assert [each["Label"] for each in results["MetricDataResults"]] == [*labels, "mine"]


def test_data_come_page_by_page_and_say_when_more_is_to_come() -> None:
    found: list[float] = []
    token: dict[str, str] = {}
    pages = 0
    while True:
        order = {"ScanBy": "TimestampAscending", "MaxDatapoints": 2, **token}
        answer = data(filled(), query("m1"), **order)
        (result,) = answer["MetricDataResults"]
        found += result["Values"]
        pages += 1
        if "NextToken" not in answer:
            assert result["StatusCode"] == "Complete"
            break
        assert result["StatusCode"] == "PartialData"
        token = {"NextToken": answer["NextToken"]}
    assert (found, pages) == ([0, 1, 2, 3, 4], 3)


@pytest.mark.parametrize(
    ("queries", "why"),
    [
        ([], "required"),
        ([query("m1"), query("m1")], "not unique"),
        ([query("M1")], "invalid"),
        ([query("e1", "e2"), query("e2", "e1")], "refers to itself"),
        ([query("e1", "nothing + 1")], "no query with the Id nothing"),
        ([query("m1", ReturnData=False)], "ReturnData"),
        ([query("m1"), query("e1", "SUM(m1)")], "must be a time series"),
        ([query("m1", Label="${AVG}")], "Dynamic labels"),
        ([{"Id": "x"}], "Exactly one"),
        ([query("m1", AccountId="1")], "not offered"),
    ],
)
def test_queries_that_are_wrong_or_not_offered_are_refused(
    queries: list[dict[str, Any]], why: str
) -> None:
    with pytest.raises(ServiceError, match=why):
        data(filled(), *queries)
