"""Trace summaries: what GetTraceSummaries tells of a trace.

Source: API reference, TraceSummary (read 2026-11): HasFault and HasError are the root segment's,
HasThrottle is any segment's; Duration goes from the earliest start to the last end, ResponseTime
is the root segment's. At most 50 annotations of a trace are indexed (AWS General Reference).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .documents import Document
from .joining import seconds, walk
from .nodes import service_id
from .root_causes import error_root_causes, response_time_root_causes
from .trace import Trace
from .view import View, Visit

MAX_ANNOTATIONS = 50
Scalar = str | int | float | bool


def summary(trace: Trace, account: str) -> dict[str, Any]:
    """The members of TraceSummary; what a trace does not have is left out."""
    view = trace.view
    entry = view.entry
    root: Document = entry.document if entry else {}
    took = seconds(root) if entry else None
    found: dict[str, Any] = {
        "Id": trace.id,
        "StartTime": view.start,
        "Duration": round(view.duration, 3),
        "HasFault": bool(root.get("fault")),
        "HasError": bool(root.get("error")),
        "HasThrottle": has_throttle(view),
        "IsPartial": view.partial,
        "Http": http_of(root),
        "Annotations": _annotations(view, account),
        "Users": _users(view, account),
        "ServiceIds": _services(view.visits, account),
        "ResourceARNs": [{"ARN": arn} for arn in resource_arns(view)],
        "InstanceIds": [{"Id": item} for item in ec2_values(view, "instance_id")],
        "AvailabilityZones": [{"Name": item} for item in ec2_values(view, "availability_zone")],
        "FaultRootCauses": error_root_causes(view, "fault", account),
        "ErrorRootCauses": error_root_causes(view, "error", account),
        "ResponseTimeRootCauses": response_time_root_causes(view, account),
        "Revision": trace.revision,
    }
    if took is not None:
        found["ResponseTime"] = round(took, 3)
    if entry is not None:
        found["EntryPoint"] = service_id(entry.node, account)
    return found


def indexed_annotations(view: View) -> Iterable[tuple[str, Scalar, Visit]]:
    """All indexed annotations: key, value, and whose they are."""
    keys: set[str] = set()
    for visit in view.visits:
        if visit.inferred:
            continue
        for node in walk(visit.document):
            for key, value in (node.get("annotations") or {}).items():
                if isinstance(value, str | int | float | bool) and (
                    key in keys or len(keys) < MAX_ANNOTATIONS
                ):
                    keys.add(key)
                    yield key, value, visit


def users(view: View) -> list[tuple[str, Visit]]:
    """The users that segments name."""
    return [
        (visit.document["user"], visit)
        for visit in view.visits
        if isinstance(visit.document.get("user"), str)
    ]


def has_throttle(view: View) -> bool:
    """Whether any segment was throttled."""
    return any(visit.document.get("throttle") for visit in view.visits)


def resource_arns(view: View) -> list[str]:
    """The ARNs of resources that segments ran on, each once."""
    return _distinct(
        value
        for visit in view.visits
        for value in (
            visit.document.get("resource_arn"),
            (visit.document.get("aws") or {}).get("function_arn"),
        )
    )


def ec2_values(view: View, member: str) -> list[str]:
    """A member of the segments' ``aws.ec2``, each value once."""
    return _distinct(
        ec2.get(member)
        for visit in view.visits
        if isinstance(ec2 := (visit.document.get("aws") or {}).get("ec2"), dict)
    )


def http_of(document: Document) -> dict[str, Any]:
    """The members of Http that a segment's request and response give."""
    http = document.get("http") or {}
    request, response = http.get("request"), http.get("response")
    request = request if isinstance(request, dict) else {}
    response = response if isinstance(response, dict) else {}
    status = response.get("status")
    found = {
        "HttpURL": request.get("url"),
        "HttpStatus": status if isinstance(status, int) else None,
        "HttpMethod": request.get("method"),
        "UserAgent": request.get("user_agent"),
        "ClientIp": request.get("client_ip"),
    }
    return {
        key: value
        for key, value in found.items()
        if isinstance(value, str) or (key == "HttpStatus" and value is not None)
    }


def _annotations(view: View, account: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, dict[tuple[type, Scalar], list[Visit]]] = {}
    for key, value, visit in indexed_annotations(view):
        found.setdefault(key, {}).setdefault((type(value), value), []).append(visit)
    return {
        key: [
            {"AnnotationValue": _typed(value), "ServiceIds": _services(visits, account)}
            for (_, value), visits in values.items()
        ]
        for key, values in found.items()
    }


def _typed(value: Scalar) -> dict[str, Scalar]:
    if isinstance(value, bool):
        return {"BooleanValue": value}
    if isinstance(value, str):
        return {"StringValue": value}
    return {"NumberValue": float(value)}


def _users(view: View, account: str) -> list[dict[str, Any]]:
    found: dict[str, list[Visit]] = {}
    for name, visit in users(view):
        found.setdefault(name, []).append(visit)
    return [
        {"UserName": name, "ServiceIds": _services(visits, account)}
        for name, visits in found.items()
    ]


def _services(visits: Iterable[Visit], account: str) -> list[dict[str, Any]]:
    return [service_id(node, account) for node in dict.fromkeys(visit.node for visit in visits)]


def _distinct(values: Iterable[Any]) -> list[str]:
    return list(dict.fromkeys(value for value in values if isinstance(value, str) and value))
