"""What a filter expression says, as a tree."""

from __future__ import annotations

from dataclasses import dataclass

Scalar = str | float | bool


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
