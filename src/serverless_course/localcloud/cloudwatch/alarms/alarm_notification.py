"""The message that an alarm sends to SNS topics.

Source: its keys, their order and the subject as alarms on AWS sent them (public notifications of
2020 to 2024); AWS documents them nowhere as a whole.
"""

from __future__ import annotations

import json
from typing import Any

from .alarm_definition import ACTION_LISTS, AlarmDefinition
from .alarm_message import stamp
from .alarm_record import Change


def subject(change: Change, region_name: str) -> str:
    """The subject of the SNS message; SNS takes 100 characters."""
    return f'{change.after.value}: "{change.alarm.name}" in {region_name}'[:100]


def sns_message(change: Change, account: str, region_name: str) -> str:
    """The SNS message. ``region_name`` is the region's long name, such as ``Europe (Spain)``."""
    alarm = change.alarm
    message: dict[str, Any] = {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.given.get("AlarmDescription"),
        "AWSAccountId": account,
    }
    if alarm.rule is None:
        message["AlarmConfigurationUpdatedTimestamp"] = stamp(alarm.configured_at)
    message |= {
        "NewStateValue": change.after.value,
        "NewStateReason": change.after.reason,
        "StateChangeTime": stamp(change.after.at),
        "Region": region_name,
        "AlarmArn": alarm.arn,
        "OldStateValue": change.before.value,
        **{name: alarm.given.get(name) or [] for name in ACTION_LISTS},
    }
    if alarm.definition is not None:
        message["Trigger"] = _trigger(alarm.given, alarm.definition)
    else:
        message["AlarmRule"] = alarm.given["AlarmRule"]
        message["TriggeringChildren"] = _children(change)
    return json.dumps(message, separators=(",", ":"))


def _children(change: Change) -> list[dict[str, Any]]:
    """The alarms that made a composite alarm change; none for SetAlarmState."""
    told = json.loads(change.after.data) if change.after.data else {}
    return [
        {
            "Arn": each["arn"],
            "State": {"Value": each["state"]["value"], "Timestamp": each["state"]["timestamp"]},
        }
        for each in told.get("triggeringAlarms", ())
    ]


def _trigger(given: dict[str, Any], definition: AlarmDefinition) -> dict[str, Any]:
    rule = definition.rule
    # Only when it was given (recorded from AWS, localstack's test_breaching_alarm_actions, 2024).
    needed = {"DatapointsToAlarm": rule.needed} if given.get("DatapointsToAlarm") else {}
    common = {
        "EvaluationPeriods": rule.periods,
        **needed,
        "ComparisonOperator": rule.operator,
        "Threshold": rule.threshold,
        "TreatMissingData": rule.missing,
        "EvaluateLowSampleCountPercentile": given.get("EvaluateLowSampleCountPercentile") or "",
    }
    if given.get("Metrics"):
        metrics = [_of_math(each) for each in given["Metrics"]]
        return {"Period": definition.period_s, **common, "Metrics": metrics}
    kind = "Statistic" if given.get("Statistic") else "ExtendedStatistic"
    statistic = str(given[kind])
    return {
        "MetricName": given["MetricName"],
        "Namespace": given["Namespace"],
        "StatisticType": kind,
        kind: _upper(statistic) if kind == "Statistic" else statistic,
        "Unit": given.get("Unit") or None,
        "Dimensions": _pairs(given.get("Dimensions")),
        "Period": definition.period_s,
        **common,
    }


def _of_math(query: dict[str, Any]) -> dict[str, Any]:
    told = {name: query[name] for name in ("Expression", "Id", "Label") if query.get(name)}
    if query.get("MetricStat"):
        stat = query["MetricStat"]
        metric = {**stat["Metric"], "Dimensions": _pairs(stat["Metric"].get("Dimensions"))}
        told["MetricStat"] = {"Metric": metric, "Period": stat["Period"], "Stat": stat["Stat"]}
    returned = query.get("ReturnData")
    return {**told, "ReturnData": True if returned is None else bool(returned)}


def _pairs(dimensions: list[dict[str, str]] | None) -> list[dict[str, str]]:
    return [{"value": each["Value"], "name": each["Name"]} for each in dimensions or []]


def _upper(statistic: str) -> str:
    """The simple statistics as messages write them: AVERAGE, SAMPLE_COUNT."""
    return "SAMPLE_COUNT" if statistic == "SampleCount" else statistic.upper()
