"""Authorizers of HTTP APIs: JWT, and functions.

Source: API Gateway Version 2 API reference, "Authorizers"; Developer Guide, "Control access to
HTTP APIs with JWT authorizers" and "… with AWS Lambda authorizers" (read 2026-11).
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from ..call import Call, Members
from ..function_uri import check_uri
from ..identifiers import new_id
from ..paging import page
from ..refusals import bad_request, conflict, not_found, not_offered
from .http_api import HttpApi

_SOURCE = re.compile(
    r"\$(request\.(header|querystring)\.[^\s,]+|context\.[\w.]+|stageVariables\.\w+)"
)
SETTINGS = (
    *("AuthorizerCredentialsArn", "AuthorizerPayloadFormatVersion", "AuthorizerType"),
    *("AuthorizerResultTtlInSeconds", "AuthorizerUri", "EnableSimpleResponses", "IdentitySource"),
    *("JwtConfiguration", "Name"),
)
LOOPBACK = frozenset({"127.0.0.1", "localhost"})
MAX_TTL_S = 3600


def create_authorizer(call: Call) -> Members:
    """CreateAuthorizer."""
    api = call.apis.http_api(call.region, call["ApiId"])
    authorizer = new_authorizer(api, call.parameters)
    api.changed()
    return api.authorizers[authorizer]


def get_authorizer(call: Call) -> Members:
    """GetAuthorizer."""
    return _authorizer(call)[1]


def get_authorizers(call: Call) -> Members:
    """GetAuthorizers."""
    api = call.apis.http_api(call.region, call["ApiId"])
    return page(api.authorizers.values(), call)


def update_authorizer(call: Call) -> Members:
    """UpdateAuthorizer: what is left out stays."""
    api, authorizer = _authorizer(call)
    changed = {**authorizer, **{k: call[k] for k in SETTINGS if call.get(k) is not None}}
    _check({"IdentityValidationExpression": call.get("IdentityValidationExpression"), **changed})
    authorizer.update(changed)
    api.changed()
    return authorizer


def delete_authorizer(call: Call) -> Members:
    """DeleteAuthorizer, unless a route uses it."""
    api, authorizer = _authorizer(call)
    own = authorizer["AuthorizerId"]
    for route in api.routes.values():
        if route.get("AuthorizerId") == own:
            raise conflict(f"Cannot delete authorizer '{own}', is referenced in route: ")
    del api.authorizers[own]
    api.changed()
    return {}


def new_authorizer(api: HttpApi, given: Members) -> str:
    """Add an authorizer to an API, and give its id. Raises `ServiceError`."""
    _check(given)
    if any(each["Name"] == given["Name"] for each in api.authorizers.values()):
        raise bad_request(f"Authorizer name must be unique. {given['Name']} already exists")
    authorizer = {name: given[name] for name in SETTINGS if given.get(name) is not None}
    if authorizer["AuthorizerType"] == "REQUEST":
        authorizer.setdefault("AuthorizerResultTtlInSeconds", 300 if given["IdentitySource"] else 0)
        authorizer.setdefault("EnableSimpleResponses", False)
    authorizer["AuthorizerId"] = new_id(6)
    api.authorizers[authorizer["AuthorizerId"]] = authorizer
    return str(authorizer["AuthorizerId"])


def _check(given: Members) -> None:
    if given.get("IdentityValidationExpression"):
        raise bad_request("IdentityValidationExpression is not supported for HTTP APIs")
    sources = given.get("IdentitySource") or []
    for source in sources:
        if not _SOURCE.fullmatch(source):
            raise bad_request(f"Invalid identity source {source}")
    if given["AuthorizerType"] == "JWT":
        _check_jwt(given, sources)
    else:
        _check_request(given, sources)


def _check_jwt(given: Members, sources: list[str]) -> None:
    if len(sources) != 1:
        raise bad_request("IdentitySource of a JWT authorizer is exactly one")
    config = given.get("JwtConfiguration") or {}
    if not config.get("Issuer") or not config.get("Audience"):
        raise bad_request("JwtConfiguration needs an Issuer and an Audience")
    try:
        parts = urlsplit(config["Issuer"])
    except ValueError as error:
        raise bad_request("Issuer must be a valid HTTPS endpoint") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise bad_request("Issuer must be a valid HTTPS endpoint")
    if parts.scheme != "http" or parts.hostname not in LOOPBACK:
        raise not_offered(
            f"the issuer {config['Issuer']}: it reaches no network",
            "Run an issuer on this machine, such as http://127.0.0.1:8080, or use an AWS account.",
        )
    for name in ("AuthorizerUri", "AuthorizerPayloadFormatVersion", "EnableSimpleResponses"):
        if given.get(name):
            raise bad_request(f"{name} is not supported for JWT authorizers")


def _check_request(given: Members, sources: list[str]) -> None:
    if not given.get("AuthorizerUri"):
        raise bad_request("AuthorizerUri is required for authorizers of type REQUEST")
    check_uri(given["AuthorizerUri"])
    version = given.get("AuthorizerPayloadFormatVersion")
    if version not in ("1.0", "2.0"):
        raise bad_request(
            "AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer"
        )
    if given.get("EnableSimpleResponses") and version == "1.0":
        raise bad_request("EnableSimpleResponses needs AuthorizerPayloadFormatVersion 2.0")
    ttl = given.get("AuthorizerResultTtlInSeconds")
    if ttl is not None and not 0 <= ttl <= MAX_TTL_S:
        raise bad_request(f"AuthorizerResultTtlInSeconds must be between 0 and {MAX_TTL_S}")
    if ttl and not sources:
        raise bad_request("Identity source is required when caching is enabled")


def _authorizer(call: Call) -> tuple[HttpApi, Members]:
    api = call.apis.http_api(call.region, call["ApiId"])
    if call["AuthorizerId"] not in api.authorizers:
        raise not_found(f"Invalid Authorizer identifier specified {call['AuthorizerId']}")
    return api, api.authorizers[call["AuthorizerId"]]


OPERATIONS = {
    "CreateAuthorizer": create_authorizer,
    "GetAuthorizer": get_authorizer,
    "GetAuthorizers": get_authorizers,
    "UpdateAuthorizer": update_authorizer,
    "DeleteAuthorizer": delete_authorizer,
}
