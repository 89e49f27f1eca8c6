"""Transitions to states that are not there, which the interpreter finds only when it runs.

Source: AWS Step Functions Developer Guide, "Amazon States Language" (read 2026-11): a target has to
be in the same States. The code MISSING_TRANSITION_TARGET and its words: as reported in public.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

CODE = "MISSING_TRANSITION_TARGET"


def missing(definition: str) -> list[tuple[str, str]]:
    """What is wrong, with the place of each: ``("Missing 'Next' target: B", "/StartAt")``.

    Empty for a text that is no definition: that is told by who parses it.
    """
    try:
        read = json.loads(definition)
    except (ValueError, RecursionError):
        return []
    return [(f"Missing 'Next' target: {name}", place) for name, place in _machine(read, "")]


def refusal(definition: str) -> str:
    """The text of InvalidDefinition; empty when every target is there."""
    found = [f"{CODE}: {problem} at {place}" for problem, place in missing(definition)]
    return f"Invalid State Machine Definition: '{', '.join(found)}'" if found else ""


def _machine(machine: Any, place: str) -> Iterator[tuple[str, str]]:
    states = machine.get("States") if isinstance(machine, dict) else None
    if not isinstance(states, dict):
        return
    yield from _target(machine, "StartAt", states, place)
    for name, state in states.items():
        if isinstance(state, dict):
            yield from _state(state, states, f"{place}/States/{name}")


def _state(state: dict[str, Any], states: dict[str, Any], place: str) -> Iterator[tuple[str, str]]:
    yield from _target(state, "Next", states, place)
    yield from _target(state, "Default", states, place)
    for member in ("Choices", "Catch"):
        for number, rule in enumerate(_list(state.get(member))):
            if isinstance(rule, dict):
                yield from _target(rule, "Next", states, f"{place}/{member}[{number}]")
    for number, branch in enumerate(_list(state.get("Branches"))):
        yield from _machine(branch, f"{place}/Branches[{number}]")
    for member in ("Iterator", "ItemProcessor"):
        yield from _machine(state.get(member), f"{place}/{member}")


def _target(
    owner: dict[str, Any], member: str, states: dict[str, Any], place: str
) -> Iterator[tuple[str, str]]:
    name = owner.get(member)
    if isinstance(name, str) and name not in states:
        yield name, f"{place}/{member}"


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
