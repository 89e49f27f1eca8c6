"""Routes: a route key, and where it leads.

Source: API Gateway Version 2 API reference, "Routes"; Developer Guide, "Create routes for HTTP
APIs" (read 2026-11).
"""

from __future__ import annotations

import re

from ..call import Call, Members
from ..identifiers import new_id
from ..paging import page
from ..refusals import bad_request, conflict, not_found, refuse
from .http_api import HttpApi
from .route_table import DEFAULT

METHODS = frozenset({"ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
_SEGMENT = re.compile(r"[^{}/]*|\{[^{}/+]+\}")
_GREEDY = re.compile(r"\{[^{}/+]+\+\}")
SETTINGS = ("AuthorizationScopes", "AuthorizationType", "AuthorizerId", "OperationName", "Target")
WEBSOCKET = {
    "ApiKeyRequired": "WebSocket APIs only",
    "ModelSelectionExpression": "WebSocket APIs only",
    "RequestModels": "WebSocket APIs only",
    "RequestParameters": "WebSocket APIs only",
    "RouteResponseSelectionExpression": "WebSocket APIs only",
}
KINDS = {"CUSTOM": "REQUEST", "JWT": "JWT"}


def create_route(call: Call) -> Members:
    """CreateRoute."""
    api = call.apis.http_api(call.region, call["ApiId"])
    route = new_route(api, call.parameters)
    api.changed()
    return api.routes[route]


def get_route(call: Call) -> Members:
    """GetRoute."""
    return _route(call)[1]


def get_routes(call: Call) -> Members:
    """GetRoutes."""
    api = call.apis.http_api(call.region, call["ApiId"])
    return page(api.routes.values(), call)


def update_route(call: Call) -> Members:
    """UpdateRoute: what is left out stays."""
    api, route = _route(call)
    refuse(call.parameters, WEBSOCKET)
    changed = {**route, **{k: call[k] for k in SETTINGS if call.get(k) is not None}}
    if call.get("RouteKey") and call["RouteKey"] != route["RouteKey"]:
        changed["RouteKey"] = _new_key(api, call["RouteKey"])
    _check(api, changed)
    route.update(changed)
    api.changed()
    return route


def delete_route(call: Call) -> Members:
    """DeleteRoute."""
    api, route = _route(call)
    del api.routes[route["RouteId"]]
    api.changed()
    return {}


def new_route(api: HttpApi, given: Members) -> str:
    """Add a route to an API, and give its id. Raises `ServiceError`."""
    refuse(given, WEBSOCKET)
    route: Members = {
        "ApiKeyRequired": False,
        "AuthorizationType": "NONE",
        "RouteKey": _new_key(api, given["RouteKey"]),
        **{name: given[name] for name in SETTINGS if given.get(name) is not None},
    }
    _check(api, route)
    route["RouteId"] = new_id()
    api.routes[route["RouteId"]] = route
    return str(route["RouteId"])


def check_key(key: str) -> None:
    """Refuse what is no route key. Raises BadRequestException in AWS's words."""
    if key == DEFAULT:
        return
    method, _, path = key.partition(" ")
    *before, last = path.removeprefix("/").split("/")
    greedy = bool(_GREEDY.fullmatch(last))
    fits = all(_SEGMENT.fullmatch(each) for each in before)
    names = re.findall(r"\{([^{}+]+)\+?\}", path)
    if (
        method not in METHODS
        or not path.startswith("/")
        or not fits
        or not (greedy or _SEGMENT.fullmatch(last))
        or len(set(names)) < len(names)
    ):
        raise bad_request(
            "The provided route key is not formatted properly for HTTP protocol. Format should be "
            '"<HTTP METHOD> /<RESOURCE PATH>" or "$default"'
        )


def _new_key(api: HttpApi, key: str) -> str:
    check_key(key)
    if any(route["RouteKey"] == key for route in api.routes.values()):
        raise conflict(f"Route with key {key} already exists for this API")
    return key


def _check(api: HttpApi, route: Members) -> None:
    target = route.get("Target")
    if target is not None:
        kind, _, integration = target.partition("/")
        if kind != "integrations" or integration not in api.integrations:
            raise bad_request("Invalid integration identifier specified in the target")
    kind = route["AuthorizationType"]
    if kind not in KINDS:
        if route.get("AuthorizationScopes"):
            raise bad_request("AuthorizationScopes are supported with a JWT authorizer only")
        route.pop("AuthorizerId", None)
        return
    authorizer = api.authorizers.get(route.get("AuthorizerId") or "")
    if authorizer is None:
        raise bad_request("Invalid authorizer identifier specified")
    if authorizer["AuthorizerType"] != KINDS[kind]:
        raise bad_request(f"Authorization type {kind} needs an authorizer of type {KINDS[kind]}")


def _route(call: Call) -> tuple[HttpApi, Members]:
    api = call.apis.http_api(call.region, call["ApiId"])
    if call["RouteId"] not in api.routes:
        raise not_found(f"Invalid Route identifier specified {call['RouteId']}")
    return api, api.routes[call["RouteId"]]


OPERATIONS = {
    "CreateRoute": create_route,
    "GetRoute": get_route,
    "GetRoutes": get_routes,
    "UpdateRoute": update_route,
    "DeleteRoute": delete_route,
}
