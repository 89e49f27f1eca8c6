"""ImportApi and ReimportApi: an HTTP API from an OpenAPI 3 document.

Source: API Gateway Developer Guide, "Working with OpenAPI definitions for HTTP APIs" and "OpenAPI
extensions for API Gateway" (read 2026-11); what aws-sam-translator writes for an HttpApi.
"""

from __future__ import annotations

from typing import Any

from ..call import Call, Members
from ..open_api import (
    AUTHORIZER,
    INTEGRATION,
    operations,
    read_document,
    read_number,
    reading,
    resolved,
    schemes,
)
from ..open_api import security as security_of
from ..refusals import bad_request, not_offered
from .apis import make_api, shown
from .authorizers import new_authorizer
from .http_api import HttpApi
from .integrations import new_integration
from .route_table import DEFAULT
from .routes import new_route

CORS = {
    "allowOrigins": "AllowOrigins",
    "allowMethods": "AllowMethods",
    "allowHeaders": "AllowHeaders",
    "exposeHeaders": "ExposeHeaders",
    "maxAge": "MaxAge",
    "allowCredentials": "AllowCredentials",
}
INTEGRATION_MEMBERS = {
    "connectionId": "ConnectionId",
    "connectionType": "ConnectionType",
    "credentials": "CredentialsArn",
    "description": "Description",
    "integrationSubtype": "IntegrationSubtype",
    "payloadFormatVersion": "PayloadFormatVersion",
    "requestParameters": "RequestParameters",
    "timeoutInMillis": "TimeoutInMillis",
    "tlsConfig": "TlsConfig",
    "uri": "IntegrationUri",
}
AUTHORIZER_MEMBERS = {
    "authorizerCredentials": "AuthorizerCredentialsArn",
    "authorizerPayloadFormatVersion": "AuthorizerPayloadFormatVersion",
    "authorizerResultTtlInSeconds": "AuthorizerResultTtlInSeconds",
    "authorizerUri": "AuthorizerUri",
    "enableSimpleResponses": "EnableSimpleResponses",
}
LISTS = ("AllowOrigins", "AllowMethods", "AllowHeaders", "ExposeHeaders")


def import_api(call: Call) -> Members:
    """ImportApi."""
    document = _document(call)
    with reading():
        api = make_api(call.region, _settings(document))
        _fill(api, document)
    call.apis.add(api)
    return shown(api)


def reimport_api(call: Call) -> Members:
    """ReimportApi: routes, integrations and authorizers are made again; stages stay."""
    api = call.apis.http_api(call.region, call["ApiId"])
    document = _document(call)
    with reading():
        made = make_api(call.region, _settings(document))
        _fill(made, document)
    tags = {**api.members["Tags"], **made.members["Tags"]}
    created = {"CreatedDate": api.members["CreatedDate"]}
    api.members = {**made.members, **created, "Tags": tags}
    api.routes, api.integrations = made.routes, made.integrations
    api.authorizers = made.authorizers
    api.changed()
    return shown(api)


def _document(call: Call) -> Members:
    if call.get("Basepath") not in (None, "ignore"):
        raise not_offered(f"Basepath {call['Basepath']}", "Choose ignore.")
    document = read_document(call["Body"])
    if not str(document.get("openapi", "")).startswith("3."):
        raise bad_request("Invalid OpenAPI input: HTTP APIs take OpenAPI 3.0")
    return document


def _settings(document: Members) -> Members:
    info = document.get("info") or {}
    if not info.get("title"):
        raise bad_request("Unable to import API because of missing API title")
    found: Members = {"Name": str(info["title"])}
    if info.get("version") is not None:
        found["Version"] = str(info["version"])
    if info.get("description"):
        found["Description"] = str(info["description"])
    cors = document.get("x-amazon-apigateway-cors")
    if cors:
        found["CorsConfiguration"] = _cors(cors)
    tags = document.get("tags") or []
    found["Tags"] = {
        str(tag["name"]): str(tag["x-amazon-apigateway-tag-value"])
        for tag in tags
        if isinstance(tag, dict) and "x-amazon-apigateway-tag-value" in tag
    }
    for server in document.get("servers") or []:
        endpoint = server.get("x-amazon-apigateway-endpoint-configuration") or {}
        if endpoint.get("disableExecuteApiEndpoint"):
            found["DisableExecuteApiEndpoint"] = True
    return found


def _cors(given: Members) -> Members:
    cors = {name: given[key] for key, name in CORS.items() if given.get(key) is not None}
    for name in LISTS:
        if isinstance(cors.get(name), str):
            cors[name] = [part.strip() for part in cors[name].split(",")]
    read_number(cors, "MaxAge")
    return cors


def _fill(api: HttpApi, document: Members) -> None:
    known = schemes(document)
    by_name = {
        name: new_authorizer(api, _authorizer(name, scheme[AUTHORIZER], scheme))
        for name, scheme in known.items()
        if isinstance(scheme.get(AUTHORIZER), dict)
    }
    for path, method, operation in operations(document):
        key = DEFAULT if path in (DEFAULT, f"/{DEFAULT}") else f"{method} {path}"
        route: Members = {"RouteKey": key}
        if operation.get("operationId"):
            route["OperationName"] = str(operation["operationId"])
        integration = resolved(document, operation.get(INTEGRATION))
        if integration is not None:
            made = new_integration(api, _integration(integration))
            route["Target"] = f"integrations/{made}"
        route |= _authorization(api, document, operation, known, by_name)
        new_route(api, route)


def _integration(given: Members) -> Members:
    kind = str(given.get("type", "")).upper()
    found = {name: given[key] for key, name in INTEGRATION_MEMBERS.items() if key in given}
    if "PayloadFormatVersion" in found:
        found["PayloadFormatVersion"] = str(found["PayloadFormatVersion"])
    read_number(found, "TimeoutInMillis")
    return {**found, "IntegrationType": kind}


def _authorizer(name: str, given: Members, scheme: Members) -> Members:
    kind = str(given.get("type", "")).lower()
    source = given.get("identitySource") or []
    found: Members = {
        "Name": name,
        "AuthorizerType": {"jwt": "JWT", "request": "REQUEST"}.get(kind, kind),
        "IdentitySource": source.split(",") if isinstance(source, str) else source,
    }
    found["IdentitySource"] = [each.strip() for each in found["IdentitySource"]]
    if found["AuthorizerType"] not in ("JWT", "REQUEST"):
        raise bad_request(f"Invalid authorizer type {kind} of {name}")
    if found["AuthorizerType"] == "JWT":
        config = given.get("jwtConfiguration") or {}
        audience = config.get("audience") or []
        issuer = config.get("issuer") or scheme.get("openIdConnectUrl", "").removesuffix(
            "/.well-known/openid-configuration"
        )
        found["JwtConfiguration"] = {
            "Audience": [audience] if isinstance(audience, str) else list(audience),
            "Issuer": issuer,
        }
    found |= {to: given[key] for key, to in AUTHORIZER_MEMBERS.items() if key in given}
    read_number(found, "AuthorizerResultTtlInSeconds")
    if "AuthorizerPayloadFormatVersion" in found:
        found["AuthorizerPayloadFormatVersion"] = str(found["AuthorizerPayloadFormatVersion"])
    return found


def _authorization(
    api: HttpApi,
    document: Members,
    operation: Members,
    known: dict[str, Members],
    by_name: dict[str, str],
) -> Members:
    auth: Any = operation.get("x-amazon-apigateway-auth") or {}
    if str(auth.get("type", "")).upper() == "AWS_IAM":
        return {"AuthorizationType": "AWS_IAM"}
    for name, scopes in security_of(document, operation):
        scheme = known.get(name) or {}
        if str(scheme.get("x-amazon-apigateway-authtype", "")).lower() == "awssigv4":
            return {"AuthorizationType": "AWS_IAM"}
        if name not in by_name:
            raise bad_request(f"Unable to find the authorizer of the security scheme {name}")
        authorizer = by_name[name]
        if api.authorizers[authorizer]["AuthorizerType"] == "JWT":
            found: Members = {"AuthorizationType": "JWT", "AuthorizerId": authorizer}
            return {**found, "AuthorizationScopes": scopes} if scopes else found
        return {"AuthorizationType": "CUSTOM", "AuthorizerId": authorizer}
    return {}


OPERATIONS = {"ImportApi": import_api, "ReimportApi": reimport_api}
