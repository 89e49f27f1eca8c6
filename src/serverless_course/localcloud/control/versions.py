"""Versions: a frozen copy of ``$LATEST``. Source: Lambda API reference (read 2026-11)."""

from __future__ import annotations

from typing import Any

from ..errors import ServiceError
from .functions import check_settled, publish
from .plane import Call, ControlPlane, Operation, check_revision, page
from .registry import LATEST


def publish_version(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """PublishVersion."""
    record = plane.registry.find(call.region, call["FunctionName"]).record
    members = record.latest.members
    check_revision(call.get("RevisionId"), members["RevisionId"])
    given, current = call.get("CodeSha256"), members["CodeSha256"]
    if given and given != current:
        raise ServiceError(
            "InvalidParameterValueException",
            f"CodeSHA256 ({given}) is different from current CodeSHA256 in $LATEST ({current}). "
            "Please try again with the CodeSHA256 in $LATEST.",
        )
    check_settled(record)
    return publish(plane, record, description=call.get("Description") or "")


def list_versions_by_function(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """ListVersionsByFunction: ``$LATEST`` first, then the published ones in order."""
    record = plane.registry.find(call.region, call["FunctionName"]).record
    latest = {**record.latest.members, "FunctionArn": record.qualified_arn(LATEST)}
    published = [record.versions[number].members for number in sorted(record.versions, key=int)]
    chosen, marker = page([latest, *published], call)
    return {"Versions": chosen, "NextMarker": marker}


OPERATIONS: dict[str, Operation] = {
    "PublishVersion": publish_version,
    "ListVersionsByFunction": list_versions_by_function,
}
