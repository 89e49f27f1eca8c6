"""Segment documents: from JSON text to nodes that do not know each other yet.

Source of the fields: X-Ray Developer Guide, "Segment documents", read 2026-11.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from serverless_course.traces.node import Cause, Node

# Where an AWS call's subsegment names what it called, in the order of what says most.
_RESOURCES = ("table_name", "queue_url", "function_name", "topic_arn", "bucket_name")


@dataclass(frozen=True)
class Sighting:
    """A segment or subsegment as one document tells it.

    Attributes:
        node: what it says, without children.
        rank: of two sightings of one id the greater rank counts: whole before in progress.
        exceptions: the causes that it spells out, by the exception's id.
        cause_id: the id of an exception that another (sub)segment spells out.
    """

    node: Node
    rank: tuple[bool, float, str, str]
    exceptions: Mapping[str, Cause]
    cause_id: str | None = None


class UnreadableDocument(ValueError):
    """A document is no JSON object."""


def parse(document: str | Mapping[str, Any]) -> Mapping[str, Any]:
    """Read the text of a segment document. Raises UnreadableDocument."""
    if isinstance(document, Mapping):
        return document
    try:
        found = json.loads(document)
    except (ValueError, TypeError, RecursionError) as error:
        raise UnreadableDocument(f"not JSON: {error}") from None
    if not isinstance(found, Mapping):
        raise UnreadableDocument("not a JSON object")
    return found


def sightings(document: Mapping[str, Any]) -> Iterator[Sighting | str]:
    """All that a document tells: its own segment and those nested in it.

    Yields a sentence in place of what lacks an id, a name or a start; what is nested in such a
    one hangs from whatever encloses it.
    """
    waiting: list[tuple[Any, str | None]] = [(document, None)]
    while waiting:
        fields, enclosing = waiting.pop()
        seen = _sighting(fields, enclosing) if isinstance(fields, Mapping) else "no JSON object"
        yield seen
        inside = seen.node.id if isinstance(seen, Sighting) else enclosing
        nested = fields.get("subsegments") if isinstance(fields, Mapping) else None
        if isinstance(nested, list):
            waiting.extend((each, inside) for each in nested)


def _sighting(fields: Mapping[str, Any], enclosing: str | None) -> Sighting | str:
    own, name, start = fields.get("id"), fields.get("name"), _time(fields.get("start_time"))
    if not isinstance(own, str) or not isinstance(name, str) or start is None:
        return f"no id, name or start_time: {str(name or own or 'without a name')[:60]}"
    end = _time(fields.get("end_time"))
    exceptions, first, cause_id = _causes(fields.get("cause"))
    aws = _mapping(fields.get("aws"))
    response = _mapping(_mapping(fields.get("http")).get("response"))
    status = response.get("status")
    inside = enclosing is not None or fields.get("type") == "subsegment"
    node = Node(
        id=own,
        name=name,
        kind="subsegment" if inside else "segment",
        start_s=start,
        end_s=start if end is None else max(start, end),
        parent_id=enclosing or _text(fields.get("parent_id")),
        namespace=_text(fields.get("namespace")),
        origin=_text(fields.get("origin")),
        operation=_text(aws.get("operation")),
        resource=next((str(aws[key]) for key in _RESOURCES if aws.get(key)), None),
        status=status if isinstance(status, int) else None,
        error=fields.get("error") is True,
        throttle=fields.get("throttle") is True,
        fault=fields.get("fault") is True,
        cause=first,
        annotations=_mapping(fields.get("annotations")),
        in_progress=end is None,
        inferred=fields.get("inferred") is True,
    )
    # The text breaks ties, so that the order in which documents come never decides.
    told = json.dumps(
        {key: value for key, value in fields.items() if key != "subsegments"},
        sort_keys=True,
        default=str,
    )
    rank = (end is not None, node.end_s, told, enclosing or "")
    return Sighting(node, rank, exceptions, cause_id)


def _causes(cause: Any) -> tuple[dict[str, Cause], Cause | None, str | None]:
    """The exceptions by id, the first of them, and the id when the cause is told elsewhere."""
    if isinstance(cause, str):
        return {}, None, cause
    told = _mapping(cause).get("exceptions")
    found = [
        (str(each.get("id", "")), Cause(_words(each.get("type")), _words(each.get("message"))))
        for each in (told if isinstance(told, list) else [])
        if isinstance(each, Mapping)
    ]
    return dict(found), (found[0][1] if found else None), None


def _time(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _words(value: Any) -> str:
    return "" if value is None else " ".join(str(value).split())
