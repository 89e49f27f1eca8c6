"""X-Ray's operations by name: each takes a `Call` and gives the members of its output.

What is missing here is refused: insights, and the retrieval of traces that Transaction Search
keeps in CloudWatch Logs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .account_settings import INDEXING
from .call import Call
from .pages import MAX_LIST, page
from .queries import (
    batch_get_traces,
    get_service_graph,
    get_trace_graph,
    get_trace_summaries,
)
from .refusals import not_found, not_offered
from .sampling_operations import (
    create_sampling_rule,
    delete_sampling_rule,
    get_sampling_rules,
    get_sampling_statistic_summaries,
    get_sampling_targets,
    update_sampling_rule,
)
from .time_series import get_time_series_service_statistics

Operation = Callable[[Call], dict[str, Any]]


def put_trace_segments(call: Call) -> dict[str, Any]:
    """PutTraceSegments."""
    unprocessed = call.region.traces.put(call["TraceSegmentDocuments"])
    return {
        "UnprocessedTraceSegments": [
            {"Id": item.id, "ErrorCode": item.code, "Message": item.message} for item in unprocessed
        ]
    }


def put_telemetry_records(_: Call) -> dict[str, Any]:
    """PutTelemetryRecords: what daemons report of themselves. No operation reads it back."""
    return {}


def create_group(call: Call) -> dict[str, Any]:
    """CreateGroup."""
    group = call.region.groups.create(
        call["GroupName"],
        call.get("FilterExpression") or "",
        call.get("InsightsConfiguration") or {},
    )
    call.region.tags.add(group["GroupARN"], call.get("Tags") or [])
    return {"Group": group}


def get_group(call: Call) -> dict[str, Any]:
    """GetGroup."""
    return {"Group": call.region.groups.get(call.parameters)}


def get_groups(call: Call) -> dict[str, Any]:
    """GetGroups."""
    part, token = page(
        call.region.groups.all(), call, MAX_LIST, lambda group: (group["GroupName"],)
    )
    return {"Groups": part, "NextToken": token}


def update_group(call: Call) -> dict[str, Any]:
    """UpdateGroup."""
    group = call.region.groups.update(
        call.parameters, call.get("FilterExpression"), call.get("InsightsConfiguration") or {}
    )
    return {"Group": group}


def delete_group(call: Call) -> dict[str, Any]:
    """DeleteGroup."""
    arn = call.region.groups.get(call.parameters)["GroupARN"]
    call.region.groups.delete(call.parameters)
    call.region.tags.forget(arn)
    return {}


def tag_resource(call: Call) -> dict[str, Any]:
    """TagResource."""
    call.region.tags.add(_known(call), call["Tags"])
    return {}


def untag_resource(call: Call) -> dict[str, Any]:
    """UntagResource."""
    call.region.tags.remove(_known(call), call["TagKeys"])
    return {}


def list_tags_for_resource(call: Call) -> dict[str, Any]:
    """ListTagsForResource."""
    return {"Tags": call.region.tags.of(_known(call))}


def get_encryption_config(call: Call) -> dict[str, Any]:
    """GetEncryptionConfig."""
    return {"EncryptionConfig": call.region.settings.encryption()}


def put_encryption_config(call: Call) -> dict[str, Any]:
    """PutEncryptionConfig."""
    return {"EncryptionConfig": call.region.settings.encrypt(call["Type"], call.get("KeyId"))}


def get_trace_segment_destination(call: Call) -> dict[str, Any]:
    """GetTraceSegmentDestination."""
    return call.region.settings.destination()


def update_trace_segment_destination(call: Call) -> dict[str, Any]:
    """UpdateTraceSegmentDestination."""
    return call.region.settings.send_to(
        call.get("Destination") or "XRay", call.get("CloudWatchLogsConfiguration")
    )


def get_indexing_rules(call: Call) -> dict[str, Any]:
    """GetIndexingRules."""
    return {"IndexingRules": [call.region.settings.indexing()]}


def update_indexing_rule(call: Call) -> dict[str, Any]:
    """UpdateIndexingRule."""
    if call["Name"] != INDEXING:
        raise not_found(f"indexing rule {call['Name']}")
    rule = call["Rule"].get("Probabilistic")
    if not rule:
        raise not_offered("Rule", "other indexing rules than Probabilistic")
    return {"IndexingRule": call.region.settings.index(rule["DesiredSamplingPercentage"])}


def put_resource_policy(call: Call) -> dict[str, Any]:
    """PutResourcePolicy."""
    policy = call.region.policies.put(
        call["PolicyName"], call["PolicyDocument"], call.get("PolicyRevisionId")
    )
    return {"ResourcePolicy": policy}


def list_resource_policies(call: Call) -> dict[str, Any]:
    """ListResourcePolicies."""
    return {"ResourcePolicies": call.region.policies.all()}


def delete_resource_policy(call: Call) -> dict[str, Any]:
    """DeleteResourcePolicy."""
    call.region.policies.delete(call["PolicyName"], call.get("PolicyRevisionId"))
    return {}


def _known(call: Call) -> str:
    arn = str(call["ResourceARN"])
    if not (call.region.rules.has_arn(arn) or call.region.groups.has_arn(arn)):
        raise not_found(arn)
    return arn


OPERATIONS: dict[str, Operation] = {
    "BatchGetTraces": batch_get_traces,
    "CreateGroup": create_group,
    "CreateSamplingRule": create_sampling_rule,
    "DeleteGroup": delete_group,
    "DeleteResourcePolicy": delete_resource_policy,
    "DeleteSamplingRule": delete_sampling_rule,
    "GetEncryptionConfig": get_encryption_config,
    "GetGroup": get_group,
    "GetGroups": get_groups,
    "GetIndexingRules": get_indexing_rules,
    "GetSamplingRules": get_sampling_rules,
    "GetSamplingStatisticSummaries": get_sampling_statistic_summaries,
    "GetSamplingTargets": get_sampling_targets,
    "GetServiceGraph": get_service_graph,
    "GetTimeSeriesServiceStatistics": get_time_series_service_statistics,
    "GetTraceGraph": get_trace_graph,
    "GetTraceSegmentDestination": get_trace_segment_destination,
    "GetTraceSummaries": get_trace_summaries,
    "ListResourcePolicies": list_resource_policies,
    "ListTagsForResource": list_tags_for_resource,
    "PutEncryptionConfig": put_encryption_config,
    "PutResourcePolicy": put_resource_policy,
    "PutTelemetryRecords": put_telemetry_records,
    "PutTraceSegments": put_trace_segments,
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "UpdateGroup": update_group,
    "UpdateIndexingRule": update_indexing_rule,
    "UpdateSamplingRule": update_sampling_rule,
    "UpdateTraceSegmentDestination": update_trace_segment_destination,
}
