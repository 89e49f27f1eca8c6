"""ImportRestApi and PutRestApi: a REST API from an OpenAPI document, 2.0 or 3.0.

Source: API Gateway Developer Guide, "Develop REST APIs using OpenAPI in API Gateway" and "OpenAPI
extensions for API Gateway" (read 2026-11); what aws-sam-translator writes for an Api.
"""

from __future__ import annotations

from ..call import Call, Members
from ..open_api import (
    AUTHORIZER,
    INTEGRATION,
    Document,
    operations,
    read_document,
    read_number,
    reading,
    resolved,
)
from ..open_api import schemes as schemes_of
from ..open_api import security as security_of
from ..refusals import bad_request, not_offered
from .apis import make_api
from .authorizers import new_authorizer
from .method_integrations import new_integration, new_integration_response
from .methods import new_method
from .resources import check_part
from .rest_api import Resource, RestApi

REFUSED = {
    "x-amazon-apigateway-gateway-responses": "gateway responses",
    "x-amazon-apigateway-policy": "resource policies of APIs",
    "x-amazon-apigateway-request-validator": "validation of requests",
}
INTEGRATION_MEMBERS = (
    *("cacheKeyParameters", "connectionId", "connectionType", "contentHandling", "credentials"),
    *("httpMethod", "passthroughBehavior", "requestParameters", "requestTemplates"),
    *("responseTransferMode", "timeoutInMillis", "tlsConfig", "uri"),
)
AUTHORIZER_MEMBERS = (
    *("authorizerCredentials", "authorizerResultTtlInSeconds", "authorizerUri"),
    *("identityValidationExpression", "identitySource", "providerARNs"),
)


def import_rest_api(call: Call) -> Members:
    """ImportRestApi."""
    document = _document(call)
    with reading():
        api = make_api(call.region, _settings(call, document))
        _fill(api, document)
    call.apis.add(api)
    return api.shown()


def put_rest_api(call: Call) -> Members:
    """PutRestApi: the document stands in for all there is (``overwrite``), or is put over it."""
    api = call.apis.rest_api(call.region, call["restApiId"])
    document = _document(call)
    with reading():
        made = make_api(call.region, {**api.members, **_settings(call, document)})
    merges = call.get("mode") in (None, "merge")
    if merges:
        made.resources = {
            each.id: Resource(each.id, each.parent_id, each.part, each.path, dict(each.methods))
            for each in api.resources.values()
        }
        made.authorizers = dict(api.authorizers)
    else:
        made.resources = {api.root.id: Resource(api.root.id, None, "", "/")}
    with reading():
        _fill(made, document)
    kept = {name: api.members[name] for name in ("createdDate", "tags")}
    api.members = {**made.members, **kept}
    api.resources, api.authorizers = made.resources, made.authorizers
    return api.shown()


def _document(call: Call) -> Document:
    parameters = call.get("parameters") or {}
    if parameters.get("basepath") not in (None, "ignore"):
        raise not_offered(f"basepath {parameters['basepath']}", "Choose ignore.")
    document = read_document(call["body"])
    for name, what in REFUSED.items():
        if document.get(name):
            raise not_offered(f"{name} ({what})")
    return document


def _settings(call: Call, document: Document) -> Members:
    info = document.get("info") or {}
    if not info.get("title"):
        raise bad_request("Missing required field 'title' of 'info' in the API definition")
    found: Members = {"name": str(info["title"])}
    for name in ("description", "version"):
        if info.get(name) is not None:
            found[name] = str(info[name])
    if document.get("x-amazon-apigateway-binary-media-types"):
        found["binaryMediaTypes"] = [
            str(each) for each in document["x-amazon-apigateway-binary-media-types"]
        ]
    if document.get("x-amazon-apigateway-api-key-source"):
        found["apiKeySource"] = str(document["x-amazon-apigateway-api-key-source"])
    if document.get("x-amazon-apigateway-minimum-compression-size") is not None:
        found["minimumCompressionSize"] = 0
    types = (call.get("parameters") or {}).get("endpointConfigurationTypes")
    if types:
        found["endpointConfiguration"] = {"types": types.split(",")}
    return found


def _fill(api: RestApi, document: Document) -> None:
    schemes = schemes_of(document)
    by_name: dict[str, str] = {each["name"]: each["id"] for each in api.authorizers.values()}
    for name, scheme in schemes.items():
        given = scheme.get(AUTHORIZER)
        if isinstance(given, dict) and name not in by_name:
            by_name[name] = new_authorizer(api, _authorizer(name, given, scheme))
    for path, name, operation in operations(document):
        resource = api.root
        for part in [each for each in path.split("/") if each]:
            child = api.child(resource, part)
            if child is None:
                check_part(resource, part)
                child = api.add(resource, part)
            resource = child
        for refused, what in REFUSED.items():
            if operation.get(refused):
                raise not_offered(f"{refused} ({what})")
        given = {
            "authorizationType": "NONE",
            **_authorization(document, operation, schemes, by_name),
        }
        if operation.get("operationId"):
            given["operationName"] = str(operation["operationId"])
        method = new_method(api, name, given)
        method["methodResponses"] = _responses(operation)
        integration = resolved(document, operation.get(INTEGRATION))
        if integration is not None:
            method["methodIntegration"] = _integration(integration, resource.id)
        resource.methods[name] = method


def _responses(operation: Document) -> Members:
    return {
        str(status): {"statusCode": str(status)}
        for status in operation.get("responses") or {}
        if str(status).isdigit()
    }


def _integration(given: Document, namespace: str) -> Members:
    members = {name: given[name] for name in INTEGRATION_MEMBERS if name in given}
    kind = str(given.get("type", "")).upper()
    if kind == "AWS_PROXY":
        members["httpMethod"] = str(given.get("httpMethod", "")).upper()
    else:
        members.pop("httpMethod", None)
    read_number(members, "timeoutInMillis")
    found = new_integration({**members, "type": kind}, namespace)
    responses = {}
    for pattern, each in (given.get("responses") or {}).items():
        status = str(each.get("statusCode", "200"))
        selected = {} if pattern == "default" else {"selectionPattern": str(pattern)}
        responses[status] = new_integration_response(status, {**each, **selected})
    if responses:
        found["integrationResponses"] = responses
    return found


def _authorizer(name: str, given: Document, scheme: Document) -> Members:
    kind = str(given.get("type", "")).upper()
    found: Members = {
        "name": name,
        "type": kind,
        **{key: given[key] for key in AUTHORIZER_MEMBERS if given.get(key) is not None},
    }
    if scheme.get("x-amazon-apigateway-authtype"):
        found["authType"] = str(scheme["x-amazon-apigateway-authtype"])
    if kind == "TOKEN":
        found.setdefault("identitySource", f"method.request.header.{scheme.get('name', '')}")
    read_number(found, "authorizerResultTtlInSeconds")
    return found


def _authorization(
    document: Document,
    operation: Document,
    schemes: dict[str, Document],
    by_name: dict[str, str],
) -> Members:
    found: Members = {}
    auth = operation.get("x-amazon-apigateway-auth") or {}
    if str(auth.get("type", "")).upper() == "AWS_IAM":
        found["authorizationType"] = "AWS_IAM"
    for name, _ in security_of(document, operation):
        scheme = schemes.get(name) or {}
        if str(scheme.get("x-amazon-apigateway-authtype", "")).lower() == "awssigv4":
            found["authorizationType"] = "AWS_IAM"
        elif name in by_name:
            found |= {"authorizationType": "CUSTOM", "authorizerId": by_name[name]}
        elif scheme.get("type") == "apiKey" and AUTHORIZER not in scheme:
            found["apiKeyRequired"] = True
        else:
            raise bad_request(f"Unable to find the authorizer of the security scheme {name}")
    return found


OPERATIONS = {"ImportRestApi": import_rest_api, "PutRestApi": put_rest_api}
