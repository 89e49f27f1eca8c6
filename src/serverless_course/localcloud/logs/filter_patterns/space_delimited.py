"""Patterns of space-delimited logs: ``[ip, user, ..., status = 4*, bytes > 1000]``."""

from __future__ import annotations

import re

from .conditions import Scanner, Test, comparison
from .invalid import InvalidPattern

_OPEN, _CLOSE = re.compile(r"\["), re.compile(r"\]\s*$")
_COMMA, _REST = re.compile(","), re.compile(r"\.\.\.")
_NAME = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
_NOTHING = re.compile(r"\s*(?=[,\]])")
# A field of a message: in quotation marks or brackets it may hold blanks.
_FIELD = re.compile(r'"((?:[^"\\]|\\.)*)"|\[([^\]]*)\]|(\S+)')


class SpaceDelimited:
    """Matches messages with as many fields as the pattern names; ``...`` stands for any others."""

    def __init__(self, text: str) -> None:
        self._names: list[str] = []
        self._tests: list[tuple[int, Test]] = []
        self._gap: int | None = None
        scanner = Scanner(text)
        scanner.expect(_OPEN)
        while True:
            self._read(scanner)
            if not scanner.take(_COMMA):
                break
        scanner.expect(_CLOSE)

    def values(self, message: str) -> dict[str, str] | None:
        fields = [
            next(group for group in match.groups() if group is not None)
            for match in _FIELD.finditer(message)
        ]
        missing = len(self._names) - len(fields)
        if missing > 0 or (missing < 0 and self._gap is None):
            return None
        if self._gap is not None:
            del fields[self._gap : self._gap - missing]
        if not all(test(fields[position]) for position, test in self._tests):
            return None
        return {f"${name}": value for name, value in zip(self._names, fields, strict=True)}

    def _read(self, scanner: Scanner) -> None:
        if scanner.take(_REST):
            if self._gap is not None:
                raise InvalidPattern("Invalid filter pattern: ... may stand there once")
            self._gap = len(self._names)
            return
        position = len(self._names)
        self._names.append(str(position + 1))
        if scanner.take(_NOTHING):
            return
        start = scanner.position
        name = scanner.expect(_NAME)[0]
        self._names[-1] = name
        if scanner.take(_NOTHING):
            return
        scanner.position = start

        def one(inner: Scanner) -> Test:
            if inner.expect(_NAME)[0] != name:
                raise InvalidPattern(
                    f"Invalid filter pattern: a condition of {name} names another field"
                )
            return comparison(inner)

        self._tests.append((position, scanner.either(one)))
