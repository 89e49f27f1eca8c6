"""Which resource needs which: by Ref, GetAtt, Sub and DependsOn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from .errors import invalid
from .intrinsics import HOLE, PSEUDO


def references(value: Any) -> Iterator[tuple[str, str]]:
    """Each name that a value refers to, and the attribute that it asks for; empty for a Ref."""
    if isinstance(value, list):
        for each in value:
            yield from references(each)
    elif isinstance(value, dict):
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name == "Ref" and isinstance(argument, str):
                yield argument, ""
                return
            if name == "Fn::GetAtt":
                yield from _of_get_att(argument)
                return
            if name == "Fn::Sub":
                yield from _of_sub(argument)
                return
        for each in value.values():
            yield from references(each)


def _of_get_att(argument: Any) -> Iterator[tuple[str, str]]:
    if isinstance(argument, str):
        argument = list(argument.partition(".")[::2])
    if isinstance(argument, list) and len(argument) == 2 and isinstance(argument[0], str):
        attribute = argument[1]
        yield argument[0], attribute if isinstance(attribute, str) else "?"
        yield from references(attribute)


def _of_sub(argument: Any) -> Iterator[tuple[str, str]]:
    own: Mapping[str, Any] = {}
    if isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], dict):
        argument, own = argument
        yield from references(own)
    if isinstance(argument, str):
        for hole in HOLE.finditer(argument):
            name, _, attribute = hole[1].strip().partition(".")
            if hole[1].strip() not in own:
                yield name, attribute


def check_references(template: Mapping[str, Any]) -> None:
    """Refuse names that the template does not have. Raises `ServiceError`."""
    resources, parameters = template["Resources"], template.get("Parameters") or {}
    for section in ("Resources", "Outputs"):
        missing = sorted(
            {
                name
                for each in (template.get(section) or {}).values()
                for name, _ in references(_read_parts(each))
                if name not in resources and name not in parameters and name not in PSEUDO
            }
        )
        if missing:
            raise invalid(
                f"Template format error: Unresolved resource dependencies [{', '.join(missing)}] "
                f"in the {section} block of the template"
            )
    for name, resource in resources.items():
        for other in depends_on(resource):
            if other not in resources:
                raise invalid(
                    f"Template format error: Unresolved resource dependencies [{other}] in the "
                    "Resources block of the template"
                )
            if other == name:
                raise invalid(f"Circular dependency between resources: [{name}]")


def in_order(template: Mapping[str, Any], names: frozenset[str]) -> list[str]:
    """The resources ``names``, each after those that it needs. Raises `ServiceError`."""
    resources = template["Resources"]
    graph = {
        name: {
            other
            for other in (
                *depends_on(resources[name]),
                *(each for each, _ in references(_read_parts(resources[name]))),
            )
            if other in names
        }
        for name in resources
        if name in names
    }
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = ", ".join(sorted(set(error.args[1])))
        raise invalid(f"Circular dependency between resources: [{circle}]") from error


def depends_on(resource: Mapping[str, Any]) -> list[str]:
    """The names in a resource's DependsOn."""
    found = resource.get("DependsOn", [])
    return [found] if isinstance(found, str) else [str(each) for each in found]


def _read_parts(part: Any) -> Any:
    """What counts of a resource or an output: metadata only speaks of others."""
    if not isinstance(part, dict):
        return part
    return {name: each for name, each in part.items() if name not in ("Metadata", "DependsOn")}
