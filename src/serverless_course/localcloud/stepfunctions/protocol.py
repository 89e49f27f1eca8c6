"""AWS's JSON protocol around the interpreter's operations. Source: botocore's ``states``."""

from __future__ import annotations

import json
import math
import uuid
from datetime import datetime
from typing import Any

from ..wire.errors import ServiceError
from ..wire.http import Request, Response
from ..wire.rest_json import model, read_parameters

CONTENT_TYPE = "application/x-amz-json-1.0"
# What the interpreter says of lengths and values in these is as recorded from AWS.
SAID_LATER = frozenset(
    {
        *("CreateActivity", "CreateStateMachineAlias", "UpdateStateMachineAlias"),
        *("ListActivities", "ListExecutions", "ListStateMachineAliases", "ListStateMachines"),
        *("ListStateMachineVersions", "UpdateMapRun", "TestState"),
    }
)
NULL = "must not be null"


def parameters(request: Request, operation: str) -> dict[str, Any]:
    """A call's parameters. Raises `ServiceError` for what the service's model does not allow."""
    try:
        return read_parameters(request, model("stepfunctions").operation_model(operation), {})
    except ServiceError as error:
        later = error.code == "ValidationException" and operation in SAID_LATER
        if not later or NULL in error.message:
            raise
    found: dict[str, Any] = json.loads(request.body)
    return found


def response(operation: str, result: Any) -> Response:
    """A result as a response, in the members of the operation's output."""
    shape = model("stepfunctions").operation_model(operation).output_shape
    body = _encoded(shape, result or {}) if shape is not None else {}
    headers = {"Content-Type": CONTENT_TYPE, "x-amzn-RequestId": str(uuid.uuid4())}
    return Response(200, headers, json.dumps(body, separators=(",", ":")).encode())


def _encoded(shape: Any, value: Any) -> Any:
    kind = shape.type_name
    if kind == "structure":
        return {
            name: _encoded(member, value[name])
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    if kind == "list":
        return [_encoded(shape.member, item) for item in value]
    if kind == "map":
        return {key: _encoded(shape.value, item) for key, item in value.items()}
    if kind == "timestamp" and isinstance(value, datetime):
        return math.floor(value.timestamp() * 1000) / 1000
    if kind == "string" and not isinstance(value, str):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return str(value) if kind == "string" else value
