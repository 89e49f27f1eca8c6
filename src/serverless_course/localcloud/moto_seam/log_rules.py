"""What CloudWatch Logs refuses and tells of filters, policies, streams and events put.

Sources: as recorded from AWS (localstack's ``test_logs_metric_filters``,
``test_logs_resource_policies`` and ``test_logs_subscription_filters``, 2026); API Reference,
PutLogEvents, PutRetentionPolicy and PutMetricFilter (read 2026-11). moto 5.2.5 keeps filters of
groups that are not there, any retention, and batches of any size.
"""

from __future__ import annotations

import json
import time
from typing import Any

from ..iam.account import ACCOUNT_ID
from ..wire.errors import ServiceError
from .watchers import wrap

INVALID = "InvalidParameterException"
NOT_FOUND = "ResourceNotFoundException"
NO_GROUP = "The specified log group does not exist."
DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
MOST_BYTES = 1_048_576
EVENT_BYTES = 26
DAY_MS = 24 * 3600 * 1000
# What may be a destination of a subscription filter (PutSubscriptionFilter), as far as offered.
DESTINATIONS = ("lambda", "kinesis", "firehose")
CROSS_ACCOUNT = (
    "Cross-account lambda invocation passing is not allowed. You must use DestinationPolicies to "
    "create cross account lambda triggers."
)
FILTER_PAGE = 50


def install() -> None:
    """Put them into moto. Once for a process is enough."""
    from moto.logs import models  # noqa: PLC0415 - moto loads late
    from moto.logs.responses import LogsResponse  # noqa: PLC0415

    wrap(models.LogGroup, "create_log_stream", _create_stream)
    wrap(models.LogGroup, "delete_log_stream", _delete_stream)
    wrap(models.LogGroup, "to_describe_dict", _described_group)
    wrap(models.SubscriptionFilter, "to_json", _described_subscription)
    wrap(models.LogResourcePolicy, "describe", _described_policy)
    wrap(models.LogsBackend, "put_retention_policy", _put_retention)
    wrap(models.LogsBackend, "delete_metric_filter", _delete_metric_filter)
    wrap(models.LogsBackend, "delete_resource_policy", _delete_resource_policy)
    wrap(LogsResponse, "describe_metric_filters", _describe_metric_filters)
    wrap(LogsResponse, "describe_resource_policies", _describe_resource_policies)
    wrap(LogsResponse, "put_log_events", _put_log_events)
    wrap(LogsResponse, "put_metric_filter", _put_metric_filter)
    wrap(LogsResponse, "put_resource_policy", _put_resource_policy)
    wrap(LogsResponse, "put_subscription_filter", _put_subscription_filter)


def _create_stream(original: Any, group: Any, name: str) -> None:
    if name in group.streams:
        text = "The specified log stream already exists"
        raise ServiceError("ResourceAlreadyExistsException", text)
    original(group, name)


def _delete_stream(original: Any, group: Any, name: str) -> None:
    if name not in group.streams:
        raise ServiceError(NOT_FOUND, "The specified log stream does not exist.")
    original(group, name)


def _described_group(original: Any, group: Any) -> dict[str, Any]:
    return {**original(group), "deletionProtectionEnabled": False}


def _described_subscription(original: Any, subscription: Any) -> dict[str, Any]:
    return {**original(subscription), "applyOnTransformedLogs": False}


def _described_policy(original: Any, policy: Any) -> dict[str, Any]:
    return {**original(policy), "policyScope": "ACCOUNT"}


def _put_retention(original: Any, backend: Any, group: str, days: int) -> Any:
    if days not in DAYS:
        raise ServiceError(
            INVALID,
            f"1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy "
            f"constraint: Member must satisfy enum value set: [{', '.join(map(str, DAYS))}]",
        )
    return original(backend, group, days)


def _known_group(response: Any) -> None:
    if response._get_param("logGroupName") not in response.logs_backend.groups:
        raise ServiceError(NOT_FOUND, NO_GROUP)


def _put_metric_filter(original: Any, response: Any) -> Any:
    _known_group(response)
    answer = original(response)
    group, name = response._get_param("logGroupName"), response._get_param("filterName")
    for each in response.logs_backend.filters.metric_filters:
        if (each["logGroupName"], each["filterName"]) == (group, name):
            each |= {"creationTime": int(time.time() * 1000), "applyOnTransformedLogs": False}
            for transformation in each["metricTransformations"]:
                if "defaultValue" in transformation:
                    transformation["defaultValue"] = float(transformation["defaultValue"])
    return answer


def _delete_metric_filter(original: Any, backend: Any, name: str, group: str) -> None:
    if group not in backend.groups:
        raise ServiceError(NOT_FOUND, NO_GROUP)
    original(backend, name, group)


def _describe_metric_filters(original: Any, response: Any) -> str:
    if response._get_param("logGroupName"):
        _known_group(response)
    found = json.loads(original(response))["metricFilters"]
    token = str(response._get_param("nextToken") or "0")
    if not token.isdecimal():
        raise ServiceError(INVALID, "The specified nextToken is invalid.")
    start = int(token)
    end = start + int(response._get_param("limit") or FILTER_PAGE)
    more = {"nextToken": str(end)} if end < len(found) else {}
    return json.dumps({"metricFilters": found[start:end], **more})


def _put_log_events(original: Any, response: Any) -> Any:
    events = response._get_param("logEvents") or []
    times = [each["timestamp"] for each in events]
    if times != sorted(times):
        text = "Log events in a single PutLogEvents request must be in chronological order."
        raise ServiceError(INVALID, text)
    size = sum(len(str(each["message"]).encode()) + EVENT_BYTES for each in events)
    if size > MOST_BYTES:
        text = f"Upload too large: {size} bytes exceeds limit of {MOST_BYTES}"
        raise ServiceError(INVALID, text)
    now = time.time() * 1000
    valid = [
        each["timestamp"]
        for each in events
        if now - 14 * DAY_MS <= each["timestamp"] <= now + DAY_MS // 12
    ]
    if valid and max(valid) - min(valid) > DAY_MS:
        raise ServiceError(
            INVALID,
            "The batch of log events in a single PutLogEvents request cannot span more than 24 "
            "hours.",
        )
    return original(response)


def _put_resource_policy(original: Any, response: Any) -> Any:
    try:
        document = json.loads(response._get_param("policyDocument") or "")
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise ServiceError(INVALID, "The policy document is no JSON object.")
    return original(response)


def _describe_resource_policies(original: Any, response: Any) -> str:
    told = json.loads(original(response))
    for each in told["resourcePolicies"]:
        each["policyDocument"] = json.dumps(_as_kept(json.loads(each["policyDocument"])))
    return json.dumps(told)


def _as_kept(document: dict[str, Any]) -> dict[str, Any]:
    """A policy as AWS gives it back: with a version, one principal without a list (recorded)."""
    kept = {"Version": "2008-10-17", **document}
    statements = kept.get("Statement")
    for each in statements if isinstance(statements, list) else []:
        principal = each.get("Principal") if isinstance(each, dict) else None
        if isinstance(principal, dict):
            each["Principal"] = {
                kind: names[0] if isinstance(names, list) and len(names) == 1 else names
                for kind, names in principal.items()
            }
    return kept


def _put_subscription_filter(original: Any, response: Any) -> Any:
    arn = str(response._get_param("destinationArn") or "")
    parts = arn.split(":")
    if len(parts) < 6 or parts[0] != "arn" or parts[2] not in DESTINATIONS:
        raise ServiceError(INVALID, "destinationArn for vendor is invalid.")
    vendor, account = parts[2], parts[4]
    if vendor == "lambda" and account != ACCOUNT_ID:
        raise ServiceError("AccessDeniedException", CROSS_ACCOUNT)
    if vendor != "lambda" and not response._get_param("roleArn"):
        text = f"destinationArn for vendor {vendor} cannot be used without roleArn"
        raise ServiceError(INVALID, text)
    return original(response)


def _delete_resource_policy(original: Any, backend: Any, policy_name: str) -> Any:
    if policy_name not in backend.resource_policies:
        raise ServiceError(NOT_FOUND, f"Policy with name [{policy_name}] does not exist.")
    return original(backend, policy_name)
