"""CreateRestApi and its like. Source: API Gateway API reference, "RestApi" (read 2026-11)."""

from __future__ import annotations

from datetime import UTC, datetime

from ..call import Call, Members
from ..identifiers import new_id
from ..refusals import bad_request, not_offered, refuse
from .paging import page
from .patching import Convert, boolean, number, parts_of, patched
from .rest_api import RestApi

REFUSED = {
    "cloneFrom": "copies of APIs",
    "endpointAccessMode": "security policies",
    "minimumCompressionSize": "compression",
    "policy": "resource policies of APIs",
    "securityPolicy": "security policies",
}
KEPT = ("binaryMediaTypes", "description", "name", "version", "disableExecuteApiEndpoint")
TYPES = ("EDGE", "REGIONAL", "PRIVATE")


def _compression(text: str) -> int | None:
    """The size from which answers are compressed; an empty text means: none is."""
    return number(text) if text else None


PLAIN: dict[str, Convert] = {
    "name": str,
    "description": str,
    "version": str,
    "apiKeySource": str,
    "disableExecuteApiEndpoint": boolean,
    # Refused, but for what says that there is none.
    "endpointAccessMode": str,
    "minimumCompressionSize": _compression,
    "policy": str,
    "securityPolicy": str,
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
    endpoints: list[Members] = []
    others: list[Members] = []
    for each in call.get("patchOperations") or []:
        is_endpoint = parts_of(str(each.get("path") or ""))[:2] == [
            "endpointConfiguration",
            "types",
        ]
        (endpoints if is_endpoint else others).append(each)
    changed = patched(api.members, others, PLAIN, lists=frozenset({"binaryMediaTypes"}))
    for each in endpoints:
        _set_type(changed["endpointConfiguration"], each)
    check(changed)
    api.members = {
        name: value for name, value in changed.items() if name not in REFUSED and value is not None
    }
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


def _set_type(endpoint: Members, operation: Members) -> None:
    """``replace`` of ``/endpointConfiguration/types/EDGE``, for example, with another type."""
    parts, types = parts_of(str(operation["path"])), list(endpoint.get("types") or [])
    if operation.get("op") != "replace" or len(parts) != 3 or parts[2] not in types:
        raise bad_request(f"Invalid patch path '{operation['path']}'")
    value = operation.get("value")
    if value not in TYPES:
        raise bad_request(f"Endpoint type must be one of: {', '.join(TYPES)}")
    endpoint["types"] = [value if each == parts[2] else each for each in types]


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
