"""Segment documents: what PutTraceSegments takes, and what it refuses.

Sources: X-Ray Developer Guide, "X-Ray segment documents" (required fields, forms, 64 kB; read
2026-11). The codes MissingId, MissingTraceId and MissingParentId and the words around them are
AWS's, from public error reports (humanmade/aws-xray 29, opentelemetry-collector-contrib 482,
patrickkerrigan/php-xray 16); the other codes are ours, in the same form.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, NamedTuple

MAX_DOCUMENT_BYTES = 64 * 1024
MAX_NAME = 200
# Ours: deeper trees than this are refused, so that no document can exhaust the server's stack.
MAX_DEPTH = 100

Document = dict[str, Any]

_ID = re.compile(r"[0-9a-fA-F]{16}")
_TRACE_ID = re.compile(r"1-([0-9a-fA-F]{8})-([0-9a-fA-F]{24})")
_W3C_TRACE_ID = re.compile(r"[0-9a-fA-F]{32}")
# Letters, numbers, whitespace and these symbols; a subsegment's name is not restricted so.
_NAME = re.compile(r"[\w\s.:/%&#=+\\\-@]+")


class Unprocessed(NamedTuple):
    """A document that was not taken: its segment's id (or None), AWS's code, a message."""

    id: str | None
    code: str
    message: str


class Refused(Exception):
    """A document that breaks a rule. ``reason`` is what PutTraceSegments answers for it."""

    def __init__(self, document: Any, code: str) -> None:
        super().__init__(code)
        given = document if isinstance(document, dict) else {}
        alone = given.get("type") == "subsegment"
        found = given.get("id")
        self.reason = Unprocessed(
            found if isinstance(found, str) else None,
            code,
            f"Invalid subsegment. ErrorCode: {code}, Cause: null"
            if alone
            else f"Invalid segment. ErrorCode: {code}",
        )


def read(text: str | bytes) -> list[Document]:
    """The documents in one text: a segment, a subsegment sent alone, or an array of them.

    Trace ids come out in X-Ray's form, also when they were given as W3C's 32 digits, and
    ids in small letters. Raises `Refused` for the first rule that is broken.
    """
    if len(text) > MAX_DOCUMENT_BYTES or len(_bytes(text)) > MAX_DOCUMENT_BYTES:
        raise Refused(None, "SegmentTooLarge")
    try:
        found = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused(None, "ParseError") from error
    documents = found if isinstance(found, list) else [found]
    if not documents:
        # AWS answers so for an empty array (humanmade/aws-xray 29).
        raise Refused(None, "MissingId")
    for document in documents:
        _check(document)
    return documents


def trace_id(text: str) -> str | None:
    """A trace id in X-Ray's form, from that form or from W3C's; None for anything else."""
    match = _TRACE_ID.fullmatch(text)
    if match:
        return text.lower()
    if _W3C_TRACE_ID.fullmatch(text):
        return f"1-{text[:8]}-{text[8:]}".lower()
    return None


def is_subsegment(document: Document) -> bool:
    """Whether a document is a subsegment that was sent alone."""
    return document.get("type") == "subsegment"


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _check(document: Any) -> None:
    """Every rule for a document and the subsegments embedded in it; ids are put in order."""
    if not isinstance(document, dict):
        raise Refused(None, "ParseError")
    alone = is_subsegment(document)
    _check_common(document, document)
    given = document.get("trace_id")
    if not given:
        raise Refused(document, "MissingTraceId")
    found = trace_id(given) if isinstance(given, str) else None
    if found is None:
        raise Refused(document, "InvalidTraceId")
    document["trace_id"] = found
    if alone and not document.get("parent_id"):
        raise Refused(document, "MissingParentId")
    if document.get("parent_id"):
        document["parent_id"] = _id(document, document["parent_id"], "InvalidParentId")
    else:
        document.pop("parent_id", None)
    if not alone and not _NAME.fullmatch(document["name"]):
        raise Refused(document, "InvalidName")
    waiting = [(document, 0)]
    while waiting:
        node, depth = waiting.pop()
        inner = node.get("subsegments")
        if inner is None:
            continue
        if not isinstance(inner, list) or depth >= MAX_DEPTH:
            raise Refused(document, "InvalidSubsegments")
        for item in inner:
            _check_common(item, document)
            waiting.append((item, depth + 1))


def _check_common(node: Any, document: Document) -> None:
    """What a segment and a subsegment have in common; ``document`` is told of in a refusal."""
    if not isinstance(node, dict):
        raise Refused(document, "InvalidSubsegments")
    if not node.get("id"):
        raise Refused(document, "MissingId")
    node["id"] = _id(document, node["id"], "InvalidId")
    name = node.get("name")
    if not name:
        raise Refused(document, "MissingName")
    if not isinstance(name, str) or len(name) > MAX_NAME:
        raise Refused(document, "InvalidName")
    if node.get("start_time") is None:
        raise Refused(document, "MissingStartTime")
    if not _is_time(node["start_time"]):
        raise Refused(document, "InvalidStartTime")
    if node.get("end_time") is None:
        if node.get("in_progress") is not True:
            raise Refused(document, "MissingEndTime")
    elif not _is_time(node["end_time"]):
        raise Refused(document, "InvalidEndTime")
    for part in ("http", "aws", "annotations", "metadata", "service", "sql"):
        if node.get(part) is not None and not isinstance(node[part], dict):
            raise Refused(document, f"Invalid{part.capitalize()}")
    if not _are_links(node.get("links") or []):
        raise Refused(document, "InvalidLinks")


def _are_links(links: Any) -> bool:
    return isinstance(links, list) and all(
        isinstance(link, dict) and isinstance(link.get("attributes") or {}, dict) for link in links
    )


def _id(document: Document, value: Any, code: str) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise Refused(document, code)
    return value.lower()


def _is_time(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value) and 0 <= value < 1e11
