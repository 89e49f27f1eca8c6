"""JSONata in state machines. moto 5.2.5 has the language's hooks and no evaluator.

With the package jsonata-python beside it, expressions are evaluated; without it a definition that
asks for JSONata is refused when it is made, rather than when it runs.
"""

from __future__ import annotations

import importlib.util
import json
from typing import Any

PACKAGE = "jsonata"


def available() -> bool:
    """Whether there is an evaluator."""
    return importlib.util.find_spec(PACKAGE) is not None


def install() -> None:
    """Give moto's interpreter the evaluator, if there is one."""
    from moto.stepfunctions.parser.asl.jsonata import jsonata as hooks  # noqa: PLC0415 - loads late

    if not available():
        return
    evaluator = importlib.import_module(PACKAGE)

    def evaluate(expression: str) -> Any:
        try:
            return evaluator.Jsonata(expression).evaluate(None)
        except Exception as error:
            raise hooks.JSONataException("UNKNOWN", str(error)) from error

    hooks._eval_jsonata = evaluate


def asked_for(definition: str) -> bool:
    """Whether a state machine's definition, or a state in it, is written with JSONata."""
    try:
        read = json.loads(definition)
    except ValueError:
        return False
    return _asks(read)


def _asks(part: Any) -> bool:
    if isinstance(part, list):
        return any(map(_asks, part))
    if not isinstance(part, dict):
        return False
    return part.get("QueryLanguage") == "JSONata" or any(map(_asks, part.values()))
