"""What an alarm reaches in moto: topics, the event bus, and moto's own memory of alarms."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ..cloudwatch.alarms import alarm_notification
from ..cloudwatch.alarms.alarm_record import Change
from ..iam.account import ACCOUNT_ID


def shadow(region: str, given: dict[str, Any]) -> None:
    """Let moto know of an alarm: its tags are moto's."""
    from moto.cloudwatch.models import cloudwatch_backends  # noqa: PLC0415 - moto loads late

    cloudwatch_backends[ACCOUNT_ID][region].put_metric_alarm(
        name=given["AlarmName"],
        namespace=given.get("Namespace") or "",
        metric_name=given.get("MetricName") or "",
        comparison_operator=given.get("ComparisonOperator") or "",
        evaluation_periods=int(given.get("EvaluationPeriods") or 1),
        period=int(given.get("Period") or 0),
        threshold=float(given.get("Threshold") or 0.0),
        statistic=given.get("Statistic") or "",
        description=given.get("AlarmDescription") or "",
        dimensions=given.get("Dimensions") or [],
        alarm_actions=given.get("AlarmActions") or [],
        rule=given.get("AlarmRule"),
        tags=given.get("Tags") or [],
    )


def forget_tags(backend: Any, arns: list[str]) -> None:
    """A deleted alarm has no tags (recorded from AWS, test_tagging_metric_alarm, 2024)."""
    for arn in arns:
        backend.tagger.delete_all_tags_for_resource(arn)


def publish(region: str, change: Change, arn: str) -> None:
    """Send an alarm's message to an SNS topic. Raises what moto raises."""
    from moto.sns.models import sns_backends  # noqa: PLC0415 - moto loads late

    long_name = region_name(region)
    message = alarm_notification.sns_message(change, ACCOUNT_ID, long_name)
    subject = alarm_notification.subject(change, long_name)
    sns_backends[ACCOUNT_ID][arn.split(":")[3]].publish(message, arn=arn, subject=subject)


def put_event(region: str, event: Any) -> None:
    """Hand an event of an AWS service to the rules of the default event bus."""
    from moto.events.models import events_backends  # noqa: PLC0415 - moto loads late

    bus = events_backends[ACCOUNT_ID][region].event_buses.get("default")
    for rule in list(bus.rules.values()) if bus is not None else []:
        rule.send_to_targets(event.copy())


@lru_cache
def region_name(region: str) -> str:
    """A region's long name, such as ``US East (N. Virginia)``, as botocore has it."""
    import botocore.session  # noqa: PLC0415 - rarely needed

    partitions = botocore.session.Session().get_data("endpoints")["partitions"]
    for partition in partitions:
        if region in partition["regions"]:
            return str(partition["regions"][region]["description"])
    return region
