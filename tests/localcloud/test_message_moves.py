"""Dead letters on their way back: SQS's message move tasks, through boto3.

The answers are as recorded from AWS (localstack's ``test_sqs_move_task``, 2023).
"""

from __future__ import annotations

import base64
import json
import secrets
import time
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError
from roles import allow, policy
from running_cloud import RunningCloud, wait_for

ACCOUNT = "123456789012"
MISSING = "The resource that you specified for the {} parameter doesn't exist."


@dataclass
class Queue:
    sqs: Any
    url: str

    @property
    def arn(self) -> str:
        return f"arn:aws:sqs:us-east-1:{ACCOUNT}:{self.url.rpartition('/')[2]}"

    def send(self, *bodies: str, **more: Any) -> None:
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body, **more)

    def messages(self, count: int, limit_s: float = 20.0) -> list[Any]:
        """So many messages, all of them; each is deleted."""
        found: list[Any] = []
        until = time.monotonic() + limit_s
        while len(found) < count and time.monotonic() < until:
            for each in self.sqs.receive_message(
                QueueUrl=self.url,
                WaitTimeSeconds=1,
                MaxNumberOfMessages=10,
                MessageSystemAttributeNames=["All"],
                MessageAttributeNames=["All"],
            ).get("Messages", []):
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=each["ReceiptHandle"])
                found.append(each)
        return found

    def waiting(self) -> int:
        name = "ApproximateNumberOfMessages"
        answer = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=[name])
        return int(answer["Attributes"][name])


def queue(cloud: RunningCloud, dead: Queue | None = None, fifo: bool = False) -> Queue:
    sqs = cloud.client("sqs")
    attributes = {"FifoQueue": "true"} if fifo else {}
    if dead is not None:
        redrive = {"deadLetterTargetArn": dead.arn, "maxReceiveCount": 1}
        attributes["RedrivePolicy"] = json.dumps(redrive)
    name = f"moves-{secrets.token_hex(4)}{'.fifo' if fifo else ''}"
    return Queue(sqs, sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"])


def fail(source: Queue, dead: Queue, count: int) -> None:
    """Receive each message twice, which is once too often."""
    before = dead.waiting()
    for _ in range(count * 2):
        source.sqs.receive_message(QueueUrl=source.url, VisibilityTimeout=0)
    wait_for(lambda: dead.waiting() == before + count, 10)


def newest(dead: Queue) -> dict[str, Any]:
    found: dict[str, Any] = dead.sqs.list_message_move_tasks(SourceArn=dead.arn)["Results"][0]
    return found


def ended(dead: Queue) -> dict[str, Any]:
    wait_for(lambda: newest(dead)["Status"] not in ("RUNNING", "CANCELLING"), 20)
    return newest(dead)


def test_dead_letters_go_to_a_named_queue(one_cloud: RunningCloud) -> None:
    dead, target = queue(one_cloud), queue(one_cloud)
    source = queue(one_cloud, dead)
    value = {"StringValue": "red", "DataType": "String"}
    source.send("message-1", "message-2", MessageAttributes={"colour": value})
    fail(source, dead, 2)
    (first, _) = dead.sqs.receive_message(
        QueueUrl=dead.url, MaxNumberOfMessages=2, VisibilityTimeout=0
    )["Messages"]
    started = dead.sqs.start_message_move_task(SourceArn=dead.arn, DestinationArn=target.arn)
    told = json.loads(base64.b64decode(started["TaskHandle"]))
    assert uuid.UUID(told["taskId"])
    assert told["sourceArn"] == dead.arn
    found = target.messages(2)
    assert {each["Body"] for each in found} == {"message-1", "message-2"}
    assert all(each["MessageAttributes"]["colour"]["StringValue"] == "red" for each in found)
    assert first["MessageId"] not in {each["MessageId"] for each in found}
    assert {each["Attributes"]["ApproximateReceiveCount"] for each in found} == {"1"}
    task = ended(dead)
    assert abs(task.pop("StartedTimestamp") / 1000 - time.time()) < 60
    assert task == {
        "Status": "COMPLETED",
        "SourceArn": dead.arn,
        "DestinationArn": target.arn,
        "ApproximateNumberOfMessagesMoved": 2,
        "ApproximateNumberOfMessagesToMove": 2,
    }
    assert dead.waiting() == 0


def test_without_a_destination_each_goes_to_where_it_came_from(one_cloud: RunningCloud) -> None:
    dead = queue(one_cloud)
    sources = [queue(one_cloud, dead), queue(one_cloud, dead)]
    for number, source in enumerate(sources):
        source.send(f"of-{number}")
        fail(source, dead, 1)
    dead.sqs.start_message_move_task(SourceArn=dead.arn)
    for number, source in enumerate(sources):
        (found,) = source.messages(1)
        assert found["Body"] == f"of-{number}"
        assert "DeadLetterQueueSourceArn" not in found["Attributes"]
    assert ended(dead)["ApproximateNumberOfMessagesMoved"] == 2


def test_a_message_that_was_sent_to_the_dead_letters_has_no_way_back(
    one_cloud: RunningCloud,
) -> None:
    dead = queue(one_cloud)
    queue(one_cloud, dead)
    dead.send("sent directly")
    dead.sqs.start_message_move_task(SourceArn=dead.arn)
    task = ended(dead)
    assert (task["Status"], task["FailureReason"]) == ("FAILED", "CouldNotDetermineMessageSource")
    assert dead.waiting() == 1


def test_a_rate_is_kept_and_a_task_can_be_cancelled(one_cloud: RunningCloud) -> None:
    dead, target = queue(one_cloud), queue(one_cloud)
    queue(one_cloud, dead)
    dead.send(*(f"message-{number}" for number in range(8)))
    started = time.monotonic()
    handle = dead.sqs.start_message_move_task(
        SourceArn=dead.arn, DestinationArn=target.arn, MaxNumberOfMessagesPerSecond=2
    )["TaskHandle"]
    assert len(target.messages(3)) == 3
    assert time.monotonic() - started >= 1
    running = newest(dead)
    assert (running["Status"], running["TaskHandle"]) == ("RUNNING", handle)
    assert running["MaxNumberOfMessagesPerSecond"] == 2
    with pytest.raises(ClientError, match="Only one active task is allowed"):
        dead.sqs.start_message_move_task(SourceArn=dead.arn, DestinationArn=target.arn)
    moved = dead.sqs.cancel_message_move_task(TaskHandle=handle)
    assert 3 <= moved["ApproximateNumberOfMessagesMoved"] < 8
    task = ended(dead)
    assert task["Status"] == "CANCELLED"
    assert "TaskHandle" not in task
    assert dead.waiting() == 8 - task["ApproximateNumberOfMessagesMoved"]
    with pytest.raises(ClientError, match="not running"):
        dead.sqs.cancel_message_move_task(TaskHandle=handle)
    dead.sqs.start_message_move_task(SourceArn=dead.arn, DestinationArn=target.arn)
    ended(dead)
    listed = dead.sqs.list_message_move_tasks(SourceArn=dead.arn, MaxResults=10)["Results"]
    assert [each["Status"] for each in listed] == ["COMPLETED", "CANCELLED"]


def test_a_destination_that_is_deleted_ends_the_task(one_cloud: RunningCloud) -> None:
    dead, target = queue(one_cloud), queue(one_cloud)
    queue(one_cloud, dead)
    dead.send(*(f"message-{number}" for number in range(5)))
    dead.sqs.start_message_move_task(
        SourceArn=dead.arn, DestinationArn=target.arn, MaxNumberOfMessagesPerSecond=1
    )
    dead.sqs.delete_queue(QueueUrl=target.url)
    task = ended(dead)
    assert task["Status"] == "FAILED"
    assert task["FailureReason"] == "AWS.SimpleQueueService.NonExistentQueue"


def test_messages_of_a_fifo_queue_keep_their_order(one_cloud: RunningCloud) -> None:
    dead = queue(one_cloud, fifo=True)
    source = queue(one_cloud, dead, fifo=True)
    for number in range(3):
        group = {"MessageGroupId": "g", "MessageDeduplicationId": f"d{number}"}
        dead.send(f"message-{number}", **group)
    dead.sqs.start_message_move_task(SourceArn=dead.arn, DestinationArn=source.arn)
    found = source.messages(3)
    assert [each["Body"] for each in found] == ["message-0", "message-1", "message-2"]
    assert {each["Attributes"]["MessageGroupId"] for each in found} == {"g"}


def handle_of(arn: str) -> str:
    told = {"taskId": "10f57157-fc38-4da9-a113-4de7e12d05aa", "sourceArn": arn}
    return base64.b64encode(json.dumps(told).encode()).decode()


def test_what_is_no_task_is_refused_as_aws_does(one_cloud: RunningCloud) -> None:
    plain, dead = queue(one_cloud), queue(one_cloud)
    queue(one_cloud, dead)
    fifo = queue(one_cloud, fifo=True)
    sqs, nowhere = plain.sqs, f"{plain.arn}-none"
    no_source, no_target = MISSING.format("SourceArn"), MISSING.format("DestinationArn")
    invalid, missing = "InvalidParameterValue", "ResourceNotFoundException"
    refusals = [
        (sqs.start_message_move_task, {"SourceArn": plain.arn}, invalid, "as a Dead Letter Queue."),
        (sqs.start_message_move_task, {"SourceArn": nowhere}, missing, no_source),
        (
            sqs.start_message_move_task,
            {"SourceArn": dead.arn, "DestinationArn": nowhere},
            missing,
            no_target,
        ),
        (
            sqs.start_message_move_task,
            {"SourceArn": dead.arn, "DestinationArn": dead.arn},
            invalid,
            "cannot be same",
        ),
        (
            sqs.start_message_move_task,
            {"SourceArn": dead.arn, "DestinationArn": fifo.arn},
            invalid,
            "both be FIFO queues",
        ),
        (
            sqs.start_message_move_task,
            {"SourceArn": dead.arn, "MaxNumberOfMessagesPerSecond": 501},
            invalid,
            "between 1 and 500",
        ),
        (sqs.list_message_move_tasks, {"SourceArn": nowhere}, missing, no_source),
        (
            sqs.list_message_move_tasks,
            {"SourceArn": dead.arn, "MaxResults": 11},
            invalid,
            "between 1 and 10",
        ),
        (
            sqs.cancel_message_move_task,
            {"TaskHandle": "foobared"},
            invalid,
            "TaskHandle is invalid",
        ),
        (sqs.cancel_message_move_task, {"TaskHandle": handle_of(nowhere)}, missing, no_source),
        (
            sqs.cancel_message_move_task,
            {"TaskHandle": handle_of(dead.arn)},
            missing,
            "Task does not exist.",
        ),
    ]
    for operation, given, code, text in refusals:
        with pytest.raises(ClientError) as refused:
            operation(**given)
        error = refused.value.response["Error"]
        assert (error["Code"], error["Type"]) == (code, "Sender"), given
        assert text in error["Message"], given
        status = refused.value.response["ResponseMetadata"]["HTTPStatusCode"]
        assert status == (404 if code == missing else 400), given
    assert sqs.list_message_move_tasks(SourceArn=plain.arn).get("Results", []) == []


def test_who_moves_messages_needs_to_receive_delete_and_send_them(one_cloud: RunningCloud) -> None:
    dead, target = queue(one_cloud), queue(one_cloud)
    queue(one_cloud, dead)
    iam = one_cloud.client("iam")
    name = f"mover-{secrets.token_hex(4)}"
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    own = one_cloud.client("sqs", access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"])
    moving = ["StartMessageMoveTask", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"]
    asked = {"SourceArn": dead.arn, "DestinationArn": target.arn}
    source_only = policy(allow([f"sqs:{each}" for each in moving], dead.arn))
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=source_only)
    with pytest.raises(ClientError, match=r"AccessDenied.*sqs:sendmessage"):
        own.start_message_move_task(**asked)
    both = policy(
        allow([f"sqs:{each}" for each in moving], dead.arn), allow("sqs:SendMessage", target.arn)
    )
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=both)
    own.start_message_move_task(**asked)
    assert ended(dead)["Status"] == "COMPLETED"
