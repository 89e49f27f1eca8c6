"""Root causes: the path from a trace's root to where a fault, an error or the time came from.

The members are AWS's (API reference, FaultRootCause, ErrorRootCause, ResponseTimeRootCause). AWS
does not say how it finds them; ours is: a fault's path follows the callees and subsegments that
failed too, down to the last; the response time's path follows the longest one, as long as it
takes more than half of its parent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .documents import Document
from .joining import seconds
from .nodes import service_id
from .view import View, Visit

MAX_SERVICES = 20
MOST = 0.5
Path = list[tuple[Visit, list[Document]]]


def error_root_causes(view: View, flag: str, account: str) -> list[dict[str, Any]]:
    """FaultRootCauses (``flag`` fault) or ErrorRootCauses (error). Empty without one."""

    def failed(node: Document) -> Document | None:
        children: list[Document] = node.get("subsegments") or []
        return next((child for child in children if child.get(flag)), None)

    found = []
    for visit in view.visits:
        if visit.root and (visit.document.get(flag) or failed(visit.document)):
            path = _path(view, visit, failed, lambda callee: bool(callee.document.get(flag)))
            services = [
                {
                    **service_id(visited.node, account),
                    "EntityPath": [_failed_entity(entity) for entity in entities],
                    "Inferred": visited.inferred,
                }
                for visited, entities in path
            ]
            impact = bool(visit.document.get(flag))
            found.append({"Services": services, "ClientImpacting": impact})
    return found


def response_time_root_causes(view: View, account: str) -> list[dict[str, Any]]:
    """ResponseTimeRootCauses of the root segment; empty while it is in progress."""
    entry = view.entry
    total = seconds(entry.document) if entry else None
    if entry is None or not total:
        return []

    def longest(node: Document) -> Document | None:
        children: list[Document] = node.get("subsegments") or []
        best = max(children, key=lambda child: seconds(child) or 0.0, default=None)
        took = seconds(node)
        if best is None or not took or (seconds(best) or 0.0) < MOST * took:
            return None
        return best

    path = _path(view, entry, longest, lambda callee: bool(seconds(callee.document)))
    services = [
        {
            **service_id(visit.node, account),
            "EntityPath": [
                {
                    "Name": entity["name"],
                    "Coverage": round(min(1.0, (seconds(entity) or 0.0) / total), 4),
                    "Remote": entity.get("namespace") == "remote",
                }
                for entity in entities
            ],
            "Inferred": visit.inferred,
        }
        for visit, entities in path
    ]
    return [{"Services": services, "ClientImpacting": True}]


def _path(
    view: View,
    root: Visit,
    child: Callable[[Document], Document | None],
    follows: Callable[[Visit], bool],
) -> Path:
    """Services from the root on, each with its segment and the subsegments on the way."""
    path: Path = []
    visit: Visit | None = root
    while visit is not None and len(path) < MAX_SERVICES:
        entities = [visit.document]
        while (below := child(entities[-1])) is not None:
            entities.append(below)
        path.append((visit, entities))
        callees = [
            callee
            for entity in reversed(entities)
            for callee in view.callees.get(entity["id"], ())
            if follows(callee)
        ]
        visit = callees[0] if callees else None
    return path


def _failed_entity(entity: Document) -> dict[str, Any]:
    return {
        "Name": entity["name"],
        "Exceptions": [
            {"Name": str(item.get("type") or ""), "Message": str(item.get("message") or "")}
            for item in exceptions(entity)
        ],
        "Remote": entity.get("namespace") == "remote",
    }


def exceptions(entity: Document) -> list[dict[str, Any]]:
    """The exceptions of a segment's or subsegment's cause."""
    cause = entity.get("cause")
    given = cause.get("exceptions") if isinstance(cause, dict) else None
    return [item for item in given if isinstance(item, dict)] if isinstance(given, list) else []
