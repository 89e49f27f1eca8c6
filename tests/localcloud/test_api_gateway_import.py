"""HTTP APIs from OpenAPI documents, as SAM writes them.

Sources: API Gateway Developer Guide, "OpenAPI extensions for API Gateway"; the documents are of the
form that aws-sam-translator gives an AWS::Serverless::HttpApi (read 2026-11).
"""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from botocore.exceptions import ClientError
from running_cloud import RunningCloud
from web_api import ECHO, ask, permit, uri_of


def document(uri: str, **more: Any) -> dict[str, Any]:
    integration = {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": uri,
        "payloadFormatVersion": "2.0",
    }
    return {
        "openapi": "3.0.1",
        "info": {"title": "shop", "version": "1.0"},
        "tags": [{"name": "httpapi:createdBy", "x-amazon-apigateway-tag-value": "SAM"}],
        "paths": {
            "/hello": {"get": {"x-amazon-apigateway-integration": integration, "responses": {}}},
            "/any/{id}": {
                "x-amazon-apigateway-any-method": {
                    "x-amazon-apigateway-integration": {**integration, "timeoutInMillis": 5000},
                    "parameters": [{"name": "id", "in": "path", "required": True}],
                    "responses": {},
                },
            },
            "$default": {
                "x-amazon-apigateway-any-method": {
                    "x-amazon-apigateway-integration": integration,
                    "isDefaultRoute": True,
                    "responses": {},
                },
            },
        },
        **more,
    }


@pytest.mark.parametrize("write", [json.dumps, yaml.safe_dump])
def test_a_document_of_sam(one_cloud: RunningCloud, write: Any) -> None:
    gateway = one_cloud.client("apigatewayv2")
    function = one_cloud.create(ECHO)
    cors = {"allowOrigins": ["*"], "allowMethods": ["GET"], "maxAge": 5}
    body = document(uri_of(one_cloud, function), **{"x-amazon-apigateway-cors": cors})
    api = gateway.import_api(Body=write(body))
    assert (api["Name"], api["Version"]) == ("shop", "1.0")
    assert api["Tags"] == {"httpapi:createdBy": "SAM"}
    assert api["CorsConfiguration"] == {
        "AllowOrigins": ["*"],
        "AllowMethods": ["GET"],
        "MaxAge": 5,
    }
    one = {"ApiId": api["ApiId"]}
    keys = {each["RouteKey"] for each in gateway.get_routes(**one)["Items"]}
    assert keys == {"GET /hello", "ANY /any/{id}", "$default"}
    timeouts = {each["TimeoutInMillis"] for each in gateway.get_integrations(**one)["Items"]}
    assert timeouts == {5000, 30000}
    gateway.create_stage(**one, StageName="$default", AutoDeploy=True)
    permit(one_cloud, function, api["ApiId"])
    url = api["ApiEndpoint"]
    assert ask(url, path="/hello").json["routeKey"] == "GET /hello"
    assert ask(url, "PUT", "/any/7").json["pathParameters"] == {"id": "7"}
    assert ask(url, path="/else").json["routeKey"] == "$default"
    # Again: routes are those of the new document, the stage and the address stay.
    del body["paths"]["/any/{id}"]
    body["info"]["title"] = "shop 2"
    again = gateway.reimport_api(**one, Body=write(body))
    assert (again["Name"], again["ApiEndpoint"]) == ("shop 2", url)
    assert ask(url, "PUT", "/any/7").json["routeKey"] == "$default"


def test_authorizers_of_a_document(one_cloud: RunningCloud) -> None:
    gateway = one_cloud.client("apigatewayv2")
    uri = uri_of(one_cloud, one_cloud.create(ECHO))
    schemes = {
        "tokens": {
            "type": "oauth2",
            "x-amazon-apigateway-authorizer": {
                "type": "jwt",
                "identitySource": "$request.header.Authorization",
                "jwtConfiguration": {"audience": ["a"], "issuer": "http://127.0.0.1:9"},
            },
        },
        "asks": {
            "type": "apiKey",
            "name": "Unused",
            "in": "header",
            "x-amazon-apigateway-authorizer": {
                "type": "request",
                "identitySource": "$request.header.A, $request.querystring.b",
                "authorizerUri": uri,
                "authorizerPayloadFormatVersion": "2.0",
                "enableSimpleResponses": True,
                "authorizerResultTtlInSeconds": 0,
            },
        },
    }
    body = document(uri, components={"securitySchemes": schemes}, security=[{"tokens": []}])
    body["paths"]["/hello"]["get"]["security"] = [{"tokens": ["read"]}]
    any_method = body["paths"]["/any/{id}"]["x-amazon-apigateway-any-method"]
    any_method["security"] = [{"asks": []}]
    body["paths"]["$default"]["x-amazon-apigateway-any-method"]["security"] = [{"NONE": []}]
    body["paths"]["/signed"] = {
        "get": {
            **body["paths"]["/hello"]["get"],
            "x-amazon-apigateway-auth": {"type": "AWS_IAM"},
        }
    }
    api = gateway.import_api(Body=json.dumps(body))["ApiId"]
    by_name = {each["Name"]: each for each in gateway.get_authorizers(ApiId=api)["Items"]}
    assert by_name["asks"]["IdentitySource"] == ["$request.header.A", "$request.querystring.b"]
    assert by_name["tokens"]["JwtConfiguration"]["Audience"] == ["a"]
    routes = {each["RouteKey"]: each for each in gateway.get_routes(ApiId=api)["Items"]}
    hello = routes["GET /hello"]
    assert (hello["AuthorizationType"], hello["AuthorizationScopes"]) == ("JWT", ["read"])
    assert hello["AuthorizerId"] == by_name["tokens"]["AuthorizerId"]
    assert routes["ANY /any/{id}"]["AuthorizationType"] == "CUSTOM"
    assert routes["$default"]["AuthorizationType"] == "NONE"
    assert routes["GET /signed"]["AuthorizationType"] == "AWS_IAM"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("a: [", 400),
        ("[]", 400),
        ('{"openapi": "3.0.1", "paths": {}}', 400),
        ('{"swagger": "2.0", "info": {"title": "a"}, "paths": {}}', 400),
        ('{"openapi": "3.0.1", "info": {"title": "a"}, "paths": []}', 400),
        ('{"openapi": "3.0.1", "info": {"title": "a"}, "paths": {"/a": {"get": 1}}}', 400),
        (
            '{"openapi": "3.0.1", "info": {"title": "a"}, "paths": {"/a": {"get": '
            '{"x-amazon-apigateway-integration": {"type": "http_proxy", "uri": "http://a"}}}}}',
            501,
        ),
        (
            '{"openapi": "3.0.1", "info": {"title": "a"}, "paths": {"/a": {"get": '
            '{"security": [{"nobody": []}]}}}}',
            400,
        ),
    ],
)
def test_documents_that_are_refused(one_cloud: RunningCloud, body: str, status: int) -> None:
    gateway = one_cloud.client("apigatewayv2")
    before = len(gateway.get_apis(MaxResults="500")["Items"])
    with pytest.raises(ClientError) as caught:
        gateway.import_api(Body=body)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert len(gateway.get_apis(MaxResults="500")["Items"]) == before
