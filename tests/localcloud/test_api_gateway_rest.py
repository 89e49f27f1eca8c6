"""REST APIs end to end: the control plane by boto3, the data plane by plain HTTP.

Sources: API Gateway API reference; API Gateway Developer Guide, "REST APIs" (read 2026-11); each
test names what else it goes by.
"""

from __future__ import annotations

import base64
import json
import re
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from running_cloud import RunningCloud, wait_for
from web_api import ACCOUNT, ANSWERING, ECHO, ask, permit, uri_of

CLOCK_FACTOR = 3600
MISSING = {"message": "Missing Authentication Token"}


def refused(call: Any, **given: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        call(**given)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def rest_api(
    cloud: RunningCloud, *keys: str, source: str = ECHO, method: Any = None, **settings: Any
) -> dict[str, Any]:
    """A REST API whose methods (``GET /a/{id}``) lead to one function; its stage is ``v1``."""
    gateway = cloud.client("apigateway")
    function = cloud.create(source)
    api = gateway.create_rest_api(name=f"api-{function}", **settings)
    resources = {"/": api["rootResourceId"]}
    for key in keys:
        name, _, path = key.partition(" ")
        at = ""
        for part in [each for each in path.split("/") if each]:
            parent, at = at or "/", f"{at}/{part}"
            if at not in resources:
                resources[at] = gateway.create_resource(
                    restApiId=api["id"], parentId=resources[parent], pathPart=part
                )["id"]
        one = {"restApiId": api["id"], "resourceId": resources[at or "/"], "httpMethod": name}
        gateway.put_method(**one, **{"authorizationType": "NONE", **(method or {})})
        gateway.put_integration(
            **one,
            type="AWS_PROXY",
            integrationHttpMethod="POST",
            uri=uri_of(cloud, function),
        )
    permit(cloud, function, api["id"])
    made = gateway.create_deployment(restApiId=api["id"], stageName="v1")
    address = api["ResponseMetadata"]["HTTPHeaders"]["x-serverless-course-endpoint"]
    return {
        "id": api["id"],
        "url": f"{address}/v1",
        "name": api["name"],
        "function": function,
        "resources": resources,
        "deployment": made["id"],
    }


def test_the_event_on_both_addresses(one_cloud: RunningCloud) -> None:
    """Developer Guide, "Input format of a Lambda function for proxy integration"."""
    api = rest_api(one_cloud, "POST /pets/{id}")
    port = urlsplit(one_cloud.endpoint).port
    name = f"{api['id']}.execute-api.us-east-1.localhost"
    for url in (api["url"], f"http://{name}:{port}/v1"):
        answer = ask(url, "POST", "/pets/7?x=1&x=2", b"hi", Content_Type="text/plain", X_Custom="V")
        event = answer.json
        assert (event["resource"], event["path"]) == ("/pets/{id}", "/pets/7")
        assert (event["httpMethod"], event["pathParameters"]) == ("POST", {"id": "7"})
        assert event["multiValueQueryStringParameters"] == {"x": ["1", "2"]}
        assert event["headers"]["X-Custom"] == "V"
        assert (event["body"], event["isBase64Encoded"]) == ("hi", False)
        context = event["requestContext"]
        assert (context["path"], context["stage"]) == ("/v1/pets/7", "v1")
        assert context["resourceId"] == api["resources"]["/pets/{id}"]
        assert context["domainName"] == name
        assert context["requestId"] == answer.headers["x-amzn-requestid"]
        assert answer.headers["x-amzn-trace-id"].startswith("Root=1-")
    assert "version" not in event


def test_path_and_parameters_stay_encoded(one_cloud: RunningCloud) -> None:
    """Captures of live APIs (hotsock/voker, 2026): unlike HTTP APIs, REST APIs do not decode."""
    api = rest_api(one_cloud, "GET /a/{id}", "GET /p/{proxy+}")
    event = ask(api["url"], path="/a/x%20y").json
    assert (event["path"], event["pathParameters"]) == ("/a/x%20y", {"id": "x%20y"})
    assert ask(api["url"], path="/%61/1").json["resource"] == "/a/{id}"
    event = ask(api["url"], path="/p/a%20b/c").json
    assert event["pathParameters"] == {"proxy": "a%20b/c"}


def test_what_is_not_there(one_cloud: RunningCloud) -> None:
    """Gateway response types MISSING_AUTHENTICATION_TOKEN and ACCESS_DENIED."""
    api = rest_api(one_cloud, "GET /a")
    for method, path in (("GET", "/b"), ("POST", "/a"), ("GET", "/"), ("GET", "/a/b")):
        answer = ask(api["url"], method, path)
        assert (answer.status, answer.json) == (403, MISSING)
        assert answer.headers["x-amzn-errortype"] == "MissingAuthenticationTokenException"
    stage = ask(api["url"].removesuffix("/v1"), path="/v2/a")
    assert (stage.status, stage.json) == (403, {"message": "Forbidden"})
    assert ask(api["url"], path="/a/").status == 200


def test_the_most_specific_resource(one_cloud: RunningCloud) -> None:
    api = rest_api(one_cloud, "ANY /{proxy+}", "GET /a/{id}", "GET /a/b", "ANY /")
    for path, resource in (
        ("/", "/"),
        ("/a/b", "/a/b"),
        ("/a/c", "/a/{id}"),
        ("/a/c/d", "/{proxy+}"),
    ):
        assert ask(api["url"], path=path).json["resource"] == resource
    # The resource is chosen first: it has no POST, and what is less specific is not asked.
    assert ask(api["url"], "POST", "/a/b").status == 403


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        ({"statusCode": 201, "body": "made"}, 201, b"made"),
        ({"statusCode": "404"}, 404, b""),
        ({"hello": 1}, 502, b'{"message":"Internal server error"}'),
        ("text", 502, b'{"message":"Internal server error"}'),
        ({"statusCode": 200, "body": {}}, 502, b'{"message":"Internal server error"}'),
        ({"statusCode": 200, "body": "", "more": 1}, 502, b'{"message":"Internal server error"}'),
        (
            {"statusCode": 200, "multiValueHeaders": {"a": "b"}},
            502,
            b'{"message":"Internal server error"}',
        ),
    ],
)
def test_answers(one_cloud: RunningCloud, answer: Any, status: int, body: bytes) -> None:
    """Developer Guide, "Output format of a Lambda function for proxy integration"."""
    api = rest_api(one_cloud, "POST /a", source=ANSWERING)
    got = ask(api["url"], "POST", "/a", json.dumps(answer))
    assert (got.status, got.body) == (status, body)


def test_functions_that_fail_are_slow_throttled_or_not_permitted(one_cloud: RunningCloud) -> None:
    gateway, functions = one_cloud.client("apigateway"), one_cloud.client("lambda")
    api = rest_api(one_cloud, "GET /a", source="def handler(event, context):\n    raise KeyError\n")
    failed = ask(api["url"], path="/a")
    assert (failed.status, failed.json) == (502, {"message": "Internal server error"})
    functions.put_function_concurrency(FunctionName=api["function"], ReservedConcurrentExecutions=0)
    throttled = ask(api["url"], path="/a")
    assert (throttled.status, throttled.json) == (500, {"message": "Internal server error"})
    api = rest_api(
        one_cloud, "GET /a", source="import time\ndef handler(event, context):\n    time.sleep(2)\n"
    )
    one = {"restApiId": api["id"], "resourceId": api["resources"]["/a"], "httpMethod": "GET"}
    gateway.update_integration(
        **one, patchOperations=[{"op": "replace", "path": "/timeoutInMillis", "value": "200"}]
    )
    gateway.create_deployment(restApiId=api["id"], stageName="v1")
    late = ask(api["url"], path="/a")
    assert (late.status, late.json) == (504, {"message": "Endpoint request timed out"})
    (sid,) = (
        each["Sid"]
        for each in json.loads(functions.get_policy(FunctionName=api["function"])["Policy"])[
            "Statement"
        ]
    )
    functions.remove_permission(FunctionName=api["function"], StatementId=sid)
    assert ask(api["url"], path="/a").json == {"message": "Internal server error"}


def test_deployments_are_snapshots_and_stages_have_variables(one_cloud: RunningCloud) -> None:
    gateway = one_cloud.client("apigateway")
    api = rest_api(one_cloud, "GET /a")
    one = {"restApiId": api["id"]}
    gateway.delete_method(**one, resourceId=api["resources"]["/a"], httpMethod="GET")
    assert ask(api["url"], path="/a").status == 200
    assert refused(gateway.create_deployment, **one, stageName="v1")[1] == 400
    changes = [
        {"op": "replace", "path": "/variables/table", "value": "pets"},
        {"op": "replace", "path": "/description", "value": "first"},
    ]
    stage = gateway.update_stage(**one, stageName="v1", patchOperations=changes)
    assert (stage["variables"], stage["description"]) == ({"table": "pets"}, "first")
    assert ask(api["url"], path="/a").json["stageVariables"] == {"table": "pets"}
    gateway.create_stage(**one, stageName="v2", deploymentId=api["deployment"])
    assert len(gateway.get_stages(**one)["item"]) == 2
    assert ask(api["url"][:-1] + "2", path="/a").status == 200
    assert refused(gateway.delete_deployment, **one, deploymentId=api["deployment"])[1] == 400
    gateway.delete_stage(**one, stageName="v2")
    assert ask(api["url"][:-1] + "2", path="/a").status == 403


def test_method_throttling(one_cloud: RunningCloud) -> None:
    gateway = one_cloud.client("apigateway")
    api = rest_api(one_cloud, "GET /a", "GET /b")
    changes = [
        {"op": "replace", "path": "/*/*/throttling/rateLimit", "value": "0.01"},
        {"op": "replace", "path": "/*/*/throttling/burstLimit", "value": "2"},
        {"op": "replace", "path": "/~1b/GET/throttling/rateLimit", "value": "100"},
        {"op": "replace", "path": "/~1b/GET/throttling/burstLimit", "value": "100"},
        {"op": "replace", "path": "/*/*/logging/loglevel", "value": "OFF"},
    ]
    gateway.update_stage(restApiId=api["id"], stageName="v1", patchOperations=changes)
    assert [ask(api["url"], path="/a").status for _ in range(3)] == [200, 200, 429]
    assert {ask(api["url"], path="/b").status for _ in range(4)} == {200}
    logging = [{"op": "replace", "path": "/*/*/logging/loglevel", "value": "INFO"}]
    assert (
        refused(gateway.update_stage, restApiId=api["id"], stageName="v1", patchOperations=logging)[
            1
        ]
        == 501
    )


def test_api_keys_and_usage_plans(one_cloud: RunningCloud) -> None:
    """Developer Guide, "Usage plans and API keys for REST APIs"; a quota's day passes on the
    scaled clock."""
    gateway = one_cloud.client("apigateway")
    api = rest_api(one_cloud, "GET /a", method={"apiKeyRequired": True})
    key = gateway.create_api_key(name="ada", enabled=True)
    forbidden = ask(api["url"], path="/a")
    assert (forbidden.status, forbidden.json) == (403, {"message": "Forbidden"})

    def status() -> int:
        return ask(api["url"], path="/a", X_Api_Key=key["value"]).status

    assert status() == 403  # no plan has it
    plan = gateway.create_usage_plan(
        name="p",
        apiStages=[{"apiId": api["id"], "stage": "v1"}],
        quota={"limit": 3, "period": "DAY"},
    )["id"]
    gateway.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")
    identity = ask(api["url"], path="/a", X_Api_Key=key["value"]).json["requestContext"]["identity"]
    assert (identity["apiKey"], identity["apiKeyId"]) == (key["value"], key["id"])
    assert [status() for _ in range(3)] == [200, 200, 429]
    assert ask(api["url"], path="/a", X_Api_Key=key["value"]).json == {"message": "Limit Exceeded"}
    time.sleep(86_400 / CLOCK_FACTOR + 0.5)
    assert status() == 200
    changes = [
        {"op": "remove", "path": "/quota"},
        {"op": "replace", "path": "/throttle/rateLimit", "value": "0.01"},
        {"op": "replace", "path": "/throttle/burstLimit", "value": "1"},
    ]
    changed = gateway.update_usage_plan(usagePlanId=plan, patchOperations=changes)
    assert (changed["throttle"], "quota" in changed) == (
        {"rateLimit": 0.01, "burstLimit": 1},
        False,
    )
    assert [status() for _ in range(2)] == [200, 429]
    assert "value" not in gateway.get_api_key(apiKey=key["id"])
    assert gateway.get_api_key(apiKey=key["id"], includeValue=True)["value"] == key["value"]
    disable = [{"op": "replace", "path": "/enabled", "value": "false"}]
    gateway.update_api_key(apiKey=key["id"], patchOperations=disable)
    assert status() == 403
    assert refused(gateway.delete_usage_plan, usagePlanId=plan)[1] == 400
    assert refused(gateway.delete_rest_api, restApiId=api["id"])[1] == 400


def test_binary_media_types(one_cloud: RunningCloud) -> None:
    """Developer Guide, "Working with binary media types for REST APIs"."""
    api = rest_api(one_cloud, "POST /a", binaryMediaTypes=["image/*"])
    event = ask(api["url"], "POST", "/a", b"\x00\xff", Content_Type="image/png").json
    assert (base64.b64decode(event["body"]), event["isBase64Encoded"]) == (b"\x00\xff", True)
    assert ask(api["url"], "POST", "/a", b"x", Content_Type="text/plain").json["body"] == "x"
    answering = rest_api(one_cloud, "POST /a", source=ANSWERING, binaryMediaTypes=["image/*"])
    answer = json.dumps({"statusCode": 200, "body": "AP8=", "isBase64Encoded": True})
    binary = ask(answering["url"], "POST", "/a", answer, Accept="image/png, text/html")
    assert binary.body == b"\x00\xff"
    assert ask(answering["url"], "POST", "/a", answer, Accept="text/html").body == b"AP8="


def test_cors_by_a_mock(one_cloud: RunningCloud) -> None:
    """Developer Guide, "Enable CORS for a resource": an OPTIONS method with a mock integration."""
    gateway = one_cloud.client("apigateway")
    api = rest_api(one_cloud, "GET /a")
    one = {"restApiId": api["id"], "resourceId": api["resources"]["/a"], "httpMethod": "OPTIONS"}
    header = "method.response.header.Access-Control-Allow-Origin"
    gateway.put_method(**one, authorizationType="NONE")
    gateway.put_method_response(
        **one,
        statusCode="200",
        responseParameters={header: False},
        responseModels={"application/json": "Empty"},
    )
    gateway.put_integration(
        **one, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'}
    )
    gateway.put_integration_response(
        **one, statusCode="200", responseParameters={header: "'https://example.com'"}
    )
    gateway.create_deployment(restApiId=api["id"], stageName="v1")
    got = ask(api["url"], "OPTIONS", "/a", Origin="https://example.com")
    assert got.status == 200
    assert got.headers["access-control-allow-origin"] == "https://example.com"
    # What is more than a fixed text is refused by its name.
    template = {"application/json": '#set($x = 1){"statusCode": 200}'}
    given = {**one, "type": "MOCK", "requestTemplates": template}
    assert refused(gateway.put_integration, **given) == ("NotImplementedException", 501)
    mapped = {header: "integration.response.header.a"}
    assert (
        refused(
            gateway.put_integration_response, **one, statusCode="200", responseParameters=mapped
        )[1]
        == 501
    )


TOKEN = """
def handler(event, context):
    word = event.get("authorizationToken") or event["headers"].get("X-Word")
    if word == "nobody":
        raise Exception("Unauthorized")
    if word == "odd":
        return {"principalId": "ada"}
    effects = {"please": "Allow", "no": "Deny"}
    statements = [{"Action": "execute-api:Invoke", "Effect": effects[word],
                   "Resource": event["methodArn"]}] if word in effects else [
                  {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "arn:none"}]
    return {"principalId": "ada", "context": {"type": event["type"], "n": 1, "b": True},
            "policyDocument": {"Version": "2012-10-17", "Statement": statements}}
"""


@pytest.mark.parametrize("kind", ["TOKEN", "REQUEST"])
def test_lambda_authorizers(one_cloud: RunningCloud, kind: str) -> None:
    gateway = one_cloud.client("apigateway")
    api = rest_api(one_cloud, "GET /a")
    function = one_cloud.create(TOKEN)
    authorizer = gateway.create_authorizer(
        restApiId=api["id"],
        name="asks",
        type=kind,
        authorizerUri=uri_of(one_cloud, function),
        identitySource="method.request.header.X-Word",
        authorizerResultTtlInSeconds=0,
    )["id"]
    permit(one_cloud, function, api["id"], f"authorizers/{authorizer}")
    one = {"restApiId": api["id"], "resourceId": api["resources"]["/a"], "httpMethod": "GET"}
    changes = [
        {"op": "replace", "path": "/authorizationType", "value": "CUSTOM"},
        {"op": "replace", "path": "/authorizerId", "value": authorizer},
    ]
    gateway.update_method(**one, patchOperations=changes)
    gateway.create_deployment(restApiId=api["id"], stageName="v1")

    def got(word: str) -> tuple[int, Any]:
        answer = ask(api["url"], path="/a", X_Word=word)
        return answer.status, answer.json

    assert got("please")[1]["requestContext"]["authorizer"] == {
        "principalId": "ada",
        "type": kind,
        "n": "1",
        "b": "true",
    }
    assert ask(api["url"], path="/a").json == {"message": "Unauthorized"}
    assert got("nobody") == (401, {"message": "Unauthorized"})
    text = "User is not authorized to access this resource"
    assert got("no") == (403, {"Message": f"{text} with an explicit deny"})
    assert got("else") == (403, {"Message": text})
    assert got("odd") == (500, {"message": None})
    assert (
        refused(gateway.delete_authorizer, restApiId=api["id"], authorizerId=authorizer)[1] == 409
    )


def test_iam(one_cloud: RunningCloud) -> None:
    api = rest_api(one_cloud, "GET /a", method={"authorizationType": "AWS_IAM"})
    url = api["url"] + "/a"

    def signed(keys: Credentials) -> dict[str, str]:
        request = AWSRequest("GET", url, headers={"Host": urlsplit(url).netloc})
        SigV4Auth(keys, "execute-api", "us-east-1").add_auth(request)
        return {name.replace("-", "_"): value for name, value in request.headers.items()}

    assert (ask(url).status, ask(url).json) == (403, MISSING)
    own = Credentials(one_cloud.ready["access_key_id"], one_cloud.ready["secret_access_key"])
    identity = ask(url, **signed(own)).json["requestContext"]["identity"]
    assert identity["accessKey"] == own.access_key
    assert identity["userArn"] == f"arn:aws:iam::{ACCOUNT}:user/administrator"
    iam, name = one_cloud.client("iam"), f"rest-{api['id']}"
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    denied = ask(url, **signed(Credentials(key["AccessKeyId"], key["SecretAccessKey"])))
    assert denied.status == 403
    assert re.fullmatch(
        rf"User: .*:user/{name} is not authorized to perform: execute-api:Invoke on resource: "
        rf"arn:aws:execute-api:us-east-1:{ACCOUNT}:{api['id']}/v1/GET/a",
        denied.json["Message"],
    )
    assert ask(url, **signed(Credentials(own.access_key, "wrong"))).status == 403


def sam_document(cloud: RunningCloud, function: str) -> dict[str, Any]:
    """A document of the form that aws-sam-translator gives an AWS::Serverless::Api with CORS."""
    proxy = {"type": "aws_proxy", "httpMethod": "POST", "uri": uri_of(cloud, function)}
    origin = "method.response.header.Access-Control-Allow-Origin"
    mock = {
        "type": "mock",
        "requestTemplates": {"application/json": '{\n  "statusCode" : 200\n}\n'},
        "responses": {
            "default": {
                "statusCode": "200",
                "responseTemplates": {"application/json": "{}\n"},
                "responseParameters": {origin: "'*'"},
            }
        },
    }
    return {
        "swagger": "2.0",
        "info": {"version": "1.0", "title": "sam-app"},
        "paths": {
            "/hello/{id}": {
                "get": {
                    "x-amazon-apigateway-integration": proxy,
                    "responses": {},
                    "security": [{"api_key": []}],
                },
                "options": {
                    "x-amazon-apigateway-integration": mock,
                    "consumes": ["application/json"],
                    "produces": ["application/json"],
                    "responses": {"200": {"description": "Default response for CORS method"}},
                },
            },
            "/{proxy+}": {
                "x-amazon-apigateway-any-method": {
                    "x-amazon-apigateway-integration": proxy,
                    "responses": {},
                }
            },
        },
        "securityDefinitions": {
            "api_key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
        },
        "x-amazon-apigateway-binary-media-types": ["image/png"],
    }


def test_what_chalice_sends(one_cloud: RunningCloud) -> None:
    gateway = one_cloud.client("apigateway")
    document = sam_document(one_cloud, one_cloud.create(ECHO))
    for methods in document["paths"].values():
        for method in methods.values():
            method["x-amazon-apigateway-integration"]["contentHandling"] = "CONVERT_TO_TEXT"
    api = {"restApiId": gateway.import_rest_api(body=json.dumps(document).encode())["id"]}
    # Both change nothing: no answer is compressed, and the endpoint's type stays.
    endpoint = "/endpointConfiguration/types/EDGE"
    shown = gateway.update_rest_api(
        **api,
        patchOperations=[
            {"op": "replace", "path": "/minimumCompressionSize", "value": ""},
            {"op": "replace", "path": endpoint, "value": "EDGE"},
        ],
    )
    assert "minimumCompressionSize" not in shown
    changed = {"op": "replace", "path": endpoint, "value": "REGIONAL"}
    shown = gateway.update_rest_api(**api, patchOperations=[changed])
    assert shown["endpointConfiguration"]["types"] == ["REGIONAL"]
    assert refused(gateway.update_rest_api, **api, patchOperations=[changed])[1] == 400
    for path, value in (
        ("/minimumCompressionSize", "0"),
        ("/policy", "{}"),
        ("/endpointConfiguration/types/REGIONAL", "PRIVATE"),
    ):
        patch = [{"op": "replace", "path": path, "value": value}]
        assert refused(gateway.update_rest_api, **api, patchOperations=patch)[1] == 501, path
    shown = gateway.get_rest_api(**api)
    assert shown["endpointConfiguration"]["types"] == ["REGIONAL"]
    root = next(
        each for each in gateway.get_resources(**api)["items"] if each["path"] == "/hello/{id}"
    )
    one = {**api, "resourceId": root["id"], "httpMethod": "GET"}
    assert gateway.get_integration(**one)["contentHandling"] == "CONVERT_TO_TEXT"
    patch = {"op": "replace", "path": "/contentHandling", "value": "CONVERT_TO_BINARY"}
    assert refused(gateway.update_integration, **one, patchOperations=[patch])[1] == 501


def test_a_document_of_sam(one_cloud: RunningCloud) -> None:
    gateway = one_cloud.client("apigateway")
    function = one_cloud.create(ECHO)
    document = sam_document(one_cloud, function)
    api = gateway.import_rest_api(
        body=json.dumps(document).encode(), parameters={"endpointConfigurationTypes": "REGIONAL"}
    )
    assert (api["name"], api["binaryMediaTypes"]) == ("sam-app", ["image/png"])
    assert api["endpointConfiguration"]["types"] == ["REGIONAL"]
    permit(one_cloud, function, api["id"])
    paths = {each["path"] for each in gateway.get_resources(restApiId=api["id"])["items"]}
    assert paths == {"/", "/hello", "/hello/{id}", "/{proxy+}"}
    gateway.create_deployment(restApiId=api["id"], stageName="Prod")
    url = api["ResponseMetadata"]["HTTPHeaders"]["x-serverless-course-endpoint"] + "/Prod"
    assert ask(url, "PUT", "/x/y").json["pathParameters"] == {"proxy": "x/y"}
    preflight = ask(
        url, "OPTIONS", "/hello/1", Origin="https://a", Access_Control_Request_Method="GET"
    )
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert ask(url, path="/hello/1").status == 403  # it needs a key
    del document["paths"]["/{proxy+}"]
    document["paths"]["/hello/{id}"]["get"]["security"] = []
    again = gateway.put_rest_api(
        restApiId=api["id"], mode="overwrite", body=json.dumps(document).encode()
    )
    assert again["rootResourceId"] == api["rootResourceId"]
    gateway.create_deployment(restApiId=api["id"], stageName="Prod")
    assert ask(url, path="/hello/1").status == 200
    assert ask(url, path="/x/y").json == MISSING


def set_log_role(cloud: RunningCloud, *, trusted: bool) -> None:
    iam, name = cloud.client("iam"), f"logs-{trusted}"
    service = "apigateway.amazonaws.com" if trusted else "lambda.amazonaws.com"
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(policy))["Role"]
    allowed = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}
    written = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=written)
    change = {"op": "replace", "path": "/cloudwatchRoleArn", "value": role["Arn"]}
    cloud.client("apigateway").update_account(patchOperations=[change])


def test_the_accounts_role_has_to_trust_api_gateway(one_cloud: RunningCloud) -> None:
    gateway = one_cloud.client("apigateway")
    with pytest.raises(ClientError, match="grant trust permission"):
        set_log_role(one_cloud, trusted=False)
    account = gateway.get_account()
    assert account["throttleSettings"] == {"burstLimit": 5000, "rateLimit": 10000.0}


def test_metrics_and_access_logs(one_cloud: RunningCloud) -> None:
    gateway, logs = one_cloud.client("apigateway"), one_cloud.client("logs")
    api = rest_api(one_cloud, "GET /a")
    group = f"/rest/{api['id']}"
    logs.create_log_group(logGroupName=group)
    arn = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{group}"
    changes = [
        {"op": "replace", "path": "/accessLogSettings/destinationArn", "value": arn},
        {
            "op": "replace",
            "path": "/accessLogSettings/format",
            "value": "$context.requestId $context.resourcePath $context.status $context.error.message",
        },
    ]
    logged = {"restApiId": api["id"], "stageName": "v1", "patchOperations": changes}
    # Developer Guide, "Set up CloudWatch logging for REST APIs": the account's role comes first.
    assert refused(gateway.update_stage, **logged) == ("BadRequestException", 400)
    set_log_role(one_cloud, trusted=True)
    stage = gateway.update_stage(**logged)
    assert stage["accessLogSettings"]["destinationArn"] == arn
    good = ask(api["url"], path="/a")
    ask(api["url"], path="/none")
    first, second = (
        each["message"].strip() for each in logs.filter_log_events(logGroupName=group)["events"]
    )
    assert first == f"{good.headers['x-amzn-requestid']} /a 200 -"
    assert second.endswith(" - 403 Missing Authentication Token")

    def total(name: str) -> float:
        found = one_cloud.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/ApiGateway",
            MetricName=name,
            Dimensions=[{"Name": "ApiName", "Value": api["name"]}],
            StartTime=time.time() - 300,
            EndTime=time.time() + 60,
            Period=600,
            Statistics=["Sum"],
        )["Datapoints"]
        return sum(each["Sum"] for each in found)

    wait_for(lambda: total("Count") == 2)
    assert (total("4XXError"), total("5XXError")) == (1, 0)


@pytest.mark.parametrize(
    ("operation", "given"),
    [
        ("create_rest_api", {"name": "a", "policy": "{}"}),
        ("create_rest_api", {"name": "a", "endpointConfiguration": {"types": ["PRIVATE"]}}),
        ("create_rest_api", {"name": "a", "minimumCompressionSize": 0}),
        ("create_domain_name", {"domainName": "example.com"}),
        ("put_gateway_response", {"restApiId": "a", "responseType": "DEFAULT_4XX"}),
        ("create_request_validator", {"restApiId": "a"}),
        ("get_export", {"restApiId": "a", "stageName": "b", "exportType": "oas30"}),
        ("test_invoke_method", {"restApiId": "a", "resourceId": "b", "httpMethod": "GET"}),
        ("get_usage", {"usagePlanId": "a", "startDate": "2026-11-01", "endDate": "2026-11-02"}),
    ],
)
def test_what_is_not_offered_is_refused_by_name(
    one_cloud: RunningCloud, operation: str, given: dict[str, Any]
) -> None:
    call = getattr(one_cloud.client("apigateway"), operation)
    assert refused(call, **given) == ("NotImplementedException", 501)


def test_refusals_of_the_control_plane(one_cloud: RunningCloud) -> None:
    gateway = one_cloud.client("apigateway")
    api = rest_api(one_cloud, "GET /a/{id}", "ANY /p/{proxy+}")
    one, ids = {"restApiId": api["id"]}, api["resources"]
    assert refused(gateway.get_rest_api, restApiId="none") == ("NotFoundException", 404)
    for parent, part, code in (
        ("/", "a", "ConflictException"),
        ("/a", "{other}", "BadRequestException"),
        ("/p/{proxy+}", "x", "BadRequestException"),
        ("/", "a b", "BadRequestException"),
        ("/", "{a", "BadRequestException"),
    ):
        assert (
            refused(gateway.create_resource, **one, parentId=ids[parent], pathPart=part)[0] == code
        )
    method = {**one, "resourceId": ids["/a"], "httpMethod": "GET"}
    assert refused(gateway.get_method, **method)[0] == "NotFoundException"
    pools = {**method, "authorizationType": "COGNITO_USER_POOLS", "authorizerId": "a"}
    assert refused(gateway.put_method, **pools)[1] == 501
    custom = {**method, "authorizationType": "CUSTOM", "authorizerId": "none"}
    assert refused(gateway.put_method, **custom)[1] == 400
    gateway.put_method(**method, authorizationType="NONE")
    uri = uri_of(one_cloud, api["function"])
    proxy = {**method, "type": "AWS_PROXY", "uri": uri}
    assert refused(gateway.put_integration, **proxy, integrationHttpMethod="GET")[1] == 400
    post = {**proxy, "integrationHttpMethod": "POST"}
    assert refused(gateway.put_integration, **post, timeoutInMillis=29_001)[1] == 400
    assert refused(gateway.put_integration, **{**post, "type": "HTTP_PROXY"})[1] == 501
    assert refused(gateway.create_deployment, **one, stageName="v1")[1] == 400  # no integration
    gateway.delete_resource(**one, resourceId=ids["/a"])
    assert {each["path"] for each in gateway.get_resources(**one)["items"]} == {
        "/",
        "/p",
        "/p/{proxy+}",
    }


def test_a_token_has_to_fit_its_expression(one_cloud: RunningCloud) -> None:
    """API reference, Authorizer, identityValidationExpression: else 401, and no function runs."""
    gateway = one_cloud.client("apigateway")
    api = rest_api(one_cloud, "GET /a")
    function = one_cloud.create(TOKEN)
    given = {
        "restApiId": api["id"],
        "name": "asks",
        "type": "TOKEN",
        "authorizerUri": uri_of(one_cloud, function),
        "identitySource": "method.request.header.X-Word",
    }
    assert refused(gateway.create_authorizer, **given, identityValidationExpression="(")[1] == 400
    authorizer = gateway.create_authorizer(**given, identityValidationExpression="[a-z]+")["id"]
    permit(one_cloud, function, api["id"], f"authorizers/{authorizer}")
    changes = [
        {"op": "replace", "path": "/authorizationType", "value": "CUSTOM"},
        {"op": "replace", "path": "/authorizerId", "value": authorizer},
    ]
    one = {"restApiId": api["id"], "resourceId": api["resources"]["/a"], "httpMethod": "GET"}
    gateway.update_method(**one, patchOperations=changes)
    gateway.create_deployment(restApiId=api["id"], stageName="v1")
    assert ask(api["url"], path="/a", X_Word="please").status == 200
    assert ask(api["url"], path="/a", X_Word="Please").status == 401
