"""Response streaming, held against the Lambda Developer Guide's pages on it."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import shutil
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError
from function_url import call, publish
from roles import acting_as, allow
from running_cloud import RunningCloud, resident_mb, wait_for
from streaming_programs import BOOTSTRAP, NODE

from serverless_course.localcloud.lambda_.environment.runtimes.node_runtime import node_runtimes

# Nothing here waits on the scaled clock: functions settle sooner.
CLOCK_FACTOR = 6000
MB = 1024 * 1024


@pytest.fixture(scope="module")
def function(one_cloud: RunningCloud) -> str:
    return one_cloud.create_from({"bootstrap": BOOTSTRAP}, "bootstrap", Runtime="provided.al2023")


@pytest.fixture(scope="module")
def url(one_cloud: RunningCloud, function: str) -> str:
    return publish(one_cloud, function, InvokeMode="RESPONSE_STREAM")


@pytest.fixture(scope="module")
def node(one_cloud: RunningCloud, tmp_path_factory: pytest.TempPathFactory) -> str:
    if shutil.which("node") is None:
        pytest.skip("no Node.js is installed")
    runtime = node_runtimes(tmp_path_factory.mktemp("state"))[0].name
    return one_cloud.create_from({"index.js": NODE}, Runtime=runtime, Handler="index.handler")


def streamed(cloud: RunningCloud, name: str, event: Any, **settings: Any) -> tuple[bytes, Any, Any]:
    """What InvokeWithResponseStream gives: the payload, InvokeComplete, when each part came."""
    client = cloud.client("lambda")
    answer = client.invoke_with_response_stream(
        FunctionName=name, Payload=json.dumps(event), **settings
    )
    assert answer["StatusCode"] == 200
    assert answer["ExecutedVersion"] == "$LATEST"
    assert answer["ResponseStreamContentType"] == "application/vnd.amazon.eventstream"
    payload, complete, times = b"", None, []
    for each in answer["EventStream"]:
        assert complete is None, "InvokeComplete is the last event"
        if "PayloadChunk" in each:
            payload += each["PayloadChunk"]["Payload"]
            times.append(time.monotonic())
        else:
            complete = each["InvokeComplete"]
    return payload, complete, times


def test_parts_arrive_while_the_function_runs(one_cloud: RunningCloud, function: str) -> None:
    event = {"parts": ["one ", "two ", "three"], "pause": 0.4}
    payload, complete, times = streamed(one_cloud, function, event, LogType="Tail")
    assert payload == b"one two three"
    assert times[-1] - times[0] > 0.6
    assert set(complete) == {"LogResult"}
    log = base64.b64decode(complete["LogResult"]).decode()
    assert "answered HTTP/1.1 202" in log
    assert "REPORT RequestId" in log
    assert streamed(one_cloud, function, {"parts": []})[:2] == (b"", {})


def test_a_function_that_does_not_stream(one_cloud: RunningCloud, function: str) -> None:
    payload, complete, _ = streamed(one_cloud, function, {"whole": 1})
    assert (json.loads(payload), complete) == ({"whole": 1}, {})
    payload, complete, _ = streamed(one_cloud, function, {"error": "no"})
    assert payload == b""
    assert complete["ErrorCode"] == "Unhandled"
    assert json.loads(complete["ErrorDetails"]) == {"errorType": "Custom", "errorMessage": "no"}


@pytest.mark.parametrize(
    ("then", "error"),
    [
        ({"fail": "late"}, "Custom"),
        ({"then": "exit"}, "Runtime.ExitError"),
        ({"then": "cut"}, "Runtime.TruncatedResponse"),
    ],
)
def test_an_error_in_the_middle(
    one_cloud: RunningCloud, function: str, then: dict[str, str], error: str
) -> None:
    payload, complete, _ = streamed(one_cloud, function, {"parts": ["begun"], **then})
    assert payload == b"begun"
    assert complete["ErrorCode"] == "Unhandled"
    assert json.loads(complete["ErrorDetails"])["errorType"] == error
    # The whole response of the same function is its error.
    whole = one_cloud.call(function, {"parts": ["begun"], **then})
    assert whole.error == "Unhandled"
    assert streamed(one_cloud, function, {"parts": ["again"]})[0] == b"again"


def test_a_time_out_in_the_middle(one_cloud: RunningCloud) -> None:
    name = one_cloud.create_from(
        {"bootstrap": BOOTSTRAP}, "bootstrap", Runtime="provided.al2023", Timeout=2
    )
    payload, complete, _ = streamed(one_cloud, name, {"parts": ["begun"], "then": "sleep"})
    assert payload == b"begun"
    assert "Task timed out after 2.00 seconds" in complete["ErrorDetails"]
    url = publish(one_cloud, name, InvokeMode="RESPONSE_STREAM")
    with pytest.raises(http.client.IncompleteRead) as cut:
        call(url, "POST", body=json.dumps({"parts": ["begun"], "then": "sleep"}))
    assert cut.value.partial == b"begun"


def test_invoke_gets_the_whole_response(one_cloud: RunningCloud, function: str) -> None:
    answer = one_cloud.client("lambda").invoke(
        FunctionName=function, Payload=json.dumps({"parts": ["one ", "two"]})
    )
    assert answer["Payload"].read() == b"one two"
    assert "FunctionError" not in answer
    large = one_cloud.call(function, {"parts": [7 * MB]})
    assert large.payload["errorType"] == "Function.ResponseSizeTooLarge"


def test_refusals(one_cloud: RunningCloud, function: str) -> None:
    client = one_cloud.client("lambda")
    dry = client.invoke_with_response_stream(FunctionName=function, InvocationType="DryRun")
    assert dry["StatusCode"] == 204
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.invoke_with_response_stream(FunctionName="nobody")
    with pytest.raises(client.exceptions.InvalidRequestContentException):
        client.invoke_with_response_stream(FunctionName=function, Payload=b"{")
    with pytest.raises(ClientError, match="invocationType"):
        client.invoke_with_response_stream(FunctionName=function, InvocationType="Event")
    client.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
    try:
        with pytest.raises(client.exceptions.TooManyRequestsException):
            client.invoke_with_response_stream(FunctionName=function)
    finally:
        client.delete_function_concurrency(FunctionName=function)


def test_it_needs_the_permission_to_invoke(one_cloud: RunningCloud, function: str) -> None:
    arn = one_cloud.client("lambda").get_function_configuration(FunctionName=function)[
        "FunctionArn"
    ]
    nobody = acting_as(one_cloud, allow("lambda:GetFunction", arn)).client("lambda")
    with pytest.raises(ClientError, match="lambda:InvokeFunction on resource"):
        nobody.invoke_with_response_stream(FunctionName=function)
    caller = acting_as(one_cloud, allow("lambda:InvokeFunction", arn)).client("lambda")
    answer = caller.invoke_with_response_stream(FunctionName=function, Payload=b'{"whole": 1}')
    assert any("InvokeComplete" in each for each in answer["EventStream"])


# function URLs


def asked(url: str, event: Any, method: str = "POST") -> tuple[Any, bytes]:
    return call(url, method, body=json.dumps(event), Content_Type="application/json")


def test_a_url_streams(url: str) -> None:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port or 80, timeout=30)
    event = {"parts": ["one ", "two"], "pause": 0.6, "type": "text/html"}
    connection.request(
        "POST", "/", json.dumps(event), {"Host": parts.netloc, "Content-Type": "application/json"}
    )
    response = connection.getresponse()
    assert response.status == 200
    assert response.headers["Transfer-Encoding"] == "chunked"
    assert response.headers["Content-Type"] == "text/html"
    assert response.headers["x-amzn-RequestId"]
    begun = time.monotonic()
    assert response.read1() == b"one "
    assert response.read() == b"two"
    assert time.monotonic() - begun > 0.4
    # The connection is kept.
    connection.request("POST", "/", json.dumps({"parts": ["x"]}), {"Host": parts.netloc})
    connection.close()


def test_a_prelude_says_status_headers_and_cookies(url: str) -> None:
    kind = "application/vnd.awslambda.http-integration-response"
    prelude = {"statusCode": 418, "headers": {"X-Own": "yes"}, "cookies": ["a=1", "b=2"]}
    response, body = asked(url, {"type": kind, "prelude": prelude, "parts": ["tea"]})
    assert (response.status, body) == (418, b"tea")
    assert response.headers["X-Own"] == "yes"
    assert response.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    response, body = asked(url, {"type": kind, "prelude": {"statusCode": 204}})
    assert (response.status, body) == (204, b"")
    response, body = asked(url, {"type": kind, "parts": ["no JSON" + "\0" * 8]})
    assert (response.status, body) == (502, b"Internal Server Error")
    assert asked(url, {"type": kind, "parts": ["{}"]})[0].status == 502
    assert asked(url, {"type": kind, "parts": [20_000]})[0].status == 502
    assert asked(url, {"type": kind, "prelude": prelude}, "HEAD")[0].status == 418


def test_errors_before_and_after_the_first_byte_of_a_url(url: str) -> None:
    assert asked(url, {"error": "no"})[0].status == 502
    assert asked(url, {"fail": "no", "parts": []})[0].status == 502
    response, body = asked(url, {"parts": ["begun"], "fail": "late"})
    assert (response.status, body) == (200, b"begun")
    with pytest.raises(http.client.IncompleteRead):
        asked(url, {"parts": ["begun"], "then": "exit"})


def test_a_whole_answer_of_a_url_is_passed_on_as_it_is(url: str) -> None:
    response, body = asked(url, {"whole": 1, "statusCode": 201})
    assert response.status == 200
    assert response.headers["Content-Type"] == "application/json"
    assert json.loads(body) == {"whole": 1, "statusCode": 201}


def test_a_buffered_url_waits_for_the_whole(one_cloud: RunningCloud) -> None:
    name = one_cloud.create_from({"bootstrap": BOOTSTRAP}, "bootstrap", Runtime="provided.al2023")
    url = publish(one_cloud, name)
    text = json.dumps({"statusCode": 201, "body": "whole"})
    response, body = asked(url, {"parts": [text[:9], text[9:]]})
    assert (response.status, body) == (201, b"whole")
    client = one_cloud.client("lambda")
    client.update_function_url_config(FunctionName=name, InvokeMode="RESPONSE_STREAM")
    assert asked(url, {"parts": [text]})[1] == text.encode()
    shown = client.get_function_url_config(FunctionName=name)
    assert shown["InvokeMode"] == "RESPONSE_STREAM"


# what is held, and how fast it goes


def test_a_client_that_does_not_read_holds_the_function_and_not_the_memory(
    one_cloud: RunningCloud, url: str
) -> None:
    server = one_cloud.process.pid
    asked(url, {"parts": ["warm"]})
    before = resident_mb(server)
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port or 80, timeout=60)
    event = json.dumps({"parts": [60 * MB]})
    connection.request(
        "POST", "/", event, {"Host": parts.netloc, "Content-Type": "application/json"}
    )
    response = connection.getresponse()
    most = before
    for _ in range(20):
        time.sleep(0.1)
        most = max(most, resident_mb(server))
    assert most - before < 16
    assert len(response.read(1 * MB)) == 1 * MB
    connection.close()
    # The function goes on to its end all the same, and the next request is answered.
    assert asked(url, {"parts": ["next"]})[1] == b"next"


def test_the_pace_after_six_megabytes(one_cloud: RunningCloud, function: str) -> None:
    began = time.monotonic()
    payload, complete, _ = streamed(one_cloud, function, {"parts": [8 * MB]})
    taken = time.monotonic() - began
    assert (len(payload), complete) == (8 * MB, {})
    # 2 MB at 2 MB a second, and what a busy machine adds.
    assert 0.8 < taken < 20


def test_two_hundred_megabytes_are_the_most(one_cloud: RunningCloud) -> None:
    name = one_cloud.create_from(
        {"bootstrap": BOOTSTRAP}, "bootstrap", Runtime="provided.al2023", Timeout=30
    )
    url = publish(one_cloud, name, InvokeMode="RESPONSE_STREAM")
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port or 80, timeout=60)
    event = json.dumps({"parts": [201 * MB]})
    connection.request(
        "POST", "/", event, {"Host": parts.netloc, "Content-Type": "application/json"}
    )
    assert connection.getresponse().status == 200
    # Nobody reads it: so it comes as fast as the function writes.
    connection.close()
    logs = one_cloud.client("logs")
    told: list[str] = []

    def has_answered() -> bool:
        with contextlib.suppress(logs.exceptions.ResourceNotFoundException):
            found = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
            told[:] = [each["message"] for each in found if "answered" in each["message"]]
        return bool(told)

    wait_for(has_answered)
    assert told == ["answered HTTP/1.1 413 Request Entity Too Large\n"]


# Node.js


def test_a_node_handler_streams(one_cloud: RunningCloud, node: str) -> None:
    payload, complete, times = streamed(one_cloud, node, {})
    text = f'first {{"an":"object"}} InvalidStreamingOperation {node}'
    assert (payload.decode(), complete) == (text, {})
    assert times[-1] - times[0] > 0.2
    payload, complete, _ = streamed(one_cloud, node, {"do": "pipeline"})
    assert (payload, complete) == (b"one two three", {})
    payload, complete, _ = streamed(one_cloud, node, {"do": "ended"}, LogType="Tail")
    assert payload == b'first {"an":"object"}'
    log = base64.b64decode(complete["LogResult"]).decode()
    assert "Streaming handlers ignore return values." in log


def test_errors_of_a_node_handler(one_cloud: RunningCloud, node: str) -> None:
    payload, complete, _ = streamed(one_cloud, node, {"do": "early"})
    assert payload == b""
    assert json.loads(complete["ErrorDetails"])["errorType"] == "TypeError"
    payload, complete, _ = streamed(one_cloud, node, {"do": "late"}, LogType="Tail")
    assert payload == b'first {"an":"object"}'
    details = json.loads(complete["ErrorDetails"])
    assert (details["errorType"], details["errorMessage"]) == ("TypeError", "in the middle")
    assert "Invoke Error" in base64.b64decode(complete["LogResult"]).decode()
    payload, complete, _ = streamed(one_cloud, node, {"do": "uncaught"})
    assert json.loads(complete["ErrorDetails"])["errorType"] == "RangeError"
    whole = one_cloud.call(node, {"do": "late"})
    assert whole.payload["errorType"] == "TypeError"


def test_a_node_handler_with_a_prelude_behind_a_url(one_cloud: RunningCloud, node: str) -> None:
    url = publish(one_cloud, node, InvokeMode="RESPONSE_STREAM")
    prelude = {"statusCode": 202, "headers": {"Content-Type": "text/csv"}, "cookies": ["a=1"]}
    response, body = asked(url, {"do": "prelude", "prelude": prelude})
    assert (response.status, body) == (202, b"a body")
    assert response.headers["Content-Type"] == "text/csv"
    assert response.headers.get_all("Set-Cookie") == ["a=1"]
    assert asked(url, {"do": "early"})[0].status == 502


# what is told of it


def test_time_to_first_byte_in_the_platforms_events(one_cloud: RunningCloud) -> None:
    name = one_cloud.create_from(
        {"bootstrap": BOOTSTRAP},
        "bootstrap",
        Runtime="provided.al2023",
        LoggingConfig={"LogFormat": "JSON", "SystemLogLevel": "DEBUG"},
    )
    event = {"parts": ["12345", "67890"], "pause": 0.3}
    assert streamed(one_cloud, name, event)[0] == b"1234567890"
    logs = one_cloud.client("logs")
    found = logs.filter_log_events(
        logGroupName=f"/aws/lambda/{name}", filterPattern='{ $.type = "platform.runtimeDone" }'
    )["events"]
    record = json.loads(found[0]["message"])["record"]
    assert record["metrics"]["producedBytes"] == 10
    spans = {each["name"]: each["durationMs"] for each in record["spans"]}
    assert list(spans) == ["responseLatency", "responseDuration", "runtimeOverhead"]
    assert spans["responseDuration"] > 550
    assert sum(spans.values()) <= record["metrics"]["durationMs"]
