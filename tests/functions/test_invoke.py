import base64
import io
import json

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import ANY, Stubber

from serverless_course.functions.function import Function, name_of
from serverless_course.functions.invoke import MAX_SYNCHRONOUS_BYTES, PayloadTooLarge, invoke
from serverless_course.functions.report import NoReport

ID = "8f507cfc-0a1b-4697-b07a-ac58fc914c95"
REPORT = (
    f"REPORT RequestId: {ID}\tDuration: 26.73 ms\tBilled Duration: 127 ms\t"
    "Memory Size: 128 MB\tMax Memory Used: 75 MB\tInit Duration: 100.01 ms\t\n"
)
TIMING = 'cpu;dur=1.5, held;dur=10, contended;dur=9.0, share;desc="0.0724", governor;desc="signals"'


@pytest.fixture
def client():
    return boto3.client(
        "lambda", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )


@pytest.fixture
def stub(client):
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def answer(body=b'{"ok": true}', log=REPORT, headers=None, **more):
    response = {
        "StatusCode": 200,
        "Payload": StreamingBody(io.BytesIO(body), len(body)),
        "ExecutedVersion": "$LATEST",
        "ResponseMetadata": {"RequestId": ID, "HTTPHeaders": headers or {}},
        **more,
    }
    if log:
        response["LogResult"] = base64.b64encode(log.encode()).decode()
    return response


SYNC = {"FunctionName": "f", "InvocationType": "RequestResponse", "LogType": "Tail"}


def test_everything_that_comes_back_is_in_the_record(client, stub):
    sent = {**SYNC, "Payload": b'{"limit": 10}'}
    stub.add_response("invoke", answer(headers={"server-timing": TIMING}), sent)
    run = invoke(client, "f", {"limit": 10})
    assert (run.request_id, run.status_code, run.payload) == (ID, 200, {"ok": True})
    assert (run.duration_ms, run.billed_ms, run.init_ms) == (26.73, 127, 100.01)
    assert (run.memory_mb, run.max_memory_mb) == (128, 75)
    assert run.cold
    assert run.ok
    assert not run.timed_out
    assert run.log == REPORT
    assert run.client_ms > 0
    assert run.host.duration_ms == 26.73
    assert not run.host.kept_promise


def test_a_function_that_fails_is_told_and_does_not_raise(client, stub):
    failure = {"errorMessage": "no", "errorType": "ValueError"}
    body = json.dumps(failure).encode()
    stub.add_response("invoke", answer(body, FunctionError="Unhandled"), {**SYNC, "Payload": ANY})
    run = invoke(client, "f")
    assert not run.ok
    assert (run.error_type, run.error_message) == ("ValueError", "no")
    assert not run.timed_out


@pytest.mark.parametrize(
    ("payload", "log"),
    [
        ({"errorType": "Sandbox.Timedout", "errorMessage": "RequestId: x Error: Task"}, ""),
        ({"errorMessage": "2019-06-05T19:30:03.173Z x Task timed out after 3.00 seconds"}, REPORT),
        ({"errorMessage": "?"}, REPORT.replace("\t\n", "\tStatus: timeout\n")),
    ],
)
def test_a_time_out_is_known_in_its_old_and_new_forms(client, stub, payload, log):
    body = json.dumps(payload).encode()
    stub.add_response("invoke", answer(body, log, FunctionError="Unhandled"))
    assert invoke(client, "f").timed_out


def test_an_asynchronous_invocation_has_no_report(client, stub):
    expected = {"FunctionName": "f", "InvocationType": "Event", "Payload": b"null"}
    stub.add_response("invoke", answer(b"", "", StatusCode=202), expected)
    run = invoke(client, "f", invocation_type="Event")
    assert run.ok
    assert run.payload is None
    with pytest.raises(NoReport, match="Only a synchronous invocation"):
        print(run.duration_ms)


def test_a_version_or_alias_may_be_named_and_text_is_kept(client, stub):
    stub.add_response(
        "invoke", answer(b"plain text"), {**SYNC, "Payload": ANY, "Qualifier": "live"}
    )
    assert invoke(client, "f", qualifier="live").payload == "plain text"


def test_bytes_are_sent_as_they_are(client, stub):
    stub.add_response("invoke", answer(), {**SYNC, "Payload": b'{"a":1}'})
    assert invoke(client, "f", b'{"a":1}').ok


def test_a_payload_of_six_mb_goes_and_one_byte_more_does_not(client, stub):
    text = "x" * (MAX_SYNCHRONOUS_BYTES - 2)
    stub.add_response("invoke", answer(), {**SYNC, "Payload": ANY})
    assert invoke(client, "f", text).ok
    with pytest.raises(PayloadTooLarge, match=r"6,291,457 bytes.*6,291,456 \(6 MB\).*not sent"):
        invoke(client, "f", text + "x")
    with pytest.raises(PayloadTooLarge, match="asynchronous invocation takes 1,048,576"):
        invoke(client, "f", "x" * 1_048_576, invocation_type="Event")


def test_a_payload_that_is_no_json_says_what_is():
    with pytest.raises(TypeError, match="Use dictionaries"):
        invoke(None, "f", {1, 2})


def test_a_function_record_stands_for_its_name():
    function = Function.of(
        {
            "FunctionName": "f",
            "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:f",
            "MemorySize": 256,
            "Timeout": 9,
            "Runtime": "python3.12",
            "Architectures": ["arm64"],
            "Handler": "a.b",
        }
    )
    assert (function.memory_mb, function.timeout_s, function.architecture) == (256, 9, "arm64")
    assert name_of(function) == name_of("f") == "f"
    assert function.log_group == "/aws/lambda/f"
