"""Kinesis and CloudWatch Logs. Source: Service Authorization Reference (read 2026-11)."""

from __future__ import annotations

import base64
import binascii

from .need import ANY, Asked, Need

STREAMLESS = frozenset({"ListStreams", "DescribeLimits", "DescribeAccountSettings"})
# Operations of CloudWatch Logs that know no resource, also when they name a group.
GROUPLESS = frozenset(
    {
        *("DescribeQueries", "GetQueryResults", "StopQuery", "TestMetricFilter", "GetLogRecord"),
        *("PutQueryDefinition", "DescribeQueryDefinitions", "DeleteQueryDefinition"),
    }
)
TAGGING = frozenset({"TagResource", "UntagResource", "ListTagsForResource"})


def streams(asked: Asked) -> list[Need]:
    """Kinesis: the stream, by name, by ARN, or in a shard iterator."""
    action = f"kinesis:{asked.operation}"
    if asked.operation in STREAMLESS:
        return [Need(action)]
    found = asked.given("ConsumerARN", "StreamARN", "ResourceARN")
    names = asked.given("StreamName")
    names += [name for name in map(_iterated, asked.given("ShardIterator")) if name]
    found += [asked.arn("kinesis", f"stream/{name}") for name in names]
    return [Need(action, arn) for arn in found] or [Need(action, ANY)]


def _iterated(iterator: str) -> str:
    """The stream's name in a shard iterator: base64 of ``NAME:SHARD:POSITION``."""
    try:
        return base64.b64decode(iterator).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def logs(asked: Asked) -> list[Need]:
    """CloudWatch Logs: AWS writes a group as ``log-group:NAME:log-stream:``.

    So a policy on ``log-group:NAME:*`` covers the group's own calls too; tagging alone goes by
    the plain ARN of the group.
    """
    action = f"logs:{asked.operation}"
    if asked.operation in TAGGING:
        return [Need(action, asked.text("resourceArn") or ANY)]
    if asked.operation in GROUPLESS:
        return [Need(action, ANY)]
    named = [*(asked.get("logGroupNames") or []), *(asked.get("logGroupIdentifiers") or [])]
    stream = asked.text("logStreamName")
    found = [group_arn(asked, str(name)) for name in named]
    found += [
        group_arn(asked, name, stream) for name in asked.given("logGroupName", "logGroupIdentifier")
    ]
    if found and asked.operation != "DescribeLogGroups":
        return [Need(action, arn) for arn in found]
    grouped = asked.operation.startswith("DescribeLog")
    return [Need(action, asked.arn("logs", "log-group::log-stream:") if grouped else ANY)]


def group_arn(asked: Asked, group: str, stream: str = "") -> str:
    """A log group, or one of its streams, as AWS names it when it asks for leave."""
    plain = asked.own_arn(group, "logs", "log-group:{}").removesuffix(":*")
    return f"{plain}:log-stream:{stream}"
