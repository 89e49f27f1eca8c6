"""The keywords of filter expressions: where each may stand, and what it is compared with.

Source: X-Ray Developer Guide, "Using filter expressions" (read 2026-11).
"""

from __future__ import annotations

from enum import Enum


class Kind(Enum):
    """What a keyword's value is."""

    BOOLEAN = "a boolean"
    NUMBER = "a number"
    STRING = "a string"
    ANY = "any value"


class Place(Enum):
    """Where a keyword stands: at the trace, in braces after service or edge, after rootcause."""

    TRACE = "a trace"
    SEGMENT = "a service or an edge"
    ROOT_CAUSE = "a root cause"


OPERATORS = {
    Kind.BOOLEAN: frozenset({"=", "!="}),
    Kind.NUMBER: frozenset({"=", "!=", "<", "<=", ">", ">="}),
    Kind.STRING: frozenset({"=", "!=", "CONTAINS", "BEGINSWITH", "ENDSWITH"}),
}
OPERATORS[Kind.ANY] = OPERATORS[Kind.NUMBER] | OPERATORS[Kind.STRING]

_SEGMENT = {
    **dict.fromkeys(("ok", "error", "throttle", "fault", "partial"), Kind.BOOLEAN),
    **dict.fromkeys(("responsetime", "duration", "http.status"), Kind.NUMBER),
    **dict.fromkeys(
        ("http.url", "http.method", "http.useragent", "http.clientip", "user"), Kind.STRING
    ),
    **dict.fromkeys(("availabilityzone", "instance.id", "resource.arn"), Kind.STRING),
}
KEYWORDS: dict[Place, dict[str, Kind]] = {
    Place.TRACE: _SEGMENT,
    Place.SEGMENT: {**_SEGMENT, "root": Kind.BOOLEAN, "name": Kind.STRING, "type": Kind.STRING},
    Place.ROOT_CAUSE: {
        **dict.fromkeys(("first", "last", "remote", "inferred"), Kind.BOOLEAN),
        **dict.fromkeys(("index", "coverage"), Kind.NUMBER),
        **dict.fromkeys(("name", "type", "message"), Kind.STRING),
    },
}
# Root causes: kinds, and the parts that AWS's structures of each kind have.
ROOT_CAUSES = {
    "fault": frozenset({"service", "entity", "exception"}),
    "error": frozenset({"service", "entity", "exception"}),
    "responsetime": frozenset({"service", "entity"}),
}
