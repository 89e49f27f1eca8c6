"""Payload format 1.0 on its way back: what a function must answer, and the response it stands for.

Source: API Gateway Developer Guide, "Output format of a Lambda function for proxy integration"
(read 2026-11): statusCode has to be there, and of one header's single and multiple values both
count.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from ...lambda_.invocation.http_event import NOT_TAKEN, BadAnswer, status_of
from ...wire.header_fields import is_header
from ...wire.http import Response


def answer_1(payload: bytes, *, strict: bool = False) -> Response:
    """The response. Raises `BadAnswer`. ``strict`` allows no members but AWS's (REST APIs)."""
    try:
        answer = json.loads(payload)
    except ValueError as error:
        raise BadAnswer("no JSON") from error
    if not isinstance(answer, dict) or "statusCode" not in answer:
        raise BadAnswer("no statusCode")
    if strict and set(answer) - ALLOWED:
        raise BadAnswer("members that are not known")
    status = status_of(answer)
    multi = _values(answer)
    headers: dict[str, str] = {}
    extra: list[tuple[str, str]] = []
    for name, values in multi.items():
        if name.lower() in NOT_TAKEN:
            continue
        for value in values:
            if not is_header(name, value):
                raise BadAnswer("a header that HTTP does not allow")
        headers[name] = values[0]
        extra += [(name, value) for value in values[1:]]
    if not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = "application/json"
    return Response(status, headers, _body(answer), extra)


ALLOWED = frozenset({"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"})


def _values(answer: dict[str, Any]) -> dict[str, list[str]]:
    single = answer.get("headers") or {}
    multi = answer.get("multiValueHeaders") or {}
    if not isinstance(single, dict) or not isinstance(multi, dict):
        raise BadAnswer("headers are no object")
    found: dict[str, list[str]] = {}
    for name, values in multi.items():
        if not isinstance(values, list):
            raise BadAnswer("multiValueHeaders hold no lists")
        found[name] = [_text(value) for value in values]
    for name, value in single.items():
        if _text(value) not in found.setdefault(name, []):
            found[name].append(_text(value))
    return {name: values for name, values in found.items() if values}


def _text(value: Any) -> str:
    if isinstance(value, (dict, list)):
        raise BadAnswer("a header that is no text")
    return value if isinstance(value, str) else json.dumps(value)


def _body(answer: dict[str, Any]) -> bytes:
    body = answer.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise BadAnswer("the body is no text")
    if answer.get("isBase64Encoded") is not True:
        return body.encode("utf-8", "replace")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadAnswer("no Base64") from error
