"""Patterns of JSON: ``{ $.level = "ERROR" && ($.ms > 100 || $.user.id NOT EXISTS) }``.

Selectors begin with ``$.``; names hold letters, digits, ``_`` and ``-`` (``$."a-b"`` is refused by
AWS: public report, 2026-08-03), arrays ``[0]``.
"""

from __future__ import annotations

import json
import re
from typing import Any

from .conditions import MISSING, Scanner, Test, comparison

_OPEN, _CLOSE = re.compile(r"\{"), re.compile(r"\}\s*$")
_SELECTOR = re.compile(r"\$(?:\.[\w-]+|\[\d+\])+")
_STEP = re.compile(r"\.([\w-]+)|\[(\d+)\]")
_EXISTENCE = re.compile(r"(IS\s+NULL|IS\s+TRUE|IS\s+FALSE|NOT\s+EXISTS|EXISTS)\b")
_STATES: dict[str, Test] = {
    "IS NULL": lambda value: value is None,
    "IS TRUE": lambda value: value is True,
    "IS FALSE": lambda value: value is False,
    "NOT EXISTS": lambda value: value is MISSING,
    "EXISTS": lambda value: value is not MISSING,
}


class JsonPattern:
    """Matches messages that are JSON, and for which the conditions hold."""

    def __init__(self, text: str) -> None:
        self._selectors: list[str] = []
        scanner = Scanner(text)
        scanner.expect(_OPEN)
        self._holds = scanner.either(self._one)
        scanner.expect(_CLOSE)

    def values(self, message: str) -> dict[str, str] | None:
        if not message.lstrip().startswith(("{", "[")):
            return None
        try:
            record = json.loads(message)
        except (ValueError, RecursionError):
            return None
        if not self._holds(record):
            return None
        found = {name: selected(record, name) for name in self._selectors}
        return {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in found.items()
            if value is not MISSING
        }

    def _one(self, scanner: Scanner) -> Test:
        selector = scanner.expect(_SELECTOR)[0]
        self._selectors.append(selector)
        state = scanner.take(_EXISTENCE)
        test = _STATES[" ".join(state[1].split())] if state else comparison(scanner)
        return lambda record: test(selected(record, selector))


def selected(record: Any, selector: str) -> Any:
    """The part of a JSON value that a selector names, or `MISSING`."""
    found = record
    for name, index in _STEP.findall(selector):
        if name and isinstance(found, dict) and name in found:
            found = found[name]
        elif index and isinstance(found, list) and int(index) < len(found):
            found = found[int(index)]
        else:
            return MISSING
    return found
