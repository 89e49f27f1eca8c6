"""The seam to moto's queues and streams: what is repaired there, and what a look shows.

Should a newer moto move or mend these, this tells.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from serverless_course.localcloud.iam.account import ACCOUNT_ID
from serverless_course.localcloud.moto_seam.queues import Queues
from serverless_course.localcloud.moto_seam.streams import Streams

REGION = "us-east-1"
KEYS = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": REGION}


@pytest.fixture
def in_process() -> Iterator[None]:
    """moto in this process, as the server has it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_ACCOUNT_ID", ACCOUNT_ID)
        with mock_aws():
            yield


@pytest.fixture
def queues(in_process: None) -> Queues:
    found = Queues()
    found.install()
    return found


@pytest.fixture
def streams(in_process: None) -> Streams:
    found = Streams()
    found.install()
    return found


def sqs() -> Any:
    return boto3.client("sqs", **KEYS)


class Clock:
    """The clock that moto's queues look at, in milliseconds, moved by hand."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now_ms = 1_800_000_000_000.0
        for module in ("moto.sqs.models", "moto.core.utils"):
            patch.setattr(f"{module}.unix_time_millis", lambda *_: self.now_ms)
            patch.setattr(f"{module}.unix_time", lambda *_: self.now_ms / 1000)

    def pass_s(self, seconds: float) -> None:
        self.now_ms += seconds * 1000


@pytest.fixture
def clock(queues: Queues, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def make_queue(name: str, **attributes: str) -> str:
    url = sqs().create_queue(QueueName=name, Attributes={"VisibilityTimeout": "5", **attributes})
    return str(url["QueueUrl"])


def test_a_look_at_a_queue(queues: Queues, clock: Clock) -> None:
    assert queues.look(REGION, "none") is None
    url = make_queue("look")
    state = queues.look(REGION, "look")
    assert state is not None
    assert (state.ready, state.next_s, state.visibility_timeout_s, state.fifo) == (
        False,
        None,
        5,
        False,
    )
    sqs().send_message(QueueUrl=url, MessageBody="a", DelaySeconds=2)
    later = queues.look(REGION, "look")
    assert later is not None
    assert not later.ready
    assert later.next_s == pytest.approx(2.001)
    clock.pass_s(2.01)
    now = queues.look(REGION, "look")
    assert now is not None
    assert now.ready
    sqs().receive_message(QueueUrl=url)
    hidden = queues.look(REGION, "look")
    assert hidden is not None
    assert not hidden.ready
    assert hidden.next_s == pytest.approx(5.001)


def test_a_fifo_group_in_flight_is_not_ready(queues: Queues, clock: Clock) -> None:
    """SQS Developer Guide, "FIFO queue delivery logic"."""
    url = make_queue("group.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    for body in "ab":
        sqs().send_message(QueueUrl=url, MessageBody=body, MessageGroupId="g")
    clock.pass_s(0.1)
    (first,) = sqs().receive_message(QueueUrl=url)["Messages"]
    state = queues.look(REGION, "group.fifo")
    assert state is not None
    assert not state.ready
    sqs().delete_message(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"])
    freed = queues.look(REGION, "group.fifo")
    assert freed is not None
    assert freed.ready


def test_watchers_are_told_and_can_leave(queues: Queues) -> None:
    url = make_queue("watch")
    told: list[str] = []
    leave = queues.watch(REGION, "watch", lambda: told.append("x"))
    sqs().send_message(QueueUrl=url, MessageBody="a")
    assert len(told) == 1
    (message,) = sqs().receive_message(QueueUrl=url)["Messages"]
    handle = message["ReceiptHandle"]
    sqs().change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
    assert len(told) == 2
    leave()
    sqs().send_message(QueueUrl=url, MessageBody="a")
    assert len(told) == 2


def test_installing_twice_wraps_once(queues: Queues) -> None:
    Queues().install()
    queues.install()
    told: list[str] = []
    queues.watch(REGION, "twice", lambda: told.append("x"))
    sqs().send_message(QueueUrl=make_queue("twice"), MessageBody="a")
    assert told == ["x"]


def test_fifo_sequence_numbers_grow(queues: Queues) -> None:
    """SQS API, Message: "SequenceNumber" grows for messages of a group."""
    url = make_queue("numbers.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    sent = [
        sqs().send_message(QueueUrl=url, MessageBody=body, MessageGroupId="g") for body in "abc"
    ]
    numbers = [each["SequenceNumber"] for each in sent]
    assert numbers == sorted(numbers)
    assert {len(number) for number in numbers} == {20}


def test_a_message_kept_too_long_blocks_nothing(queues: Queues, clock: Clock) -> None:
    url = make_queue("short", MessageRetentionPeriod="60")
    sqs().send_message(QueueUrl=url, MessageBody="old")
    clock.pass_s(61)
    sqs().send_message(QueueUrl=url, MessageBody="new")
    clock.pass_s(1)
    got = sqs().receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert [each["Body"] for each in got] == ["new"]


def test_a_long_poll_ends_when_a_message_comes(queues: Queues) -> None:
    url = make_queue("poll")
    timer = threading.Timer(0.1, lambda: sqs().send_message(QueueUrl=url, MessageBody="a"))
    timer.start()
    assert sqs().receive_message(QueueUrl=url, WaitTimeSeconds=5)["Messages"]
    timer.join()


def test_sending_receiving_and_deleting_at_once_loses_nothing(queues: Queues) -> None:
    from moto.sqs.models import sqs_backends

    make_queue("busy")
    backend = sqs_backends[ACCOUNT_ID][REGION]
    seen: list[str] = []

    def send(start: int) -> None:
        for number in range(start, start + 60):
            backend.send_message("busy", str(number))

    def take() -> None:
        empty = 0
        while empty < 200:
            found = backend.receive_message("busy", 10, 0, 30)
            empty = 0 if found else empty + 1
            for message in found:
                seen.append(message.body)
                backend.delete_message("busy", message.receipt_handle)

    threads = [threading.Thread(target=send, args=(start,)) for start in (0, 100, 200)]
    threads += [threading.Thread(target=take) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    take()
    expected = [str(start + number) for start in (0, 100, 200) for number in range(60)]
    assert sorted(seen) == sorted(expected)


actions = st.lists(
    st.sampled_from(["send a", "send b", "receive", "delete one", "delete all", "wait"]),
    min_size=5,
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(actions, st.integers(1, 10))
def test_a_fifo_group_keeps_its_order(steps: list[str], most: int) -> None:
    """SQS Developer Guide, "FIFO queue delivery logic": in order, one receiver of a group."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_ACCOUNT_ID", ACCOUNT_ID)
        with mock_aws():
            Queues().install()
            clock = Clock(patch)
            _order_holds(clock, steps, most)


def _order_holds(clock: Clock, steps: list[str], most: int) -> None:
    url = make_queue("o.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    client = sqs()
    numbers = itertools.count()
    left: dict[str, list[str]] = {"a": [], "b": []}
    held: list[tuple[float, dict[str, Any]]] = []
    for step in [*steps, "wait", *["receive", "delete all"] * len(steps)]:
        clock.pass_s(0.01)
        held = [(since, each) for since, each in held if clock.now_ms < since + 5000]
        if step.startswith("send"):
            group, body = step[-1], str(next(numbers))
            client.send_message(QueueUrl=url, MessageBody=body, MessageGroupId=group)
            left[group].append(body)
        elif step == "receive":
            busy = {each["Attributes"]["MessageGroupId"] for _, each in held}
            answer = client.receive_message(
                QueueUrl=url, MaxNumberOfMessages=most, AttributeNames=["All"]
            )
            got = answer.get("Messages", [])
            for group in "ab":
                bodies = [m["Body"] for m in got if m["Attributes"]["MessageGroupId"] == group]
                assert bodies == left[group][: len(bodies)]
                assert not bodies or group not in busy
            held += [(clock.now_ms, each) for each in got]
        elif step.startswith("delete"):
            gone, held = (held[:1], held[1:]) if step == "delete one" else (held, [])
            for _, each in gone:
                client.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
                left[each["Attributes"]["MessageGroupId"]].remove(each["Body"])
        else:
            clock.pass_s(6)
    assert left == {"a": [], "b": []}


# streams


def kinesis() -> Any:
    return boto3.client("kinesis", **KEYS)


def put(key: str) -> str:
    return str(kinesis().put_record(StreamName="s", Data=b"x", PartitionKey=key)["ShardId"])


ARN = f"arn:aws:kinesis:{REGION}:{ACCOUNT_ID}:stream/s"


def test_a_look_at_a_kinesis_stream(streams: Streams) -> None:
    assert streams.look(ARN) is None
    kinesis().create_stream(StreamName="s", ShardCount=2)
    shards = streams.look(ARN)
    assert shards is not None
    assert [(each.closed, each.last, each.parents) for each in shards] == [(False, None, ())] * 2
    told: list[str] = []
    streams.watch(ARN, lambda: told.append("x"))
    shard_id = put("k")
    assert told == ["x"]
    found = {each.id: each.last for each in streams.look(ARN) or []}
    # AWS's sequence numbers have 56 digits.
    assert len(str(found.pop(shard_id))) == 56
    assert list(found.values()) == [None]


def test_after_a_split_records_go_to_the_children_and_the_parent_keeps_its_own(
    streams: Streams,
) -> None:
    """Kinesis Developer Guide, "Strategies for resharding": parent and child shards."""
    kinesis().create_stream(StreamName="s", ShardCount=1)
    before = {put(str(number)) for number in range(5)}
    kinesis().split_shard(
        StreamName="s", ShardToSplit="shardId-000000000000", NewStartingHashKey=str(2**127)
    )
    shards = streams.look(ARN)
    assert shards is not None
    assert [(each.closed, each.last, each.parents) for each in shards] == [
        (True, shards[0].last, ()),
        (False, None, ("shardId-000000000000",)),
        (False, None, ("shardId-000000000000",)),
    ]
    after = {put(str(number)) for number in range(20)}
    assert before == {"shardId-000000000000"}
    assert after == {"shardId-000000000001", "shardId-000000000002"}
    kinesis().merge_shards(
        StreamName="s",
        ShardToMerge="shardId-000000000001",
        AdjacentShardToMerge="shardId-000000000002",
    )
    assert put("1") == "shardId-000000000003"
    merged = streams.look(ARN)
    assert merged is not None
    newest = [each.last or 0 for each in merged]
    # A child's numbers are higher than its parents'.
    assert newest[0] < min(newest[1:3]) <= max(newest[1:3]) < newest[3]
    assert merged[-1].parents == ("shardId-000000000001", "shardId-000000000002")


def test_records_put_at_once_all_arrive(streams: Streams) -> None:
    from moto.kinesis.models import kinesis_backends

    kinesis().create_stream(StreamName="s", ShardCount=1)
    stream = kinesis_backends[ACCOUNT_ID][REGION].streams["s"]

    def work() -> None:
        for _ in range(200):
            stream.put_record("k", "", "eA==")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (shard,) = stream.shards.values()
    numbers = list(shard.records)
    assert len(numbers) == 800
    assert numbers == sorted(set(numbers))


def test_a_look_at_a_tables_stream(streams: Streams) -> None:
    client = boto3.client("dynamodb", **KEYS)
    made = client.create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    arn = made["TableDescription"]["LatestStreamArn"]
    told: list[str] = []
    streams.watch(arn, lambda: told.append("x"))
    item = {"id": {"S": "1"}, "n": {"N": "1"}}
    client.put_item(TableName="t", Item=item)
    # Recorded from AWS: the same item put twice makes one record.
    client.put_item(TableName="t", Item=item)
    client.update_item(
        TableName="t",
        Key={"id": {"S": "1"}},
        UpdateExpression="SET n = :n",
        ExpressionAttributeValues={":n": {"N": "1"}},
    )
    assert told == ["x"]
    client.update_item(
        TableName="t",
        Key={"id": {"S": "1"}},
        UpdateExpression="SET n = :n",
        ExpressionAttributeValues={":n": {"N": "2"}},
    )
    client.delete_item(TableName="t", Key={"id": {"S": "1"}})
    assert told == ["x"] * 3
    (shard,) = streams.look(arn) or []
    assert (shard.closed, shard.parents) == (False, ())
    reader = boto3.client(
        "dynamodbstreams", endpoint_url=f"https://streams.dynamodb.{REGION}.amazonaws.com", **KEYS
    )
    iterator = reader.get_shard_iterator(
        StreamArn=arn, ShardId=shard.id, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    records = reader.get_records(ShardIterator=iterator)["Records"]
    assert [each["eventName"] for each in records] == ["INSERT", "MODIFY", "REMOVE"]
    assert int(records[-1]["dynamodb"]["SequenceNumber"]) == shard.last
    assert streams.look(arn + "x") is None
    assert streams.look(f"arn:aws:dynamodb:{REGION}:{ACCOUNT_ID}:table/t") is None
