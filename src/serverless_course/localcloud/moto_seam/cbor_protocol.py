"""Smithy's RPC protocol with CBOR bodies, which moto does not speak: translated to JSON and back.

Source: the Smithy 2.0 specification, "Smithy RPC v2 CBOR protocol" (read 2026-11). CloudWatch's
clients choose it first. What a service answers in its JSON protocol has the same members; a time
becomes a tagged number, a blob bytes.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ..iam.requested.protocols import cbor_map
from ..wire.cbor import encoded
from ..wire.http import Request, Response
from ..wire.rest_json import model

PROTOCOL = "rpc-v2-cbor"
LEFT_OUT = frozenset({"smithy-protocol", "content-type", "content-length", "accept"})


def speaks_cbor(request: Request) -> bool:
    """Whether a request is one of Smithy's RPC protocol."""
    return request.header("smithy-protocol") == PROTOCOL


def translated(request: Request, service: str, answer: Callable[[Request], Response]) -> Response:
    """The answer to a CBOR request. ``answer`` answers the same in the service's JSON protocol.

    ``service`` is botocore's name. Raises `ServiceError` for a body that is no CBOR map.
    """
    target, _, name = request.path.removeprefix("/service/").partition("/operation/")
    headers = [(key, value) for key, value in request.headers if key not in LEFT_OUT]
    headers += [
        ("content-type", "application/x-amz-json-1.0"),
        ("x-amz-target", f"{target}.{name}"),
    ]
    body = json.dumps(_json(cbor_map(request.body))).encode()
    plain = answer(replace(request, target="/", headers=headers, body=body))
    found = json.loads(plain.body or b"{}")
    if plain.status < 300:
        shape = model(service).operation_model(name).output_shape
        found = {} if shape is None else _typed(shape, found)
    kept = [(key, value) for key, value in plain.extra_headers if key.lower() not in LEFT_OUT]
    return Response(
        plain.status,
        {"Content-Type": "application/cbor", "smithy-protocol": PROTOCOL},
        encoded(found),
        kept,
    )


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _json(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_json(each) for each in value]
    if isinstance(value, datetime):
        return value.timestamp()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _typed(shape: Any, value: Any) -> Any:
    """A value of JSON as the shape of it has it."""
    if shape.type_name == "structure":
        return {
            name: _typed(shape.members[name], each)
            for name, each in value.items()
            if name in shape.members and each is not None
        }
    if shape.type_name == "list":
        return [_typed(shape.member, each) for each in value]
    if shape.type_name == "map":
        return {name: _typed(shape.value, each) for name, each in value.items()}
    return _SCALARS.get(shape.type_name, _as_it_is)(value)


def _as_it_is(value: Any) -> Any:
    return value


def _moment(value: Any) -> datetime:
    if isinstance(value, str):
        return datetime.fromisoformat(value)
    return datetime.fromtimestamp(value, UTC)


_SCALARS: dict[str, Callable[[Any], Any]] = {
    "timestamp": _moment,
    "blob": base64.b64decode,
    "double": float,
    "float": float,
}
