"""Dead-letter queues: what arrives in SQS and SNS, and what a failed delivery does.

"Recorded" means recorded on AWS: localstack/localstack, tests/aws/services/lambda_, files
``*.snapshot.json``; the test's name is given.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from async_targets import FAILS, WORKS, able_role, on_failure, queue, send, starts, topic
from ended_events import counted, ended, failed
from hypothesis import given
from hypothesis import strategies as st
from running_cloud import RunningCloud, own_launcher, running

from serverless_course.localcloud.cloudwatch.metrics.store import MetricStores
from serverless_course.localcloud.lambda_.environment.invocation import InvocationResult
from serverless_course.localcloud.lambda_.invocation.async_event import Condition
from serverless_course.localcloud.lambda_.invocation.dead_letter import (
    KILL_SWITCH,
    message_attributes,
)
from serverless_course.localcloud.lambda_.invocation.lambda_metrics import LambdaMetrics
from serverless_course.localcloud.lambda_.invocation.outbox import Outbox


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningCloud]:
    with running(own_launcher(), "--clock-factor", "240") as found:
        yield found


def text_of(last: InvocationResult) -> Any:
    return message_attributes(ended(last)).get("ErrorMessage", {}).get("StringValue")


def test_attributes_tell_id_status_and_message() -> None:
    """Recorded, test_dead_letter_queue: 200 for a function error, and its errorMessage."""
    assert message_attributes(ended(failed('{"errorMessage":"no","errorType":"E"}'))) == {
        "RequestID": {"DataType": "String", "StringValue": "the-id"},
        "ErrorCode": {"DataType": "Number", "StringValue": "200"},
        "ErrorMessage": {"DataType": "String", "StringValue": "no"},
    }


def test_the_kill_switch_has_a_text_and_no_status() -> None:
    """Reported of AWS in 2026 (radkawar/stackd)."""
    attributes = message_attributes(ended(None, Condition.ZERO_CONCURRENCY))
    assert set(attributes) == {"RequestID", "ErrorMessage"}
    assert attributes["ErrorMessage"]["StringValue"] == KILL_SWITCH


def test_a_message_that_is_no_json_or_has_no_text() -> None:
    assert text_of(failed("out of luck")) == "out of luck"
    assert text_of(failed('{"other":1}')) == '{"other":1}'
    assert text_of(failed('{"errorMessage":""}')) is None, "SQS takes no empty attribute"
    assert text_of(failed('{"errorMessage":"a\\u0000b"}')) == "a\ufffdb"


@given(st.text(max_size=3000))
def test_the_message_is_the_first_kilobyte(text: str) -> None:
    found = text_of(failed(json.dumps({"errorMessage": text}))) or ""
    assert len(found.encode()) <= 3 * 1024
    raw = text.encode(errors="replace")
    if raw.isalnum():
        assert found.encode() == raw[:1024]


def test_a_queue_gets_the_event_as_it_was(cloud: RunningCloud) -> None:
    """Recorded, test_dead_letter_queue; Developer Guide: "as-is", spaces, order and all."""
    dead = queue(cloud)
    name = cloud.create(FAILS, Role=able_role(cloud), DeadLetterConfig={"TargetArn": dead.arn})
    cloud.client("lambda").put_function_event_invoke_config(
        FunctionName=name, MaximumRetryAttempts=0
    )
    body = b'{ "n":  7, "deep": {"list": [1, 2.50, "\\u00e9"]} }'
    answer = cloud.client("lambda").invoke(FunctionName=name, InvocationType="Event", Payload=body)
    message = dead.one()
    assert message["Body"].encode() == body
    attributes = message["MessageAttributes"]
    assert set(attributes) == {"RequestID", "ErrorCode", "ErrorMessage"}
    request_id = answer["ResponseMetadata"]["RequestId"]
    assert attributes["RequestID"]["StringValue"] == request_id
    assert attributes["ErrorCode"]["DataType"] == "Number"
    assert attributes["ErrorCode"]["StringValue"] == "200"
    assert attributes["ErrorMessage"]["StringValue"] == "on purpose: 7"
    assert "Lineage=" in message["Attributes"]["AWSTraceHeader"]


def test_the_default_is_three_attempts(cloud: RunningCloud) -> None:
    """Recorded, test_sqs_queue_as_lambda_dead_letter_queue."""
    dead = queue(cloud)
    name = cloud.create(FAILS, Role=able_role(cloud), DeadLetterConfig={"TargetArn": dead.arn})
    request_id = send(cloud, name, {"n": 1})
    assert json.loads(dead.one()["Body"]) == {"n": 1}
    assert len(starts(cloud, name, request_id)) == 3


def test_a_time_out_is_its_own_message(cloud: RunningCloud) -> None:
    """Developer Guide, "Adding a dead-letter queue"."""
    dead = queue(cloud)
    name = cloud.create(
        "import time\n\ndef handler(event, context):\n    time.sleep(5)\n",
        Role=able_role(cloud),
        DeadLetterConfig={"TargetArn": dead.arn},
        Timeout=1,
    )
    cloud.client("lambda").put_function_event_invoke_config(
        FunctionName=name, MaximumRetryAttempts=0
    )
    send(cloud, name, {"n": 3})
    text = dead.one()["MessageAttributes"]["ErrorMessage"]["StringValue"]
    assert text.endswith("Task timed out after 1.00 seconds")


def test_a_topic_gets_it_as_well(cloud: RunningCloud) -> None:
    """Developer Guide: "You can choose an Amazon SQS standard queue or SNS standard topic"."""
    heard = queue(cloud)
    name = cloud.create(
        FAILS, Role=able_role(cloud), DeadLetterConfig={"TargetArn": topic(cloud, heard)}
    )
    cloud.client("lambda").put_function_event_invoke_config(
        FunctionName=name, MaximumRetryAttempts=0
    )
    request_id = send(cloud, name, {"n": 2})
    notice = heard.body()
    assert json.loads(notice["Message"]) == {"n": 2}
    values = {key: each["Value"] for key, each in notice["MessageAttributes"].items()}
    assert values == {
        "RequestID": request_id,
        "ErrorCode": "200",
        "ErrorMessage": "on purpose: 2",
    }


def test_the_kill_switch_sends_at_once_without_an_attempt(cloud: RunningCloud) -> None:
    """Developer Guide, "Configuring reserved concurrency"; the words: radkawar/stackd, 2026."""
    dead, dest = queue(cloud), queue(cloud)
    name = cloud.create(WORKS, Role=able_role(cloud), DeadLetterConfig={"TargetArn": dead.arn})
    on_failure(cloud, name, dest.arn)
    cloud.client("lambda").put_function_concurrency(
        FunctionName=name, ReservedConcurrentExecutions=0
    )
    request_id = send(cloud, name, {"n": 4})
    assert json.loads(dead.one()["Body"]) == {"n": 4}
    record = dest.body()
    assert record["requestContext"]["requestId"] == request_id
    assert record["requestContext"]["condition"] == "ZeroReservedConcurrency"
    assert record["requestContext"]["approximateInvokeCount"] == 0
    assert "responseContext" not in record
    assert not starts(cloud, name, request_id)


class Refusing:
    """Clients that cannot be made."""

    def client(self, *_: str) -> Any:
        raise PermissionError("not allowed to call SendMessage")


def test_a_failed_delivery_is_counted_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Developer Guide: DeadLetterErrors and DestinationDeliveryFailures; the event is gone."""

    stores = MetricStores()
    metrics = LambdaMetrics(stores)

    async def work() -> None:
        clients: Any = Refusing()
        outbox = Outbox(clients, metrics)
        outbox.put(ended(failed("{}")))
        outbox.put(ended(failed("{}"), Condition.SUCCESS))
        while outbox.waiting:
            await asyncio.sleep(0.01)
        await outbox.close()
        outbox.put(ended(failed("{}")))

    with caplog.at_level(logging.WARNING):
        asyncio.run(work())
    metrics.publish()
    assert counted(stores, "DeadLetterErrors") == 1
    assert counted(stores, "DestinationDeliveryFailures") == 2
    assert "dead letter of request the-id" in caplog.text
    assert "not allowed to call SendMessage" in caplog.text


def test_a_queue_that_is_gone_harms_nothing_else(cloud: RunningCloud) -> None:
    dead = queue(cloud)
    name = cloud.create(FAILS, Role=able_role(cloud), DeadLetterConfig={"TargetArn": dead.arn})
    cloud.client("lambda").put_function_event_invoke_config(
        FunctionName=name, MaximumRetryAttempts=0
    )
    cloud.client("sqs").delete_queue(QueueUrl=dead.url)
    send(cloud, name, {"n": 1})
    again = queue(cloud)
    other = cloud.create(FAILS, Role=able_role(cloud), DeadLetterConfig={"TargetArn": again.arn})
    send(cloud, other, {"n": 2})
    assert json.loads(again.one()["Body"]) == {"n": 2}
