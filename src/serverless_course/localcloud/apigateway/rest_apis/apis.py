"""CreateRestApi and its like. Source: API Gateway API reference, "RestApi" (read 2026-11)."""

from __future__ import annotations

from datetime import UTC, datetime

from ..call import Call, Members
from ..identifiers import new_id
from ..refusals import bad_request, not_offered, refuse
from .paging import page
from .patching import Convert, boolean, patched
from .rest_api import RestApi

REFUSED = {
    "cloneFrom": "copies of APIs",
    "endpointAccessMode": "security policies",
    "minimumCompressionSize": "compression",
    "policy": "resource policies of APIs",
    "securityPolicy": "security policies",
}
KEPT = ("binaryMediaTypes", "description", "name", "version", "disableExecuteApiEndpoint")
PLAIN: dict[str, Convert] = {
    "name": str,
    "description": str,
    "version": str,
    "apiKeySource": str,
    "disableExecuteApiEndpoint": boolean,
}


def create_rest_api(call: Call) -> Members:
    """CreateRestApi."""
    api = make_api(call.region, call.parameters)
    call.apis.add(api)
    return api.shown()


def get_rest_api(call: Call) -> Members:
    """GetRestApi."""
    return call.apis.rest_api(call.region, call["restApiId"]).shown()


def get_rest_apis(call: Call) -> Members:
    """GetRestApis."""
    return page([api.shown() for api in call.apis.rest_apis(call.region)], call)


def update_rest_api(call: Call) -> Members:
    """UpdateRestApi."""
    api = call.apis.rest_api(call.region, call["restApiId"])
    changed = patched(
        api.members,
        call.get("patchOperations"),
        PLAIN,
        lists=frozenset({"binaryMediaTypes"}),
    )
    check(changed)
    api.members = changed
    return api.shown()


def delete_rest_api(call: Call) -> Members:
    """DeleteRestApi: its address is free for others."""
    api = call.apis.rest_api(call.region, call["restApiId"])
    for plan in call.apis.region(call.region).plans.values():
        if any(each["apiId"] == api.id for each in plan.members.get("apiStages") or []):
            raise bad_request(
                "API is associated with usage plans. Take its stages out of them first"
            )
    call.apis.remove(api)
    return {}


def make_api(region: str, given: Members) -> RestApi:
    """An API that nobody can reach yet. Raises `ServiceError` for what is refused."""
    check(given)
    members: Members = {
        "apiKeySource": "HEADER",
        "createdDate": datetime.now(UTC),
        "disableExecuteApiEndpoint": False,
        "endpointConfiguration": given.get("endpointConfiguration") or {"types": ["EDGE"]},
        "tags": dict(given.get("tags") or {}),
        **{name: given[name] for name in (*KEPT, "apiKeySource") if given.get(name) is not None},
    }
    return RestApi(region, new_id(10), members)


def check(given: Members) -> None:
    """Refuse settings of an API that AWS refuses, or that are not offered here."""
    refuse(given, REFUSED)
    if given.get("minimumCompressionSize") is not None:
        raise not_offered("minimumCompressionSize (compression)")
    if not given.get("name"):
        raise bad_request("Invalid API name: it must not be empty")
    if given.get("apiKeySource") not in (None, "HEADER", "AUTHORIZER"):
        raise bad_request("API key source must be HEADER or AUTHORIZER")
    endpoint = given.get("endpointConfiguration") or {}
    if "PRIVATE" in (endpoint.get("types") or []) or endpoint.get("vpcEndpointIds"):
        raise not_offered("private REST APIs", "Choose REGIONAL or EDGE.")
    if endpoint.get("ipAddressType") == "dualstack":
        raise not_offered("ipAddressType dualstack", "Choose ipv4.")


OPERATIONS = {
    "CreateRestApi": create_rest_api,
    "GetRestApi": get_rest_api,
    "GetRestApis": get_rest_apis,
    "UpdateRestApi": update_rest_api,
    "DeleteRestApi": delete_rest_api,
}
