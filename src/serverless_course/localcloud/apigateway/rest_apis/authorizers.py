"""Lambda authorizers of REST APIs: by a token, or by the request.

Source: API Gateway API reference, "Authorizer"; Developer Guide, "Use API Gateway Lambda
authorizers" (read 2026-11).
"""

from __future__ import annotations

import re

from ..call import Call, Members
from ..function_uri import check_uri
from ..identifiers import new_id
from ..refusals import bad_request, conflict, not_found, not_offered
from .paging import page
from .patching import Convert, number, patched
from .rest_api import RestApi

_SOURCE = re.compile(
    r"method\.request\.(header|querystring|multivalueheader|multivaluequerystring)\.[^\s,]+"
    r"|context\.[\w.]+|stageVariables\.\w+"
)
_TOKEN = re.compile(r"method\.request\.header\.[^\s,]+")
KEPT = (
    *("authType", "authorizerCredentials", "authorizerResultTtlInSeconds", "authorizerUri"),
    *("identitySource", "identityValidationExpression", "name", "type"),
)
MAX_TTL_S = 3600
PLAIN: dict[str, Convert] = {
    "name": str,
    "type": str,
    "authType": str,
    "authorizerUri": str,
    "authorizerCredentials": str,
    "authorizerResultTtlInSeconds": number,
    "identitySource": str,
    "identityValidationExpression": str,
}


def create_authorizer(call: Call) -> Members:
    """CreateAuthorizer."""
    api = call.apis.rest_api(call.region, call["restApiId"])
    return api.authorizers[new_authorizer(api, call.parameters)]


def get_authorizer(call: Call) -> Members:
    """GetAuthorizer."""
    return _authorizer(call)[1]


def get_authorizers(call: Call) -> Members:
    """GetAuthorizers."""
    api = call.apis.rest_api(call.region, call["restApiId"])
    return page(api.authorizers.values(), call)


def update_authorizer(call: Call) -> Members:
    """UpdateAuthorizer."""
    authorizer = _authorizer(call)[1]
    changed = patched(authorizer, call.get("patchOperations"), PLAIN)
    _check(changed)
    authorizer.update(changed)
    return authorizer


def delete_authorizer(call: Call) -> Members:
    """DeleteAuthorizer, unless a method uses it."""
    api, authorizer = _authorizer(call)
    for resource in api.resources.values():
        if any(each.get("authorizerId") == authorizer["id"] for each in resource.methods.values()):
            raise conflict("Cannot delete authorizer, it is referenced by a method")
    del api.authorizers[authorizer["id"]]
    return {}


def new_authorizer(api: RestApi, given: Members) -> str:
    """Add an authorizer to an API, and give its id. Raises `ServiceError`."""
    made = {name: given[name] for name in KEPT if given.get(name) is not None}
    made.setdefault("authType", "custom")
    made.setdefault("authorizerResultTtlInSeconds", 300)
    _check({"providerARNs": given.get("providerARNs"), **made})
    if any(each["name"] == made["name"] for each in api.authorizers.values()):
        raise conflict(f"Authorizer name must be unique. {made['name']} already exists")
    made["id"] = new_id(6)
    api.authorizers[made["id"]] = made
    return str(made["id"])


def _check(given: Members) -> None:
    kind, source = given["type"], given.get("identitySource") or ""
    if kind == "COGNITO_USER_POOLS" or given.get("providerARNs"):
        raise not_offered("Cognito user pools", "Use a Lambda authorizer.")
    if kind not in ("TOKEN", "REQUEST"):
        raise not_offered(f"authorizers of type {kind}", "Choose TOKEN or REQUEST.")
    if not given.get("authorizerUri"):
        raise bad_request("AuthorizerUri is a required parameter")
    check_uri(given["authorizerUri"])
    ttl = given.get("authorizerResultTtlInSeconds") or 0
    if not 0 <= ttl <= MAX_TTL_S:
        raise bad_request(f"Authorizer result TTL must be between 0 and {MAX_TTL_S} seconds")
    if kind == "TOKEN" and not _TOKEN.fullmatch(source):
        raise bad_request("Identity source of a TOKEN authorizer is method.request.header.NAME")
    if kind == "REQUEST":
        if ttl and not source:
            raise bad_request("Identity source is required when caching is enabled")
        for each in sources_of(given):
            if not _SOURCE.fullmatch(each):
                raise bad_request(f"Invalid identity source {each}")
    expression = given.get("identityValidationExpression")
    if expression:
        if kind != "TOKEN":
            raise bad_request("identityValidationExpression is for TOKEN authorizers only")
        import regex  # noqa: PLC0415 - few authorizers have an expression, and it loads slowly

        try:
            regex.compile(expression)
        except regex.error as error:
            raise bad_request(f"Invalid identity validation expression: {error}") from error


def sources_of(authorizer: Members) -> list[str]:
    """The identity sources of an authorizer, one by one."""
    text = authorizer.get("identitySource") or ""
    return [each.strip() for each in text.split(",") if each.strip()]


def _authorizer(call: Call) -> tuple[RestApi, Members]:
    api = call.apis.rest_api(call.region, call["restApiId"])
    if call["authorizerId"] not in api.authorizers:
        raise not_found("Invalid Authorizer identifier specified")
    return api, api.authorizers[call["authorizerId"]]


OPERATIONS = {
    "CreateAuthorizer": create_authorizer,
    "GetAuthorizer": get_authorizer,
    "GetAuthorizers": get_authorizers,
    "UpdateAuthorizer": update_authorizer,
    "DeleteAuthorizer": delete_authorizer,
}
