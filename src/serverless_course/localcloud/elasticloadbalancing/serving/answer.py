"""A function's answer as the response that it stands for.

Sources: User Guide for Application Load Balancers, "Respond to the load balancer" (read 2026-11):
1 MB, multiValueHeaders in the place of headers where they are enabled, no hop-by-hop headers. That
statusCode alone suffices, that a member that is null or a header that is no text spoils the answer,
and that isBase64Encoded is no text: public reports, 2019 to 2025 (aws-lambda-dotnet 507,
elb-application-load-balancers-user-guide 33, lambda-api 117). The type of an answer without
Content-Type: the same. Headers that are not valid: User Guide, "Troubleshoot", HTTP 502.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from ...wire.header_fields import is_header
from ...wire.http import Response

MAX_BYTES = 1024 * 1024
# The server says itself how long a body is.
NOT_TAKEN = frozenset(
    {
        *("connection", "content-length", "keep-alive", "proxy-authenticate", "te", "trailer"),
        *("proxy-authorization", "proxy-connection", "transfer-encoding", "upgrade"),
    }
)
TYPES: dict[str, type] = {
    "statusDescription": str,
    "headers": dict,
    "multiValueHeaders": dict,
    "body": str,
    "isBase64Encoded": bool,
}


class BadAnswer(Exception):
    """The function's answer is no response. The text says why."""


@dataclass
class Reasoned(Response):
    """A response with a reason phrase of its own."""

    reason: str = ""

    def encode(self, *, keep_alive: bool, head: bool = False) -> bytes:
        """The bytes on the wire."""
        found = Response.encode(self, keep_alive=keep_alive, head=head)
        if not self.reason:
            return found
        _, _, rest = found.partition(b"\r\n")
        return f"HTTP/1.1 {self.status} {self.reason}\r\n".encode("latin-1", "replace") + rest


def response_of(payload: bytes, *, has_multi_values: bool) -> Reasoned:
    """The response. Raises `BadAnswer`."""
    if len(payload) > MAX_BYTES:
        raise BadAnswer("over 1 MB")
    try:
        answer = json.loads(payload)
    except ValueError as error:
        raise BadAnswer("no JSON") from error
    if not isinstance(answer, dict):
        raise BadAnswer("no object")
    for name, kind in TYPES.items():
        if name in answer and not isinstance(answer[name], kind):
            raise BadAnswer(f"{name} is of another type")
    status = answer.get("statusCode")
    if not isinstance(status, int) or isinstance(status, bool) or not 200 <= status <= 599:
        raise BadAnswer("no statusCode")
    headers: dict[str, str] = {}
    extra: list[tuple[str, str]] = []
    for name, value in _headers(answer, has_multi_values=has_multi_values):
        if not is_header(name, value):
            raise BadAnswer("a header that HTTP does not allow")
        if name.lower() in NOT_TAKEN:
            continue
        if name in headers:
            extra.append((name, value))
        else:
            headers[name] = value
    if not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = "application/octet-stream"
    return Reasoned(status, headers, _body(answer), extra, _reason(status, answer))


def _headers(answer: dict[str, Any], *, has_multi_values: bool) -> list[tuple[str, str]]:
    single, multi = answer.get("headers") or {}, answer.get("multiValueHeaders") or {}
    if not all(isinstance(value, str) for value in single.values()):
        raise BadAnswer("a header that is no text")
    for values in multi.values():
        if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
            raise BadAnswer("multiValueHeaders hold no lists of texts")
    if has_multi_values:
        return [(name, value) for name, values in multi.items() for value in values]
    return list(single.items())


def _body(answer: dict[str, Any]) -> bytes:
    body: str = answer.get("body", "")
    if not answer.get("isBase64Encoded"):
        return body.encode("utf-8", "replace")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadAnswer("no Base64") from error


def _reason(status: int, answer: dict[str, Any]) -> str:
    code, _, reason = answer.get("statusDescription", "").partition(" ")
    if code != str(status) or not reason.isascii() or not reason.isprintable():
        return ""
    return str(reason)
