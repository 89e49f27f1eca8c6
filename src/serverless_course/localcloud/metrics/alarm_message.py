"""What an alarm sends when its state changes: to SNS topics, to functions, to EventBridge.

Sources: Amazon CloudWatch User Guide, "Invoke a Lambda function from an alarm" and "Alarm events
and EventBridge" (read 2026-11); the SNS message, its subject and the order of its keys as alarms
on AWS sent it (public notifications of 2022 to 2024).
"""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .alarm import Verdict
from .alarm_definition import AlarmDefinition

if TYPE_CHECKING:
    from .alarm_record import Alarm, Change, State

DETAIL_TYPE = "CloudWatch Alarm State Change"
SOURCE = "aws.cloudwatch"
ACTION_LISTS = ("OKActions", "AlarmActions", "InsufficientDataActions")


def stamp(at: float) -> str:
    """A moment as alarms write it, ``2019-10-02T17:04:40.985+0000``."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"


def long_stamp(at: float) -> str:
    """A moment as reasons of composite alarms write it."""
    return datetime.fromtimestamp(at, UTC).strftime("%A %d %B, %Y %H:%M:%S UTC")


def state_reason_data(
    given: dict[str, Any], definition: AlarmDefinition, verdict: Verdict, now: float
) -> str:
    """StateReasonData. AWS's data points also say how many samples they have; these do not."""
    data: dict[str, Any] = {"version": "1.0", "queryDate": stamp(now)}
    if verdict.points:
        data["startDate"] = stamp(verdict.points[-1].start)
    if given.get("Unit"):
        data["unit"] = given["Unit"]
    if definition.statistic is not None:
        data["statistic"] = given.get("Statistic") or given.get("ExtendedStatistic")
    data |= {
        "period": definition.period_s,
        "recentDatapoints": [each.value for each in reversed(verdict.points)],
        "threshold": definition.rule.threshold,
    }
    if verdict.points:
        data["evaluatedDatapoints"] = [
            {"timestamp": stamp(each.start), "value": each.value} for each in verdict.points
        ]
    return json.dumps(data, separators=(",", ":"))


def check_reason_data(text: str) -> None:
    """Raises ValueError for StateReasonData that is no JSON object."""
    if text and not isinstance(json.loads(text), dict):
        raise ValueError(text)


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
        "AlarmConfigurationUpdatedTimestamp": stamp(alarm.configured_at),
    }
    if alarm.rule is not None:
        message["AlarmRule"] = alarm.given["AlarmRule"]
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
    return json.dumps(message, separators=(",", ":"))


def state_change_event(change: Change, account: str, region: str) -> dict[str, Any]:
    """The EventBridge event."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": DETAIL_TYPE,
        "source": SOURCE,
        "account": account,
        "time": change.after.at,
        "region": region,
        "resources": [change.alarm.arn],
        "detail": _alarm_data(change),
    }


def function_event(change: Change, account: str, region: str) -> dict[str, Any]:
    """What a Lambda function that is an alarm's action is invoked with."""
    return {
        "source": SOURCE,
        "alarmArn": change.alarm.arn,
        "accountId": account,
        "time": stamp(change.after.at),
        "region": region,
        "alarmData": _alarm_data(change),
    }


def _alarm_data(change: Change) -> dict[str, Any]:
    return {
        "alarmName": change.alarm.name,
        "state": _state(change.after),
        "previousState": _state(change.before),
        "configuration": _configuration(change.alarm),
    }


def _state(state: State) -> dict[str, Any]:
    told = {"value": state.value, "reason": state.reason}
    if state.data:
        told["reasonData"] = state.data
    return {**told, "timestamp": stamp(state.at)}


def _configuration(alarm: Alarm) -> dict[str, Any]:
    given = alarm.given
    told: dict[str, Any] = {}
    if given.get("AlarmDescription"):
        told["description"] = given["AlarmDescription"]
    if alarm.definition is None:
        return {"alarmRule": given["AlarmRule"], **told}
    queries = given.get("Metrics") or [
        {
            "Id": str(uuid.uuid5(uuid.NAMESPACE_URL, alarm.arn)),
            "MetricStat": {
                "Metric": given,
                "Period": given["Period"],
                "Stat": given.get("Statistic") or given.get("ExtendedStatistic"),
                "Unit": given.get("Unit"),
            },
        }
    ]
    return {**told, "metrics": [_small(each) for each in queries]}


def _small(query: dict[str, Any]) -> dict[str, Any]:
    """A query as events write it, in small letters."""
    told: dict[str, Any] = {"id": query["Id"]}
    for name in ("Expression", "Label"):
        if query.get(name):
            told[name.lower()] = query[name]
    if query.get("MetricStat"):
        stat = query["MetricStat"]
        metric = stat["Metric"]
        told["metricStat"] = {
            "metric": {
                "namespace": metric["Namespace"],
                "name": metric["MetricName"],
                "dimensions": {
                    each["Name"]: each["Value"] for each in metric.get("Dimensions") or []
                },
            },
            "period": int(stat["Period"]),
            "stat": stat["Stat"],
        }
        if stat.get("Unit"):
            told["metricStat"]["unit"] = stat["Unit"]
    returned = query.get("ReturnData")
    return {**told, "returnData": True if returned is None else bool(returned)}


def _trigger(given: dict[str, Any], definition: AlarmDefinition) -> dict[str, Any]:
    rule = definition.rule
    common = {
        "EvaluationPeriods": rule.periods,
        "DatapointsToAlarm": rule.needed,
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
