"""The interpreter's refusals in AWS's words.

Source: answers recorded from AWS (localstack's test_sfn_api, 2023 to 2024, and
test_aws_sdk_task_service, 2025).
"""

from __future__ import annotations

import json
import re
from typing import Any

from . import definition_schema

_INVALID_ARN = re.compile(r"Invalid arn: '?(?P<arn>[^']*)'?")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def text(code: str, message: str, given: dict[str, Any]) -> str:
    """A refusal's text; ``given`` are the parameters of the call."""
    if code == "InvalidArn":
        found = _INVALID_ARN.fullmatch(message)
        if found and not found["arn"].startswith("arn:"):
            return f"Invalid Arn: 'Invalid ARN prefix: {found['arn']}'"
    if code == "InvalidToken":
        return "Invalid Token: 'Invalid token'"
    if code == "InvalidExecutionInput":
        problem = _input_problem(str(given.get("input", "")))
        return f"Invalid State Machine Execution Input: '{problem}'"
    if code == "InvalidDefinition":
        return definition_schema.refusal(str(given.get("definition", "")), message) or message
    return message


def _input_problem(given: str) -> str:
    """What is wrong with an input, as Jackson says it for the kinds that are recorded."""
    try:
        json.loads(given)
    except json.JSONDecodeError as error:
        at = given[error.pos :]
        word = _WORD.match(at)
        if word and error.msg == "Expecting value":
            return (
                f"Unrecognized token '{word.group()}': was expecting (JSON String, Number, Array, "
                "Object or token 'null', 'true' or 'false')"
            )
        if at and error.msg.startswith("Expecting property name"):
            return (
                f"Unexpected character ('{at[0]}' (code {ord(at[0])})): was expecting double-quote "
                "to start field name"
            )
    return "Invalid execution input."
