"""How much work the wildcards of a field can make, and which are too much for EventBridge.

AWS's matcher, Event Ruler, counts the beginnings of wildcard patterns that one text can fit at
the same time (its public source, read 2026-11). EventBridge does not say where its limit is; ten is
ours, between what is known. Refused: 11 (recorded from AWS, localstack's test_events_patterns,
content_wildcard_complex_EXC, 2024-12) and 13 (a public error report of four patterns such as
``*/datasync/*.bif`` in one field). Taken: 7 (recorded, content_wildcard_repeating).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .rule_checks import is_or

MOST = 10
# A longer look would cost more than the matching, which takes linear time whatever the pattern.
MOST_SETS = 4000
STAR = ""
TOO_COMPLEX = (
    "Rule is too complex - try using fewer wildcard characters or fewer repeating character "
    "sequences after a wildcard character"
)
# A place in a pattern: which pattern, and how many of its parts were fitted.
Place = tuple[int, int]


def too_complex(fields: dict[str, Any]) -> bool:
    """Whether the wildcards of one of a pattern's fields, as `read_pattern` gives them, are."""
    return any(_Field(texts).exceeds(MOST) for texts in _wildcards(fields) if texts)


def _wildcards(fields: dict[str, Any]) -> Iterator[list[str]]:
    """The wildcard patterns of each field, those inside anything-but too."""
    for name, wanted in fields.items():
        if isinstance(wanted, dict):
            yield from _wildcards(wanted)
        elif is_or(name, wanted):
            for choice in wanted:
                yield from _wildcards(choice)
        else:
            yield sorted({text for rule in wanted for text in _texts(rule)})


def _texts(rule: Any) -> list[str]:
    inner = rule.get("anything-but", rule) if isinstance(rule, dict) else None
    found = inner.get("wildcard", []) if isinstance(inner, dict) else []
    return found if isinstance(found, list) else [found]


def _parts(text: str) -> list[str]:
    """The characters of a pattern in its quotation marks; `STAR` for a wildcard."""
    parts, escaped = ['"'], False
    for character in text:
        if character == "\\" and not escaped:
            escaped = True
            continue
        parts.append(STAR if character == "*" and not escaped else character)
        escaped = False
    return [*parts, '"']


class _Field:
    """The wildcard patterns of one field, walked through by every text at once."""

    def __init__(self, texts: list[str]) -> None:
        self._patterns = [_parts(text) for text in texts]

    def exceeds(self, most: int) -> bool:
        """Whether some text fits more beginnings of the patterns than ``most``."""
        start = frozenset((number, 0) for number in range(len(self._patterns)))
        waiting, seen = [start], {start}
        while waiting and len(seen) < MOST_SETS:
            places = waiting.pop()
            for character in {*self._expected(places), STAR}:
                following = self._after(places, character)
                if self._count(following) > most:
                    return True
                if following and following not in seen:
                    seen.add(following)
                    waiting.append(following)
        return False

    def _expected(self, places: frozenset[Place]) -> Iterator[str]:
        for number, fitted in places:
            yield from self._patterns[number][fitted : fitted + 1]

    def _after(self, places: frozenset[Place], character: str) -> frozenset[Place]:
        """The places after one more character; `STAR` stands for one that none of them expects."""
        found: set[Place] = set()
        for number, fitted in places:
            pattern = self._patterns[number]
            if fitted and pattern[fitted - 1] == STAR:
                found.add((number, fitted))
            if fitted < len(pattern) and pattern[fitted] == character != STAR:
                found.add((number, fitted + 1))
                if pattern[fitted + 1 : fitted + 2] == [STAR]:
                    found.add((number, fitted + 2))
        return frozenset(found)

    def _count(self, places: frozenset[Place]) -> int:
        """How many beginnings these are; equal ones without a wildcard inside are one."""
        found: set[Any] = set()
        for number, fitted in places:
            beginning = tuple(self._patterns[number][:fitted])
            found.add((number, fitted) if STAR in beginning[:-1] else beginning)
        return len(found)
