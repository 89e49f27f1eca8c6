"""What a message says of itself: in an event, and to who receives it from a dead-letter queue."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from mapped import Mapped, Queue, settled
from running_cloud import RunningCloud

CLOCK_FACTOR = 60


@pytest.fixture
def mapped(one_cloud: RunningCloud) -> Iterator[Mapped]:
    found = Mapped(one_cloud)
    yield found
    found.forget()


def redriven(one_cloud: RunningCloud) -> tuple[Queue, Queue]:
    """A queue and its dead-letter queue, which a message has reached."""
    dead = Queue(one_cloud)
    policy = json.dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 1})
    queue = Queue(one_cloud, VisibilityTimeout="0", RedrivePolicy=policy)
    queue.send("poison")

    def moved() -> bool:
        queue.sqs.receive_message(QueueUrl=queue.url)
        return bool(dead.counts()[0] == 1)

    settled(moved)
    return queue, dead


def test_a_message_without_attributes_has_a_checksum_of_null(
    mapped: Mapped, one_cloud: RunningCloud
) -> None:
    """Recorded from AWS (localstack, test_sqs_event_source_mapping and ten more, 2024)."""
    queue = Queue(one_cloud)
    mapped.map(queue.arn)
    queue.send("hello")
    (event,) = mapped.events(1)
    record = event["Records"][0]
    assert record["md5OfMessageAttributes"] is None
    assert "DeadLetterQueueSourceArn" not in record["attributes"]


@pytest.mark.parametrize("names", [["All"], ["DeadLetterQueueSourceArn"], ["SenderId"], []])
def test_a_dead_letter_names_the_queue_that_it_comes_from(
    one_cloud: RunningCloud, names: list[str]
) -> None:
    """SQS API reference, ReceiveMessage, MessageSystemAttributeNames (read 2026-11)."""
    queue, dead = redriven(one_cloud)
    (found,) = dead.sqs.receive_message(QueueUrl=dead.url, MessageSystemAttributeNames=names)[
        "Messages"
    ]
    attributes = found.get("Attributes", {})
    wanted = queue.arn if names in (["All"], ["DeadLetterQueueSourceArn"]) else None
    assert attributes.get("DeadLetterQueueSourceArn") == wanted


def test_the_event_of_a_dead_letter_names_it_too(mapped: Mapped, one_cloud: RunningCloud) -> None:
    queue, dead = redriven(one_cloud)
    mapped.map(dead.arn)
    (event,) = mapped.events(1)
    assert event["Records"][0]["attributes"]["DeadLetterQueueSourceArn"] == queue.arn


def test_a_batch_names_only_what_there_was(one_cloud: RunningCloud) -> None:
    """Recorded from AWS (localstack, test_sqs_event_source_mapping_batch_size, 2024)."""
    queue = Queue(one_cloud)
    entry: dict[str, Any] = {"Id": "a", "MessageBody": "a"}
    sent = queue.sqs.send_message_batch(QueueUrl=queue.url, Entries=[entry])
    assert "Failed" not in sent
    assert [each["Id"] for each in sent["Successful"]] == ["a"]
    (found,) = queue.sqs.receive_message(QueueUrl=queue.url)["Messages"]
    handles = [{"Id": "a", "ReceiptHandle": found["ReceiptHandle"]}]
    assert "Failed" not in queue.sqs.delete_message_batch(QueueUrl=queue.url, Entries=handles)
