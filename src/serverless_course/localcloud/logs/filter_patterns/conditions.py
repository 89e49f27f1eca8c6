"""Conditions within patterns: a value compared with ``=``, ``!=``, ``<``, a wildcard, a regular
expression, joined by ``&&`` and ``||``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ...wildcards import starred
from .invalid import InvalidPattern, invalid_character
from .pattern import regex_of

MISSING = object()
DEEPEST = 40
# Whether a value, found in a message, is as wanted.
Test = Callable[[Any], bool]
# Reads one comparison, and gives whether it holds for what `holds` is given.
ReadOne = Callable[["Scanner"], Test]
_BLANK = re.compile(r"\s*")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_WANTED = re.compile(r'"(?P<quoted>[^"]*)"|%(?P<regex>[^%]*)%|(?P<plain>[\w.+*:/@-]+)')
_OPERATOR = re.compile(r"!=|<=|>=|=|<|>")


class Scanner:
    """Reads a pattern from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self._depth = 0

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Take what matches here, blanks before it left out."""
        blank = _BLANK.match(self.text, self.position)
        start = blank.end() if blank else self.position
        found = pattern.match(self.text, start)
        if found is not None:
            self.position = found.end()
        return found

    def expect(self, pattern: re.Pattern[str]) -> re.Match[str]:
        """Take what has to come here."""
        found = self.take(pattern)
        if found is None:
            raise self.problem()
        return found

    def problem(self) -> InvalidPattern:
        """The refusal of what stands here."""
        rest = self.text[self.position :].lstrip()
        return invalid_character(rest[0]) if rest else InvalidPattern("Invalid filter pattern")

    def either(self, one: ReadOne) -> Test:
        """Comparisons joined by ``||`` and ``&&``, in brackets or not; ``&&`` binds tighter."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise InvalidPattern("Invalid filter pattern: it is nested too deeply")
        tests = [self._both(one)]
        while self.take(_OR):
            tests.append(self._both(one))
        self._depth -= 1
        return tests[0] if len(tests) == 1 else lambda given: any(test(given) for test in tests)

    def _both(self, one: ReadOne) -> Test:
        tests = [self._single(one)]
        while self.take(_AND):
            tests.append(self._single(one))
        return tests[0] if len(tests) == 1 else lambda given: all(test(given) for test in tests)

    def _single(self, one: ReadOne) -> Test:
        if self.take(_OPEN):
            found = self.either(one)
            self.expect(_CLOSE)
            return found
        return one(self)


_OR, _AND = re.compile(r"\|\|"), re.compile("&&")
_OPEN, _CLOSE = re.compile(r"\("), re.compile(r"\)")


def comparison(scanner: Scanner) -> Test:
    """An operator and what a value is compared with."""
    operator = scanner.expect(_OPERATOR)[0]
    wanted = scanner.expect(_WANTED)
    if operator in ("=", "!="):
        same = _same(wanted)
        is_equal = operator == "="
        return lambda value: value is not MISSING and same(value) == is_equal
    if wanted["plain"] is None or not is_number(wanted["plain"]):
        raise InvalidPattern(f"Invalid filter pattern: {operator} needs a number")
    return _ordered(operator, float(wanted["plain"]))


def is_number(value: Any) -> bool:
    """Whether a value is a number, or a text that reads like one."""
    if isinstance(value, str):
        return _NUMBER.fullmatch(value) is not None
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _same(wanted: re.Match[str]) -> Test:
    if wanted["regex"] is not None:
        search = regex_of(wanted["regex"])
        return lambda value: isinstance(value, str) and search(value) is not None
    if wanted["plain"] is not None and is_number(wanted["plain"]):
        number = float(wanted["plain"])
        return lambda value: is_number(value) and float(value) == number
    text = wanted["quoted"] if wanted["plain"] is None else wanted["plain"]
    matches = starred(text)
    return lambda value: matches(_text(value))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _ordered(operator: str, wanted: float) -> Test:
    def holds(value: Any) -> bool:
        if not is_number(value):
            return False
        given = float(value)
        return {
            "<": given < wanted,
            "<=": given <= wanted,
            ">": given > wanted,
            ">=": given >= wanted,
        }[operator]

    return holds
