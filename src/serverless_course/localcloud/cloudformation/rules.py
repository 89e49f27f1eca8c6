"""A template's section Rules: what has to hold of parameters before anything is made or changed.

Source: CloudFormation Template Reference, "Rules" and "Rule functions" (read 2026-11). The words of
a refusal are ours, and carry the template's own descriptions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .errors import invalid, not_offered

MEMBERS = {"Assertions", "RuleCondition"}
# They ask for attributes of resources of the account, by types of parameters.
OF_RESOURCES = ("Fn::RefAll", "Fn::ValueOf", "Fn::ValueOfAll")


def check_rules(template: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
    """Refuse parameters that a template's rules do not allow. Raises `ServiceError`.

    ``parameters`` are the values, a list for parameters that are lists.
    """
    for name, value in (template.get("Rules") or {}).items():
        rule = _object(value, name)
        if rule.keys() - MEMBERS or not isinstance(rule.get("Assertions"), list):
            raise _format(name, "a rule has a list of Assertions, and may have a RuleCondition")
        reader = _Reader(name, parameters)
        holds = "RuleCondition" not in rule or reader.truth(rule["RuleCondition"])
        failed = []
        for assertion in (_object(each, name) for each in rule["Assertions"]):
            if "Assert" not in assertion or assertion.keys() - {"Assert", "AssertDescription"}:
                raise _format(name, "an assertion has Assert, and may have AssertDescription")
            if not reader.truth(assertion["Assert"]) and holds:
                failed.append(str(assertion.get("AssertDescription", "")))
        if failed:
            reasons = " ".join(each for each in failed if each) or "An assertion does not hold."
            raise invalid(f"Rule {name} is not met: {reasons}")


class _Reader:
    """Reads the functions of one rule."""

    def __init__(self, rule: str, parameters: Mapping[str, Any]) -> None:
        self._rule, self._parameters = rule, parameters

    def truth(self, value: Any) -> bool:
        """What a condition says. Raises `ServiceError` for what is none."""
        found = self._value(value)
        if found in ("true", "false"):
            return bool(found == "true")
        if not isinstance(found, bool):
            raise _format(self._rule, "a condition has to be true or false")
        return found

    def _value(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._value(each) for each in value]
        if not isinstance(value, dict):
            return value if isinstance(value, bool) else str(value)
        if len(value) != 1:
            raise _format(self._rule, "a function stands alone")
        ((name, argument),) = value.items()
        if name == "Ref":
            if argument not in self._parameters:
                raise _format(self._rule, f"Ref {argument} names no parameter")
            found = self._parameters[argument]
            return list(map(str, found)) if isinstance(found, list) else str(found)
        if name in OF_RESOURCES:
            raise not_offered(f"{name} in rules")
        function = _FUNCTIONS.get(name)
        if function is None or not isinstance(argument, list):
            raise _format(self._rule, f"{name} is no function of rules, or has no list")
        return function(self, argument)

    def _all(self, argument: list[Any]) -> bool:
        return all(self.truth(each) for each in self._some(argument, 2, 10))

    def _any(self, argument: list[Any]) -> bool:
        return any(self.truth(each) for each in self._some(argument, 2, 10))

    def _not(self, argument: list[Any]) -> bool:
        return not self.truth(self._some(argument, 1, 1)[0])

    def _equals(self, argument: list[Any]) -> bool:
        first, second = self._value(self._some(argument, 2, 2))
        return bool(first == second)

    def _contains(self, argument: list[Any]) -> bool:
        items, one = self._value(self._some(argument, 2, 2))
        return one in self._list(items)

    def _each_equals(self, argument: list[Any]) -> bool:
        items, one = self._value(self._some(argument, 2, 2))
        return all(each == one for each in self._list(items))

    def _each_in(self, argument: list[Any]) -> bool:
        items, others = self._value(self._some(argument, 2, 2))
        return {*self._list(items)} <= {*self._list(others)}

    def _some(self, argument: list[Any], least: int, most: int) -> list[Any]:
        if not least <= len(argument) <= most:
            raise _format(self._rule, "a function has too few or too many arguments")
        return argument

    def _list(self, found: Any) -> list[Any]:
        if not isinstance(found, list):
            raise _format(self._rule, "a function needs a list of strings")
        return found


_FUNCTIONS: dict[str, Callable[[_Reader, list[Any]], Any]] = {
    "Fn::And": _Reader._all,
    "Fn::Contains": _Reader._contains,
    "Fn::EachMemberEquals": _Reader._each_equals,
    "Fn::EachMemberIn": _Reader._each_in,
    "Fn::Equals": _Reader._equals,
    "Fn::Not": _Reader._not,
    "Fn::Or": _Reader._any,
}


def _object(value: Any, rule: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _format(rule, "a rule and its assertions are objects")
    return value


def _format(rule: str, what: str) -> Exception:
    return invalid(f"Template format error: in rule {rule}, {what}.")
