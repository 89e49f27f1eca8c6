"""Which route of an HTTP API a request takes.

Source: API Gateway Developer Guide, "Create routes for HTTP APIs", routing API requests (read
2026-11): a full match of route and method, then a greedy path variable, then ``$default``; of
several, the most specific. A variable stands for exactly one part of the path, a greedy one for
one or more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

DEFAULT = "$default"
ANY = "ANY"
STATIC, VARIABLE, GREEDY = 2, 1, 0


class Pattern(NamedTuple):
    """A route key, read. ``parts`` are fixed texts, or names of variables, as ``kinds`` say."""

    key: str
    method: str
    parts: tuple[str, ...]
    kinds: tuple[int, ...]

    @property
    def rank(self) -> tuple[bool, tuple[int, ...], bool]:
        """The higher, the sooner it is taken."""
        return GREEDY not in self.kinds, self.kinds, self.method != ANY


class RouteTable:
    """The routes of one deployment."""

    def __init__(self, keys: Iterable[str]) -> None:
        keys = list(keys)
        self._has_default = DEFAULT in keys
        patterns = [_pattern(key) for key in keys if key != DEFAULT]
        self._patterns = sorted(patterns, key=lambda each: each.rank, reverse=True)

    def find(self, method: str, path: Sequence[str]) -> tuple[str, dict[str, str]] | None:
        """The key of the route, and path parameters; None for no route.

        ``path`` is split at its slashes, decoded.
        """
        for pattern in self._patterns:
            if pattern.method in (method, ANY):
                found = _match(pattern, path)
                if found is not None:
                    return pattern.key, found
        return (DEFAULT, {}) if self._has_default else None


def _pattern(key: str) -> Pattern:
    method, _, path = key.partition(" ")
    parts, kinds = [], []
    for part in path.removeprefix("/").split("/"):
        if part.startswith("{"):
            parts.append(part.strip("{}+"))
            kinds.append(GREEDY if part.endswith("+}") else VARIABLE)
        else:
            parts.append(part)
            kinds.append(STATIC)
    return Pattern(key, method, tuple(parts), tuple(kinds))


def _match(pattern: Pattern, path: Sequence[str]) -> dict[str, str] | None:
    found: dict[str, str] = {}
    if len(path) < len(pattern.parts):
        return None
    for at, (part, kind) in enumerate(zip(pattern.parts, pattern.kinds, strict=True)):
        if kind == GREEDY:
            rest = "/".join(path[at:])
            if not rest:
                return None
            found[part] = rest
            return found
        if kind == STATIC and path[at] != part:
            return None
        if kind == VARIABLE:
            if not path[at]:
                return None
            found[part] = path[at]
    return found if len(path) == len(pattern.parts) else None
