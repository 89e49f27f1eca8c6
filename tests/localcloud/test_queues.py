"""SQS: what it refuses, doubles of FIFO queues, and the order in which groups are received.

Words and codes as recorded from AWS (localstack, test_sqs, 2023 to 2025); SQS Developer Guide,
"Exactly-once processing in Amazon SQS" and "FIFO queue delivery logic" (read 2026-11).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session
from running_cloud import RunningCloud


class Queue:
    def __init__(self, cloud: RunningCloud, name: str, **attributes: str) -> None:
        self.sqs = cloud.client("sqs")
        self.url = self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]

    def send(self, body: str, group: str | None = None, double: str | None = None) -> Any:
        given = {"MessageGroupId": group, "MessageDeduplicationId": double}
        named = {name: value for name, value in given.items() if value is not None}
        return self.sqs.send_message(QueueUrl=self.url, MessageBody=body, **named)

    def receive(self, count: int = 10, visibility_s: int = 30) -> list[Any]:
        found = self.sqs.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=count, VisibilityTimeout=visibility_s
        )
        return list(found.get("Messages", []))

    def bodies(self, count: int = 10, visibility_s: int = 30) -> list[str]:
        return [message["Body"] for message in self.receive(count, visibility_s)]

    def show_again(self, message: Any) -> None:
        self.sqs.change_message_visibility(
            QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
        )

    def delete(self, message: Any) -> None:
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])


@pytest.fixture
def plain(one_cloud: RunningCloud) -> Iterator[Queue]:
    made = Queue(one_cloud, "ruled")
    yield made
    made.sqs.delete_queue(QueueUrl=made.url)


@pytest.fixture
def fifo(one_cloud: RunningCloud) -> Iterator[Queue]:
    made = Queue(one_cloud, "ruled.fifo", FifoQueue="true")
    yield made
    made.sqs.delete_queue(QueueUrl=made.url)


def refused(call: Any, **given: Any) -> tuple[str, str, str]:
    """The code, the type and the message of a refusal."""
    with pytest.raises(ClientError) as caught:
        call(**given)
    error = caught.value.response["Error"]
    return error["Code"], error.get("QueryErrorCode", ""), error["Message"]


INVALID = ("InvalidParameterValue", "InvalidParameterValueException")


def test_a_double_is_known_after_its_deletion(fifo: Queue) -> None:
    first = fifo.send("a", "g", "d")
    (message,) = fifo.receive()
    fifo.delete(message)
    second = fifo.send("b", "g2", "d")
    assert second["MessageId"] == first["MessageId"]
    assert second["SequenceNumber"] == first["SequenceNumber"]
    assert fifo.receive() == []
    fifo.send("b", "g", "d2")
    assert fifo.bodies() == ["b"]


def test_doubles_by_group_and_by_content(one_cloud: RunningCloud) -> None:
    by_group = {"DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId"}
    queue = Queue(
        one_cloud, "scoped.fifo", FifoQueue="true", ContentBasedDeduplication="true", **by_group
    )
    for group in ("g1", "g2", "g1"):
        queue.send("same", group)
    assert queue.bodies() == ["same", "same"]
    queue.sqs.delete_queue(QueueUrl=queue.url)


def test_messages_of_a_group_come_together_and_in_order(fifo: Queue) -> None:
    for place, (group, body) in enumerate((("g1", "1a"), ("g2", "2a"), ("g1", "1b"))):
        fifo.send(body, group, str(place))
    assert fifo.bodies(count=2) == ["1a", "1b"]
    assert fifo.bodies() == ["2a"]


def test_only_what_is_before_holds_a_message_back(fifo: Queue) -> None:
    for body in ("a", "b", "c"):
        fifo.send(body, "g", body)
    first, second = fifo.receive(count=2)
    assert fifo.receive() == []
    fifo.show_again(first)
    assert fifo.bodies() == ["a"]
    fifo.delete(second)
    assert fifo.receive() == []


def test_a_group_that_came_back_stands_last(fifo: Queue) -> None:
    for group, body in (("g1", "1a"), ("g2", "2a")):
        fifo.send(body, group, body)
    (first,) = fifo.receive(count=1)
    fifo.show_again(first)
    assert fifo.bodies() == ["2a", "1a"]


def test_what_sending_refuses(plain: Queue, fifo: Queue) -> None:
    send = plain.sqs.send_message
    given = {"QueueUrl": plain.url, "MessageBody": "m"}
    assert refused(send, QueueUrl=plain.url, MessageBody="")[0] == "MissingParameter"
    assert refused(send, QueueUrl=plain.url, MessageBody="\x00")[0] == "InvalidMessageContents"
    for group in ("", "a" * 129, "a b"):
        assert refused(send, **given, MessageGroupId=group) == (
            *INVALID,
            f"Value {group} for parameter MessageGroupId is invalid. Reason: MessageGroupId can "
            "only include alphanumeric and punctuation characters. 1 to 128 in length.",
        )
    assert send(**given, MessageGroupId="fair")["MessageId"]
    assert refused(send, **given, MessageDeduplicationId="d")[:2] == INVALID
    plain.sqs.set_queue_attributes(QueueUrl=plain.url, Attributes={"MaximumMessageSize": "1024"})
    attributes = {"k": {"DataType": "String", "StringValue": "x" * 1020}}
    assert refused(send, **given, MessageAttributes=attributes) == (
        *INVALID,
        "One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.",
    )
    entry = {"Id": "1", "MessageBody": "m"}
    batch = fifo.sqs.send_message_batch
    code, _, message = refused(batch, QueueUrl=fifo.url, Entries=[entry])
    assert (code, message) == (
        "InvalidParameterValue",
        "The request must contain the parameter MessageGroupId.",
    )
    mixed = plain.sqs.send_message_batch(
        QueueUrl=plain.url, Entries=[entry, {"Id": "2", "MessageBody": "\x00"}]
    )
    assert [each["Id"] for each in mixed["Successful"]] == ["1"]
    assert [(each["Id"], each["Code"]) for each in mixed["Failed"]] == [
        ("2", "InvalidMessageContents")
    ]


def test_what_receiving_and_batches_refuse(plain: Queue, fifo: Queue) -> None:
    receive = plain.sqs.receive_message
    for wait_s in (-1, 21):
        assert refused(receive, QueueUrl=plain.url, WaitTimeSeconds=wait_s) == (
            *INVALID,
            f"Value {wait_s} for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= "
            "20, if provided.",
        )
    for call, more in (
        (plain.sqs.delete_message_batch, {}),
        (plain.sqs.change_message_visibility_batch, {"VisibilityTimeout": 1}),
    ):
        for id_ in ("", "invalid:id"):
            entry = {"Id": id_, "ReceiptHandle": "h", **more}
            assert refused(call, QueueUrl=plain.url, Entries=[entry])[2] == (
                "A batch entry id can only contain alphanumeric characters, hyphens and "
                "underscores. It can be at most 80 letters long."
            )
        many = [{"Id": str(n), "ReceiptHandle": f"h{n}", **more} for n in range(11)]
        assert refused(call, QueueUrl=plain.url, Entries=many)[2] == (
            "Maximum number of entries per request are 10. You have sent 11."
        )
    fifo.send("a", "g", "a")
    (message,) = fifo.receive()
    fifo.show_again(message)
    handle = message["ReceiptHandle"]
    delete = fifo.sqs.delete_message
    assert refused(delete, QueueUrl=fifo.url, ReceiptHandle=handle) == (
        *INVALID,
        f"Value {handle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has "
        "expired.",
    )
    plain.send("a")
    (message,) = plain.receive()
    plain.delete(message)
    handle = message["ReceiptHandle"]
    change = plain.sqs.change_message_visibility
    assert refused(change, QueueUrl=plain.url, ReceiptHandle=handle, VisibilityTimeout=1)[:2] == (
        INVALID
    )


def test_what_making_and_setting_refuses(plain: Queue, one_cloud: RunningCloud) -> None:
    create = plain.sqs.create_queue
    assert refused(create, QueueName="ruled", Attributes={"DelaySeconds": "5"})[2] == (
        "A queue already exists with the same name and a different value for attribute DelaySeconds"
    )
    for name, attributes, message in (
        ("x", {"FifoQueue": "false"}, "Unknown Attribute FifoQueue."),
        (
            "x",
            {"ContentBasedDeduplication": "true"},
            "Unknown Attribute ContentBasedDeduplication.",
        ),
        (
            "x",
            {"DeduplicationScope": "queue"},
            "You can specify the DeduplicationScope only when FifoQueue is set to true.",
        ),
        ("x", {"VisibilityTimeout": "43201"}, "Invalid value for the parameter VisibilityTimeout."),
        (
            "x",
            {"MaximumMessageSize": "1023"},
            "Invalid value for the parameter MaximumMessageSize.",
        ),
        ("x", {"Policy": "{"}, "Invalid value for the parameter Policy."),
        (
            "x",
            {"KmsMasterKeyId": "k", "SqsManagedSseEnabled": "true"},
            "You can use one type of server-side encryption (SSE) at one time. You can either "
            "enable KMS SSE or SQS SSE.",
        ),
        (
            "x.fifo",
            {},
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
        ),
    ):
        assert refused(create, QueueName=name, Attributes=attributes)[2] == message
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    for attributes in ({"Policy": policy}, {"DelaySeconds": "0"}):
        plain.sqs.set_queue_attributes(QueueUrl=plain.url, Attributes=attributes)
    kept = plain.sqs.get_queue_attributes(QueueUrl=plain.url, AttributeNames=["Policy"])
    assert json.loads(kept["Attributes"]["Policy"])["Statement"] == [statement]


def attributes_of(queue: Queue, *names: str) -> dict[str, str]:
    found = queue.sqs.get_queue_attributes(QueueUrl=queue.url, AttributeNames=list(names))
    return dict(found.get("Attributes", {}))


def test_attributes_are_kept_as_aws_keeps_them(plain: Queue, fifo: Queue) -> None:
    shown = attributes_of(plain, "All")
    assert shown["CreatedTimestamp"].isdigit()
    assert shown["LastModifiedTimestamp"].isdigit()
    change = plain.sqs.set_queue_attributes
    change(QueueUrl=plain.url, Attributes={"KmsMasterKeyId": "k"})
    assert attributes_of(plain, "SqsManagedSseEnabled") == {"SqsManagedSseEnabled": "false"}
    change(QueueUrl=fifo.url, Attributes={"FifoQueue": "true"})
    assert refused(change, QueueUrl=fifo.url, Attributes={"FifoQueue": "false"})[::2] == (
        "InvalidAttributeValue",
        "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.",
    )
    give = plain.sqs.add_permission
    named = {"QueueUrl": plain.url, "Label": "mine"}
    give(**named, AWSAccountIds=["123456789012"], Actions=["SendMessage"])
    assert json.loads(attributes_of(plain, "Policy")["Policy"])["Version"] == "2008-10-17"
    plain.sqs.remove_permission(**named)
    assert refused(plain.sqs.remove_permission, **named)[2] == (
        "Value mine for parameter Label is invalid. Reason: can't find label."
    )


def test_redrive_policies_that_are_refused(plain: Queue, fifo: Queue) -> None:
    arn = attributes_of(plain, "QueueArn")["QueueArn"]
    change = plain.sqs.set_queue_attributes

    def reason(policy: str) -> str:
        code, _, text = refused(change, QueueUrl=plain.url, Attributes={"RedrivePolicy": policy})
        assert code == "InvalidParameterValue"
        start = f"Value {policy} for parameter RedrivePolicy is invalid. Reason: "
        assert text.startswith(start)
        return text.removeprefix(start)

    no_attribute = "Redrive policy does not contain mandatory attribute:"
    for policy, said in (
        ({"deadLetterTargetArn": arn}, f"{no_attribute} maxReceiveCount."),
        ({"maxReceiveCount": 1}, f"{no_attribute} deadLetterTargetArn."),
        (
            {"deadLetterTargetArn": "dummy", "maxReceiveCount": 42},
            "Invalid value for deadLetterTargetArn.",
        ),
        (
            {"deadLetterTargetArn": arn, "maxReceiveCount": 0},
            "Invalid value for maxReceiveCount: 0, valid values are from 1 to 1000 both inclusive.",
        ),
        (
            {"deadLetterTargetArn": f"{arn}x", "maxReceiveCount": 1},
            "Dead letter target does not exist.",
        ),
        (
            {
                "deadLetterTargetArn": attributes_of(fifo, "QueueArn")["QueueArn"],
                "maxReceiveCount": 1,
            },
            "Dead-letter queue must be same type of queue as the source.",
        ),
    ):
        assert reason(json.dumps(policy)) == said
    allowed = json.dumps({"redrivePermission": "denyAll"})
    plain.sqs.create_queue(QueueName="ruled-dead", Attributes={"RedriveAllowPolicy": allowed})
    denied = json.dumps({"deadLetterTargetArn": f"{arn}-dead", "maxReceiveCount": 1})
    assert "denies this queue" in reason(denied)
    bad = {"RedriveAllowPolicy": json.dumps({"redrivePermission": "byQueue"})}
    assert refused(change, QueueUrl=plain.url, Attributes=bad)[0] == "InvalidAttributeValue"
    plain.sqs.delete_queue(QueueUrl=f"{plain.url}-dead")


@pytest.mark.parametrize(
    ("name", "attribute", "said"),
    [
        ("a", {"DataType": "String", "StringValue": ""}, "must contain a non-empty value of type"),
        ("a", {"DataType": "String", "StringValue": "\x08"}, "Invalid characters"),
        ("a", {"DataType": "Number", "StringValue": "one"}, "Can't cast the value"),
        ("a", {"DataType": "Other", "StringValue": "v"}, "an invalid message attribute type"),
        ("a", {"DataType": "Number." + "L" * 256, "StringValue": "1"}, "Invalid length"),
        *(
            (name, {"DataType": "String", "StringValue": "v"}, "Invalid message attribute name")
            for name in ("aWs.x", "AMAZON.x", ".x", "x.", "a..b", "a!b", "L" * 257)
        ),
    ],
)
def test_message_attributes_that_are_refused(
    plain: Queue, name: str, attribute: Any, said: str
) -> None:
    given = {"QueueUrl": plain.url, "MessageBody": "m", "MessageAttributes": {name: attribute}}
    code, _, message = refused(plain.sqs.send_message, **given)
    assert code == "InvalidParameterValue"
    assert said in message


def test_attributes_of_messages_and_their_digests(plain: Queue) -> None:
    given = {"attr.1øßä": {"DataType": "String", "StringValue": "v"}}
    header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
    system = {"AWSTraceHeader": {"DataType": "String", "StringValue": header}}
    named = {"QueueUrl": plain.url, "MessageAttributes": given, "MessageSystemAttributes": system}
    sent = plain.sqs.send_message(MessageBody="m", **named)
    assert sent["MD5OfMessageSystemAttributes"] == "5ae4d5d7636402d80f4eb6d213245a88"
    found = plain.sqs.receive_message(
        QueueUrl=plain.url, MessageAttributeNames=["*"], AttributeNames=["AWSTraceHeader"]
    )["Messages"][0]
    assert found["MessageAttributes"] == given
    assert found["Attributes"] == {"AWSTraceHeader": header}
    wrong = {**system, "Other": system["AWSTraceHeader"]}
    code, _, _ = refused(
        plain.sqs.send_message,
        QueueUrl=plain.url,
        MessageBody="m",
        MessageSystemAttributes=wrong,
    )
    assert code == "InvalidParameterValue"


def test_a_batch_fails_message_by_message(plain: Queue) -> None:
    plain.sqs.set_queue_attributes(QueueUrl=plain.url, Attributes={"MaximumMessageSize": "1024"})
    sizes = {"fits": 1024, "large": 1025}
    answer = plain.sqs.send_message_batch(
        QueueUrl=plain.url,
        Entries=[{"Id": id_, "MessageBody": "a" * size} for id_, size in sizes.items()],
    )
    assert [each["Id"] for each in answer["Successful"]] == ["fits"]
    assert answer["Failed"] == [
        {
            "Id": "large",
            "SenderFault": True,
            "Code": "InvalidParameterValue",
            "Message": "One or more parameters cannot be validated. Reason: Message must be "
            "shorter than 1024 bytes.",
        }
    ]


def test_a_purge_and_a_delay_of_a_fifo_queue(fifo: Queue) -> None:
    fifo.send("a", "g", "d")
    fifo.sqs.purge_queue(QueueUrl=fifo.url)
    fifo.send("b", "g", "d")
    assert fifo.bodies() == ["b"]
    fifo.sqs.set_queue_attributes(QueueUrl=fifo.url, Attributes={"DelaySeconds": "900"})
    named = {"MessageGroupId": "h", "MessageDeduplicationId": "e", "DelaySeconds": 0}
    fifo.sqs.send_message(QueueUrl=fifo.url, MessageBody="c", **named)
    assert fifo.bodies() == []


def test_a_group_that_was_received_stands_last(fifo: Queue) -> None:
    for body in ("g1-1", "g2-1", "g2-2", "g3-1", "g1-2"):
        fifo.send(body, body[:2], body)
    assert fifo.bodies(3, visibility_s=0) == ["g1-1", "g1-2", "g2-1"]
    assert fifo.bodies(10, visibility_s=0) == ["g3-1", "g1-1", "g1-2", "g2-1", "g2-2"]


@pytest.mark.parametrize(
    ("parameters", "status", "said"),
    [
        ({"Action": "GetQueueAttributes", "AttributeName.1": "QueueArn"}, 200, ":ruled</Value>"),
        ({"Action": "ListQueues"}, 400, "The action ListQueues is not valid for this endpoint."),
        ({"Action": "FooBar"}, 400, "<Code>InvalidAction</Code>"),
        ({"Action": "SendMessage"}, 400, "must contain the parameter MessageBody."),
        ({}, 404, "<UnknownOperationException"),
    ],
)
def test_the_address_of_a_queue(
    plain: Queue, one_cloud: RunningCloud, parameters: dict[str, str], status: int, said: str
) -> None:
    request = AWSRequest("GET", plain.url, params=parameters)
    keys = Credentials(*(one_cloud.ready[name] for name in ("access_key_id", "secret_access_key")))
    SigV4Auth(keys, "sqs", "us-east-1").add_auth(request)
    answer = URLLib3Session().send(request.prepare())
    assert answer.status_code == status
    assert said in answer.text


def test_a_queue_of_another_account_is_none(plain: Queue) -> None:
    url = plain.url.replace("123456789012", "210987654321")
    missing = "AWS.SimpleQueueService.NonExistentQueue"
    assert refused(plain.sqs.get_queue_attributes, QueueUrl=url)[0] == missing
    given = {"QueueName": "ruled", "QueueOwnerAWSAccountId": "210987654321"}
    assert refused(plain.sqs.get_queue_url, **given)[0] == missing
