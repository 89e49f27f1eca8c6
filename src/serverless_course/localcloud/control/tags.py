"""Tags of functions and event source mappings. Source: Lambda API reference (read 2026-11)."""

from __future__ import annotations

import re
from typing import Any

from ..errors import ServiceError
from .plane import Call, ControlPlane, Operation
from .registry import function_not_found

MAX_TAGS = 50
_MAPPING = re.compile(r"arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:event-source-mapping:(?P<uuid>.+)")


def tag_resource(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """TagResource."""
    tags = _tags(plane, call)
    if not call["Tags"]:
        raise ServiceError(
            "InvalidParameterValueException",
            "An error occurred and the request cannot be processed.",
        )
    if len({**tags, **call["Tags"]}) > MAX_TAGS:
        raise ServiceError(
            "InvalidParameterValueException", "Number of tags exceeds resource tag limit."
        )
    tags.update(call["Tags"])
    return {}


def untag_resource(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """UntagResource; a key that is not there is no error."""
    tags = _tags(plane, call)
    for key in call["TagKeys"]:
        tags.pop(key, None)
    return {}


def list_tags(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """ListTags."""
    return {"Tags": dict(_tags(plane, call))}


def _tags(plane: ControlPlane, call: Call) -> dict[str, str]:
    resource = call["Resource"]
    mapping = _MAPPING.fullmatch(resource)
    if mapping is not None:
        found = plane.registry.region(call.region).mappings.get(mapping["uuid"])
        if found is None:
            raise ServiceError(
                "ResourceNotFoundException", f"Event source mapping not found: {resource}", 404
            )
        tags: dict[str, str] = found.setdefault("Tags", {})
        return tags
    name, qualifier = plane.registry.named(call.region, resource)
    if qualifier is not None:
        raise ServiceError(
            "InvalidParameterValueException",
            "Tags on function aliases and versions are not supported. Please specify a function "
            "ARN.",
        )
    record = plane.registry.region(call.region).functions.get(name)
    if record is None:
        raise function_not_found(plane.registry.function_arn(call.region, name))
    return record.tags


OPERATIONS: dict[str, Operation] = {
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "ListTags": list_tags,
}
