"""A request as the event that a function gets.

Source: User Guide for Application Load Balancers, "Use Lambda functions as targets" and
"X-Forwarded headers" (read 2026-11): names of headers in small letters, the query as it was sent,
of several values the last one, or with multi-value headers all. That ``connection`` and its like
stand there too: captures of live load balancers, 2019.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

from ...lambda_.tracing.header import new_root
from ...wire.http import Request
from ..attributes import DROP_INVALID, XFF_MODE, XFF_PORT
from ..balancer import TargetGroup

# Bodies of other types reach the function in Base64, and so does one with a Content-Encoding.
TEXT_TYPES = ("text/", "application/json", "application/javascript", "application/xml")
HEALTH_CHECKER = "ELB-HealthChecker/2.0"
_NAME = re.compile(r"[A-Za-z0-9-]+")


class NoUtf8(Exception):
    """A body of text is not in UTF-8: Lambda does not take it."""


def event_of(
    request: Request, group: TargetGroup, port: int, attributes: Mapping[str, str]
) -> dict[str, Any]:
    """The event. ``port`` is the listener's, ``attributes`` the load balancer's. Raises
    `NoUtf8`."""
    headers = _headers(request, port, attributes)
    query: dict[str, list[str]] = {}
    for part in request.query.split("&"):
        if part:
            name, _, value = part.partition("=")
            query.setdefault(name, []).append(value)
    body, encoded = _body(request)
    return {
        **_start(group, request.method, request.path),
        **_valued("queryStringParameters", query, group),
        **_valued("headers", headers, group),
        "body": body,
        "isBase64Encoded": encoded,
    }


def health_check_of(group: TargetGroup) -> dict[str, Any]:
    """The event of a health check."""
    return {
        **_start(group, "GET", group.settings["HealthCheckPath"]),
        **_valued("queryStringParameters", {}, group),
        **_valued("headers", {"user-agent": [HEALTH_CHECKER]}, group),
        "body": "",
        "isBase64Encoded": False,
    }


def trace_of(event: Mapping[str, Any]) -> str:
    """The trace header that an event passes on, without the load balancer's own part."""
    headers = event.get("headers") or event["multiValueHeaders"]
    value = headers["x-amzn-trace-id"]
    text = value if isinstance(value, str) else value[-1]
    return ";".join(part for part in text.split(";") if not part.startswith("Self="))


def _start(group: TargetGroup, method: str, path: str) -> dict[str, Any]:
    return {
        "requestContext": {"elb": {"targetGroupArn": group.arn}},
        "httpMethod": method,
        "path": path,
    }


def _valued(name: str, values: Mapping[str, list[str]], group: TargetGroup) -> dict[str, Any]:
    if group.has_multi_values:
        return {f"multiValue{name[:1].upper()}{name[1:]}": dict(values)}
    return {name: {key: each[-1] for key, each in values.items()}}


def _headers(request: Request, port: int, attributes: Mapping[str, str]) -> dict[str, list[str]]:
    drops = attributes[DROP_INVALID] == "true"
    found: dict[str, list[str]] = {}
    for name, value in request.headers:
        if not drops or _NAME.fullmatch(name):
            found.setdefault(name, []).append(value)
    trace = (found.get("x-amzn-trace-id") or [""])[-1]
    found["x-amzn-trace-id"] = [_trace(trace)]
    mode = attributes[XFF_MODE]
    if mode == "remove":
        found.pop("x-forwarded-for", None)
    elif mode == "append":
        address, client_port = request.peer
        own = f"{address}:{client_port}" if attributes[XFF_PORT] == "true" else address
        found["x-forwarded-for"] = [", ".join([*found.get("x-forwarded-for", []), own])]
    found["x-forwarded-port"] = [str(port)]
    found["x-forwarded-proto"] = ["http"]
    return found


def _trace(given: str) -> str:
    """The header with this load balancer's part: its own root, where the caller brought one."""
    if "Root=" not in given:
        return f"Root={new_root()}"
    kept = ";".join(part for part in given.split(";") if not part.startswith("Self="))
    return f"Self={new_root()};{kept}"


def _body(request: Request) -> tuple[str, bool]:
    if not request.body:
        return "", False
    kind = request.header("content-type").lower()
    if request.has_header("content-encoding") or not kind.startswith(TEXT_TYPES):
        return base64.b64encode(request.body).decode(), True
    try:
        return request.body.decode(), False
    except UnicodeDecodeError as error:
        raise NoUtf8 from error
