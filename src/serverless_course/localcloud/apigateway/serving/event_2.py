"""Payload format 2.0 of HTTP APIs: a request as an event, for functions and for authorizers.

Source: API Gateway Developer Guide, "Create AWS Lambda proxy integrations for HTTP APIs" and
"Control access to HTTP APIs with AWS Lambda authorizers" (read 2026-11). Unlike function URLs,
HTTP APIs decode the path (captures of live APIs, published with hotsock's voker, 2026).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from ...iam.account import ACCOUNT_ID
from ...lambda_.invocation.http_event import body_of, cookies_of, joined_headers, joined_query
from .exchange import Exchange


def event_2(exchange: Exchange) -> dict[str, Any]:
    """The event of a function."""
    event, request = _without_body(exchange), exchange.request
    if request.body:
        event["body"], event["isBase64Encoded"] = body_of(request)
    else:
        event["isBase64Encoded"] = False
    return event


def authorizer_event_2(exchange: Exchange, sources: list[str], arn: str) -> dict[str, Any]:
    """The event of a Lambda authorizer: without a body, with the values of identity sources."""
    event = _without_body(exchange)
    return {**event, "type": "REQUEST", "routeArn": arn, "identitySource": sources or None}


def _without_body(exchange: Exchange) -> dict[str, Any]:
    request = exchange.request
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": exchange.route,
        "rawPath": unquote(request.path),
        "rawQueryString": request.query,
    }
    if cookies := cookies_of(request):
        event["cookies"] = cookies
    event["headers"] = forwarded_headers(exchange)
    if query := joined_query(request):
        event["queryStringParameters"] = query
    event["requestContext"] = _context(exchange)
    if exchange.parameters:
        event["pathParameters"] = exchange.parameters
    if exchange.variables:
        event["stageVariables"] = exchange.variables
    return event


def forwarded_headers(exchange: Exchange) -> dict[str, str]:
    """The headers with those that the gateway adds, names in small letters."""
    headers = joined_headers(exchange.request)
    headers.setdefault("content-length", str(len(exchange.request.body)))
    before = headers.get("x-forwarded-for")
    source = exchange.request.peer[0]
    headers["x-amzn-trace-id"] = exchange.trace
    headers["x-forwarded-for"] = f"{before}, {source}" if before else source
    headers["x-forwarded-port"] = exchange.request.header("host").rpartition(":")[2]
    headers["x-forwarded-proto"] = "http"
    return headers


def _context(exchange: Exchange) -> dict[str, Any]:
    request = exchange.request
    context: dict[str, Any] = {"accountId": ACCOUNT_ID, "apiId": exchange.api_id}
    if exchange.authorizer:
        context["authorizer"] = exchange.authorizer
    return {
        **context,
        "domainName": exchange.domain,
        "domainPrefix": exchange.domain_prefix,
        "http": {
            "method": request.method,
            "path": unquote(request.path),
            "protocol": "HTTP/1.1",
            "sourceIp": request.peer[0],
            "userAgent": request.header("user-agent"),
        },
        "requestId": exchange.request_id,
        "routeKey": exchange.route,
        "stage": exchange.stage,
        "time": exchange.time,
        "timeEpoch": exchange.epoch_ms,
    }
