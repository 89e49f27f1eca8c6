"""The rule of a composite alarm, as `alarm_rule_grammar` reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

# Whether an alarm, by name or ARN, is in a state.
IsIn = Callable[[str, str], bool]


@dataclass(frozen=True)
class AlarmRule:
    """``holds`` works the rule out; ``alarms`` are the names or ARNs that it looks at, each once;
    ``depth`` is how many rules stand within each other in it."""

    holds: Callable[[IsIn], bool]
    alarms: tuple[str, ...] = ()
    depth: int = 0


def plain_name(alarm: str) -> str:
    """The name in an alarm's ARN, or the name itself."""
    return alarm.split(":alarm:", 1)[-1]


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
