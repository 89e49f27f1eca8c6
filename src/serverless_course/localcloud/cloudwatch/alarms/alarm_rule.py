"""The rule of a composite alarm: ``ALARM("a") AND NOT (OK("b") OR FALSE)``.

Source: Amazon CloudWatch API reference, PutCompositeAlarm, AlarmRule (read 2026-11). The function
AT_LEAST is not offered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..metrics.refusals import validation
from .alarm import STATES

_TOKEN = re.compile(
    r"\s*(?:(?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?P<quote>[\"']?)(?P<alarm>[^\"')]+?)"
    r"(?P=quote)\s*\)|(?P<word>AND|OR|NOT|TRUE|FALSE|\(|\)))"
)
# Whether an alarm, by name or ARN, is in a state.
IsIn = Callable[[str, str], bool]


@dataclass(frozen=True)
class AlarmRule:
    """``holds`` works the rule out; ``alarms`` are the names or ARNs that it looks at."""

    holds: Callable[[IsIn], bool]
    alarms: tuple[str, ...]


def parse(text: str) -> AlarmRule:
    """Raises `ServiceError` (ValidationError) for what is no rule."""
    reader = _Reader(text)
    holds = reader.alternatives()
    reader.end()
    return AlarmRule(holds, tuple(dict.fromkeys(reader.alarms)))


def plain_name(alarm: str) -> str:
    """The name in an alarm's ARN, or the name itself."""
    return alarm.split(":alarm:", 1)[-1]


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self.alarms: list[str] = []

    def alternatives(self) -> Callable[[IsIn], bool]:
        parts = [self._conjunction()]
        while self._take("OR"):
            parts.append(self._conjunction())
        return lambda is_in: any(part(is_in) for part in parts)

    def _conjunction(self) -> Callable[[IsIn], bool]:
        parts = [self._factor()]
        while self._take("AND"):
            parts.append(self._factor())
        return lambda is_in: all(part(is_in) for part in parts)

    def _factor(self) -> Callable[[IsIn], bool]:
        if self._take("NOT"):
            inner = self._factor()
            return lambda is_in: not inner(is_in)
        if self._take("("):
            inner = self.alternatives()
            if not self._take(")"):
                raise self._wrong()
            return inner
        for word, value in (("TRUE", True), ("FALSE", False)):
            if self._take(word):
                return lambda is_in, value=value: value  # type: ignore[misc]
        match = _TOKEN.match(self._text, self._at)
        if match is None or match["state"] not in STATES:
            raise self._wrong()
        self._at = match.end()
        state, alarm = match["state"], plain_name(match["alarm"].strip())
        self.alarms.append(alarm)
        return lambda is_in: is_in(alarm, state)

    def end(self) -> None:
        if self._text[self._at :].strip():
            raise self._wrong()

    def _take(self, word: str) -> bool:
        match = _TOKEN.match(self._text, self._at)
        if match is None or match["word"] != word:
            return False
        self._at = match.end()
        return True

    def _wrong(self) -> Exception:
        rest = self._text[self._at :].strip()
        return validation(f"AlarmRule must not contain invalid expressions: {rest or 'its end'}")


def cycles(name: str, rule: AlarmRule, others: Callable[[str], Iterable[str]]) -> bool:
    """Whether an alarm would look at itself, over the rules of others."""
    seen: set[str] = set()
    waiting = list(rule.alarms)
    while waiting:
        each = waiting.pop()
        if each == name:
            return True
        if each not in seen:
            seen.add(each)
            waiting += others(each)
    return False
