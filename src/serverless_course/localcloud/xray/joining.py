"""Whole segments: every subsegment under its parent, however it was sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from .documents import MAX_DEPTH, Document, is_subsegment

# What only a document that was sent alone holds; embedded in its parent it goes without.
_ALONE = ("type", "trace_id", "parent_id")


def walk(segment: Document) -> Iterator[Document]:
    """A segment and all its subsegments, in the order of a reading."""
    waiting = [segment]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.get("subsegments") or ()))


def seconds(document: Document) -> float | None:
    """How long a segment or subsegment took, to the microsecond that SDKs measure; None while it
    is in progress."""
    end = document.get("end_time")
    return None if end is None else max(0.0, round(end - document["start_time"], 6))


def joined(documents: Mapping[str, Document]) -> tuple[list[Document], list[Document]]:
    """Whole segments with their late subsegments, and what belongs to no segment yet."""
    alone = {key: item for key, item in documents.items() if is_subsegment(item)}
    embedded = {
        node["id"]: node
        for document in documents.values()
        for node in walk(document)
        if node is not document
    }
    # A finished subsegment counts before one in progress; of two alike, the embedded one.
    alone = {
        key: item
        for key, item in alone.items()
        if key not in embedded or (_open(embedded[key]) and not _open(item))
    }
    waiting: dict[str, list[Document]] = defaultdict(list)
    for item in alone.values():
        if item["id"] not in embedded:
            waiting[item["parent_id"]].append(item)
    tops = [item for item in documents.values() if not is_subsegment(item)]
    segments = [_whole(item, alone, waiting) for item in sorted(tops, key=_order)]
    strays = []
    known = {item["id"] for items in waiting.values() for item in items}
    # Those first whose parent nobody knows; in a ring of parents one has to be the first.
    for parent in sorted(waiting, key=lambda key: (key in known, key)):
        late = sorted(waiting.pop(parent, []), key=_order)
        strays += [_whole(item, alone, waiting) for item in late]
    return segments, strays


def _whole(
    top: Document, alone: Mapping[str, Document], waiting: dict[str, list[Document]]
) -> Document:
    """A copy of a document in which every subsegment stands under its parent."""
    copy = dict(top)
    level = [(copy, 0)]
    while level:
        node, depth = level.pop()
        children = [alone.get(item["id"], item) for item in node.get("subsegments") or ()]
        if depth < MAX_DEPTH:
            children += waiting.pop(node["id"], [])
        if not children:
            continue
        copies = [dict(child) for child in sorted(children, key=_order)]
        for child in copies:
            for member in _ALONE:
                child.pop(member, None)
        node["subsegments"] = copies
        level += [(child, depth + 1) for child in copies]
    return copy


def _open(document: Document) -> bool:
    return document.get("end_time") is None


def _order(document: Document) -> tuple[float, str]:
    return float(document["start_time"]), document["id"]
