"""REST APIs whose integrations have the response transfer mode STREAM."""

from __future__ import annotations

import http.client
import json
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError
from running_cloud import RunningCloud, wait_for
from streaming_programs import BOOTSTRAP
from web_api import Answer, arn_of, ask, permit, uri_of

CLOCK_FACTOR = 3600
MB = 1024 * 1024


def streaming_uri(cloud: RunningCloud, function: str) -> str:
    return (
        "arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/"
        f"{arn_of(cloud, function)}/response-streaming-invocations"
    )


@pytest.fixture(scope="module")
def function(one_cloud: RunningCloud) -> str:
    return one_cloud.create_from(
        {"bootstrap": BOOTSTRAP}, "bootstrap", Runtime="provided.al2023", Timeout=10
    )


def integrated(cloud: RunningCloud, function: str, **settings: Any) -> dict[str, Any]:
    """A REST API with ``POST /`` on a function."""
    gateway = cloud.client("apigateway")
    api = gateway.create_rest_api(name=f"api-{function}")
    where = {"restApiId": api["id"], "resourceId": api["rootResourceId"], "httpMethod": "POST"}
    gateway.put_method(**where, authorizationType="NONE")
    made = gateway.put_integration(
        **where,
        **{
            "type": "AWS_PROXY",
            "integrationHttpMethod": "POST",
            "uri": streaming_uri(cloud, function),
            "responseTransferMode": "STREAM",
            **settings,
        },
    )
    permit(cloud, function, api["id"])
    gateway.create_deployment(restApiId=api["id"], stageName="v1")
    address = api["ResponseMetadata"]["HTTPHeaders"]["x-serverless-course-endpoint"]
    return {"id": api["id"], "where": where, "url": f"{address}/v1", "integration": made}


@pytest.fixture(scope="module")
def url(one_cloud: RunningCloud, function: str) -> str:
    return str(integrated(one_cloud, function)["url"])


def asked(url: str, event: Any) -> Answer:
    return ask(url, "POST", body=json.dumps(event), Content_Type="application/json")


def test_parts_arrive_while_the_function_runs(url: str) -> None:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port or 80, timeout=30)
    prelude = {
        "statusCode": 202,
        "headers": {"X-Own": "yes", "Content-Type": "text/plain"},
        "multiValueHeaders": {"X-Many": ["1", "2"]},
        "cookies": ["a=1", "b=2"],
    }
    event = {"prelude": prelude, "parts": ["one ", "two"], "pause": 0.5}
    connection.request("POST", parts.path, json.dumps(event), {"Host": parts.netloc})
    response = connection.getresponse()
    assert response.status == 202
    assert response.headers["Transfer-Encoding"] == "chunked"
    assert response.headers["X-Own"] == "yes"
    assert response.headers.get_all("X-Many") == ["1", "2"]
    assert response.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    begun = time.monotonic()
    assert response.read() == b"one two"
    assert time.monotonic() - begun > 0.8
    connection.close()


@pytest.mark.parametrize(
    "event",
    [
        {"error": "before it begins"},
        {"parts": [], "fail": "before the first byte"},
        {"parts": ["no metadata at all"]},
        {"prelude": {"headers": {}}, "parts": ["no status"]},
        {"prelude": {"statusCode": 200, "body": "twice"}},
        {"parts": ["[]" + "\0" * 8]},
        {"whole": 1, "statusCode": 200},
    ],
)
def test_what_is_no_streamed_response_is_a_502(url: str, event: Any) -> None:
    answer = asked(url, event)
    assert (answer.status, answer.json) == (502, {"message": "Internal server error"})


def test_a_crash_in_the_middle_cuts_the_body_off(url: str) -> None:
    event = {"prelude": {"statusCode": 200}, "parts": ["begun"], "then": "exit"}
    with pytest.raises(http.client.IncompleteRead) as cut:
        asked(url, event)
    assert cut.value.partial == b"begun"
    assert asked(url, {"prelude": {"statusCode": 200}, "parts": ["again"]}).body == b"again"


def test_more_than_ten_megabytes(url: str) -> None:
    answer = asked(url, {"prelude": {"statusCode": 200}, "parts": [11 * MB]})
    assert (answer.status, len(answer.body)) == (200, 11 * MB)


def test_the_integrations_time_out(one_cloud: RunningCloud, function: str) -> None:
    url = integrated(one_cloud, function, timeoutInMillis=600)["url"]
    late = {"parts": [], "then": "sleep"}
    assert asked(url, late).status == 504
    with pytest.raises(http.client.IncompleteRead):
        asked(url, {"prelude": {"statusCode": 200}, "parts": ["begun"], "then": "sleep"})


def test_an_answer_counts_in_the_metrics_when_it_ends(
    one_cloud: RunningCloud, function: str
) -> None:
    api = integrated(one_cloud, function)
    seen = one_cloud.client("cloudwatch")
    body = asked(api["url"], {"prelude": {"statusCode": 200}, "parts": ["12345"]}).body
    assert body == b"12345"
    wait_for(
        lambda: seen.list_metrics(
            Namespace="AWS/ApiGateway",
            Dimensions=[{"Name": "ApiName", "Value": f"api-{function}"}],
        )["Metrics"]
    )


def test_what_the_control_plane_takes(one_cloud: RunningCloud, function: str) -> None:
    api = integrated(one_cloud, function, timeoutInMillis=900_000)
    gateway = one_cloud.client("apigateway")
    shown = gateway.get_integration(**api["where"])
    assert shown["responseTransferMode"] == "STREAM"
    assert shown["timeoutInMillis"] == 900_000
    buffered = {"uri": uri_of(one_cloud, function)}
    for wrong in (
        {"timeoutInMillis": 900_001},
        buffered,
        {"responseTransferMode": "BUFFERED"},
        {"type": "MOCK"},
    ):
        with pytest.raises(ClientError, match="BadRequestException"):
            integrated(one_cloud, function, **wrong)
    changed = gateway.update_integration(
        **api["where"],
        patchOperations=[
            {"op": "replace", "path": "/uri", "value": buffered["uri"]},
            {"op": "replace", "path": "/responseTransferMode", "value": "BUFFERED"},
            {"op": "replace", "path": "/timeoutInMillis", "value": "29000"},
        ],
    )
    assert changed["responseTransferMode"] == "BUFFERED"
