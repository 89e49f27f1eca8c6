"""Destinations: the invocation record, and how each of the five kinds gets it.

"Recorded" means recorded on AWS: localstack/localstack, tests/aws/services/lambda_/
test_lambda_destinations.snapshot.json; the test's name is given.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from async_targets import FAILS, WORKS, able_role, log_lines, on_failure, queue, send, topic
from ended_events import ended, failed, result
from running_cloud import RunningCloud, own_launcher, running, wait_for

from serverless_course.localcloud.lambda_.invocation.async_event import Condition
from serverless_course.localcloud.lambda_.invocation.destinations import (
    invocation_record,
    object_key,
)

# The first attempt fails, the next works: what it remembers lies in a file.
WORKS_THEN = """
import os, tempfile

def handler(event, context):
    path = tempfile.gettempdir() + '/tried'
    if not os.path.exists(path):
        open(path, 'w').close()
        raise RuntimeError('not yet')
    return 'now'
"""


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningCloud]:
    with running(own_launcher(), "--clock-factor", "240") as found:
        yield found


def on_success(cloud: RunningCloud, name: str, target: str) -> None:
    cloud.client("lambda").put_function_event_invoke_config(
        FunctionName=name, DestinationConfig={"OnSuccess": {"Destination": target}}
    )


def arn_of(cloud: RunningCloud, name: str) -> str:
    found = cloud.client("lambda").get_function_configuration(FunctionName=name)
    return str(found["FunctionArn"])


def test_the_record_keeps_payloads_to_the_byte() -> None:
    last = result(b'{"a":  1.50}', version="7")
    end = ended(last, Condition.SUCCESS, payload=b'{ "n":1e2 }')
    end.attempts = 1
    record = invocation_record(end)
    assert '"requestPayload":{ "n":1e2 }' in record
    assert record.endswith('"responsePayload":{"a":  1.50}}')
    assert json.loads(record)["timestamp"] == "2026-11-24T09:08:07.065Z"
    assert list(json.loads(record)) == [
        "version",
        "timestamp",
        "requestContext",
        "requestPayload",
        "responseContext",
        "responsePayload",
    ]


def test_a_response_that_is_no_json_stands_as_text() -> None:
    record = json.loads(invocation_record(ended(failed("plain text"))))
    assert record["responsePayload"] == "plain text"


def test_the_name_of_an_object() -> None:
    """Developer Guide: aws/lambda/async/<function-name>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<UUID>."""
    assert re.fullmatch(
        r"aws/lambda/async/f/2026/11/24/2026-11-24T09\.08\.07-[0-9a-f-]{36}",
        object_key(ended(failed("{}"))),
    )


def test_success_to_a_queue(cloud: RunningCloud) -> None:
    """Recorded, test_assess_lambda_destination_invocation[payload0]."""
    dest = queue(cloud)
    name = cloud.create(WORKS, Role=able_role(cloud))
    on_success(cloud, name, dest.arn)
    request_id = send(cloud, name, {"n": 5})
    record = dest.body()
    assert record.pop("timestamp")
    assert record == {
        "version": "1.0",
        "requestContext": {
            "requestId": request_id,
            "functionArn": f"{arn_of(cloud, name)}:$LATEST",
            "condition": "Success",
            "approximateInvokeCount": 1,
        },
        "requestPayload": {"n": 5},
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST"},
        "responsePayload": {"done": 5, "rid": request_id},
    }


def test_failure_to_a_queue(cloud: RunningCloud) -> None:
    """Recorded, test_assess_lambda_destination_invocation[payload1]."""
    dest = queue(cloud)
    name = cloud.create(FAILS, Role=able_role(cloud))
    on_failure(cloud, name, dest.arn, MaximumRetryAttempts=0)
    request_id = send(cloud, name, {"n": 1})
    record = dest.body()
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 1
    assert record["responseContext"] == {
        "statusCode": 200,
        "executedVersion": "$LATEST",
        "functionError": "Unhandled",
    }
    assert record["responsePayload"]["errorMessage"] == "on purpose: 1"
    assert record["responsePayload"]["requestId"] == request_id


def test_success_after_a_retry_is_told_once(cloud: RunningCloud) -> None:
    """Reported of AWS in 2026 (radkawar/stackd): a success says approximateInvokeCount 1, retried or not."""
    dest = queue(cloud)
    name = cloud.create(WORKS_THEN, Role=able_role(cloud))
    on_success(cloud, name, dest.arn)
    send(cloud, name, {"n": 1})
    record = dest.body()
    assert record["responsePayload"] == "now"
    assert record["requestContext"]["approximateInvokeCount"] == 1
    assert not dest.receive(1, limit_s=0.5)


def test_a_topic(cloud: RunningCloud) -> None:
    """Developer Guide: the record is the message."""
    heard = queue(cloud)
    name = cloud.create(WORKS, Role=able_role(cloud))
    on_success(cloud, name, topic(cloud, heard))
    send(cloud, name, {"n": 9})
    record = json.loads(heard.body()["Message"])
    assert record["requestPayload"] == {"n": 9}
    assert record["requestContext"]["condition"] == "Success"


def test_a_function_gets_the_record_as_its_event(cloud: RunningCloud) -> None:
    """Developer Guide: the record is the payload."""
    role = able_role(cloud)
    sink = cloud.create("import json\n\ndef handler(event, _):\n    print(json.dumps(event))\n")
    name = cloud.create(WORKS, Role=role)
    on_success(cloud, name, arn_of(cloud, sink))
    request_id = send(cloud, name, {"n": 6})

    def printed() -> list[Any]:
        return [json.loads(text) for _, text in log_lines(cloud, sink) if text.startswith("{")]

    wait_for(printed, 10.0)
    assert printed()[0]["requestContext"]["requestId"] == request_id
    assert printed()[0]["responsePayload"]["done"] == 6


@pytest.mark.parametrize(("source", "word"), [(WORKS, "Success"), (FAILS, "Failure")])
def test_an_event_bus(cloud: RunningCloud, source: str, word: str) -> None:
    """Recorded, test_invoke_lambda_eventbridge: source, detail-type, both ARNs."""
    out = queue(cloud)
    bus, rule = f"b-{secrets.token_hex(4)}", f"r-{secrets.token_hex(4)}"
    events = cloud.client("events")
    bus_arn = events.create_event_bus(Name=bus)["EventBusArn"]
    events.put_rule(Name=rule, EventBusName=bus, EventPattern='{"source": ["lambda"]}')
    events.put_targets(Rule=rule, EventBusName=bus, Targets=[{"Id": "1", "Arn": out.arn}])
    name = cloud.create(source, Role=able_role(cloud))
    both = {"Destination": bus_arn}
    cloud.client("lambda").put_function_event_invoke_config(
        FunctionName=name,
        MaximumRetryAttempts=0,
        DestinationConfig={"OnSuccess": both, "OnFailure": both},
    )
    send(cloud, name, {"n": 3})
    event = out.body()
    assert event["source"] == "lambda"
    assert event["detail-type"] == f"Lambda Function Invocation Result - {word}"
    assert event["account"] == cloud.ready["account_id"]
    assert set(event["resources"]) == {bus_arn, f"{arn_of(cloud, name)}:$LATEST"}
    assert event["detail"]["requestPayload"] == {"n": 3}


def test_a_bucket_on_failure(cloud: RunningCloud) -> None:
    """Developer Guide: "Lambda stores the invocation record as a JSON object"."""
    s3 = cloud.client("s3")
    bucket = f"b-{secrets.token_hex(6)}"
    s3.create_bucket(Bucket=bucket)
    name = cloud.create(FAILS, Role=able_role(cloud))
    on_failure(cloud, name, f"arn:aws:s3:::{bucket}", MaximumRetryAttempts=0)
    request_id = send(cloud, name, {"n": 8})
    wait_for(lambda: s3.list_objects_v2(Bucket=bucket)["KeyCount"], 10.0)
    (found,) = s3.list_objects_v2(Bucket=bucket)["Contents"]
    pattern = rf"aws/lambda/async/{name}/(\d{{4}}/\d\d/\d\d)/[\dT.-]{{19}}-[0-9a-f-]{{36}}"
    assert re.fullmatch(pattern, found["Key"])
    record = json.loads(s3.get_object(Bucket=bucket, Key=found["Key"])["Body"].read())
    assert record["requestContext"]["requestId"] == request_id
    assert record["requestPayload"] == {"n": 8}


def test_a_record_too_large_for_a_topic_is_lost_and_the_event_is_not(cloud: RunningCloud) -> None:
    """Developer Guide: a record over SNS's 256 KB is a delivery failure."""
    heard, dead = queue(cloud), queue(cloud)
    name = cloud.create(FAILS, Role=able_role(cloud), DeadLetterConfig={"TargetArn": dead.arn})
    on_failure(cloud, name, topic(cloud, heard), MaximumRetryAttempts=0)
    send(cloud, name, {"n": 1, "big": "x" * (256 * 1024 - 50)})
    assert json.loads(dead.one()["Body"])["n"] == 1
    assert not heard.receive(1, limit_s=0.5)
