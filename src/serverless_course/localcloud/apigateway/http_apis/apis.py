"""CreateApi and its like: the API itself, quick create, and CORS settings.

Source: API Gateway Version 2 API reference, "Apis"; Developer Guide, "Create an HTTP API" (quick
create) and "Configure CORS for HTTP APIs" (read 2026-11).
"""

from __future__ import annotations

from datetime import UTC, datetime

from ..call import Call, Members
from ..identifiers import new_id
from ..paging import page
from ..refusals import bad_request, not_offered
from .http_api import HttpApi
from .integrations import new_integration
from .route_table import DEFAULT
from .routes import new_route
from .stages import new_stage

SHOWN = ("CorsConfiguration", "Description", "Name", "Version", "DisableExecuteApiEndpoint")
SELECTION = "$request.method $request.path"
SELECTIONS = (None, SELECTION, "${request.method} ${request.path}")
QUICK = ("Target", "RouteKey", "CredentialsArn")


def create_api(call: Call) -> Members:
    """CreateApi. With a Target it makes a route, an integration and the stage ``$default``."""
    if call["ProtocolType"] == "WEBSOCKET":
        raise not_offered("WebSocket APIs", "Choose ProtocolType HTTP, or use an AWS account.")
    api = make_api(call.region, call.parameters)
    if call.get("Target") is None and (call.get("RouteKey") or call.get("CredentialsArn")):
        raise bad_request("Target must be specified when using quick create")
    if call.get("Target"):
        _quick_create(call, api)
    call.apis.add(api)
    return shown(api)


def get_api(call: Call) -> Members:
    """GetApi."""
    return shown(call.apis.http_api(call.region, call["ApiId"]))


def get_apis(call: Call) -> Members:
    """GetApis."""
    return page([shown(api) for api in call.apis.http_apis(call.region)], call)


def update_api(call: Call) -> Members:
    """UpdateApi: what is left out stays. A Target changes what quick create made."""
    api = call.apis.http_api(call.region, call["ApiId"])
    _check_settings(call.parameters)
    if any(call.get(name) for name in QUICK):
        _change_quick(call, api)
    given = {name: call[name] for name in SHOWN if call.get(name) is not None}
    api.members.update(given)
    api.changed()
    return shown(api)


def delete_api(call: Call) -> Members:
    """DeleteApi: its address is free for others."""
    call.apis.remove(call.apis.http_api(call.region, call["ApiId"]))
    return {}


def delete_cors_configuration(call: Call) -> Members:
    """DeleteCorsConfiguration."""
    api = call.apis.http_api(call.region, call["ApiId"])
    api.members.pop("CorsConfiguration", None)
    api.changed()
    return {}


def make_api(region: str, given: Members) -> HttpApi:
    """An API that nobody can reach yet. Raises `ServiceError` for settings that are refused."""
    _check_settings(given)
    members: Members = {
        "ApiKeySelectionExpression": "$request.header.x-api-key",
        "CreatedDate": datetime.now(UTC),
        "DisableExecuteApiEndpoint": False,
        "IpAddressType": "ipv4",
        "ProtocolType": "HTTP",
        "RouteSelectionExpression": SELECTION,
        "Tags": dict(given.get("Tags") or {}),
    }
    members |= {name: given[name] for name in SHOWN if given.get(name) is not None}
    return HttpApi(region, new_id(10), members)


def shown(api: HttpApi) -> Members:
    """An API as it is read."""
    return {**api.members, "ApiId": api.id, "ApiEndpoint": api.endpoint}


def _check_settings(given: Members) -> None:
    """Refuse settings of an API that AWS refuses, or that are not offered here."""
    if given.get("RouteSelectionExpression") not in SELECTIONS:
        raise bad_request(f"HTTP APIs select routes by {SELECTION} only")
    if given.get("DisableSchemaValidation"):
        raise bad_request("DisableSchemaValidation is supported for WebSocket APIs only")
    if given.get("ApiKeySelectionExpression"):
        raise bad_request("ApiKeySelectionExpression is supported for WebSocket APIs only")
    if given.get("IpAddressType") == "dualstack":
        raise not_offered("IpAddressType dualstack", "Choose ipv4.")
    cors = given.get("CorsConfiguration") or {}
    if cors.get("AllowCredentials") and "*" in (cors.get("AllowOrigins") or []):
        raise bad_request("Using wildcard in allowOrigins when allowCredentials is true is invalid")
    for origin in cors.get("AllowOrigins") or []:
        if origin != "*" and "://" not in origin:
            raise bad_request(f"Invalid format for origin {origin}: it begins with a scheme")


def _quick_create(call: Call, api: HttpApi) -> None:
    given: Members = {
        "IntegrationType": "AWS_PROXY",
        "IntegrationUri": call["Target"],
        "PayloadFormatVersion": "2.0",
        "CredentialsArn": call.get("CredentialsArn"),
    }
    _check_target(call["Target"])
    integration = new_integration(api, given)
    key = call.get("RouteKey") or DEFAULT
    route = new_route(api, {"RouteKey": key, "Target": f"integrations/{integration}"})
    api.integrations[integration]["ApiGatewayManaged"] = True
    api.routes[route]["ApiGatewayManaged"] = True
    api.stages[DEFAULT] = new_stage(DEFAULT, {"ApiGatewayManaged": True, "AutoDeploy": True})
    api.changed()


def _change_quick(call: Call, api: HttpApi) -> None:
    managed = [each for each in api.routes.values() if each.get("ApiGatewayManaged")]
    if not managed:
        raise bad_request("Target, RouteKey and CredentialsArn change what quick create made")
    integration = api.integrations[managed[0]["Target"].partition("/")[2]]
    if call.get("Target"):
        _check_target(call["Target"])
        integration["IntegrationUri"] = call["Target"]
    if call.get("RouteKey"):
        managed[0]["RouteKey"] = call["RouteKey"]
    if call.get("CredentialsArn") is not None:
        integration["CredentialsArn"] = call["CredentialsArn"]


def _check_target(target: str) -> None:
    if not target.startswith("arn:"):
        raise not_offered("HTTP proxy integrations", "Give a function's ARN as Target.")


OPERATIONS = {
    "CreateApi": create_api,
    "GetApi": get_api,
    "GetApis": get_apis,
    "UpdateApi": update_api,
    "DeleteApi": delete_api,
    "DeleteCorsConfiguration": delete_cors_configuration,
}
