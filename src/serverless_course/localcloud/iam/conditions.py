"""The Condition element of a policy statement.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators" (read 2026-11).

A key that this server does not know is absent from the request, and AWS's own rule for absent
keys holds: an operator does not match, a negated one (``StringNotEquals``) does, ``…IfExists``
does, and ``Null: true`` does. `authorization` lists the keys that are known.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from ..wildcards import QUESTION, STAR, arn_like, as_text, literal, wildcard

# What is known of a request: a key in lower case, and its values.
Context = Mapping[str, "str | list[str]"]
Test = Callable[[str, str], bool]


def like(wanted: str, given: str) -> bool:
    """Whether a text matches a pattern with wildcards."""
    return wildcard(wanted)(given)


def _numbers(compare: Callable[[float, float], bool]) -> Test:
    def test(wanted: str, given: str) -> bool:
        try:
            return compare(float(given), float(wanted))
        except ValueError:
            return False

    return test


def _moments(compare: Callable[[float, float], bool]) -> Test:
    def test(wanted: str, given: str) -> bool:
        try:
            return compare(_moment(given), _moment(wanted))
        except ValueError:
            return False

    return test


def _moment(text: str) -> float:
    if text.replace(".", "", 1).isdigit():
        return float(text)
    found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _in_network(wanted: str, given: str) -> bool:
    try:
        return ipaddress.ip_address(given) in ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False


OPERATORS: dict[str, Test] = {
    "stringequals": lambda wanted, given: wanted == given,
    "stringequalsignorecase": lambda wanted, given: wanted.lower() == given.lower(),
    "stringlike": like,
    "numericequals": _numbers(lambda given, wanted: given == wanted),
    "numericlessthan": _numbers(lambda given, wanted: given < wanted),
    "numericlessthanequals": _numbers(lambda given, wanted: given <= wanted),
    "numericgreaterthan": _numbers(lambda given, wanted: given > wanted),
    "numericgreaterthanequals": _numbers(lambda given, wanted: given >= wanted),
    "dateequals": _moments(lambda given, wanted: given == wanted),
    "datelessthan": _moments(lambda given, wanted: given < wanted),
    "datelessthanequals": _moments(lambda given, wanted: given <= wanted),
    "dategreaterthan": _moments(lambda given, wanted: given > wanted),
    "dategreaterthanequals": _moments(lambda given, wanted: given >= wanted),
    "bool": lambda wanted, given: wanted.lower() == given.lower(),
    "binaryequals": lambda wanted, given: wanted == given,
    "ipaddress": _in_network,
    "arnequals": arn_like,
    "arnlike": arn_like,
}
NEGATED = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "numericnotequals": "numericequals",
    "datenotequals": "dateequals",
    "notipaddress": "ipaddress",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
}


def holds(condition: Mapping[str, Mapping[str, Any]], context: Context) -> bool:
    """Whether every operator of a Condition element matches what is known of the request."""
    return all(
        _operator_holds(operator.lower(), key.lower(), _texts(values), context)
        for operator, keys in condition.items()
        for key, values in keys.items()
    )


# What a policy may write to mean the character itself.
SPECIAL = {"*": STAR, "?": QUESTION, "$": "$"}
# Operators whose values are patterns.
PATTERNS = frozenset({"stringlike", "arnlike", "arnequals"})
_VARIABLE = re.compile(r"\$\{([^${}]*|\$)\}")


def substituted(text: str, context: Context) -> str:
    """A pattern with its policy variables (``${aws:username}``) filled in.

    Source: IAM User Guide, "Policy variables" (read 2026-11). An unknown one stays, and so matches
    nothing, unless it has a default; ``*`` and ``?`` of a value are no wildcards.
    """
    if "${" not in text:
        return text

    def value(match: re.Match[str]) -> str:
        if match[1] in SPECIAL:
            return SPECIAL[match[1]]
        key, _, default = match[1].partition(",")
        found = context.get(key.strip().lower())
        if isinstance(found, str):
            return literal(found)
        default = default.strip()
        quoted = len(default) > 1 and default[0] == default[-1] == "'"
        return literal(default[1:-1] if quoted else match[0])

    return _VARIABLE.sub(value, text)


def _operator_holds(operator: str, key: str, wanted: list[str], context: Context) -> bool:
    quantifier, _, plain = operator.rpartition(":")
    if_exists = plain.endswith("ifexists")
    name = plain.removesuffix("ifexists")
    given = _texts(context[key]) if key in context else []
    if name == "null":
        return any((text.lower() == "true") == (not given) for text in wanted)
    negated = name in NEGATED
    test = OPERATORS.get(NEGATED.get(name, name))
    if test is None:
        return False
    if not given:
        return if_exists or negated or quantifier == "forallvalues"
    wanted = [substituted(text, context) for text in wanted]
    if NEGATED.get(name, name) not in PATTERNS:
        wanted = [as_text(text) for text in wanted]
    matches = [any(test(text, value) for text in wanted) != negated for value in given]
    return any(matches) if quantifier == "foranyvalue" else all(matches)


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in values]
