"""Invoke, synchronously: what goes in, what comes out, what is refused before the code runs."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest
from lambda_account import ECHO, WHERE, LambdaAccount
from sources import guide, ours, quoted, recorded, reference, shape

MOST = 6_291_456
# AWS takes 100 bytes more from the function than from the caller.
MOST_OUT = 6_291_556
COULD_NOT_PARSE = "Could not parse request body into json: Could not parse payload into json: "
NO_VALUE = (
    "expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
)


@pytest.fixture(scope="module")
def echo(each_account: LambdaAccount) -> str:
    """A function that answers with its event."""
    return each_account.create(ECHO)


@guide("Lambda quotas: 6 MB each for request and response")
def test_6_mb_go_in_and_come_out(each_account: LambdaAccount, echo: str) -> None:
    event = json.dumps("x" * (MOST - 2)).encode()
    assert len(event) == MOST
    answer = each_account.invoke(echo, Payload=event)
    assert (answer.raw, answer.error) == (event, "")


@guide("Lambda quotas: 6 MB; the sentence as quoted in public")
def test_more_than_6_mb_do_not_go_in(each_account: LambdaAccount, echo: str) -> None:
    event = json.dumps("x" * (MOST - 1))
    assert each_account.refused("invoke", FunctionName=echo, Payload=event).told == (
        413,
        "RequestEntityTooLargeException",
        f"{MOST + 1} byte payload is too large for the RequestResponse invocation type (limit "
        f"{MOST} bytes)",
    )


@recorded("TestLambdaBaseFeatures::test_lambda_too_large_response, in test_lambda.snapshot.json")
def test_a_little_more_than_6_mb_come_out(each_account: LambdaAccount) -> None:
    name = each_account.create("def handler(event, context):\n    return 'x' * event\n")
    answer = each_account.invoke(name, MOST_OUT - 2)
    assert (len(answer.raw), answer.error) == (MOST_OUT, "")
    answer = each_account.invoke(name, MOST_OUT - 1)
    assert (answer.status, answer.error) == (200, "Unhandled")
    assert answer.payload["errorType"] == "Function.ResponseSizeTooLarge"
    assert answer.payload["errorMessage"] == (
        f"Response payload size exceeded maximum allowed payload size ({MOST_OUT} bytes)."
    )


@reference("Invoke, InvocationType DryRun")
def test_a_dry_run_runs_nothing(account: LambdaAccount) -> None:
    answer = account.lam.invoke(FunctionName=account.shared, InvocationType="DryRun")
    assert answer["StatusCode"] == 204
    assert answer["Payload"].read() == b""
    missing = account.new_name()
    refusal = account.refused("invoke", FunctionName=missing, InvocationType="DryRun")
    assert refusal.told == (
        404,
        "ResourceNotFoundException",
        f"Function not found: {account.arn(missing)}:$LATEST",
    )


@reference("Invoke, LogType: the last 4 KB")
def test_the_tail_of_the_log_has_4_kb(each_account: LambdaAccount) -> None:
    source = "def handler(event, context):\n    for n in range(300):\n        print(n, '-' * 30)\n"
    name = each_account.create(source)
    answer = each_account.invoke(name, LogType="Tail")
    encoded = answer.headers["x-amz-log-result"]
    assert len(base64.b64decode(encoded)) == 4096
    assert "REPORT RequestId: " in answer.log
    assert "\n299 " in answer.log
    assert "START" not in answer.log


@reference("Invoke, LogType None")
def test_no_log_unless_asked_for(each_account: LambdaAccount, echo: str) -> None:
    for settings in ({}, {"LogType": "None"}):
        assert "x-amz-log-result" not in each_account.invoke(echo, **settings).headers


@reference("Invoke, ClientContext")
def test_the_client_context_reaches_the_function(each_account: LambdaAccount) -> None:
    source = "def handler(event, context):\n    return context.client_context.custom\n"
    name = each_account.create(source)
    text = base64.b64encode(json.dumps({"custom": {"a": "1"}}).encode()).decode()
    assert each_account.invoke(name, ClientContext=text).payload == {"a": "1"}


@quoted("InvalidRequestContentException of Invoke")
@pytest.mark.parametrize("text", ["string", "eA==", "WzFd", "not base64!"])
def test_a_client_context_that_is_no_json_object(account: LambdaAccount, text: str) -> None:
    refusal = account.refused("invoke", FunctionName=account.shared, ClientContext=text)
    assert refusal.told == (
        400,
        "InvalidRequestContentException",
        "Client context must be a valid Base64-encoded JSON object.",
    )


@reference("Invoke, response")
def test_the_headers_of_an_answer(each_account: LambdaAccount, echo: str) -> None:
    headers = each_account.invoke(echo, 1).headers
    assert headers["content-type"] == "application/json"
    assert headers["x-amz-executed-version"] == "$LATEST"
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", headers["x-amzn-requestid"])
    assert headers["x-amzn-trace-id"].lower().startswith("root=1-")
    assert "x-amz-function-error" not in headers


@guide("Understanding retry behavior in Lambda: errors of the function have status 200")
def test_an_error_of_the_function(each_account: LambdaAccount) -> None:
    name = each_account.create("def handler(event, context):\n    raise KeyError('gone')\n")
    answer = each_account.invoke(name)
    assert (answer.status, answer.error) == (200, "Unhandled")
    assert answer.headers["x-amz-function-error"] == "Unhandled"
    assert answer.payload["errorType"] == "KeyError"
    assert answer.payload["errorMessage"] == "'gone'"


@shape("InvocationType and LogType")
@pytest.mark.parametrize(
    ("name", "label", "allowed"),
    [
        ("InvocationType", "invocationType", "[DryRun, RequestResponse, Event]"),
        ("LogType", "logType", "[Tail, None]"),
    ],
)
def test_a_word_that_invoke_does_not_know(
    account: LambdaAccount, name: str, label: str, allowed: str
) -> None:
    refusal = account.refused("invoke", FunctionName=account.shared, **{name: "Later"})
    assert refusal.told == (
        400,
        "ValidationException",
        f"1 validation error detected: Value 'Later' at '{label}' failed to satisfy constraint: "
        f"Member must satisfy enum value set: {allowed}",
    )


@recorded("test_lambda.snapshot.json#TestLambdaErrors::test_lambda_invoke_payload_encoding_error")
@pytest.mark.parametrize(
    "payload", [b"{", b"'a'", b"NaN", b"[1, Infinity]", b"\xff", b"[" * 100_000, b"1 2"]
)
def test_a_payload_that_is_no_json(account: LambdaAccount, payload: bytes) -> None:
    refusal = account.refused("invoke", FunctionName=account.shared, Payload=payload)
    assert (refusal.status, refusal.code) == (400, "InvalidRequestContentException")
    assert refusal.message.startswith(COULD_NOT_PARSE)


@recorded("test_lambda.snapshot.json#TestLambdaErrors::test_lambda_invoke_payload_encoding_error")
@pytest.mark.parametrize(
    ("payload", "reason", "column"),
    [
        (b"n\x87r", "Invalid UTF-8 start byte 0x87", 3),
        (b'{"a": "\x99"}', "Invalid UTF-8 start byte 0x99", 9),
        (b"\x99\xeb", f"Unexpected character ((CTRL-CHAR, code 153)): {NO_VALUE}", 1),
        (b'{"a": }', f"Unexpected character ('}}' (code 125)): {NO_VALUE}", 7),
        (
            b"{a: 1}",
            "Unexpected character ('a' (code 97)): was expecting double-quote to start field name",
            2,
        ),
        (
            b'{"a":1 "b":2}',
            "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries",
            8,
        ),
        (b'"abc', "Unexpected end-of-input: was expecting closing quote for a string value", 5),
    ],
    ids=["word", "text", "value", "nothing", "name", "comma", "end"],
)
def test_where_a_payload_is_no_json(
    account: LambdaAccount, payload: bytes, reason: str, column: int
) -> None:
    refusal = account.refused("invoke", FunctionName=account.shared, Payload=payload)
    assert refusal.told == (
        400,
        "InvalidRequestContentException",
        f"{COULD_NOT_PARSE}{reason}\n at [Source: REDACTED "
        "(`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, "
        f"column: {column}]",
    )


@reference("Invoke, Payload: any JSON")
@pytest.mark.parametrize("event", [None, 0, "text", [1, {"a": None}], True, 1.5, "ü€😀"])
def test_any_json_is_an_event(each_account: LambdaAccount, echo: str, event: Any) -> None:
    assert each_account.invoke(echo, Payload=json.dumps(event)).payload == event


@guide("Configuring reserved concurrency: 0 stops a function")
def test_a_throttled_call(account: LambdaAccount) -> None:
    name = account.create()
    account.lam.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    refusal = account.refused("invoke", FunctionName=name)
    assert refusal.told == (429, "TooManyRequestsException", "Rate Exceeded.")
    assert refusal.fields["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    assert refusal.fields["Type"] == "User"
    # The model has Retry-After; AWS was recorded not to send it (test_reserved_concurrency, 2024).
    assert "retry-after" not in refusal.headers


@guide("Weighted aliases: X-Amz-Executed-Version tells which version ran")
def test_the_version_that_a_weighted_alias_has_chosen(each_account: LambdaAccount) -> None:
    account = each_account
    name = account.create(WHERE, Publish=True)
    account.settle(name, Qualifier="1")
    account.configure(name, Description="second")
    account.lam.publish_version(FunctionName=name)
    account.lam.create_alias(
        FunctionName=name,
        Name="split",
        FunctionVersion="1",
        RoutingConfig={"AdditionalVersionWeights": {"2": 0.5}},
    )
    answers = [account.invoke(name, {}, Qualifier="split") for _ in range(24)]
    assert {answer.version for answer in answers} == {"1", "2"}
    assert all(answer.version == answer.payload["version"] for answer in answers)


@ours("operations that are not offered say so, and what to do instead")
def test_the_deprecated_way_to_invoke(account: LambdaAccount) -> None:
    refusal = account.refused("invoke_async", FunctionName=account.shared, InvokeArgs=b"{}")
    assert refusal.told == (
        501,
        "UnsupportedOperationException",
        "The embedded cloud does not offer Lambda's InvokeAsync. It is deprecated: call Invoke "
        "with InvocationType Event.",
    )
