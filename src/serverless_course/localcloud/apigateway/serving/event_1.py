"""Payload format 1.0: a request as an event of REST APIs, and of HTTP APIs that ask for it.

Source: API Gateway Developer Guide, "Input format of a Lambda function for proxy integration" and
"Create AWS Lambda proxy integrations for HTTP APIs", format 1.0 (read 2026-11). AWS keeps a
header's name as the client wrote it; here each word begins with a capital, as most clients do.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from ...iam.account import ACCOUNT_ID
from ...lambda_.invocation.http_event import NOT_PASSED_ON
from .event_2 import forwarded_headers
from .exchange import Exchange

KEPT = NOT_PASSED_ON - {"cookie"}
IDENTITY = (
    *("accessKey", "accountId", "caller", "cognitoAuthenticationProvider"),
    *("cognitoAuthenticationType", "cognitoIdentityId", "cognitoIdentityPoolId"),
    *("principalOrgId", "sourceIp", "user", "userAgent", "userArn"),
)


def event_1(exchange: Exchange, path: str, resource: str) -> dict[str, Any]:
    """The event without its body. ``path`` is the request's as the kind of API tells it,
    ``resource`` the pattern that it matched; what there is none of is null."""
    request = exchange.request
    headers, multi_headers = _headers(exchange)
    query, multi_query = _query(exchange)
    return {
        "resource": resource,
        "path": path,
        "httpMethod": request.method,
        "headers": headers,
        "multiValueHeaders": multi_headers,
        "queryStringParameters": query or None,
        "multiValueQueryStringParameters": multi_query or None,
        "requestContext": context_1(exchange, resource),
        "pathParameters": exchange.parameters or None,
        "stageVariables": exchange.variables or None,
    }


def context_1(exchange: Exchange, resource: str) -> dict[str, Any]:
    """The member requestContext."""
    request = exchange.request
    identity: dict[str, Any] = dict.fromkeys(IDENTITY)
    identity |= {"sourceIp": request.peer[0], "userAgent": request.header("user-agent") or None}
    for name in ("apiKey", "apiKeyId"):
        if f"identity.{name}" in exchange.context:
            identity[name] = exchange.context[f"identity.{name}"]
    authorizer = dict(exchange.authorizer)
    iam = authorizer.pop("iam", None)
    if iam is not None:
        identity |= {
            "accessKey": iam["accessKey"],
            "accountId": iam["accountId"],
            "caller": iam["callerId"],
            "user": iam["userId"],
            "userArn": iam["userArn"],
        }
    context: dict[str, Any] = {"accountId": ACCOUNT_ID, "apiId": exchange.api_id}
    if authorizer:
        context["authorizer"] = _flat(authorizer)
    return {
        **context,
        "domainName": exchange.domain,
        "domainPrefix": exchange.domain_prefix,
        "extendedRequestId": exchange.context.get("extendedRequestId", exchange.request_id),
        "httpMethod": request.method,
        "identity": identity,
        "path": request.path,
        "protocol": "HTTP/1.1",
        "requestId": exchange.request_id,
        "requestTime": exchange.time,
        "requestTimeEpoch": exchange.epoch_ms,
        "resourceId": exchange.context.get("resourceId"),
        "resourcePath": resource,
        "stage": exchange.stage,
    }


def _flat(authorizer: dict[str, Any]) -> dict[str, Any]:
    """Format 1.0 knows no kinds of authorizers: claims, or what the function said, stand there."""
    if "jwt" in authorizer:
        return dict(authorizer["jwt"])
    if "lambda" in authorizer:
        return dict(authorizer["lambda"] or {})
    return authorizer


def _headers(exchange: Exchange) -> tuple[dict[str, str], dict[str, list[str]]]:
    multi: dict[str, list[str]] = {}
    for name, value in exchange.request.headers:
        if name not in KEPT:
            multi.setdefault(_titled(name), []).append(value)
    for name, value in forwarded_headers(exchange).items():
        if name.startswith("x-forwarded-") or name == "x-amzn-trace-id":
            multi[_titled(name)] = [value]
    # Of several values the last one counts.
    return {name: values[-1] for name, values in multi.items()}, multi


def _query(exchange: Exchange) -> tuple[dict[str, str], dict[str, list[str]]]:
    multi: dict[str, list[str]] = {}
    for name, value in parse_qsl(exchange.request.query, keep_blank_values=True):
        multi.setdefault(name, []).append(value)
    return {name: values[-1] for name, values in multi.items()}, multi


def _titled(name: str) -> str:
    return "-".join(word.capitalize() for word in name.split("-"))
