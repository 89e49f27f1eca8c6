"""Integrations of HTTP APIs: functions, by Lambda proxy integration.

Source: API Gateway Version 2 API reference, "Integrations"; Developer Guide, "Create AWS Lambda
proxy integrations for HTTP APIs" (read 2026-11).
"""

from __future__ import annotations

from ..call import Call, Members
from ..function_uri import check_uri
from ..identifiers import new_id
from ..paging import page
from ..refusals import bad_request, conflict, not_found, not_offered, refuse
from .http_api import HttpApi

# Developer Guide, "Quotas for HTTP APIs" (read 2026-11): 50 ms to 30 s.
TIMEOUT_MS = (50, 30_000)
SETTINGS = (
    *("CredentialsArn", "Description", "IntegrationMethod", "IntegrationType", "IntegrationUri"),
    *("PayloadFormatVersion", "TimeoutInMillis"),
)
REFUSED = {
    "ConnectionId": "VPC links",
    "ContentHandlingStrategy": "WebSocket APIs only",
    "IntegrationSubtype": "integrations with other services of AWS",
    "PassthroughBehavior": "WebSocket APIs only",
    "RequestParameters": "parameter mapping",
    "RequestTemplates": "WebSocket APIs only",
    "ResponseParameters": "parameter mapping",
    "TemplateSelectionExpression": "WebSocket APIs only",
    "TlsConfig": "private integrations",
}


def create_integration(call: Call) -> Members:
    """CreateIntegration."""
    api = call.apis.http_api(call.region, call["ApiId"])
    integration = new_integration(api, call.parameters)
    api.changed()
    return api.integrations[integration]


def get_integration(call: Call) -> Members:
    """GetIntegration."""
    return _integration(call)[1]


def get_integrations(call: Call) -> Members:
    """GetIntegrations."""
    api = call.apis.http_api(call.region, call["ApiId"])
    return page(api.integrations.values(), call)


def update_integration(call: Call) -> Members:
    """UpdateIntegration: what is left out stays."""
    api, integration = _integration(call)
    changed = {**integration, **{k: call[k] for k in SETTINGS if call.get(k) is not None}}
    _check({**call.parameters, **changed})
    integration.update(changed)
    api.changed()
    return integration


def delete_integration(call: Call) -> Members:
    """DeleteIntegration, unless a route leads to it."""
    api, integration = _integration(call)
    own = integration["IntegrationId"]
    for route in api.routes.values():
        if route.get("Target") == f"integrations/{own}":
            raise conflict(
                f"Cannot delete Integration '{own}' due to Route '{route['RouteId']}' "
                "referencing it"
            )
    del api.integrations[own]
    api.changed()
    return {}


def new_integration(api: HttpApi, given: Members) -> str:
    """Add an integration to an API, and give its id. Raises `ServiceError`."""
    _check(given)
    integration: Members = {
        "ConnectionType": "INTERNET",
        "IntegrationMethod": "POST",
        "TimeoutInMillis": TIMEOUT_MS[1],
        **{name: given[name] for name in SETTINGS if given.get(name) is not None},
        "IntegrationId": new_id(),
    }
    api.integrations[integration["IntegrationId"]] = integration
    return str(integration["IntegrationId"])


def _check(given: Members) -> None:
    kind = given["IntegrationType"]
    if kind != "AWS_PROXY":
        raise not_offered(f"integrations of type {kind}", "Choose AWS_PROXY and a function.")
    refuse(given, REFUSED)
    if given.get("ConnectionType") == "VPC_LINK":
        raise not_offered("VPC links")
    if not given.get("IntegrationUri"):
        raise bad_request("IntegrationUri is a required parameter for integration type AWS_PROXY")
    if given.get("PayloadFormatVersion") is None:
        raise bad_request("PayloadFormatVersion is a required parameter for integration")
    if given["PayloadFormatVersion"] not in ("1.0", "2.0"):
        raise bad_request("PayloadFormatVersion must be 1.0 or 2.0")
    if given.get("IntegrationMethod") not in (None, "POST"):
        raise bad_request("IntegrationMethod of a Lambda proxy integration must be POST")
    check_uri(given["IntegrationUri"])
    timeout = given.get("TimeoutInMillis")
    if timeout is not None and not TIMEOUT_MS[0] <= timeout <= TIMEOUT_MS[1]:
        raise bad_request(f"Timeout should be between {TIMEOUT_MS[0]} ms and {TIMEOUT_MS[1]} ms")


def _integration(call: Call) -> tuple[HttpApi, Members]:
    api = call.apis.http_api(call.region, call["ApiId"])
    if call["IntegrationId"] not in api.integrations:
        raise not_found(f"Invalid Integration identifier specified {call['IntegrationId']}")
    return api, api.integrations[call["IntegrationId"]]


OPERATIONS = {
    "CreateIntegration": create_integration,
    "GetIntegration": get_integration,
    "GetIntegrations": get_integrations,
    "UpdateIntegration": update_integration,
    "DeleteIntegration": delete_integration,
}
