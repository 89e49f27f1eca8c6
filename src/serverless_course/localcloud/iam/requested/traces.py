"""X-Ray. Source: Service Authorization Reference, X-Ray (read 2026-11)."""

from __future__ import annotations

from typing import Any

from ...wire.errors import ServiceError
from ...wire.http import Request
from ...wire.rest_json import find_operation
from ...xray import TRACES_PATH
from .json_body import json_body
from .need import ANY, UNKNOWN, Need


def needs(request: Request, region: str, account: str) -> list[Need]:
    """What a request to X-Ray asks leave for: groups and sampling rules by their ARNs.

    Spans sent by OTLP are asked for as PutTraceSegments, which AWSXrayWriteOnlyAccess allows: the
    policy that CloudWatch's guide names for its OTLP endpoint.
    """
    if request.path == TRACES_PATH:
        return [Need("xray:PutTraceSegments")]
    try:
        operation, _ = find_operation(request, "xray")
    except ServiceError:
        return [Need(f"xray:{UNKNOWN}")]
    return [Need(f"xray:{operation.name}", _resource(operation.name, request, region, account))]


def _resource(operation: str, request: Request, region: str, account: str) -> str:
    body = json_body(request)
    start = f"arn:aws:xray:{region}:{account}"
    group = f"{start}:group/{body.get('GroupName') or ''}/*"
    rule = body.get("SamplingRule") or body.get("SamplingRuleUpdate") or body
    rule = rule if isinstance(rule, dict) else {}
    rule_arn = f"{start}:sampling-rule/{rule.get('RuleName') or ''}"
    # What is created is known by its name alone, also where a request holds an ARN beside it; where
    # both could name a resource, X-Ray refuses a request that holds both.
    found: dict[str, Any] = {
        "CreateGroup": group,
        **dict.fromkeys(("GetGroup", "UpdateGroup", "DeleteGroup"), body.get("GroupARN") or group),
        "CreateSamplingRule": rule_arn,
        **dict.fromkeys(
            ("UpdateSamplingRule", "DeleteSamplingRule"), rule.get("RuleARN") or rule_arn
        ),
        **dict.fromkeys(
            ("TagResource", "UntagResource", "ListTagsForResource"), body.get("ResourceARN")
        ),
    }
    return str(found.get(operation) or ANY)
