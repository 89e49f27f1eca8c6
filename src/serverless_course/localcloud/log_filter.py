"""Filter patterns of CloudWatch Logs: which log events a subscription delivers.

Source: Amazon CloudWatch Logs User Guide, "Filter pattern syntax" (read 2026-11). Terms
(``ERROR``, ``"two words"``, ``?any ?of``, ``-none``) and JSON patterns (``{ $.level = "ERROR" && …
}``) are told; patterns of space-delimited logs (``[a, b]``) and regular expressions let everything
through.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from .conditions import wildcard

Matcher = Callable[[str], bool]
_TERM = re.compile(r'([?-]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))')
_COMPARED = re.compile(
    r"\$\.?([\w.\-\[\]]+)\s*(=|!=|<=|>=|<|>|IS NULL|IS TRUE|IS FALSE|NOT EXISTS)\s*"
    r'("[^"]*"|[^\s&|()]*)'
)
MISSING = object()


@lru_cache(maxsize=256)
def matcher(pattern: str) -> Matcher:
    """What tells whether a message matches a pattern; an empty pattern matches everything."""
    text = pattern.strip()
    if text.startswith("{"):
        return _of_json(text.strip("{} "))
    if not text or text.startswith(("[", "%")):
        return lambda message: True
    return _of_terms(text)


def _of_terms(text: str) -> Matcher:
    terms = [(sign, quoted or plain) for sign, quoted, plain in _TERM.findall(text)]
    needed = [term for sign, term in terms if not sign]
    optional = [term for sign, term in terms if sign == "?"]
    excluded = [term for sign, term in terms if sign == "-"]

    def matches(message: str) -> bool:
        return (
            all(term in message for term in needed)
            and (not optional or any(term in message for term in optional))
            and not any(term in message for term in excluded)
        )

    return matches


def _of_json(text: str) -> Matcher:
    alternatives = [
        [_COMPARED.search(part) for part in alternative.split("&&")]
        for alternative in re.split(r"\|\|", text)
    ]

    def matches(message: str) -> bool:
        try:
            record = json.loads(message)
        except ValueError:
            return False
        return any(
            all(found is not None and _holds(record, *found.groups()) for found in alternative)
            for alternative in alternatives
        )

    return matches


def _holds(record: Any, path: str, operator: str, wanted: str) -> bool:
    given = _at(record, path)
    if operator == "NOT EXISTS":
        return given is MISSING
    if operator.startswith("IS "):
        return given is {"IS NULL": None, "IS TRUE": True, "IS FALSE": False}[operator]
    if given is MISSING:
        return False
    if wanted.startswith('"') or (operator in ("=", "!=") and not _is_number(wanted)):
        equal = wildcard(wanted.strip('"')).fullmatch(str(given)) is not None
        return equal == (operator == "=")
    if not _is_number(given) or not _is_number(wanted):
        return False
    left, right = float(given), float(wanted)
    return {
        "=": left == right,
        "!=": left != right,
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
    }[operator]


def _at(record: Any, path: str) -> Any:
    found = record
    for name, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
        if name and isinstance(found, dict) and name in found:
            found = found[name]
        elif index and isinstance(found, list) and int(index) < len(found):
            found = found[int(index)]
        else:
            return MISSING
    return found


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return not isinstance(value, bool)
