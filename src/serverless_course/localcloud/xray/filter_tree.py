"""What a filter expression can say: its keywords, where each may stand, and its tree.

Source: X-Ray Developer Guide, "Using filter expressions" (read 2026-11).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

Scalar = str | float | bool


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


@dataclass(frozen=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True)
class AnyOf:
    """One part holds."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: Filter


@dataclass(frozen=True)
class Is:
    """A keyword alone: it is true, or it is set."""

    keyword: str


@dataclass(frozen=True)
class Compare:
    """A keyword, an operator in capital letters, and a value."""

    keyword: str
    operator: str
    value: Scalar


@dataclass(frozen=True)
class Target:
    """Which node: an empty one is any. ``account`` is id(account.id: …)."""

    name: str | None = None
    type: str | None = None
    account: str | None = None


@dataclass(frozen=True)
class Service:
    """A node's segments; ``inner`` has to hold for one of them."""

    target: Target
    inner: Filter | None


@dataclass(frozen=True)
class Edge:
    """Calls from one node to another."""

    source: Target
    target: Target
    inner: Filter | None


@dataclass(frozen=True)
class RootCause:
    """rootcause.KIND.PART: kind is fault, error or responsetime, part is service, entity or
    exception."""

    kind: str
    part: str
    inner: Filter | None


@dataclass(frozen=True)
class Group:
    """group.name or group.arn."""

    named: str


Filter = AllOf | AnyOf | Not | Is | Compare | Service | Edge | RootCause | Group
