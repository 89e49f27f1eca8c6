"""Methods of REST APIs and the responses that they declare.

Source: API Gateway API reference, "Method", "MethodResponse" (read 2026-11).
"""

from __future__ import annotations

import re
from typing import Any

from ..call import Call, Members
from ..refusals import bad_request, conflict, not_found, not_offered, refuse
from .patching import Convert, boolean, patched
from .resources import resource_of
from .rest_api import RestApi

METHODS = frozenset({"ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
KINDS = frozenset({"NONE", "AWS_IAM", "CUSTOM"})
METHOD_KEPT = (
    *("apiKeyRequired", "authorizationType", "authorizerId", "operationName"),
    *("requestModels", "requestParameters"),
)
METHOD_REFUSED = {
    "authorizationScopes": "Cognito user pools",
    "requestValidatorId": "validation of requests",
}
# The models that every API has.
OWN_MODELS = frozenset({"Empty", "Error"})
HEADER = re.compile(r"method\.response\.header\.([!#$%&'*+\-.^_`|~0-9A-Za-z]+)")
PLAIN: dict[str, Convert] = {
    "apiKeyRequired": boolean,
    "authorizationType": str,
    "authorizerId": str,
    "operationName": str,
}


def put_method(call: Call) -> Members:
    """PutMethod."""
    api, resource = resource_of(call)
    name = call["httpMethod"]
    if name in resource.methods:
        raise conflict("Method already exists for this resource")
    resource.methods[name] = new_method(api, name, call.parameters)
    return resource.methods[name]


def get_method(call: Call) -> Members:
    """GetMethod."""
    return method_of(call)[1]


def update_method(call: Call) -> Members:
    """UpdateMethod."""
    api, method = method_of(call)
    changed = patched(
        method, call.get("patchOperations"), PLAIN, maps={"requestParameters": boolean}
    )
    check_method(api, str(method["httpMethod"]), changed)
    method.update(changed)
    return method


def delete_method(call: Call) -> Members:
    """DeleteMethod."""
    method_of(call)
    del resource_of(call)[1].methods[call["httpMethod"]]
    return {}


def put_method_response(call: Call) -> Members:
    """PutMethodResponse."""
    method = method_of(call)[1]
    status = status_of(call)
    responses = method.setdefault("methodResponses", {})
    if status in responses:
        raise conflict("Response already exists for this resource")
    responses[status] = {"statusCode": status, **_response(call.parameters)}
    return dict(responses[status])


def get_method_response(call: Call) -> Members:
    """GetMethodResponse."""
    return response_at(method_of(call)[1].get("methodResponses"), call["statusCode"], "Response")


def delete_method_response(call: Call) -> Members:
    """DeleteMethodResponse."""
    responses = method_of(call)[1].get("methodResponses") or {}
    response_at(responses, call["statusCode"], "Response")
    del responses[call["statusCode"]]
    return {}


def new_method(api: RestApi, name: str, given: Members) -> Members:
    """The members of a method. Raises `ServiceError` for what is refused."""
    check_method(api, name, given)
    return {
        "httpMethod": name,
        "apiKeyRequired": False,
        **{key: given[key] for key in METHOD_KEPT if given.get(key) is not None},
    }


def check_method(api: RestApi, name: str, given: Members) -> None:
    """Refuse a method that AWS refuses, or that is not offered here."""
    if name not in METHODS:
        raise bad_request("Invalid HTTP method specified. Must be one of: " + ", ".join(METHODS))
    refuse(given, METHOD_REFUSED)
    kind = given["authorizationType"]
    if kind == "COGNITO_USER_POOLS":
        raise not_offered("Cognito user pools", "Use a Lambda authorizer.")
    if kind not in KINDS:
        raise bad_request(f"Invalid authorization type specified: {kind}")
    if kind == "CUSTOM" and given.get("authorizerId") not in api.authorizers:
        raise bad_request(
            "Invalid authorizer ID specified. Setting the authorization type to "
            "CUSTOM requires a valid authorizer."
        )
    _check_models(given.get("requestModels"))


def method_of(call: Call) -> tuple[RestApi, Members]:
    """The method that a call names, and its API. Raises NotFoundException."""
    api, resource = resource_of(call)
    if call["httpMethod"] not in resource.methods:
        raise not_found("Invalid Method identifier specified")
    return api, resource.methods[call["httpMethod"]]


def _check_models(models: Any) -> None:
    for model in (models or {}).values():
        if model not in OWN_MODELS:
            raise not_offered(f"the model {model}", "Every API has Empty and Error.")


def _response(given: Members) -> Members:
    _check_models(given.get("responseModels"))
    for name in given.get("responseParameters") or {}:
        if not HEADER.fullmatch(name):
            raise bad_request(f"Invalid mapping expression specified: {name}")
    kept = ("responseModels", "responseParameters")
    return {name: given[name] for name in kept if given.get(name) is not None}


def status_of(call: Call) -> str:
    """The status code that a call names. Raises BadRequestException."""
    status = str(call["statusCode"])
    if not re.fullmatch(r"[1-5]\d\d", status):
        raise bad_request("Invalid status code specified")
    return status


def response_at(responses: Any, status: str, what: str) -> Members:
    """The response of a status. Raises NotFoundException."""
    if status not in (responses or {}):
        raise not_found(f"Invalid {what} status code specified")
    return dict(responses[status])


OPERATIONS = {
    "PutMethod": put_method,
    "GetMethod": get_method,
    "UpdateMethod": update_method,
    "DeleteMethod": delete_method,
    "PutMethodResponse": put_method_response,
    "GetMethodResponse": get_method_response,
    "DeleteMethodResponse": delete_method_response,
}
