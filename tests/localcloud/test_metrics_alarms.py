"""Alarms without a cloud: what data points decide, what an alarm remembers, what it sends.

Sources: Amazon CloudWatch User Guide (read 2026-11), "Configuring how CloudWatch alarms treat
missing data" for the two tables, "Percentile-based alarms and low data samples"; reasons and
messages as alarms on AWS gave them (public notifications, 2020 to 2026).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serverless_course.localcloud.cloudwatch.alarms import (
    alarm_message,
    alarm_rule_grammar,
    alarm_views,
)
from serverless_course.localcloud.cloudwatch.alarms.alarm import (
    Point,
    Rule,
    decide,
    too_few_samples,
)
from serverless_course.localcloud.cloudwatch.alarms.alarm_message import stamp
from serverless_course.localcloud.cloudwatch.alarms.alarm_notification import sns_message
from serverless_course.localcloud.cloudwatch.alarms.alarm_record import Change, State
from serverless_course.localcloud.cloudwatch.alarms.alarms import Alarms
from serverless_course.localcloud.cloudwatch.metrics.data_queries import MetricQuery, Read
from serverless_course.localcloud.cloudwatch.metrics.data_request import series_of
from serverless_course.localcloud.cloudwatch.metrics.metric import MetricId
from serverless_course.localcloud.cloudwatch.metrics.store import MetricStore
from serverless_course.localcloud.wire.errors import ServiceError

NOW = 1_795_560_000.0
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
STAY = None
A, O, I = "ALARM", "OK", "INSUFFICIENT_DATA"  # noqa: E741 - the guide's tables are narrow


def points(text: str) -> list[Point]:
    """``0`` is not breaching, ``X`` is, ``-`` is missing; the oldest stands first."""
    worth = {"0": 0.0, "X": 9.0, "-": None}
    return [Point(NOW + 60 * n, worth[each]) for n, each in enumerate(text.split())]


def states(text: str, periods: int, needed: int) -> list[str | None]:
    found = []
    for treated in TREATMENTS:
        verdict = decide(Rule("GreaterThanThreshold", 1.0, periods, needed, treated), points(text))
        found.append(verdict.state if verdict else STAY)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 - X - X", [O, O, O, O]),
        ("0 - - - -", [O, O, O, O]),
        ("- - - - -", [I, STAY, A, O]),
        ("0 X X - X", [A, A, A, A]),
        ("- - X - -", [A, STAY, A, O]),
    ],
)
def test_three_out_of_three_data_points(text: str, expected: list[str | None]) -> None:
    assert states(text, 3, 3) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 - X - X", [A, A, A, A]),
        ("0 0 X 0 X", [A, A, A, A]),
        ("0 - X - -", [O, O, A, O]),
        ("- - - - 0", [O, O, A, O]),
        ("- - - X -", [A, STAY, A, O]),
    ],
)
def test_two_out_of_three_data_points(text: str, expected: list[str | None]) -> None:
    assert states(text, 3, 2) == expected


def test_one_young_breaching_data_point_is_too_few_for_an_alarm_on_three() -> None:
    assert states("- - - - X", 3, 3) == [STAY, STAY, A, O]


@pytest.mark.parametrize(
    ("operator", "below", "at", "above"),
    [
        ("GreaterThanThreshold", O, O, A),
        ("GreaterThanOrEqualToThreshold", O, A, A),
        ("LessThanThreshold", A, O, O),
        ("LessThanOrEqualToThreshold", A, A, O),
    ],
)
def test_each_operator_compares_as_its_name_says(
    operator: str, below: str, at: str, above: str
) -> None:
    for value, expected in ((4.0, below), (5.0, at), (6.0, above)):
        verdict = decide(Rule(operator, 5.0, 1, 1), [Point(NOW, value)])
        assert verdict is not None
        assert verdict.state == expected


ranges = st.lists(st.sampled_from("0X-"), min_size=5, max_size=5)


@given(ranges, st.integers(1, 3), st.sampled_from(TREATMENTS))
def test_with_as_many_real_points_as_periods_missing_ones_do_not_count(
    text: list[str], needed: int, treated: str
) -> None:
    real = [each for each in text if each != "-"]
    if len(real) < 3:
        return
    rule = Rule("GreaterThanThreshold", 1.0, 3, needed, treated)
    verdict = decide(rule, points(" ".join(text)))
    assert verdict is not None
    assert verdict.state == (A if real[-3:].count("X") >= needed else O)


@given(ranges, st.integers(1, 3))
def test_breaching_never_makes_an_alarm_quieter_than_not_breaching(
    text: list[str], needed: int
) -> None:
    def state(treated: str) -> str:
        rule = Rule("GreaterThanThreshold", 1.0, 3, needed, treated)
        verdict = decide(rule, points(" ".join(text)))
        assert verdict is not None
        return verdict.state

    assert (state("notBreaching"), state("breaching")) != (A, O)


def reason(text: str, periods: int, needed: int, **more: Any) -> str:
    rule = Rule("GreaterThanThreshold", 5.0, periods, needed, **more)
    verdict = decide(rule, points(text))
    assert verdict is not None
    return verdict.reason


def test_reasons_are_in_awss_words() -> None:
    at = "24/11/26 22:40:00"
    # Without DatapointsToAlarm (recorded, localstack's test_put_metric_alarm, 2024).
    assert reason("X", 1, 1) == (
        f"Threshold Crossed: 1 datapoint [9.0 ({at})] was greater than the threshold (5.0)."
    )
    assert reason("0 0", 2, 2) == (
        f"Threshold Crossed: 2 datapoints [0.0 (24/11/26 22:41:00), 0.0 ({at})] were not greater "
        "than the threshold (5.0)."
    )
    assert reason("X", 1, 1, says_needed=True) == (
        f"Threshold Crossed: 1 out of the last 1 datapoints [9.0 ({at})] was greater than the "
        "threshold (5.0) (minimum 1 datapoint for OK -> ALARM transition)."
    )
    assert reason("0", 1, 1, says_needed=True) == (
        f"Threshold Crossed: 1 out of the last 1 datapoints [0.0 ({at})] was not greater than "
        "the threshold (5.0) (minimum 1 datapoint for ALARM -> OK transition)."
    )
    many = reason("X X X X X", 5, 5, says_needed=True)
    assert many.startswith(
        "Threshold Crossed: 5 out of the last 5 datapoints were greater than the threshold (5.0). "
        "The most recent datapoints which crossed the threshold: [9.0 (24/11/26 22:44:00), "
    )
    assert many.endswith("] (minimum 5 datapoints for OK -> ALARM transition).")
    assert reason("- - -", 2, 2, missing="breaching") == (
        "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints "
        "were treated as [Breaching]."
    )
    assert reason("- - - 0 -", 3, 3, missing="notBreaching") == (
        "Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were "
        "treated as [NonBreaching]."
    )
    assert reason("- -", 1, 1) == "Insufficient Data: 1 datapoint was unknown."


def test_what_decided_is_told_with_the_missing_ones_that_were_filled_in() -> None:
    """Recorded from AWS (localstack, test_put_metric_alarm and test_breaching_alarm_actions)."""
    found, store = alarms(), MetricStore()
    given = {**ALARM, "EvaluationPeriods": 2, "TreatMissingData": "breaching"}
    found.put_metric(given, NOW)
    (change,) = found.evaluate(NOW, reading(store))
    data = json.loads(change.after.data)
    assert [list(each) for each in data["evaluatedDatapoints"]] == [["timestamp"], ["timestamp"]]
    assert (data["recentDatapoints"], "startDate" in data) == ([], False)
    store.put(MetricId("Shop", "Latency"), NOW, [(1.0, 1), (2.0, 1)], high_resolution=True)
    found.put_metric({**ALARM, "EvaluationPeriods": 1}, NOW)
    (change,) = found.evaluate(NOW, reading(store))
    (point,) = json.loads(change.after.data)["evaluatedDatapoints"]
    assert (point["sampleCount"], point["value"]) == (2.0, 2.0)


@pytest.mark.parametrize(
    ("percentile", "enough"),
    # 10 / (1 - percentile) from the median up, 10 / percentile below it: the guide's p99 needs
    # 1,000 samples.
    [(0.99, 1000), (0.5, 20), (0.1, 100), (0.999, 10_000)],
)
def test_a_percentile_needs_samples_by_how_far_out_it_is(percentile: float, enough: int) -> None:
    assert too_few_samples(percentile, enough - 1)
    assert not too_few_samples(percentile, enough)


# what is remembered

METRIC = {"Namespace": "Shop", "MetricName": "Latency"}
ALARM: dict[str, Any] = {
    "AlarmName": "slow",
    **METRIC,
    "Statistic": "Maximum",
    "Period": 10,
    "EvaluationPeriods": 1,
    "Threshold": 100.0,
    "ComparisonOperator": "GreaterThanThreshold",
}


def alarms() -> Alarms:
    return Alarms(lambda name: f"arn:aws:cloudwatch:eu-south-2:123456789012:alarm:{name}")


def reading(store: MetricStore) -> Callable[[float, float], Read]:
    def between(start: float, end: float) -> Read:
        def read(query: MetricQuery) -> dict[float, float]:
            return series_of(store, query, start, end)

        return read

    return between


def put(store: MetricStore, at: float, *values: float) -> None:
    pairs = [(value, 1.0) for value in values]
    store.put(MetricId("Shop", "Latency"), at, pairs, high_resolution=True)


def test_an_alarm_goes_off_in_the_second_of_its_value_and_stays_until_the_window_has_passed() -> (
    None
):
    found, store = alarms(), MetricStore()
    found.put_metric(ALARM, NOW)
    assert found.evaluate(NOW, reading(store)) == []
    put(store, NOW + 5, 300.0)
    (change,) = found.evaluate(NOW + 5.5, reading(store))
    assert (change.before.value, change.after.value) == (I, A)
    assert found.evaluate(NOW + 34, reading(store)) == []
    (change,) = found.evaluate(NOW + 36, reading(store))
    assert (change.before.value, change.after.value) == (A, I)


def test_a_new_value_decides_over_older_ones() -> None:
    found, store = alarms(), MetricStore()
    found.put_metric(ALARM, NOW)
    put(store, NOW, 300.0)
    found.evaluate(NOW, reading(store))
    put(store, NOW + 12, 1.0)
    (change,) = found.evaluate(NOW + 12, reading(store))
    assert change.after.value == O


def test_an_alarm_that_is_put_again_keeps_its_state() -> None:
    found, store = alarms(), MetricStore()
    found.put_metric(ALARM, NOW)
    put(store, NOW, 300.0)
    found.evaluate(NOW, reading(store))
    found.put_metric({**ALARM, "Threshold": 200.0}, NOW + 1)
    (shown,) = alarm_views.describe_alarms(found, {})["MetricAlarms"]
    assert (shown["StateValue"], shown["Threshold"]) == (A, 200.0)
    kinds = [each.summary for each in found.history]
    assert kinds == [
        'Alarm "slow" created',
        "Alarm updated from INSUFFICIENT_DATA to ALARM",
        'Alarm "slow" updated',
    ]


def test_a_state_that_was_set_holds_for_a_while() -> None:
    found, store = alarms(), MetricStore()
    found.put_metric({**ALARM, "TreatMissingData": "notBreaching"}, NOW)
    found.set_state("slow", State(A, "a drill", "", NOW))
    assert found.evaluate(NOW + 9, reading(store)) == []
    (change,) = found.evaluate(NOW + 11, reading(store))
    assert (change.before.reason, change.after.value) == ("a drill", O)


def test_an_alarm_on_metric_math_watches_the_expression_that_is_returned() -> None:
    found, store = alarms(), MetricStore()
    stat = {"Metric": METRIC, "Period": 10, "Stat": "Sum"}
    given = {name: ALARM[name] for name in ("EvaluationPeriods", "Threshold", "ComparisonOperator")}
    queries = [
        {"Id": "m1", "MetricStat": stat, "ReturnData": False},
        {"Id": "e1", "Expression": "m1 * 10"},
    ]
    found.put_metric({"AlarmName": "math", "Metrics": queries, **given}, NOW)
    put(store, NOW, 11.0)
    (change,) = found.evaluate(NOW, reading(store))
    assert change.after.value == A
    trigger = json.loads(sns_message(change, "1", "x"))["Trigger"]
    assert trigger["Metrics"][1] == {"Expression": "m1 * 10", "Id": "e1", "ReturnData": True}
    assert trigger["Period"] == 10


def test_a_percentile_with_few_samples_keeps_the_state_when_asked_to() -> None:
    store = MetricStore()
    put(store, NOW, *[300.0] * 50)
    given = {**ALARM, "ExtendedStatistic": "p99"}
    given.pop("Statistic")
    for option, expected in (("evaluate", A), ("ignore", I)):
        found = alarms()
        found.put_metric({**given, "EvaluateLowSampleCountPercentile": option}, NOW)
        found.evaluate(NOW, reading(store))
        assert found.found["slow"].state.value == expected


@pytest.mark.parametrize(
    "more",
    [
        {"ComparisonOperator": "LessThanLowerThreshold"},
        {"Statistic": None},
        {"ExtendedStatistic": "p99"},
        {"Statistic": "p99"},
        {"DatapointsToAlarm": 2},
        {"EvaluationPeriods": 0},
        {"Period": 5},
        {"Period": 90},
        {"Period": 3540, "EvaluationPeriods": 30},
        {"TreatMissingData": "never"},
        {"EvaluateLowSampleCountPercentile": "perhaps"},
        {"Threshold": None},
        {"AlarmActions": ["arn:aws:automate:us-east-1:ec2:stop"]},
        {"AlarmActions": ["topic"]},
        {"AlarmActions": [f"arn:aws:sns:us-east-1:1:t{n}" for n in range(6)]},
        {"ThresholdMetricId": "e1"},
        {"EvaluationWindow": {"WallClockWindow": {}}},
        {"Metrics": [{"Id": "e1", "Expression": "TIME_SERIES(1)"}]},
    ],
)
def test_an_alarm_that_is_wrong_or_not_offered_is_refused(more: dict[str, Any]) -> None:
    found = alarms()
    with pytest.raises(ServiceError):
        found.put_metric({**ALARM, **more}, NOW)
    assert not found.found


def test_alarms_on_dynamodb_always_ignore_missing_data() -> None:
    # API reference, PutMetricAlarm, TreatMissingData.
    found = alarms()
    given = {**ALARM, "Namespace": "AWS/DynamoDB", "TreatMissingData": "breaching"}
    found.put_metric(given, NOW)
    assert found.evaluate(NOW, reading(MetricStore())) == []


# composite alarms


def in_states(text: str) -> Callable[[str, str], bool]:
    known = dict(each.split("=") for each in text.split())
    return lambda name, state: known.get(name) == state


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ('ALARM("a")', True),
        ("ALARM(a) AND ALARM(b)", False),
        ("ALARM(a) OR ALARM(b)", True),
        ("ALARM(a) AND NOT ALARM(b)", True),
        ("NOT (ALARM(a) OR OK(b))", False),
        ("ALARM(b) AND ALARM(a) OR TRUE", True),
        ("(TRUE AND FALSE) OR OK('b')", True),
        ("INSUFFICIENT_DATA(arn:aws:cloudwatch:us-east-1:1:alarm:c)", True),
    ],
)
def test_a_rule_is_worked_out(rule: str, holds: bool) -> None:
    assert (
        alarm_rule_grammar.parse(rule).holds(in_states("a=ALARM b=OK c=INSUFFICIENT_DATA")) is holds
    )


@pytest.mark.parametrize(
    "rule", ["", "ALARM(a", "ALARM(a) ALARM(b)", "AND", "AT_LEAST(1, ALARM, (a))"]
)
def test_what_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(ServiceError, match="AlarmRule must not contain invalid expressions"):
        alarm_rule_grammar.parse(rule)


@pytest.mark.parametrize(
    ("rule", "left"),
    [
        ("TRUE AND", "its end"),
        ("TRUE OR maybe OR FALSE", "maybe OR FALSE"),
        ("(TRUE ALARM(a))", r"ALARM\(a\)\)"),
        ("ALARM(a", r"ALARM\(a"),
        ("NOT " * 100 + "TRUE", "it is nested too deeply"),
        ("(TRUE OR FALSE AND " * 100 + "TRUE" + ")" * 100, "it is nested too deeply"),
    ],
)
def test_a_refused_rule_is_shown_from_where_it_is_wrong(rule: str, left: str) -> None:
    with pytest.raises(ServiceError, match=f"invalid expressions: {left}$"):
        alarm_rule_grammar.parse(rule)


def test_a_rule_of_the_greatest_length_is_read_in_time() -> None:
    # 10,240 characters (API reference, PutCompositeAlarm).
    begun = time.process_time()
    with pytest.raises(ServiceError, match="invalid expressions"):
        alarm_rule_grammar.parse("ALARM(" + " " * 10_234)
    assert time.process_time() - begun < 2


def test_a_composite_alarm_follows_the_alarms_of_its_rule_and_may_not_follow_itself() -> None:
    found, store = alarms(), MetricStore()
    found.put_metric(ALARM, NOW)
    found.put_composite({"AlarmName": "both", "AlarmRule": "ALARM(slow)"}, NOW)
    put(store, NOW, 300.0)
    changes = found.evaluate(NOW, reading(store))
    assert [each.alarm.name for each in changes] == ["slow", "both"]
    assert changes[1].after.reason.endswith(
        ":both was created and its alarm rule evaluates to ALARM"
    )
    slow = {"Arn": changes[0].alarm.arn, "State": {"Value": A, "Timestamp": stamp(NOW)}}
    message = json.loads(sns_message(changes[1], "123456789012", "Europe (Spain)"))
    assert list(message)[-2:] == ["AlarmRule", "TriggeringChildren"]
    assert message["TriggeringChildren"] == [slow]
    put(store, NOW + 20, 1.0)
    (_, change) = found.evaluate(NOW + 20, reading(store))
    # As in the User Guide's sample event of a composite alarm.
    assert change.after.reason.endswith(
        ":slow transitioned to OK at Tuesday 24 November, 2026 22:40:20 UTC"
    )
    with pytest.raises(ServiceError, match="cyclic"):
        found.put_composite({"AlarmName": "both", "AlarmRule": "ALARM(both)"}, NOW)
    with pytest.raises(ServiceError, match="does not exist: gone"):
        found.put_composite({"AlarmName": "other", "AlarmRule": "ALARM(gone)"}, NOW)


# what is sent


def changed(**more: Any) -> Change:
    found, store = alarms(), MetricStore()
    found.put_metric({**ALARM, "Dimensions": [{"Name": "Shop", "Value": "1"}], **more}, NOW)
    dimensions = (("Shop", "1"),)
    store.put(MetricId("Shop", "Latency", dimensions), NOW, [(300.0, 1)], high_resolution=True)
    (change,) = found.evaluate(NOW, reading(store))
    return change


def test_the_message_to_a_topic_has_awss_keys_in_awss_order() -> None:
    message = json.loads(sns_message(changed(), "123456789012", "Europe (Spain)"))
    assert list(message) == [
        "AlarmName",
        "AlarmDescription",
        "AWSAccountId",
        "AlarmConfigurationUpdatedTimestamp",
        "NewStateValue",
        "NewStateReason",
        "StateChangeTime",
        "Region",
        "AlarmArn",
        "OldStateValue",
        "OKActions",
        "AlarmActions",
        "InsufficientDataActions",
        "Trigger",
    ]
    assert message["StateChangeTime"] == "2026-11-24T22:40:00.000+0000"
    assert message["Trigger"] == {
        "MetricName": "Latency",
        "Namespace": "Shop",
        "StatisticType": "Statistic",
        "Statistic": "MAXIMUM",
        "Unit": None,
        "Dimensions": [{"value": "1", "name": "Shop"}],
        "Period": 10,
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 100.0,
        "TreatMissingData": "missing",
        "EvaluateLowSampleCountPercentile": "",
    }


def test_the_message_tells_datapoints_to_alarm_when_it_was_given() -> None:
    """Recorded from AWS (localstack, test_breaching_alarm_actions, 2024)."""
    change = changed(DatapointsToAlarm=1)
    message = json.loads(sns_message(change, "123456789012", "Europe (Spain)"))
    assert message["Trigger"]["DatapointsToAlarm"] == 1


def test_events_and_functions_get_the_same_alarm_data() -> None:
    change = changed(AlarmDescription="too slow")
    event = alarm_message.state_change_event(change, "123456789012", "eu-south-2")
    assert event["detail-type"] == "CloudWatch Alarm State Change"
    assert event["source"] == "aws.cloudwatch"
    assert event["resources"] == [change.alarm.arn]
    detail = event["detail"]
    assert detail["state"]["value"] == A
    assert json.loads(detail["state"]["reasonData"])["recentDatapoints"] == [300.0]
    assert detail["previousState"]["value"] == I
    (metric,) = detail["configuration"].pop("metrics")
    assert detail["configuration"] == {"description": "too slow"}
    assert metric.pop("id")
    assert metric == {
        "metricStat": {
            "metric": {"namespace": "Shop", "name": "Latency", "dimensions": {"Shop": "1"}},
            "period": 10,
            "stat": "Maximum",
        },
        "returnData": True,
    }
    sent = alarm_message.function_event(change, "123456789012", "eu-south-2")
    assert set(sent) == {"source", "alarmArn", "accountId", "time", "region", "alarmData"}
    assert sent["alarmData"]["state"] == detail["state"]
