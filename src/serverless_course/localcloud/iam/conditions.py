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
from functools import lru_cache
from typing import Any

# What is known of a request: a key in lower case, and its values.
Context = Mapping[str, "str | list[str]"]
Test = Callable[[str, str], bool]


@lru_cache(maxsize=4096)
def wildcard(pattern: str) -> re.Pattern[str]:
    """A pattern with ``*`` (any text) and ``?`` (any one character)."""
    parts = re.split(r"([*?])", pattern)
    written = {"*": ".*", "?": "."}
    return re.compile("".join(written.get(part, re.escape(part)) for part in parts), re.DOTALL)


def like(wanted: str, given: str) -> bool:
    """Whether a text matches a pattern with wildcards."""
    return wildcard(wanted).fullmatch(given) is not None


def arn_like(wanted: str, given: str) -> bool:
    """Whether an ARN matches a pattern: each of its six parts alone."""
    wanted_parts, given_parts = wanted.split(":", 5), given.split(":", 5)
    return len(wanted_parts) == len(given_parts) and all(map(like, wanted_parts, given_parts))


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


def substituted(text: str, context: Context) -> str:
    """A text with its policy variables (``${aws:username}``) filled in.

    Source: IAM User Guide, "Policy variables". An unknown one stays, and so matches nothing.
    """
    if "${" not in text:
        return text

    def value(match: re.Match[str]) -> str:
        found = context.get(match[1].partition(",")[0].strip().lower())
        return found if isinstance(found, str) else match[0]

    return re.sub(r"\$\{([^}]*)\}", value, text)


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
    matches = [any(test(text, value) for text in wanted) != negated for value in given]
    return any(matches) if quantifier == "foranyvalue" else all(matches)


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in values]
