"""HTTP APIs end to end: the control plane by boto3, the data plane by plain HTTP.

Sources: API Gateway Version 2 API reference; API Gateway Developer Guide, "HTTP APIs" (read
2026-11); each test names what else it goes by.
"""

from __future__ import annotations

import base64
import json
import re
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError
from running_cloud import RunningCloud, wait_for
from web_api import ACCOUNT, ANSWERING, ECHO, arn_of, ask, http_api, permit


def refused(call: Any, **given: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        call(**given)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def test_quick_create_answers_on_both_addresses(one_cloud: RunningCloud) -> None:
    gateway = one_cloud.client("apigatewayv2")
    function = one_cloud.create(ECHO)
    api = gateway.create_api(
        Name="quick", ProtocolType="HTTP", Target=arn_of(one_cloud, function), Tags={"a": "b"}
    )
    assert re.fullmatch(r"[a-z0-9]{10}", api["ApiId"])
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", api["ApiEndpoint"])
    (route,) = gateway.get_routes(ApiId=api["ApiId"])["Items"]
    assert (route["RouteKey"], route["ApiGatewayManaged"]) == ("$default", True)
    (stage,) = gateway.get_stages(ApiId=api["ApiId"])["Items"]
    assert (stage["StageName"], stage["AutoDeploy"]) == ("$default", True)
    # Without the function's permission: Developer Guide, "Troubleshooting issues with HTTP API
    # Lambda integrations".
    denied = ask(api["ApiEndpoint"])
    assert (denied.status, denied.json) == (500, {"message": "Internal Server Error"})
    permit(one_cloud, function, api["ApiId"])
    port = urlsplit(one_cloud.endpoint).port
    name = f"{api['ApiId']}.execute-api.us-east-1.localhost"
    for url in (api["ApiEndpoint"], f"http://{name}:{port}"):
        event = ask(url, path="/x").json
        assert event["requestContext"]["domainName"] == name
        assert event["rawPath"] == "/x"
    assert gateway.get_tags(ResourceArn=f"arn:aws:apigateway:us-east-1::/apis/{api['ApiId']}")[
        "Tags"
    ] == {"a": "b"}
    gateway.delete_api(ApiId=api["ApiId"])
    assert ask(f"http://{name}:{port}").status == 404
    with pytest.raises(ConnectionRefusedError):
        ask(api["ApiEndpoint"])
    assert refused(gateway.get_api, ApiId=api["ApiId"]) == ("NotFoundException", 404)


def test_the_event_in_format_2(one_cloud: RunningCloud) -> None:
    api = http_api(one_cloud, "POST /pets/{id}")
    answer = ask(
        api["url"],
        "POST",
        "/pets/a%20b?x=1&x=2&y=%2F",
        "héllo".encode(),
        Content_Type="text/plain; charset=utf-8",
        Cookie="one=1; two=2",
        User_Agent="tests",
        X_Custom="V",
    )
    event = answer.json
    assert event["version"] == "2.0"
    assert event["routeKey"] == event["requestContext"]["routeKey"] == "POST /pets/{id}"
    # HTTP APIs decode the path (captures of live APIs, hotsock/voker, 2026).
    assert event["rawPath"] == "/pets/a b"
    assert event["rawQueryString"] == "x=1&x=2&y=%2F"
    assert event["queryStringParameters"] == {"x": "1,2", "y": "/"}
    assert event["pathParameters"] == {"id": "a b"}
    assert event["cookies"] == ["one=1", "two=2"]
    assert event["headers"]["x-custom"] == "V"
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}", event["headers"]["x-amzn-trace-id"])
    assert (event["body"], event["isBase64Encoded"]) == ("héllo", False)
    assert "stageVariables" not in event
    context = event["requestContext"]
    assert (context["accountId"], context["apiId"]) == (ACCOUNT, api["id"])
    assert context["http"]["method"] == "POST"
    assert context["requestId"] == answer.headers["apigw-requestid"]
    binary = ask(api["url"], "POST", "/pets/1", b"\x00\xff", Content_Type="image/png").json
    assert (base64.b64decode(binary["body"]), binary["isBase64Encoded"]) == (b"\x00\xff", True)


def test_the_event_in_format_1(one_cloud: RunningCloud) -> None:
    api = http_api(one_cloud, "GET /pets/{proxy+}", payload="1.0")
    event = ask(api["url"], path="/pets/a/b?x=1&x=2", X_Custom="V").json
    assert event["version"] == "1.0"
    assert (event["resource"], event["path"]) == ("/pets/{proxy+}", "/pets/a/b")
    assert event["httpMethod"] == "GET"
    assert event["queryStringParameters"] == {"x": "2"}
    assert event["multiValueQueryStringParameters"] == {"x": ["1", "2"]}
    assert event["pathParameters"] == {"proxy": "a/b"}
    assert event["multiValueHeaders"]["X-Custom"] == ["V"]
    assert event["stageVariables"] is None
    assert event["body"] is None
    assert event["requestContext"]["resourcePath"] == "/pets/{proxy+}"
    assert event["requestContext"]["identity"]["sourceIp"] == "127.0.0.1"


@pytest.mark.parametrize(
    ("payload", "answer", "status", "body"),
    [
        ("2.0", {"hello": 1}, 200, b'{"hello":1}'),
        ("2.0", {"statusCode": 201, "body": "made"}, 201, b"made"),
        ("2.0", {"statusCode": "no"}, 500, b'{"message":"Internal Server Error"}'),
        ("1.0", {"statusCode": 201, "body": "made"}, 201, b"made"),
        ("1.0", {"statusCode": 200, "isBase64Encoded": True, "body": "AP8="}, 200, b"\x00\xff"),
        ("1.0", {"hello": 1}, 500, b'{"message":"Internal Server Error"}'),
        ("1.0", {"statusCode": 200, "body": {}}, 500, b'{"message":"Internal Server Error"}'),
    ],
)
def test_answers(
    one_cloud: RunningCloud, payload: str, answer: Any, status: int, body: bytes
) -> None:
    api = http_api(one_cloud, "POST /", source=ANSWERING, payload=payload)
    got = ask(api["url"], "POST", "/", json.dumps(answer), Content_Type="application/json")
    assert (got.status, got.body) == (status, body)


def test_a_function_that_fails_is_slow_or_is_throttled(one_cloud: RunningCloud) -> None:
    gateway, functions = one_cloud.client("apigatewayv2"), one_cloud.client("lambda")
    api = http_api(one_cloud, "GET /", source="def handler(event, context):\n    raise KeyError\n")
    assert ask(api["url"]).json == {"message": "Internal Server Error"}
    slow = "import time\ndef handler(event, context):\n    time.sleep(15)\n"
    api = http_api(one_cloud, "GET /", source=slow)
    gateway.update_integration(
        ApiId=api["id"], IntegrationId=api["integration"], TimeoutInMillis=200
    )
    began = time.monotonic()
    late = ask(api["url"])
    assert (late.status, late.json) == (503, {"message": "Service Unavailable"})
    assert time.monotonic() - began < 12
    functions.put_function_concurrency(FunctionName=api["function"], ReservedConcurrentExecutions=0)
    assert ask(api["url"]).status == 503


def test_stages_deployments_and_stage_variables(one_cloud: RunningCloud) -> None:
    gateway = one_cloud.client("apigatewayv2")
    api = http_api(one_cloud, "GET /a")
    one = {"ApiId": api["id"]}
    assert refused(gateway.create_stage, **one, StageName="a b") == ("BadRequestException", 400)
    assert refused(gateway.create_stage, **one, StageName="$default") == ("ConflictException", 409)
    gateway.create_stage(**one, StageName="dev", StageVariables={"table": "pets"})
    assert ask(api["url"], path="/dev/a").status == 404  # nothing was deployed to it
    deployment = gateway.create_deployment(**one, StageName="dev")["DeploymentId"]
    event = ask(api["url"], path="/dev/a").json
    assert event["stageVariables"] == {"table": "pets"}
    assert (event["rawPath"], event["requestContext"]["stage"]) == ("/dev/a", "dev")
    # A deployment is a snapshot: what comes later is on stages with AutoDeploy alone.
    target = f"integrations/{api['integration']}"
    gateway.create_route(**one, RouteKey="GET /b", Target=target)
    assert (ask(api["url"], path="/b").status, ask(api["url"], path="/dev/b").status) == (200, 404)
    assert ask(api["url"], path="/dev/b").json == {"message": "Not Found"}
    assert refused(gateway.delete_deployment, **one, DeploymentId=deployment)[1] == 400
    later = gateway.create_deployment(**one)["DeploymentId"]
    gateway.update_stage(**one, StageName="dev", DeploymentId=later)
    assert ask(api["url"], path="/dev/b").status == 200
    gateway.delete_deployment(**one, DeploymentId=deployment)
    gateway.delete_stage(**one, StageName="dev")
    assert ask(api["url"], path="/dev/b").status == 404


def test_a_stage_variable_names_the_function(one_cloud: RunningCloud) -> None:
    """Developer Guide, "Use stage variables for HTTP APIs" (read 2026-11)."""
    gateway = one_cloud.client("apigatewayv2")
    api = http_api(one_cloud, "GET /")
    uri = (
        "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
        f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:${{stageVariables.which}}/invocations"
    )
    gateway.update_integration(
        ApiId=api["id"], IntegrationId=api["integration"], IntegrationUri=uri
    )
    assert ask(api["url"]).status == 500
    gateway.update_stage(
        ApiId=api["id"], StageName="$default", StageVariables={"which": api["function"]}
    )
    assert ask(api["url"]).status == 200


def test_permission_is_for_the_route(one_cloud: RunningCloud) -> None:
    """The source's ARN is STAGE/METHOD/PATH of the route; of ``$default`` STAGE/$default."""
    function = one_cloud.create(ECHO)
    gateway = one_cloud.client("apigatewayv2")
    api = gateway.create_api(Name="p", ProtocolType="HTTP", Target=arn_of(one_cloud, function))
    one = {"ApiId": api["ApiId"]}
    (made,) = gateway.get_integrations(**one)["Items"]
    gateway.create_route(
        **one, RouteKey="ANY /a/{id}", Target=f"integrations/{made['IntegrationId']}"
    )
    permit(one_cloud, function, api["ApiId"], "*/GET/a/*")
    url = api["ApiEndpoint"]
    assert ask(url, path="/a/1").status == 200
    assert ask(url, "POST", "/a/1").status == 500
    assert ask(url, path="/elsewhere").status == 500
    permit(one_cloud, function, api["ApiId"], "*/$default")
    assert ask(url, path="/elsewhere").status == 200


def test_throttling_by_stage_and_by_route(one_cloud: RunningCloud) -> None:
    gateway = one_cloud.client("apigatewayv2")
    api = http_api(one_cloud, "GET /a", "GET /b")
    gateway.update_stage(
        ApiId=api["id"],
        StageName="$default",
        DefaultRouteSettings={"ThrottlingRateLimit": 0.01, "ThrottlingBurstLimit": 2},
        RouteSettings={"GET /b": {"ThrottlingRateLimit": 100, "ThrottlingBurstLimit": 100}},
    )
    assert [ask(api["url"], path="/a").status for _ in range(3)] == [200, 200, 429]
    assert ask(api["url"], path="/a").json == {"message": "Too Many Requests"}
    assert {ask(api["url"], path="/b").status for _ in range(5)} == {200}
    assert (
        refused(
            gateway.update_stage,
            ApiId=api["id"],
            StageName="$default",
            RouteSettings={"GET /none": {"ThrottlingRateLimit": 1}},
        )[0]
        == "NotFoundException"
    )


def test_cors_is_answered_by_the_gateway(one_cloud: RunningCloud) -> None:
    """Developer Guide, "Configure CORS for HTTP APIs in API Gateway" (read 2026-11)."""
    answer = {"statusCode": 200, "headers": {"Access-Control-Allow-Origin": "https://mine"}}
    source = f"def handler(event, context):\n    return {answer!r}\n"
    cors = {
        "AllowOrigins": ["https://example.com", "http://*"],
        "AllowMethods": ["GET", "POST"],
        "AllowHeaders": ["x-one"],
        "ExposeHeaders": ["x-two"],
        "MaxAge": 60,
        "AllowCredentials": True,
    }
    api = http_api(one_cloud, "GET /", source=source, CorsConfiguration=cors)
    asked = {"Origin": "https://example.com", "Access_Control_Request_Method": "GET"}
    preflight = ask(api["url"], "OPTIONS", "/", **asked)
    assert preflight.status == 204
    assert preflight.headers["access-control-allow-origin"] == "https://example.com"
    assert preflight.headers["access-control-allow-methods"] == "GET,POST"
    assert preflight.headers["access-control-allow-headers"] == "x-one"
    assert preflight.headers["access-control-max-age"] == "60"
    assert preflight.headers["access-control-allow-credentials"] == "true"
    got = ask(api["url"], Origin="https://example.com")
    assert got.headers["access-control-allow-origin"] == "https://example.com"
    assert got.headers["access-control-expose-headers"] == "x-two"
    assert ask(api["url"], Origin="http://any.where").headers["access-control-allow-origin"] == (
        "http://any.where"
    )
    assert "access-control-allow-origin" not in ask(api["url"], Origin="https://evil").headers
    one_cloud.client("apigatewayv2").delete_cors_configuration(ApiId=api["id"])
    assert ask(api["url"], Origin="https://x").headers["access-control-allow-origin"] == (
        "https://mine"
    )
    assert ask(api["url"], "OPTIONS", "/", **asked).status == 404
    gateway = one_cloud.client("apigatewayv2")
    wild = {"AllowOrigins": ["*"], "AllowCredentials": True}
    assert refused(gateway.update_api, ApiId=api["id"], CorsConfiguration=wild)[1] == 400


def test_pages_of_other_sites_and_foreign_names(one_cloud: RunningCloud) -> None:
    """What *public* means here: docs/api-gateway.md. Ours."""
    api = http_api(one_cloud, "ANY /")
    page = {"Sec_Fetch_Site": "cross-site", "Origin": "https://evil.example"}
    assert ask(api["url"], "POST", "/", b"x", **page).status == 403
    assert ask(api["url"], Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors").status == 403
    assert ask(api["url"], Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate").status == 200
    own = {"Sec_Fetch_Site": "same-site", "Origin": "http://localhost:5173"}
    assert ask(api["url"], "POST", "/", b"x", **own).status == 200
    assert ask(api["url"], Host="evil.example").status == 403
    one_cloud.client("apigatewayv2").update_api(
        ApiId=api["id"], CorsConfiguration={"AllowOrigins": ["https://evil.example"]}
    )
    assert ask(api["url"], "POST", "/", b"x", **page).status == 200


def test_a_body_over_ten_megabytes(one_cloud: RunningCloud) -> None:
    """Quotas for HTTP APIs, 10 MB; the event's 6 MB are Lambda's (read 2026-11)."""
    api = http_api(one_cloud, "POST /")
    large = ask(api["url"], "POST", "/", b"x" * 7_000_000, Content_Type="text/plain")
    assert (large.status, large.json) == (413, {"message": "Request Entity Too Large"})
    port = urlsplit(api["url"]).port
    import socket

    with socket.create_connection(("127.0.0.1", port)) as raw:
        raw.sendall(
            f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 10485761\r\n\r\n".encode()
        )
        assert b" 413 " in raw.recv(4096)


def test_access_logs_and_metrics(one_cloud: RunningCloud) -> None:
    gateway, logs = one_cloud.client("apigatewayv2"), one_cloud.client("logs")
    api = http_api(one_cloud, "GET /a", "GET /bad")
    group = f"/api/{api['id']}"
    logs.create_log_group(logGroupName=group)
    wanted = ("requestId", "routeKey", "status", "integrationLatency", "error.message", "nothing")
    gateway.update_stage(
        ApiId=api["id"],
        StageName="$default",
        AccessLogSettings={
            "DestinationArn": f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{group}",
            "Format": json.dumps({name: f"$context.{name}" for name in wanted}),
        },
    )
    good = ask(api["url"], path="/a")
    ask(api["url"], path="/none")
    events = logs.filter_log_events(logGroupName=group)["events"]
    first, second = (json.loads(each["message"]) for each in events)
    assert first["requestId"] == good.headers["apigw-requestid"]
    assert (first["routeKey"], first["status"], first["nothing"]) == ("GET /a", "200", "-")
    assert int(first["integrationLatency"]) >= 0
    assert (second["routeKey"], second["status"]) == ("-", "404")
    assert second["error.message"] == "Not Found"

    def total(name: str) -> float:
        found = one_cloud.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/ApiGateway",
            MetricName=name,
            Dimensions=[
                {"Name": "ApiId", "Value": api["id"]},
                {"Name": "Stage", "Value": "$default"},
            ],
            StartTime=time.time() - 300,
            EndTime=time.time() + 60,
            Period=600,
            Statistics=["Sum", "SampleCount"],
        )["Datapoints"]
        return sum(each["Sum"] for each in found)

    wait_for(lambda: total("Count") == 2)
    assert (total("4xx"), total("5xx")) == (1, 0)
    assert total("Latency") >= total("IntegrationLatency") >= 0


@pytest.mark.parametrize(
    ("operation", "given"),
    [
        ("create_api", {"Name": "w", "ProtocolType": "WEBSOCKET"}),
        ("create_api", {"Name": "h", "ProtocolType": "HTTP", "Target": "https://example.com"}),
        ("create_domain_name", {"DomainName": "example.com"}),
        ("create_vpc_link", {"Name": "v", "SubnetIds": ["subnet-1"]}),
        ("export_api", {"ApiId": "a", "OutputType": "JSON", "Specification": "OAS30"}),
        ("get_api_mappings", {"DomainName": "example.com"}),
    ],
)
def test_what_is_not_offered_is_refused_by_name(
    one_cloud: RunningCloud, operation: str, given: dict[str, Any]
) -> None:
    call = getattr(one_cloud.client("apigatewayv2"), operation)
    assert refused(call, **given) == ("NotImplementedException", 501)


def test_refusals_of_the_control_plane(one_cloud: RunningCloud) -> None:
    gateway = one_cloud.client("apigatewayv2")
    api = http_api(one_cloud, "GET /a")
    one = {"ApiId": api["id"]}
    function = arn_of(one_cloud, api["function"])
    proxy = {**one, "IntegrationType": "AWS_PROXY", "IntegrationUri": function}
    assert refused(gateway.create_integration, **proxy) == ("BadRequestException", 400)
    assert refused(gateway.create_integration, **proxy, PayloadFormatVersion="3.0")[1] == 400
    more = {**proxy, "PayloadFormatVersion": "2.0"}
    assert refused(gateway.create_integration, **more, TimeoutInMillis=30_001)[1] == 400
    assert refused(
        gateway.create_integration, **more, RequestParameters={"append:header.a": "b"}
    ) == ("NotImplementedException", 501)
    http = {**one, "IntegrationType": "HTTP_PROXY", "IntegrationUri": "https://example.com"}
    assert refused(gateway.create_integration, **http)[1] == 501
    assert refused(gateway.create_route, **one, RouteKey="GET /a") == ("ConflictException", 409)
    assert refused(gateway.create_route, **one, RouteKey="GET a")[1] == 400
    assert (
        refused(gateway.create_route, **one, RouteKey="GET /c", Target="integrations/no")[1] == 400
    )
    assert (
        refused(gateway.create_route, **one, RouteKey="GET /c", AuthorizationType="JWT")[1] == 400
    )
    assert refused(gateway.delete_integration, **one, IntegrationId=api["integration"]) == (
        "ConflictException",
        409,
    )
    assert refused(gateway.get_route, **one, RouteId="none") == ("NotFoundException", 404)
    assert refused(gateway.create_deployment, **one, StageName="none")[0] == "NotFoundException"


def test_lists_come_in_pages(one_cloud: RunningCloud) -> None:
    gateway = one_cloud.client("apigatewayv2")
    api = http_api(one_cloud, *(f"GET /{number}" for number in range(5)))
    found, token = [], {}
    while True:
        part = gateway.get_routes(ApiId=api["id"], MaxResults="2", **token)
        found += [each["RouteKey"] for each in part["Items"]]
        if "NextToken" not in part:
            break
        token = {"NextToken": part["NextToken"]}
    assert found == [f"GET /{number}" for number in range(5)]
