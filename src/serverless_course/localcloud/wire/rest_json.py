"""The rest-json protocol on the server's side, driven by botocore's service models: Lambda's, and
those of the other services that the embedded cloud answers itself.

A request becomes an operation with parameters, as the client's caller wrote them; a result
becomes a response. `validation` refuses what the model does not allow.
"""

from __future__ import annotations

import base64
import json
import re
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

import botocore.session
from botocore.model import OperationModel, ServiceModel, Shape

from .errors import ServiceError
from .http import Request, Response
from .validation import validate

_FIELD = re.compile(r"\{([\w-]+)\+?\}")


class Route(NamedTuple):
    """Where an operation is found: a method, a path pattern, and what the query must hold."""

    method: str
    path: re.Pattern[str]
    query: tuple[str, ...]
    operation: OperationModel


@lru_cache
def model(service: str = "lambda") -> ServiceModel:
    """A service's model, by botocore's name of the service."""
    return botocore.session.Session().get_service_model(service)


@lru_cache
def _routes(service: str) -> tuple[Route, ...]:
    """All routes, those with the most fixed text first."""
    found = []
    for name in model(service).operation_names:
        operation = model(service).operation_model(name)
        path, _, query = operation.http["requestUri"].partition("?")
        pattern = _FIELD.sub(lambda field: f"(?P<{_group(field[1])}>[^/]+)", path.rstrip("/"))
        found.append(
            Route(
                operation.http["method"],
                re.compile(pattern + "/?"),
                tuple(query.split("&")) if query else (),
                operation,
            )
        )
    return tuple(sorted(found, key=lambda route: (-len(route.query), route.path.groups)))


def _group(field: str) -> str:
    """A field's name as the name of a group: API Gateway's has a hyphen (``resource-arn``)."""
    return field.replace("-", "_")


def find_operation(
    request: Request, service: str = "lambda"
) -> tuple[OperationModel, dict[str, str]]:
    """The operation a request names, and the fields of its path, decoded.

    Raises `ServiceError` (404) when the service has no such address.
    """
    given = set(request.query.split("&"))
    for route in _routes(service):
        if route.method != request.method or not given.issuperset(route.query):
            continue
        match = route.path.fullmatch(request.path)
        if match is not None:
            return route.operation, {k: unquote(v) for k, v in match.groupdict().items()}
    raise ServiceError("UnknownOperationException", "", 404)


def read_parameters(
    request: Request, operation: OperationModel, fields: dict[str, str]
) -> dict[str, Any]:
    """The parameters of a request, by the names that boto3 uses; blobs are bytes.

    Raises `ServiceError`: SerializationException for a body that is no JSON object,
    ValidationException for what the model does not allow.
    """
    shape = operation.input_shape
    if shape is None:
        return {}
    query = dict(parse_qsl(request.query, keep_blank_values=True))
    payload = shape.serialization.get("payload")
    body = _read_body(request) if payload is None else {}
    found: dict[str, Any] = {}
    for name, member in shape.members.items():
        place = member.serialization.get("location")
        wire = member.serialization.get("name", name)
        if name == payload:
            if request.body:
                found[name] = (
                    _by_model(member, _read_body(request))
                    if member.type_name == "structure"
                    else _payload(member, request)
                )
        elif place == "uri":
            found[name] = _from_text(member, fields[_group(wire)])
        elif place == "querystring":
            if member.type_name == "map":
                found[name] = _other_values(shape, query, operation)
            elif wire in query:
                found[name] = _query_value(member, request, wire)
        elif place == "header":
            if request.has_header(wire.lower()):
                found[name] = request.header(wire.lower())
        elif body.get(wire) is not None:
            found[name] = _by_model(member, body[wire])
    validate(shape, found)
    return {name: _decode(shape.members[name], value) for name, value in found.items()}


def write_response(operation: OperationModel, result: dict[str, Any], request_id: str) -> Response:
    """A result, in the members of the operation's output, as a response. None is left out."""
    headers = {"Content-Type": "application/json", "x-amzn-RequestId": request_id}
    status = operation.http.get("responseCode", 200)
    shape = operation.output_shape
    if shape is None or status == 204:
        return Response(status, headers)
    for name, member in shape.members.items():
        place = member.serialization.get("location")
        if place == "statusCode":
            status = result.get(name, status)
        elif place == "header" and result.get(name) is not None:
            headers[member.serialization.get("name", name)] = str(result[name])
    if status == 204:
        return Response(status, headers)
    payload = shape.serialization.get("payload")
    if payload is not None and isinstance(result.get(payload), bytes):
        return Response(status, headers, result[payload])
    body = _encode(shape, result)
    return Response(status, headers, json.dumps(body, separators=(",", ":")).encode())


# reading


def _read_body(request: Request) -> dict[str, Any]:
    if not request.body:
        return {}
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise ServiceError(
            "SerializationException", "Could not parse request body into json."
        ) from error
    if not isinstance(body, dict):
        raise ServiceError(
            "SerializationException", "The request body must be a JSON object of parameters."
        )
    return body


def _payload(member: Shape, request: Request) -> str | bytes:
    """A body that is one member: text in UTF-8, or bytes. Raises SerializationException."""
    if member.type_name != "string":
        return request.body
    try:
        return request.body.decode()
    except UnicodeDecodeError as error:
        raise ServiceError("SerializationException", "The request body is no UTF-8.") from error


def _by_model(shape: Any, value: Any) -> Any:
    """A value of the body with the model's names in place of those on the wire."""
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict):
        return {
            name: _by_model(member, value[wire])
            for name, member in shape.members.items()
            if (wire := member.serialization.get("name", name)) in value
        }
    if kind == "list" and isinstance(value, list):
        return [_by_model(shape.member, item) for item in value]
    if kind == "map" and isinstance(value, dict):
        return {key: _by_model(shape.value, item) for key, item in value.items()}
    return value


def _other_values(shape: Any, query: dict[str, str], operation: OperationModel) -> dict[str, str]:
    """What the query holds beside the members that have names, and beside the operation's own."""
    own = dict(parse_qsl(operation.http["requestUri"].partition("?")[2], keep_blank_values=True))
    named = {each.serialization.get("name", name) for name, each in shape.members.items()}
    return {name: value for name, value in query.items() if name not in named and name not in own}


def _query_value(member: Shape, request: Request, wire: str) -> Any:
    values = [v for k, v in parse_qsl(request.query, keep_blank_values=True) if k == wire]
    if member.type_name == "list":
        return values
    return _from_text(member, values[-1])


def _from_text(member: Shape, text: str) -> Any:
    if member.type_name in ("integer", "long"):
        try:
            return int(text)
        except ValueError as error:
            raise ServiceError("SerializationException", f"'{text}' is no number.") from error
    if member.type_name == "boolean":
        return text.lower() == "true"
    return text


def _decode(shape: Any, value: Any) -> Any:
    if shape.type_name == "blob" and isinstance(value, str):
        try:
            return base64.b64decode(value, validate=True)
        except ValueError:
            return value.encode()
    if shape.type_name == "structure" and isinstance(value, dict):
        return {
            name: _decode(shape.members[name], item)
            for name, item in value.items()
            if name in shape.members and item is not None
        }
    if shape.type_name == "list" and isinstance(value, list):
        return [_decode(shape.member, item) for item in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {key: _decode(shape.value, item) for key, item in value.items()}
    return value


# writing


def _encode(shape: Any, value: Any) -> Any:
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict):
        return {
            member.serialization.get("name", name): _encode(member, value[name])
            for name, member in shape.members.items()
            if value.get(name) is not None and "location" not in member.serialization
        }
    if kind == "list":
        return [_encode(shape.member, item) for item in value]
    if kind == "map":
        return {key: _encode(shape.value, item) for key, item in value.items()}
    if kind == "timestamp" and isinstance(value, datetime):
        as_text = shape.serialization.get("timestampFormat") == "iso8601"
        return value.strftime("%Y-%m-%dT%H:%M:%SZ") if as_text else value.timestamp()
    if kind == "blob" and isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value
