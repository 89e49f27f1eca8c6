"""Integrations of REST APIs: Lambda proxy integration, and MOCK with fixed texts.

Source: API Gateway API reference, "Integration", "IntegrationResponse"; Developer Guide, "Lambda
proxy integrations", "Mock integrations" and "Enable CORS for a resource" (read 2026-11).
"""

from __future__ import annotations

import json
import re

from ..call import Call, Members
from ..function_uri import check_uri
from ..refusals import bad_request, not_found, not_offered, refuse
from .methods import HEADER, method_of, response_at, status_of
from .patching import Convert, number, patched
from .resources import resource_of

TIMEOUT_MS = (50, 29_000)
# With response transfer mode STREAM: 15 minutes.
STREAM_TIMEOUT_MS = 900_000
INTEGRATION_REFUSED = {
    "cacheKeyParameters": "caching",
    "connectionId": "VPC links",
    "integrationTarget": "private integrations",
    "requestParameters": "parameter mapping",
    "tlsConfig": "private integrations",
}
_FIXED = re.compile(r"'([^']*)'")
INTEGRATION_PLAIN: dict[str, Convert] = {
    "uri": str,
    "httpMethod": str,
    "credentials": str,
    "timeoutInMillis": number,
    "passthroughBehavior": str,
    "responseTransferMode": str,
    "contentHandling": str,
}
KEPT = (
    *("httpMethod", "uri", "credentials", "requestTemplates", "responseTransferMode"),
    "contentHandling",
)
# What a function gets in any case: text, and Base64 of a binary media type. MOCK converts nothing.
# Source: Developer Guide, "Content type conversions in API Gateway" (read 2026-11).
TO_TEXT = "CONVERT_TO_TEXT"


def put_integration(call: Call) -> Members:
    """PutIntegration."""
    method = method_of(call)[1]
    given = dict(call.parameters)
    given["httpMethod"] = given.pop("integrationHttpMethod", None)
    before = method.get("methodIntegration") or {}
    made = new_integration(given, resource_of(call)[1].id)
    if before.get("integrationResponses"):
        made["integrationResponses"] = before["integrationResponses"]
    method["methodIntegration"] = made
    return made


def get_integration(call: Call) -> Members:
    """GetIntegration."""
    return integration_of(call)


def update_integration(call: Call) -> Members:
    """UpdateIntegration."""
    integration = integration_of(call)
    changed = patched(
        integration, call.get("patchOperations"), INTEGRATION_PLAIN, maps={"requestTemplates": str}
    )
    _check_integration(changed)
    integration.update(changed)
    return integration


def delete_integration(call: Call) -> Members:
    """DeleteIntegration."""
    integration_of(call)
    del method_of(call)[1]["methodIntegration"]
    return {}


def put_integration_response(call: Call) -> Members:
    """PutIntegrationResponse."""
    integration, status = integration_of(call), status_of(call)
    if status not in (method_of(call)[1].get("methodResponses") or {}):
        raise not_found("Invalid Response status code specified")
    made = new_integration_response(status, call.parameters)
    integration.setdefault("integrationResponses", {})[status] = made
    return made


def get_integration_response(call: Call) -> Members:
    """GetIntegrationResponse."""
    return response_at(
        integration_of(call).get("integrationResponses"), call["statusCode"], "Integration response"
    )


def delete_integration_response(call: Call) -> Members:
    """DeleteIntegrationResponse."""
    responses = integration_of(call).get("integrationResponses") or {}
    response_at(responses, call["statusCode"], "Integration response")
    del responses[call["statusCode"]]
    return {}


def new_integration(given: Members, namespace: str) -> Members:
    """The members of an integration. Raises `ServiceError` for what is refused."""
    _check_integration(given)
    found: Members = {
        "type": given["type"],
        "passthroughBehavior": given.get("passthroughBehavior") or "WHEN_NO_MATCH",
        "timeoutInMillis": given.get("timeoutInMillis") or TIMEOUT_MS[1],
        "cacheNamespace": given.get("cacheNamespace") or namespace,
        "cacheKeyParameters": [],
    }
    for name in KEPT:
        if given.get(name):
            found[name] = given[name]
    return found


def _check_integration(given: Members) -> None:
    kind = given["type"]
    if kind not in ("AWS_PROXY", "MOCK"):
        raise not_offered(f"integrations of type {kind}", "Choose AWS_PROXY and a function.")
    refuse(given, INTEGRATION_REFUSED)
    handling = given.get("contentHandling") or TO_TEXT
    if handling != TO_TEXT:
        raise not_offered(f"the contentHandling {handling} (conversion of payloads)")
    if given.get("connectionType") == "VPC_LINK":
        raise not_offered("VPC links")
    streams = given.get("responseTransferMode") == "STREAM"
    if streams and kind != "AWS_PROXY":
        raise bad_request(f"Response transfer mode STREAM is not supported for type {kind}")
    timeout = given.get("timeoutInMillis")
    most = STREAM_TIMEOUT_MS if streams else TIMEOUT_MS[1]
    if timeout is not None and not TIMEOUT_MS[0] <= timeout <= most:
        raise bad_request(f"Timeout should be between {TIMEOUT_MS[0]} ms and {most} ms")
    if kind == "AWS_PROXY":
        if not given.get("uri"):
            raise bad_request("Uri is a required parameter for integration type AWS_PROXY")
        if given.get("httpMethod") != "POST":
            raise bad_request(
                "Integrations of type 'AWS_PROXY' with a function need the HTTP method POST"
            )
        check_uri(given["uri"], streaming=streams)
        return
    for template in (given.get("requestTemplates") or {}).values():
        mock_status(template)


def mock_status(template: str) -> int:
    """The status in a MOCK's template, which is fixed JSON here. Raises `ServiceError`."""
    try:
        found = json.loads(template.replace("statusCode:", '"statusCode":')) if template else {}
        return int(found["statusCode"])
    except (ValueError, KeyError, TypeError) as error:
        raise not_offered(
            "mapping templates that are more than a fixed statusCode",
            'Write {"statusCode": 200}.',
        ) from error


def new_integration_response(status: str, given: Members) -> Members:
    """The members of an integration response. Raises `ServiceError` for what is refused."""
    refuse(given, {"contentHandling": "conversion of payloads"})
    for name, value in (given.get("responseParameters") or {}).items():
        if not HEADER.fullmatch(name) or not _FIXED.fullmatch(value):
            raise not_offered(
                f"the mapping of {name} from {value}", "Write a fixed text in single quotes."
            )
    for template in (given.get("responseTemplates") or {}).values():
        if template and ("$" in template or "#" in template):
            raise not_offered("mapping templates that are more than a fixed text")
    pattern = given.get("selectionPattern")
    if pattern:
        _check_pattern(pattern)
    kept = ("responseParameters", "responseTemplates", "selectionPattern")
    return {
        "statusCode": status,
        **{name: given[name] for name in kept if given.get(name) is not None},
    }


def fixed_headers(response: Members) -> dict[str, str]:
    """The headers that an integration response sets."""
    return {
        name.removeprefix("method.response.header."): value[1:-1]
        for name, value in (response.get("responseParameters") or {}).items()
    }


def integration_of(call: Call) -> Members:
    """The integration of the method that a call names. Raises NotFoundException."""
    found: Members | None = method_of(call)[1].get("methodIntegration")
    if found is None:
        raise not_found("Invalid Integration identifier specified")
    return found


def _check_pattern(pattern: str) -> None:
    if not re.fullmatch(r"[\w.|\\+*?-]*", pattern):
        raise not_offered(f"the selection pattern {pattern}", "Write a status, such as 200.")


OPERATIONS = {
    "PutIntegration": put_integration,
    "GetIntegration": get_integration,
    "UpdateIntegration": update_integration,
    "DeleteIntegration": delete_integration,
    "PutIntegrationResponse": put_integration_response,
    "GetIntegrationResponse": get_integration_response,
    "DeleteIntegrationResponse": delete_integration_response,
}
