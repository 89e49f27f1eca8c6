"""Which calls get threads of their own because they wait for long."""

from __future__ import annotations

import pytest

from serverless_course.localcloud.wire.http import Request
from serverless_course.localcloud.wire.workers import waits

JSON = [("x-amz-target", "AmazonSQS.ReceiveMessage")]


@pytest.mark.parametrize(
    ("service", "request_", "long"),
    [
        ("sqs", Request("POST", "/", JSON, b"{}"), True),
        ("sqs", Request("POST", "/", [], b"Action=ReceiveMessage&QueueUrl=x"), True),
        (
            "sqs",
            Request("POST", "/", [], b"QueueUrl=" + b"x" * 9000 + b"&Action=ReceiveMessage"),
            1,
        ),
        ("sqs", Request("GET", "/?Action=ReceiveMessage&WaitTimeSeconds=20", [], b""), True),
        ("sqs", Request("GET", "/q?WaitTimeSeconds=20&Action=ReceiveMessage", [], b""), True),
        ("sqs", Request("GET", "/?Action=ListQueues", [], b""), False),
        ("states", Request("POST", "/", [("x-amz-target", "X.StartSyncExecution")], b""), True),
        ("states", Request("POST", "/", [("x-amz-target", "X.StartExecution")], b""), False),
        ("sns", Request("GET", "/?Action=ReceiveMessage", [], b""), False),
    ],
)
def test_calls_that_wait_by_their_nature(service: str, request_: Request, long: bool) -> None:
    assert waits(service, request_) == bool(long)
