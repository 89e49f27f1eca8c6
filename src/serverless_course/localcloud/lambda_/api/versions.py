"""Versions: a frozen copy of ``$LATEST``. Source: Lambda API reference (read 2026-11)."""

from __future__ import annotations

from typing import Any

from ...wire.errors import ServiceError
from ..not_offered import VERSIONS, refuse
from ..registry import LATEST
from .call import Call
from .functions import check_may_change, publish, versions_of
from .paging import page
from .plane import ControlPlane, Operation
from .revisions import check_revision


def publish_version(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """PublishVersion."""
    refuse(call.parameters, VERSIONS)
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
    check_may_change(record)
    return publish(plane, record, call.get("Description") or "")


def list_versions_by_function(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """ListVersionsByFunction: ``$LATEST`` first, then the published ones in order."""
    record = plane.registry.find(call.region, call["FunctionName"]).record
    chosen, marker = page(versions_of(record), call, key=_place_in_list)
    return {"Versions": chosen, "NextMarker": marker}


def _place_in_list(item: dict[str, Any]) -> list[Any]:
    return [0 if item["Version"] == LATEST else int(item["Version"])]


OPERATIONS: dict[str, Operation] = {
    "PublishVersion": publish_version,
    "ListVersionsByFunction": list_versions_by_function,
}
