"""Payload format 2.0: an HTTP request as a function's event, and its answer as a response.

Source: Lambda Developer Guide, "Request and response payloads" of function URLs, and API Gateway
Developer Guide, "payload format version" 2.0 (read 2026-11).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

from ...wire.header_fields import is_header
from ...wire.http import Request, Response

# Bodies of other types reach the function in Base64.
TEXT_TYPES = ("text/", "application/json", "application/javascript", "application/xml")
NOT_PASSED_ON = frozenset({"connection", "cookie", "keep-alive", "transfer-encoding", "upgrade"})
# What the server itself says of a response.
NOT_TAKEN = frozenset({"connection", "content-length", "keep-alive", "transfer-encoding"})


# A text of JSON, or white space between two of its tokens.
_TEXT_OR_SPACE = re.compile(rb'("(?:[^"\\]|\\.)*")|\s+')


class BadAnswer(Exception):
    """The function's answer is no HTTP response."""


@dataclass(frozen=True)
class HttpContext:
    """What requestContext says beside the request. ``iam`` is who signed it; None for nobody."""

    url_id: str
    domain: str
    request_id: str
    trace: str
    iam: dict[str, Any] | None = None


def event_of(request: Request, context: HttpContext, now: datetime | None = None) -> bytes:
    """The event, as JSON. ``rawPath`` stays as it was sent, percent-encoded; the path of the
    request's context is decoded (test_lambda_url_echo_http_fixture_default, recorded 2025-11)."""
    now = now or datetime.now(UTC)
    path = request.path or "/"
    query, headers = joined_query(request), joined_headers(request)
    source = request.peer[0]
    headers |= {
        "x-amzn-trace-id": context.trace,
        "x-forwarded-for": source,
        "x-forwarded-port": context.domain.rpartition(":")[2],
        "x-forwarded-proto": "http",
    }
    domain = context.domain.partition(":")[0]
    caller: dict[str, Any] = {"accountId": "anonymous"}
    if context.iam is not None:
        caller = {"accountId": context.iam["accountId"], "authorizer": {"iam": context.iam}}
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": request.query,
        "headers": headers,
        "requestContext": {
            **caller,
            "apiId": context.url_id,
            "domainName": domain,
            "domainPrefix": context.url_id,
            "http": {
                "method": request.method,
                "path": unquote(path),
                "protocol": "HTTP/1.1",
                "sourceIp": source,
                "userAgent": request.header("user-agent"),
            },
            "requestId": context.request_id,
            "routeKey": "$default",
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(now.timestamp() * 1000),
        },
        "isBase64Encoded": False,
    }
    if cookies := cookies_of(request):
        event["cookies"] = cookies
    if query:
        event["queryStringParameters"] = query
    if request.body:
        event["body"], event["isBase64Encoded"] = body_of(request)
    return json.dumps(event).encode()


def response_of(payload: bytes) -> Response:
    """The response that an answer stands for. Raises `BadAnswer`.

    An object with a ``statusCode`` says it all; anything else is the body of a 200: a text
    without its quotation marks, other JSON without white space (recorded 2024).
    """
    try:
        answer = json.loads(payload)
    except ValueError as error:
        raise BadAnswer("no JSON") from error
    if isinstance(answer, str):
        return Response(
            200, {"Content-Type": "application/json"}, answer.encode("utf-8", "replace")
        )
    if not isinstance(answer, dict) or "statusCode" not in answer:
        return Response(200, {"Content-Type": "application/json"}, _compacted(payload))
    status = status_of(answer)
    given = answer.get("headers") or {}
    cookies = answer.get("cookies") or []
    if not isinstance(given, dict) or not isinstance(cookies, list):
        raise BadAnswer("headers are no object, or cookies no list")
    headers = {name: _text(value) for name, value in given.items() if name.lower() not in NOT_TAKEN}
    if not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = "application/json"
    extra = [("Set-Cookie", _text(cookie)) for cookie in cookies]
    for name, value in [*headers.items(), *extra]:
        if not is_header(name, value):
            raise BadAnswer("a header that HTTP does not allow")
    return Response(status, headers, _bytes_of(answer), extra)


def status_of(answer: dict[str, Any]) -> int:
    """The HTTP status that an answer names. Raises `BadAnswer`."""
    try:
        status = int(answer["statusCode"])
    except (TypeError, ValueError) as error:
        raise BadAnswer("no status") from error
    if not 100 <= status <= 599:
        raise BadAnswer("no status")
    return status


def _compacted(payload: bytes) -> bytes:
    """JSON without white space; each token stays as the function wrote it."""
    return _TEXT_OR_SPACE.sub(lambda found: found[1] or b"", payload)


def joined_query(request: Request) -> dict[str, str]:
    """The query, decoded; of one name's values commas make one."""
    query: dict[str, str] = {}
    for name, value in parse_qsl(request.query, keep_blank_values=True):
        query[name] = f"{query[name]},{value}" if name in query else value
    return query


def joined_headers(request: Request) -> dict[str, str]:
    """The headers by names in small letters, without cookies; of one name's commas make one."""
    headers: dict[str, str] = {}
    for name, value in request.headers:
        if name not in NOT_PASSED_ON:
            headers[name] = f"{headers[name]},{value}" if name in headers else value
    return headers


def cookies_of(request: Request) -> list[str]:
    """Each cookie as ``name=value``."""
    lines = [value for name, value in request.headers if name == "cookie"]
    return [part.strip() for line in lines for part in line.split(";")]


def body_of(request: Request) -> tuple[str, bool]:
    """The body as text, or in Base64; and whether it is."""
    kind = request.header("content-type", "text/plain").lower()
    if kind.startswith(TEXT_TYPES) or "+json" in kind:
        try:
            return request.body.decode(), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(request.body).decode(), True


def _bytes_of(answer: dict[str, Any]) -> bytes:
    body = answer.get("body")
    if body is None:
        return b""
    text = body if isinstance(body, str) else json.dumps(body, separators=(",", ":"))
    if not answer.get("isBase64Encoded"):
        return text.encode("utf-8", "replace")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadAnswer("no Base64") from error


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
