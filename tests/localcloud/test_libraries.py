"""Libraries that people deploy with, unmodified from their registry, on Lambda's runtimes.

They are installed into the deployment package, as their guides say: Powertools for AWS Lambda
(Python) with Logger, Tracer, Metrics, Idempotency, Batch, Parameters and Event Handler, which
brings the X-Ray SDK, Mangum with FastAPI, and OpenTelemetry's instrumentation by a wrapper.
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from running_cloud import RUNTIME, TRUST, RunningCloud, own_launcher, running, wait_for
from web_api import arn_of, ask, permit, uri_of

pytestmark = [pytest.mark.soak, pytest.mark.long]
POWERTOOLS = """
import os
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities import parameters
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor, EventType, process_partial_response)
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer, IdempotencyConfig, idempotent)

logger, tracer = Logger(service="shop"), Tracer(service="shop")
metrics = Metrics(namespace="Shop", service="shop")
app = APIGatewayHttpResolver()
batch = BatchProcessor(event_type=EventType.SQS)
calls = 0

@app.get("/orders/<order>")
def order(order):
    return {"order": order}

@idempotent(persistence_store=DynamoDBPersistenceLayer(table_name=os.environ["TABLE"]),
            config=IdempotencyConfig(event_key_jmespath="key"))
def once(event, context):
    global calls
    calls += 1
    return {"calls": calls}

@tracer.capture_method
def record(record):
    if record.body == "bad":
        raise ValueError("bad")

@metrics.log_metrics(capture_cold_start_metric=True)
@logger.inject_lambda_context(log_event=True)
@tracer.capture_lambda_handler
def handler(event, context):
    if "requestContext" in event:
        return app.resolve(event, context)
    if "Records" in event:
        return process_partial_response(
            event=event, record_handler=record, processor=batch, context=context)
    if "key" in event:
        return once(event, context)
    metrics.add_metric(name="Orders", unit=MetricUnit.Count, value=3)
    logger.info("an order", extra={"order": 7})
    return parameters.get_parameter(os.environ["PARAMETER"])
"""
FASTAPI = """
from fastapi import FastAPI
from mangum import Mangum
app = FastAPI()

@app.get("/items/{item}")
async def read(item: int, q: str = ""):
    return {"item": item, "q": q}

handler = Mangum(app, lifespan="off")
"""


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningCloud]:
    with running(own_launcher(), "--clock-factor", "600") as found:
        yield found


def package(folder: Path, source: str, *names: str) -> bytes:
    """A deployment package with these packages of the registry."""
    installer = shutil.which("uv")
    command = [installer, "pip", "install", "--python", sys.executable] if installer else []
    command = command or [sys.executable, "-m", "pip", "install"]
    subprocess.run([*command, "--quiet", "--target", str(folder), *names], check=True)
    (folder / "index.py").write_text(source)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                archive.write(path, path.relative_to(folder))
    return data.getvalue()


def create(cloud: RunningCloud, content: bytes, **settings: Any) -> str:
    iam = cloud.client("iam")
    name = f"libraries-{len(content)}"
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    iam.attach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    bucket = cloud.client("s3")
    bucket.create_bucket(Bucket="packages")
    bucket.put_object(Bucket="packages", Key=name, Body=content)
    code = {"S3Bucket": "packages", "S3Key": name}
    return cloud.create("", Code=code, Runtime=RUNTIME, Role=role, **settings)


def test_powertools(cloud: RunningCloud, tmp_path: Path) -> None:
    content = package(tmp_path / "p", POWERTOOLS, "aws-lambda-powertools[tracer]==3.37.0")
    cloud.client("ssm").put_parameter(Name="/shop/rate", Value="0.07", Type="String")
    cloud.client("dynamodb").create_table(
        TableName="once",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    name = create(
        cloud,
        content,
        Environment={"Variables": {"TABLE": "once", "PARAMETER": "/shop/rate"}},
        TracingConfig={"Mode": "Active"},
        LoggingConfig={"LogFormat": "JSON", "ApplicationLogLevel": "INFO"},
    )
    first = cloud.call(name, {})
    assert (first.error, first.payload) == ("", "0.07"), first.log
    lines = [json.loads(line) for line in first.log.splitlines() if line.startswith("{")]
    (told,) = [each for each in lines if each.get("message") == "an order"]
    assert (told["order"], told["function_request_id"]) == (7, first.request_id)
    (emf,) = [each for each in lines if "Orders" in each]
    assert emf["Orders"] == [3.0]
    found = cloud.client("cloudwatch").list_metrics
    wait_for(lambda: found(Namespace="Shop", MetricName="Orders")["Metrics"])
    assert [cloud.call(name, {"key": "a"}).payload for _ in range(2)] == [{"calls": 1}] * 2
    records = [{"messageId": body, "body": body, "attributes": {}} for body in ("good", "bad")]
    answer = cloud.call(name, {"Records": records}).payload
    assert answer == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
    event = {
        "version": "2.0",
        "routeKey": "GET /orders/8",
        "rawPath": "/orders/8",
        "rawQueryString": "",
        "headers": {},
        "requestContext": {"http": {"method": "GET", "path": "/orders/8"}, "stage": "$default"},
        "isBase64Encoded": False,
    }
    answer = cloud.call(name, event).payload
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"order": "8"})


def test_fastapi_by_mangum(cloud: RunningCloud, tmp_path: Path) -> None:
    content = package(tmp_path / "m", FASTAPI, "mangum==0.22.0", "fastapi==0.165.0")
    name = create(cloud, content)
    event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/items/5",
        "rawQueryString": "q=x%20y",
        "headers": {"host": "shop.example"},
        "requestContext": {
            "http": {"method": "GET", "path": "/items/5", "sourceIp": "127.0.0.1"},
            "stage": "$default",
        },
        "isBase64Encoded": False,
    }
    call = cloud.call(name, event)
    assert call.error == "", call.payload
    assert json.loads(call.payload["body"]) == {"item": 5, "q": "x y"}


TRACED = """
import boto3
def handler(event, context):
    if event.get("fails"):
        raise ValueError("no such order")
    boto3.client("sqs").list_queues()
    return "done"
"""
# What the wrapper of OpenTelemetry's own layer does: its script otel-instrument.
INSTRUMENTING = """\
#!/bin/sh
export PYTHONPATH="$LAMBDA_TASK_ROOT:$PYTHONPATH"
exec "$1" "$LAMBDA_TASK_ROOT/bin/opentelemetry-instrument" "$@"
"""


def test_opentelemetry_by_wrapper(cloud: RunningCloud, tmp_path: Path) -> None:
    folder = tmp_path / "o"
    folder.mkdir()
    wrapper = folder / "otel-wrapper"
    wrapper.write_text(INSTRUMENTING)
    wrapper.chmod(0o755)
    content = package(
        folder,
        TRACED,
        "opentelemetry-distro==0.66b1",
        "opentelemetry-instrumentation-aws-lambda==0.66b1",
        "opentelemetry-instrumentation-botocore==0.66b1",
    )
    variables = {
        "AWS_LAMBDA_EXEC_WRAPPER": "/var/task/otel-wrapper",
        "OTEL_TRACES_EXPORTER": "console",
        "OTEL_METRICS_EXPORTER": "none",
        "OTEL_LOGS_EXPORTER": "none",
        "OTEL_SERVICE_NAME": "shop",
    }
    name = create(
        cloud,
        content,
        Environment={"Variables": variables},
        TracingConfig={"Mode": "Active"},
        MemorySize=1769,
        Timeout=60,
    )
    call = cloud.call(name, {})
    assert (call.error, call.payload) == ("", "done"), call.log
    failed = cloud.call(name, {"fails": True})
    assert failed.payload["errorType"] == "ValueError"
    events = cloud.client("logs").get_paginator("filter_log_events")
    text = "".join(
        event["message"]
        for page in events.paginate(logGroupName=f"/aws/lambda/{name}")
        for event in page["events"]
    )
    spans = spans_in(text)
    servers = [each for each in spans if each["kind"] == "SpanKind.SERVER"]
    assert [each["status"]["status_code"] for each in servers] == ["UNSET", "ERROR"], text
    (client,) = [each for each in spans if each["kind"] == "SpanKind.CLIENT"]
    assert client["parent_id"] == servers[0]["context"]["span_id"]
    assert client["attributes"]["rpc.method"] == "ListQueues"
    assert call.request_id in servers[0]["attributes"].values()


def spans_in(text: str) -> list[dict[str, Any]]:
    """What the console exporter has printed: objects over many lines."""
    found, at = [], text.find("{\n")
    while at >= 0:
        span, length = json.JSONDecoder().raw_decode(text[at:])
        found.append(span)
        at = text.find("{\n", at + length)
    return found


RESOLVER = """
from aws_lambda_powertools.event_handler import {resolver}, CORSConfig
app = {resolver}(cors=CORSConfig(allow_origin="https://example.com"))

@app.get("/items/<item>")
def read(item):
    return {{"item": item, "q": app.current_event.get_query_string_value("q")}}

@app.post("/items")
def make():
    return {{"got": app.current_event.body}}, 201

def handler(event, context):
    return app.resolve(event, context)
"""
BEHIND_APIS = """
from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from mangum import Mangum
app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["https://example.com"], allow_methods=["*"])

@app.get("/items/{item}")
def read(item: str, q: str = ""):
    return {"item": item, "q": q}

@app.post("/items", status_code=201)
async def make(request: Request):
    return {"got": (await request.body()).decode()}

handler = Mangum(app, api_gateway_base_path="/v1", lifespan="off")
"""


@pytest.mark.parametrize("kind", ["HTTP", "REST"])
@pytest.mark.parametrize("library", ["powertools", "fastapi"])
def test_event_handlers_behind_apis(
    cloud: RunningCloud, tmp_path: Path, library: str, kind: str
) -> None:
    """Powertools' resolvers, and FastAPI with Mangum, behind HTTP APIs and REST APIs."""
    if library == "powertools":
        resolver = f"APIGateway{'Http' if kind == 'HTTP' else 'Rest'}Resolver"
        source = RESOLVER.format(resolver=resolver)
        content = package(tmp_path / "p", source, "aws-lambda-powertools==3.37.0")
    else:
        content = package(tmp_path / "p", BEHIND_APIS, "fastapi==0.165.0", "mangum==0.22.0")
    name = cloud.create("", Code={"ZipFile": content}, Runtime=RUNTIME)
    if kind == "HTTP":
        gateway = cloud.client("apigatewayv2")
        api = gateway.create_api(Name="a", ProtocolType="HTTP", Target=arn_of(cloud, name))
        url, api_id = api["ApiEndpoint"], api["ApiId"]
    else:
        proxy = {"type": "aws_proxy", "httpMethod": "POST", "uri": uri_of(cloud, name)}
        methods = {"x-amazon-apigateway-any-method": {"x-amazon-apigateway-integration": proxy}}
        document = {"swagger": "2.0", "info": {"title": "a"}, "paths": {"/{proxy+}": methods}}
        gateway = cloud.client("apigateway")
        api = gateway.import_rest_api(body=json.dumps(document).encode())
        gateway.create_deployment(restApiId=api["id"], stageName="v1")
        address = api["ResponseMetadata"]["HTTPHeaders"]["x-serverless-course-endpoint"]
        url, api_id = f"{address}/v1", api["id"]
    permit(cloud, name, api_id)
    assert ask(url, path="/items/a-b?q=x%26y").json == {"item": "a-b", "q": "x&y"}
    made = ask(url, "POST", "/items", b"hello", Content_Type="text/plain")
    assert (made.status, made.json) == (201, {"got": "hello"})
    asked = {"Origin": "https://example.com", "Access_Control_Request_Method": "POST"}
    preflight = ask(url, "OPTIONS", "/items", **asked)
    assert preflight.status in (200, 204)
    assert preflight.headers["access-control-allow-origin"] == "https://example.com"
    assert ask(url, path="/none").status == 404
