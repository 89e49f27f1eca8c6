"""Requests that nobody should send: APIs answer each of them, and go on."""

from __future__ import annotations

import json
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError
from running_cloud import RunningCloud
from web_api import ANSWERING, ask, http_api, permit, uri_of

PATHS = (
    "/%",
    "/%zz",
    "/%00",
    "/%ff%fe",
    "/a%2Fb",
    "/%2e%2e/%2e%2e",
    "//a//",
    "/a?%",
    "/a?=&&==",
    "/a?x=%ff",
    "/" + "a" * 8000,
    "/" + "a/" * 2000,
    "/\u00e9".encode().decode("latin-1"),
)


@pytest.fixture(scope="module")
def urls(one_cloud: RunningCloud) -> dict[str, str]:
    """An HTTP API in each payload format, and a REST API."""
    found = {
        payload: str(http_api(one_cloud, "ANY /{proxy+}", "$default", payload=payload)["url"])
        for payload in ("1.0", "2.0")
    }
    gateway = one_cloud.client("apigateway")
    function = one_cloud.create("def handler(event, context):\n    return {'statusCode': 200}\n")
    proxy = {"type": "aws_proxy", "httpMethod": "POST", "uri": uri_of(one_cloud, function)}
    method = {"x-amazon-apigateway-any-method": {"x-amazon-apigateway-integration": proxy}}
    document = {"openapi": "3.0.1", "info": {"title": "a"}, "paths": {"/{proxy+}": method}}
    api = gateway.import_rest_api(body=json.dumps(document).encode())
    permit(one_cloud, function, api["id"])
    gateway.create_deployment(restApiId=api["id"], stageName="v1")
    address = api["ResponseMetadata"]["HTTPHeaders"]["x-serverless-course-endpoint"]
    return {**found, "rest": f"{address}/v1"}


def sent(url: str, path: str, headers: str = "") -> bytes:
    """The first line of the answer to a request as it stands, byte for byte."""
    parts = urlsplit(url)
    assert parts.port is not None
    with socket.create_connection(("127.0.0.1", parts.port), timeout=20) as raw:
        head = f"GET {parts.path}{path} HTTP/1.1\r\nHost: {parts.netloc}\r\n{headers}\r\n"
        raw.sendall(head.encode("latin-1"))
        return raw.recv(65536).partition(b"\r\n")[0]


@pytest.mark.parametrize("kind", ["1.0", "2.0", "rest"])
@pytest.mark.parametrize("path", PATHS)
def test_odd_paths(urls: dict[str, str], kind: str, path: str) -> None:
    status = int(sent(urls[kind], path).split()[1])
    assert status in (200, 400, 403, 404)


@pytest.mark.parametrize("kind", ["1.0", "2.0", "rest"])
@pytest.mark.parametrize(
    "headers",
    [
        "Origin: null\r\n",
        "Origin: ://\r\n",
        "Origin: http://[\r\nSec-Fetch-Site: cross-site\r\n",
        "X-Amzn-Trace-Id: rubbish;;=\r\n",
        "Cookie: ;;;=\r\n",
        "Content-Type: \xff\r\n",
        "Authorization: AWS4-HMAC-SHA256 rubbish\r\n",
        "X-Api-Key: \r\n",
        "X-A: 1\r\nX-A: 2\r\n",
    ],
)
def test_odd_headers(urls: dict[str, str], kind: str, headers: str) -> None:
    status = int(sent(urls[kind], "/a", headers).split()[1])
    assert status in (200, 403)


def test_answers_that_break_lines(one_cloud: RunningCloud) -> None:
    for payload in ("1.0", "2.0"):
        url = http_api(one_cloud, "POST /", source=ANSWERING, payload=payload)["url"]
        for answer in (
            {"statusCode": 200, "headers": {"a": "b\r\nc: d"}},
            {"statusCode": 200, "headers": {"a\r\nb": "c"}},
            {"statusCode": 200, "headers": [1]},
            {"statusCode": 200, "headers": {"a": None}, "body": "\ud800"},
            {"statusCode": 1e400},
            {"statusCode": 600},
        ):
            body = json.dumps(answer)
            got = ask(url, "POST", "/", body, Content_Type="application/json")
            assert got.status in (200, 500)
            assert "c" not in got.headers


@pytest.mark.parametrize(
    "more",
    [
        {"info": "a"},
        {"info": {"title": "a"}, "components": []},
        {"info": {"title": "a"}, "components": {"securitySchemes": []}},
        {"info": {"title": "a"}, "tags": [1], "servers": ["a"]},
        {"info": {"title": "a"}, "paths": {"/a": {"get": {"security": "a"}}}},
        {"info": {"title": "a"}, "paths": {"/a": {"get": {"security": [1]}}}},
        {"info": {"title": "a"}, "paths": {"/a": {"get": {"x-amazon-apigateway-integration": 1}}}},
        {"info": {"title": "a"}, "paths": {"a b{": {"get": {}}}},
        {
            "info": {"title": "a"},
            "x-amazon-apigateway-cors": 1,
            "security": [{"x": None}],
            "paths": {"/a": {"get": {}}},
        },
    ],
)
@pytest.mark.parametrize("kind", ["http", "rest"])
def test_odd_documents(one_cloud: RunningCloud, more: dict[str, Any], kind: str) -> None:
    """They are refused, or what is odd in them says nothing; the server has no failure of its own."""
    body = json.dumps({"openapi": "3.0.1", "paths": {}, **more})
    status = 201
    try:
        if kind == "http":
            one_cloud.client("apigatewayv2").import_api(Body=body)
        else:
            one_cloud.client("apigateway").import_rest_api(body=body.encode())
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    assert status in (201, 400, 501)
