"""JSONata in state machines: evaluated by jsonata-python, in place of the interpreter's Java."""

from __future__ import annotations

from typing import Any


def install() -> None:
    """Give the interpreter the evaluator. It must be loaded."""
    from localstack.services.stepfunctions.asl.jsonata import (  # noqa: PLC0415 - loads late
        jsonata as hooks,
    )

    hooks._eval_jsonata = evaluate


def evaluate(expression: str) -> Any:
    """The value of an expression. Raises the interpreter's JSONataException."""
    from jsonata import Jsonata  # noqa: PLC0415 - loads late
    from localstack.services.stepfunctions.asl.jsonata.jsonata import (  # noqa: PLC0415
        JSONataException,
    )

    try:
        return _plain(Jsonata(expression).evaluate(None))
    except Exception as error:
        raise JSONataException("UNKNOWN", str(error)) from error


def _plain(value: Any) -> Any:
    """Lists and objects of JSON: the evaluator's own kinds of them are not."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
