"""What DescribeAlarms, DescribeAlarmsForMetric and DescribeAlarmHistory show.

Source: Amazon CloudWatch API reference (read 2026-11). DescribeAlarms shows metric alarms alone
unless AlarmTypes asks for more. Tokens name how many items were shown; AWS's are opaque.
"""

from __future__ import annotations

from typing import Any

from ..metrics.metric import dimensions
from ..metrics.periods import moment, seconds
from ..metrics.refusals import invalid_value, missing, refuse, validation
from .alarm_record import Alarm
from .alarms import Alarms

PAGE = 100
_DEFAULTS = {
    "ActionsEnabled": True,
    "OKActions": [],
    "AlarmActions": [],
    "InsufficientDataActions": [],
}
_KINDS = ("MetricAlarm", "CompositeAlarm")


def describe_alarms(alarms: Alarms, given: dict[str, Any]) -> dict[str, Any]:
    """DescribeAlarms. Raises `ServiceError`."""
    refuse(given, ("ChildrenOfAlarmName", "ParentsOfAlarmName"))
    kinds = given.get("AlarmTypes") or ["MetricAlarm"]
    for kind in kinds:
        if kind not in _KINDS:
            raise validation(f"The alarm type {kind} is not offered by the embedded cloud.")
    if given.get("AlarmNames") and given.get("AlarmNamePrefix"):
        raise validation("AlarmNames and AlarmNamePrefix are mutually exclusive.")
    with alarms.lock:
        every = sorted(alarms.found.values(), key=lambda each: each.name)
    found = [each for each in every if each.kind in kinds and _matches(each, given)]
    shown, token = _page(found, given)
    answer: dict[str, Any] = {
        "MetricAlarms": [show(each) for each in shown if each.kind == "MetricAlarm"],
        "CompositeAlarms": [show(each) for each in shown if each.kind == "CompositeAlarm"],
    }
    return {**answer, "NextToken": token} if token else answer


def describe_for_metric(alarms: Alarms, given: dict[str, Any]) -> dict[str, Any]:
    """DescribeAlarmsForMetric: alarms on exactly that metric, not those on metric math."""
    for name in ("MetricName", "Namespace"):
        if not given.get(name):
            raise missing(name)
    wanted = dimensions(given.get("Dimensions"))
    asked = ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Unit")
    with alarms.lock:
        every = sorted(alarms.found.values(), key=lambda each: each.name)
    return {
        "MetricAlarms": [
            show(each)
            for each in every
            if all(given.get(name) in (None, each.given.get(name)) for name in asked)
            and each.given.get("MetricName")
            and dimensions(each.given.get("Dimensions")) == wanted
        ]
    }


def describe_history(alarms: Alarms, given: dict[str, Any]) -> dict[str, Any]:
    """DescribeAlarmHistory: the newest first unless asked for otherwise."""
    refuse(given, ("AlarmContributorId",))
    kinds = given.get("AlarmTypes") or ["MetricAlarm"]
    start = seconds(given["StartDate"]) if given.get("StartDate") else 0.0
    end = seconds(given["EndDate"]) if given.get("EndDate") else float("inf")
    with alarms.lock:
        every = list(alarms.history)
    found = [
        each
        for each in every
        if given.get("AlarmName") in (None, "", each.alarm)
        and each.alarm_kind in kinds
        and given.get("HistoryItemType") in (None, "", each.kind)
        and start <= each.at <= end
    ]
    if given.get("ScanBy") != "TimestampAscending":
        found.reverse()
    shown, token = _page(found, given)
    answer: dict[str, Any] = {
        "AlarmHistoryItems": [
            {
                "AlarmName": each.alarm,
                "AlarmType": each.alarm_kind,
                "Timestamp": moment(each.at),
                "HistoryItemType": each.kind,
                "HistorySummary": each.summary,
                "HistoryData": each.data,
            }
            for each in shown
        ]
    }
    return {**answer, "NextToken": token} if token else answer


def show(alarm: Alarm) -> dict[str, Any]:
    """An alarm in the members of MetricAlarm or CompositeAlarm."""
    given = {name: value for name, value in alarm.given.items() if value is not None}
    given.pop("Tags", None)
    if alarm.definition is not None and not given.get("Metrics"):
        given.setdefault("Dimensions", [])
    told = {
        **_DEFAULTS,
        **given,
        "AlarmArn": alarm.arn,
        "AlarmConfigurationUpdatedTimestamp": moment(alarm.configured_at),
        "StateValue": alarm.state.value,
        "StateReason": alarm.state.reason,
        "StateUpdatedTimestamp": moment(alarm.state.at),
        "StateTransitionedTimestamp": moment(alarm.transitioned_at),
    }
    if alarm.state.data:
        told["StateReasonData"] = alarm.state.data
    return told


def _matches(alarm: Alarm, given: dict[str, Any]) -> bool:
    names, prefix = given.get("AlarmNames"), given.get("AlarmNamePrefix")
    action = given.get("ActionPrefix")
    acts = [
        arn
        for name in ("OKActions", "AlarmActions", "InsufficientDataActions")
        for arn in alarm.given.get(name) or []
    ]
    return (
        (not names or alarm.name in names)
        and alarm.name.startswith(prefix or "")
        and given.get("StateValue") in (None, "", alarm.state.value)
        and (not action or any(arn.startswith(action) for arn in acts))
    )


def _page(found: list[Any], given: dict[str, Any]) -> tuple[list[Any], str]:
    most = given.get("MaxRecords") or PAGE
    if not 1 <= most <= PAGE:
        raise validation(f"The parameter MaxRecords must be from 1 to {PAGE}.")
    token = given.get("NextToken") or "from-0"
    number = token.removeprefix("from-")
    if not number.isdecimal():
        raise invalid_value("The given NextToken is invalid.")
    begin = int(number)
    end = begin + most
    return found[begin:end], f"from-{end}" if end < len(found) else ""
