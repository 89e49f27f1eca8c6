"""The grammar of a composite alarm's rule: ``ALARM("a") AND NOT (OK("b") OR FALSE)``.

Source: Amazon CloudWatch API reference, PutCompositeAlarm, AlarmRule (read 2026-11). The function
AT_LEAST is not offered.

Importing Lark and making the parser takes 0.1 to 0.3 s: import this module when there is a rule to
read, and not before.
"""

from __future__ import annotations

from collections.abc import Callable

from lark import Lark, Token, Transformer, UnexpectedInput, UnexpectedToken, v_args

from ...wire.errors import ServiceError
from ..metrics.refusals import validation
from .alarm_rule import AlarmRule, IsIn, plain_name

# How many NOTs and groups of alternatives may stand within each other.
DEEPEST = 50
_GRAMMAR = r"""
    ?rule: all_of ("OR" all_of)*      -> any_of
    all_of: factor ("AND" factor)*
    ?factor: "(" rule ")"
        | "NOT" factor                -> negation
        | "TRUE"                      -> true
        | "FALSE"                     -> false
        | STATE                       -> state

    STATE: /(ALARM|OK|INSUFFICIENT_DATA)\s*\((\s*"[^"')]+"\s*|\s*'[^"')]+'\s*|[^"')]+)\)/
    %ignore /\s+/
"""


@v_args(inline=True)
class _Rules(Transformer[Token, AlarmRule]):
    """Makes rules of rules, from the inside out."""

    def any_of(self, *parts: AlarmRule) -> AlarmRule:
        return _joined(parts, lambda is_in: any(part.holds(is_in) for part in parts))

    def all_of(self, *parts: AlarmRule) -> AlarmRule:
        return _joined(parts, lambda is_in: all(part.holds(is_in) for part in parts))

    def negation(self, part: AlarmRule) -> AlarmRule:
        return AlarmRule(lambda is_in: not part.holds(is_in), part.alarms, part.depth + 1)

    def true(self) -> AlarmRule:
        return AlarmRule(lambda is_in: True)

    def false(self) -> AlarmRule:
        return AlarmRule(lambda is_in: False)

    def state(self, text: Token) -> AlarmRule:
        state, _, alarm = text[:-1].partition("(")
        name = plain_name(alarm.strip().strip("\"'").strip())
        return AlarmRule(lambda is_in: is_in(name, state.rstrip()), (name,))


def _joined(parts: tuple[AlarmRule, ...], holds: Callable[[IsIn], bool]) -> AlarmRule:
    if len(parts) == 1:
        return parts[0]
    alarms = dict.fromkeys(name for part in parts for name in part.alarms)
    return AlarmRule(holds, tuple(alarms), max(part.depth for part in parts) + 1)


_PARSER = Lark(_GRAMMAR, start="rule", parser="lalr", transformer=_Rules())


def parse(text: str) -> AlarmRule:
    """Raises `ServiceError` (ValidationError) for what is no rule."""
    try:
        found: AlarmRule = _PARSER.parse(text)  # type: ignore[assignment]
    except UnexpectedInput as error:
        at_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
        raise _invalid("its end" if at_end else text[error.pos_in_stream :].strip()) from error
    if found.depth > DEEPEST:
        raise _invalid("it is nested too deeply")
    return found


def _invalid(what: str) -> ServiceError:
    return validation(f"AlarmRule must not contain invalid expressions: {what}")
