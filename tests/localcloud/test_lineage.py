"""Recursive loop detection: how lineage is read and counted, and what a loop meets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from async_targets import able_role, on_failure, queue, send, starts
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from running_cloud import RunningCloud, own_launcher, running

from serverless_course.localcloud.lambda_.invocation.loop_detection import (
    MAX_INVOCATIONS,
    is_loop,
    next_hop,
)

ROOT = "Root=1-6789abcd-0123456789abcdef01234567;Sampled=0"
A = "arn:aws:lambda:us-east-1:123456789012:function:a"
B = "arn:aws:lambda:us-east-1:123456789012:function:b"

CALLS_ITSELF = """
import json
import boto3

def handler(event, context):
    client = boto3.client('lambda')
    event['n'] += 1
    answer = client.invoke(
        FunctionName=context.function_name, InvocationType='%s', Payload=json.dumps(event)
    )
    body = answer['Payload'].read()
    return json.loads(body) if body else None
"""


def test_the_first_hop_counts_from_zero() -> None:
    """As in trace headers that AWS sent in 2024 to 2026: ``Lineage=1:fe460cdd:0``."""
    trace, count = next_hop(ROOT, A)
    assert re.fullmatch(rf"{ROOT};Lineage=1:[0-9a-f]{{8}}:0", trace)
    assert count == 1


def test_each_function_has_its_own_count() -> None:
    trace, _ = next_hop(ROOT, A)
    trace, of_b = next_hop(trace, B)
    trace, of_a = next_hop(trace, A)
    assert (of_a, of_b) == (2, 1)
    assert re.search(r"Lineage=3:[0-9a-f]{8}:0\|[0-9a-f]{8}:1$", trace)


def test_the_form_without_a_total_is_read_as_well() -> None:
    """Until 2023, and in X-Ray's Developer Guide: ``Lineage=a87bd80c:1|68fd508a:5``."""
    trace, count = next_hop(f"{ROOT};Lineage=a87bd80c:1|68fd508a:5", A)
    assert re.search(r"Lineage=9:a87bd80c:1\|68fd508a:5\|[0-9a-f]{8}:0$", trace)
    assert count == 1


@pytest.mark.parametrize("bad", ["", "Lineage", "Lineage=", "Lineage=x:y", "Lineage=1:zz:-1", ";;"])
def test_what_cannot_be_read_counts_as_none(bad: str) -> None:
    trace, count = next_hop(f"{ROOT};{bad}", A)
    assert count == 1
    assert trace.startswith(ROOT)
    assert next_hop(trace, A)[1] == 2


@given(st.lists(st.sampled_from("abcde"), max_size=60))
def test_counts_are_those_of_the_path_whatever_sdks_encode(path: list[str]) -> None:
    """botocore percent-encodes the bar when a function's SDK passes the header on."""
    trace, seen = ROOT, dict.fromkeys("abcde", 0)
    for name in path:
        trace, count = next_hop(quote(trace, safe="-=;:+&[]{}\"',"), f"arn:function:{name}")
        seen[name] += 1
        assert count == seen[name]
        assert trace.startswith(f"{ROOT};Lineage={sum(seen.values())}:")


def test_sixteen_are_let_through_and_allow_lets_all() -> None:
    """Developer Guide: "approximately 16 times"; RecursiveLoop Allow takes no action."""
    assert MAX_INVOCATIONS == 16
    assert [is_loop(count, "Terminate") for count in (1, 16, 17, 18)] == [False, False, True, True]
    assert not is_loop(1000, "Allow")


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningCloud]:
    with running(own_launcher(), "--clock-factor", "600") as found:
        yield found


def looped(cloud: RunningCloud, name: str, times: int) -> Any:
    """A Lambda client whose calls look as if the event had come by so often before."""
    arn = cloud.client("lambda").get_function_configuration(FunctionName=name)["FunctionArn"]
    trace = ROOT
    for _ in range(times):
        trace, _ = next_hop(trace, arn)

    def add(params: dict[str, Any], **_: Any) -> None:
        params["headers"]["X-Amzn-Trace-Id"] = trace

    client = cloud.client("lambda", token=None)
    client.meta.events.register("before-call", add)
    return client


def test_a_synchronous_loop_is_refused(cloud: RunningCloud) -> None:
    name = cloud.create("def handler(event, context):\n    return 1\n")
    assert looped(cloud, name, 15).invoke(FunctionName=name)["StatusCode"] == 200
    with pytest.raises(ClientError) as caught:
        looped(cloud, name, 16).invoke(FunctionName=name)
    assert caught.value.response["Error"]["Code"] == "RecursiveInvocationException"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    cloud.client("lambda").put_function_recursion_config(FunctionName=name, RecursiveLoop="Allow")
    assert looped(cloud, name, 16).invoke(FunctionName=name)["StatusCode"] == 200


def test_a_function_that_invokes_itself_is_stopped_after_sixteen(cloud: RunningCloud) -> None:
    """The event that would be the 17th goes to the dead-letter queue (AWS Compute Blog, 2023)."""
    dead, failed = queue(cloud), queue(cloud)
    name = cloud.create(
        CALLS_ITSELF % "Event", Role=able_role(cloud), DeadLetterConfig={"TargetArn": dead.arn}
    )
    on_failure(cloud, name, failed.arn)
    send(cloud, name, {"n": 0})
    message = dead.one(40)
    assert json.loads(message["Body"]) == {"n": 16}
    attributes = message["MessageAttributes"]
    assert attributes["ErrorCode"]["StringValue"] == "400"
    assert "recursive loop" in attributes["ErrorMessage"]["StringValue"]
    record = failed.body()
    assert record["requestPayload"] == {"n": 16}
    assert record["requestContext"]["approximateInvokeCount"] == 0
    assert record["responseContext"] == {"statusCode": 400}
    assert not starts(cloud, name, record["requestContext"]["requestId"])


def test_two_functions_as_each_others_destination_are_stopped(cloud: RunningCloud) -> None:
    """Lambda passes the trace header on to a destination, lineage included."""
    dead = queue(cloud)
    role = able_role(cloud)
    source = "def handler(event, context):\n    return 1\n"
    pair = [cloud.create(source, Role=role, DeadLetterConfig={"TargetArn": dead.arn}) for _ in "ab"]
    lam = cloud.client("lambda")
    for name, other in (pair, pair[::-1]):
        arn = lam.get_function_configuration(FunctionName=other)["FunctionArn"]
        lam.put_function_event_invoke_config(
            FunctionName=name, DestinationConfig={"OnSuccess": {"Destination": arn}}
        )
    send(cloud, pair[0], {"n": 0})
    assert "recursive" in dead.one(40)["MessageAttributes"]["ErrorMessage"]["StringValue"]
    assert not dead.receive(1, limit_s=0.5)
