"""Tags of functions and event source mappings. Source: Lambda API reference (read 2026-11)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ...wire.errors import ServiceError
from ..registry import LATEST, FunctionRecord, function_not_found
from .call import Call
from .plane import ControlPlane, Operation

MAX_TAGS = 50
_MAPPING = re.compile(r"arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:event-source-mapping:(?P<uuid>.+)")
_FUNCTION = re.compile(r"arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:function:.+")


def tag_resource(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """TagResource."""
    tagged = _find(plane, call)
    if not call["Tags"]:
        raise ServiceError(
            "InvalidParameterValueException",
            "An error occurred and the request cannot be processed.",
        )
    check_tags({**tagged.tags, **call["Tags"]})
    tagged.tags.update(call["Tags"])
    tagged.changed()
    return {}


def untag_resource(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """UntagResource; a key that is not there is no error."""
    tagged = _find(plane, call)
    for key in call["TagKeys"]:
        tagged.tags.pop(key, None)
    tagged.changed()
    return {}


def list_tags(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """ListTags."""
    return {"Tags": dict(_find(plane, call).tags)}


def check_tags(tags: dict[str, str]) -> None:
    """Refuse more than 50 tags on one resource."""
    if len(tags) > MAX_TAGS:
        raise ServiceError(
            "InvalidParameterValueException", "Number of tags exceeds resource tag limit."
        )


@dataclass(frozen=True)
class _Tagged:
    """A resource's tags. A function gets a new revision id when they change (recorded)."""

    tags: dict[str, str]
    record: FunctionRecord | None = None

    def changed(self) -> None:
        if self.record is not None:
            self.record.renew_revision(LATEST)


def _find(plane: ControlPlane, call: Call) -> _Tagged:
    resource = call["Resource"]
    mapping = _MAPPING.fullmatch(resource)
    if mapping is not None:
        found = plane.registry.region(call.region).mappings.get(mapping["uuid"])
        if found is None:
            raise ServiceError(
                "ResourceNotFoundException", f"Event source mapping not found: {resource}", 404
            )
        return _Tagged(found.setdefault("Tags", {}))
    if not _FUNCTION.fullmatch(resource):
        raise ServiceError("ResourceNotFoundException", f"Resource not found: {resource}", 404)
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
    return _Tagged(record.tags, record)


OPERATIONS: dict[str, Operation] = {
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "ListTags": list_tags,
}
