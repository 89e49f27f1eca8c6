"""What a definition lacks, in AWS's words and with its place, before the interpreter reads it.

Source: answers recorded from AWS (localstack's test_sfn_api, test_sfn_api_validation,
test_base_scenarios and test_dynamodb_task_service, 2023 to 2025).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from . import transitions

CODE = "SCHEMA_VALIDATION_FAILED"
# RFC 3339, with the T and the zone that Amazon States Language wants.
_TIMESTAMP = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?"
    r"(Z|[+-]\d\d:\d\d)"
)
_NOT_RECOGNIZED = re.compile(r"The resource provided (\S+) (?:is )?not recognized\.")


def found(definition: str, refused: str = "") -> list[tuple[str, str]]:
    """What is wrong, with the place of each: ``("These fields are required: [StartAt]", "/")``.

    ``refused`` is what the interpreter says of it. Empty where nothing is known in AWS's words.
    """
    try:
        read = json.loads(definition)
    except (ValueError, RecursionError):
        return []
    if not isinstance(read, dict):
        return []
    unknown = _NOT_RECOGNIZED.search(refused)
    return list(_machine(read, "", unknown.group(1) if unknown else "", "JSONPath"))


def refusal(definition: str, refused: str = "") -> str:
    """The text of InvalidDefinition; empty where nothing is known in AWS's words."""
    problems = [f"{CODE}: {problem} at {place}" for problem, place in found(definition, refused)]
    return f"Invalid State Machine Definition: '{', '.join(problems)}'" if problems else ""


def diagnostics(definition: str, refused: list[Any]) -> list[dict[str, Any]]:
    """The diagnostics of ValidateStateMachineDefinition; ``refused`` are the interpreter's."""
    told = " ".join(str(each.get("message", "")) for each in refused)
    problems = found(definition, told)
    if problems:
        return [_diagnostic(CODE, problem, place) for problem, place in problems]
    if not definition:
        return [_diagnostic(CODE, "Definition must be a valid JSON object", "")]
    missing = transitions.missing(definition)
    return [*refused, *(_diagnostic(transitions.CODE, *problem) for problem in missing)]


def _diagnostic(code: str, message: str, place: str) -> dict[str, Any]:
    place_of = {"location": place} if place else {}
    return {"severity": "ERROR", "code": code, "message": message, **place_of}


def _machine(
    machine: dict[str, Any], place: str, unknown: str, language: str
) -> Iterator[tuple[str, str]]:
    language = machine.get("QueryLanguage", language)
    missing = [name for name in ("States", "StartAt") if name not in machine]
    if missing:
        yield f"These fields are required: [{', '.join(missing)}]", place or "/"
    states = machine.get("States")
    for name, state in states.items() if isinstance(states, dict) else ():
        if isinstance(state, dict):
            yield from _state(state, f"{place}/States/{name}", unknown, language)


def _state(
    state: dict[str, Any], place: str, unknown: str, language: str
) -> Iterator[tuple[str, str]]:
    own = state.get("QueryLanguage", language)
    if own != language and language == "JSONata":
        text = f"'QueryLanguage' can not be '{own}' if set to 'JSONata' for whole state machine"
        yield text, place
    time = state.get("Timestamp") if state.get("Type") == "Wait" else None
    query = own == "JSONata" and str(time).startswith("{%")
    if isinstance(time, str) and not query and not _TIMESTAMP.fullmatch(time):
        yield "String does not match RFC3339 timestamp", f"{place}/Timestamp"
    if unknown and state.get("Resource") == unknown:
        yield (
            f"The resource provided {unknown} is not recognized. The value is not a valid resource "
            "ARN, or the resource is not available in this region.",
            f"{place}/Resource",
        )
    for number, branch in enumerate(_list(state.get("Branches"))):
        if isinstance(branch, dict):
            yield from _machine(branch, f"{place}/Branches[{number}]", unknown, own)
    for member in ("Iterator", "ItemProcessor"):
        inner = state.get(member)
        if isinstance(inner, dict):
            yield from _machine(inner, f"{place}/{member}", unknown, own)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
