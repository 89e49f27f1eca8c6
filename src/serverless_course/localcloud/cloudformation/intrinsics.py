"""Intrinsic functions and pseudo parameters: a template's values made plain.

Source: CloudFormation Template Reference, "Intrinsic functions" (read 2026-11).
"""

from __future__ import annotations

import base64
import ipaddress
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import invalid

NO_VALUE = object()
PSEUDO = (
    *("AWS::AccountId", "AWS::NotificationARNs", "AWS::NoValue", "AWS::Partition"),
    *("AWS::Region", "AWS::StackId", "AWS::StackName", "AWS::URLSuffix"),
)
HOLE = re.compile(r"\$\{([^!}][^}]*)\}")
_KEPT = re.compile(r"\$\{!([^}]*)\}")
CONDITIONS = frozenset({"Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or", "Condition"})


@dataclass
class Values:
    """Where the values come from. ``resource`` gives a resource's Ref, ``attribute`` its GetAtt;
    ``imported`` another stack's export, ``zones`` a region's zones; each may raise."""

    template: Mapping[str, Any]
    pseudo: Mapping[str, Any]
    parameters: Mapping[str, Any]
    resource: Callable[[str], Any]
    attribute: Callable[[str, str], Any]
    imported: Callable[[str], str]
    zones: Callable[[str], list[str]]
    _decided: dict[str, bool] = field(default_factory=dict)

    def resolve(self, value: Any) -> Any:
        """A value without functions. What is AWS::NoValue is left out of maps and lists."""
        found = self._resolve(value)
        return None if found is NO_VALUE else found

    def holds(self, condition: str) -> bool:
        """Whether a condition of the template holds. Raises `ServiceError` for an unknown one."""
        if condition not in self._decided:
            conditions = self.template.get("Conditions") or {}
            if condition not in conditions:
                raise invalid(f"Template format error: Unresolved condition dependency {condition}")
            self._decided[condition] = self._truth(conditions[condition])
        return self._decided[condition]

    def _resolve(self, value: Any) -> Any:
        if isinstance(value, list):
            return [each for each in map(self._resolve, value) if each is not NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name == "Ref":
                return self._ref(argument)
            if name.startswith("Fn::") or (name == "Condition" and isinstance(argument, str)):
                return self._function(name, argument)
        found = {str(key): self._resolve(each) for key, each in value.items()}
        return {key: each for key, each in found.items() if each is not NO_VALUE}

    def _ref(self, name: Any) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self.pseudo:
            return self.pseudo[name]
        if name in self.parameters:
            return self.parameters[name]
        return self.resource(name)

    def _function(self, name: str, argument: Any) -> Any:
        if name in CONDITIONS:
            return self._truth({name: argument})
        function = FUNCTIONS.get(name)
        if function is None:
            raise invalid(f"Template error: {name} is not a function that can be used here.")
        return function(self, argument)

    def _truth(self, value: Any) -> bool:
        if not isinstance(value, dict) or len(value) != 1:
            raise invalid("Template error: a condition is one function that is true or false.")
        ((name, argument),) = value.items()
        if name == "Condition":
            return self.holds(argument)
        if name == "Fn::Equals":
            left, right = _some(name, argument, 2, 2)
            return bool(_plain(self.resolve(left)) == _plain(self.resolve(right)))
        if name == "Fn::Not":
            (inner,) = _some(name, argument, 1, 1)
            return not self._truth(inner)
        if name in ("Fn::And", "Fn::Or"):
            parts = [self._truth(each) for each in _some(name, argument, 2, 10)]
            return all(parts) if name == "Fn::And" else any(parts)
        raise invalid(f"Template error: {name} is no function of conditions.")

    def _if(self, argument: Any) -> Any:
        condition, yes, no = _some("Fn::If", argument, 3, 3)
        return self._resolve(yes if self.holds(condition) else no)

    def _get_att(self, argument: Any) -> Any:
        if isinstance(argument, str):
            argument = list(argument.partition(".")[::2])
        name, attribute = _some("Fn::GetAtt", argument, 2, 2)
        return self.attribute(name, str(self.resolve(attribute)))

    def _sub(self, argument: Any) -> str:
        text, own = argument, {}
        if isinstance(argument, list):
            text, own = _some("Fn::Sub", argument, 2, 2)
        if not isinstance(text, str) or not isinstance(own, dict):
            raise invalid(
                "Template error: One or more Fn::Sub intrinsic functions don't specify expected "
                "arguments. Specify a string as first argument, and an optional second argument "
                "to specify a mapping of values to replace in the string"
            )
        names = {key: self.resolve(value) for key, value in own.items()}

        def filled(hole: re.Match[str]) -> str:
            name = hole[1].strip()
            if name in names:
                return _text(names[name], name)
            resource, dot, attribute = name.partition(".")
            found = self.attribute(resource, attribute) if dot else self._ref(name)
            return _text(found, name)

        return _KEPT.sub(r"${\1}", HOLE.sub(filled, text))

    def _join(self, argument: Any) -> str:
        between, parts = _some("Fn::Join", argument, 2, 2)
        parts = self.resolve(parts)
        if not isinstance(parts, list):
            raise invalid(
                "Template error: every Fn::Join object requires two parameters, "
                "(1) a string delimiter and (2) a list of strings to be joined."
            )
        return str(between).join(_text(each, "Fn::Join") for each in parts)

    def _select(self, argument: Any) -> Any:
        number, parts = _some("Fn::Select", argument, 2, 2)
        parts, number = self.resolve(parts), self.resolve(number)
        try:
            found = parts[int(number)] if int(number) >= 0 else None
        except (IndexError, ValueError, TypeError):
            found = None
        if found is None:
            raise invalid(
                f"Template error: Fn::Select cannot select nonexistent value at index {number}"
            )
        return found

    def _split(self, argument: Any) -> list[str]:
        between, text = _some("Fn::Split", argument, 2, 2)
        return str(self.resolve(text)).split(str(between))

    def _find_in_map(self, argument: Any) -> Any:
        names, default = argument, NO_VALUE
        if isinstance(argument, list) and len(argument) == 4 and isinstance(argument[3], dict):
            names, default = argument[:3], argument[3].get("DefaultValue", NO_VALUE)
        name, top, second = (self.resolve(each) for each in _some("Fn::FindInMap", names, 3, 3))
        try:
            return self._resolve(self.template["Mappings"][name][str(top)][str(second)])
        except (KeyError, TypeError):
            if default is not NO_VALUE:
                return self._resolve(default)
            raise invalid(
                f"Template error: Unable to get mapping for {name}::{top}::{second}"
            ) from None

    def _import(self, argument: Any) -> str:
        return self.imported(str(self.resolve(argument)))

    def _base64(self, argument: Any) -> str:
        return base64.b64encode(_text(self.resolve(argument), "Fn::Base64").encode()).decode()

    def _zones(self, argument: Any) -> list[str]:
        return self.zones(str(self.resolve(argument) or self.pseudo["AWS::Region"]))

    def _cidr(self, argument: Any) -> list[str]:
        given = [self.resolve(each) for each in _some("Fn::Cidr", argument, 2, 3)]
        try:
            block = ipaddress.ip_network(given[0])
            bits = int(given[2]) if len(given) == 3 else 8
            subnets = block.subnets(new_prefix=block.max_prefixlen - bits)
            return [str(next(subnets)) for _ in range(int(given[1]))]
        except (ValueError, StopIteration, RuntimeError, TypeError) as error:
            raise invalid(
                f"Template error: Fn::Cidr cannot make {given[1]} blocks of {given[0]}: {error}"
            ) from error

    def _length(self, argument: Any) -> int:
        found = self.resolve(argument)
        if not isinstance(found, list):
            raise invalid("Template error: Fn::Length expects a list.")
        return len(found)

    def _to_json(self, argument: Any) -> str:
        return json.dumps(self.resolve(argument), separators=(",", ":"))


FUNCTIONS: dict[str, Callable[[Values, Any], Any]] = {
    "Fn::Base64": Values._base64,
    "Fn::Cidr": Values._cidr,
    "Fn::FindInMap": Values._find_in_map,
    "Fn::GetAZs": Values._zones,
    "Fn::GetAtt": Values._get_att,
    "Fn::If": Values._if,
    "Fn::ImportValue": Values._import,
    "Fn::Join": Values._join,
    "Fn::Length": Values._length,
    "Fn::Select": Values._select,
    "Fn::Split": Values._split,
    "Fn::Sub": Values._sub,
    "Fn::ToJsonString": Values._to_json,
}


def _some(name: str, argument: Any, least: int, most: int) -> list[Any]:
    if not isinstance(argument, list) or not least <= len(argument) <= most:
        count = str(least) if least == most else f"{least} to {most}"
        raise invalid(f"Template error: {name} requires a list of {count} values.")
    return argument


def _text(value: Any, where: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, dict)) or value is NO_VALUE:
        raise invalid(f"Template error: {where} is not a string, and one is needed here.")
    return "" if value is None else str(value)


def _plain(value: Any) -> Any:
    return _text(value, "") if isinstance(value, (bool, int, float)) else value
