"""What an alarm says when its state changes: its reason's data, and events.

Source: Amazon CloudWatch User Guide, "Invoke a Lambda function from an alarm" and "Alarm events
and EventBridge" (read 2026-11).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .alarm import Point, Verdict
from .alarm_definition import AlarmDefinition

if TYPE_CHECKING:
    from .alarm_record import Alarm, Change, State

DETAIL_TYPE = "CloudWatch Alarm State Change"
SOURCE = "aws.cloudwatch"


def stamp(at: float) -> str:
    """A moment as alarms write it, ``2019-10-02T17:04:40.985+0000``."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"


def long_stamp(at: float) -> str:
    """A moment as reasons of composite alarms write it."""
    return datetime.fromtimestamp(at, UTC).strftime("%A %d %B, %Y %H:%M:%S UTC")


def state_reason_data(
    given: dict[str, Any],
    definition: AlarmDefinition,
    verdict: Verdict,
    now: float,
    samples: Mapping[float, float],
) -> str:
    """StateReasonData (its members as recorded, localstack's test_put_metric_alarm, 2024).

    ``samples``: how many samples a data point of a metric has, by its start.
    """
    data: dict[str, Any] = {"version": "1.0", "queryDate": stamp(now)}
    real = [each for each in verdict.points if each.value is not None]
    if real:
        data["startDate"] = stamp(real[-1].start)
    if given.get("Unit"):
        data["unit"] = given["Unit"]
    if definition.statistic is not None:
        data["statistic"] = given.get("Statistic") or given.get("ExtendedStatistic")
    data |= {
        "period": definition.period_s,
        "recentDatapoints": [each.value for each in reversed(real)],
        "threshold": definition.rule.threshold,
    }
    if verdict.points:
        data["evaluatedDatapoints"] = [_evaluated(each, samples) for each in verdict.points]
    return json.dumps(data, separators=(",", ":"))


def _evaluated(point: Point, samples: Mapping[float, float]) -> dict[str, Any]:
    told: dict[str, Any] = {"timestamp": stamp(point.start)}
    if point.value is not None:
        if point.start in samples:
            told["sampleCount"] = samples[point.start]
        told["value"] = point.value
    return told


def check_reason_data(text: str) -> None:
    """Raises ValueError for StateReasonData that is no JSON object."""
    if text and not isinstance(json.loads(text), dict):
        raise ValueError(text)


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
