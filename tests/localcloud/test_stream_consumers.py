"""Kinesis consumers with enhanced fan-out, and event source mappings of them.

Sources: Kinesis Data Streams API Reference, RegisterStreamConsumer and its like, DeleteStream;
Lambda Developer Guide, "Using Lambda with Amazon Kinesis Data Streams" (read 2026-11).
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, EventStreamError
from mapped import Mapped, Queue, name, role_with, settled
from roles import acting_as, allow
from running_cloud import RunningCloud, wait_for

ACT = """
import base64
import contextlib
import json
if any(b"fail" in base64.b64decode(each["kinesis"]["data"]) for each in event["Records"]):
    raise ValueError("no")
return None
"""
LATEST = {"StartingPosition": "LATEST"}


class Stream:
    """A data stream with consumers."""

    def __init__(self, cloud: RunningCloud) -> None:
        self.client = cloud.client("kinesis")
        self.name = name("s")
        self.client.create_stream(StreamName=self.name, ShardCount=1)
        found = self.client.describe_stream_summary(StreamName=self.name)
        self.arn = str(found["StreamDescriptionSummary"]["StreamARN"])

    def register(self, consumer: str = "c", *, wait: bool = True) -> str:
        made = self.client.register_stream_consumer(StreamARN=self.arn, ConsumerName=consumer)
        arn = str(made["Consumer"]["ConsumerARN"])
        if wait:
            wait_for(lambda: self.status(arn) == "ACTIVE")
        return arn

    def status(self, arn: str) -> str:
        found = self.client.describe_stream_consumer(ConsumerARN=arn)
        return str(found["ConsumerDescription"]["ConsumerStatus"])

    def names(self) -> list[str]:
        found = self.client.list_stream_consumers(StreamARN=self.arn)
        return [each["ConsumerName"] for each in found["Consumers"]]

    def put(self, *texts: str) -> None:
        records = [{"Data": each.encode(), "PartitionKey": "k"} for each in texts]
        self.client.put_records(StreamName=self.name, Records=records)


@pytest.fixture
def stream(one_cloud: RunningCloud) -> Iterator[Stream]:
    found = Stream(one_cloud)
    yield found
    found.client.delete_stream(StreamName=found.name, EnforceConsumerDeletion=True)


@pytest.fixture(scope="module")
def acting(one_cloud: RunningCloud) -> Iterator[Mapped]:
    found = Mapped(one_cloud, ACT)
    yield found
    found.close()


@pytest.fixture
def mapped(acting: Mapped) -> Iterator[Mapped]:
    yield acting
    acting.forget()


def code(call: Callable[..., Any], **given: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**given)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_consumer_is_creating_then_active_then_gone(stream: Stream) -> None:
    before = int(time.time())
    made = stream.client.register_stream_consumer(StreamARN=stream.arn, ConsumerName="c")
    consumer = made["Consumer"]
    assert set(consumer) == {
        *("ConsumerName", "ConsumerARN", "ConsumerStatus", "ConsumerCreationTimestamp")
    }
    assert consumer["ConsumerStatus"] == "CREATING"
    arn = consumer["ConsumerARN"]
    created = int(consumer["ConsumerCreationTimestamp"].timestamp())
    assert before <= created <= time.time()
    assert arn == f"{stream.arn}/consumer/c:{created}"
    wait_for(lambda: stream.status(arn) == "ACTIVE")
    (listed,) = stream.client.list_stream_consumers(StreamARN=stream.arn)["Consumers"]
    assert listed == {**consumer, "ConsumerStatus": "ACTIVE"}
    by_name = {"StreamARN": stream.arn, "ConsumerName": "c"}
    found = stream.client.describe_stream_consumer(**by_name)["ConsumerDescription"]
    assert found == {**listed, "StreamARN": stream.arn}
    stream.client.deregister_stream_consumer(**by_name)
    assert stream.status(arn) == "DELETING"
    wait_for(lambda: not stream.names())
    describe = stream.client.describe_stream_consumer
    assert code(describe, ConsumerARN=arn)[0] == "ResourceNotFoundException"


def test_only_the_named_consumer_is_deregistered(stream: Stream) -> None:
    arns = [stream.register(each, wait=False) for each in ("a", "b", "c")]
    stream.client.deregister_stream_consumer(StreamARN=stream.arn, ConsumerName="b")
    wait_for(lambda: stream.names() == ["a", "c"])
    stream.client.deregister_stream_consumer(ConsumerARN=arns[0])
    wait_for(lambda: stream.names() == ["c"])


def test_what_is_refused(stream: Stream, one_cloud: RunningCloud) -> None:
    client = stream.client
    gone = f"{stream.arn}-not-there"
    for call, given in (
        (client.register_stream_consumer, {"StreamARN": gone, "ConsumerName": "c"}),
        (client.list_stream_consumers, {"StreamARN": gone}),
        (client.describe_stream_consumer, {"StreamARN": stream.arn, "ConsumerName": "c"}),
        (client.deregister_stream_consumer, {"ConsumerARN": f"{stream.arn}/consumer/c:1"}),
    ):
        assert code(call, **given)[0] == "ResourceNotFoundException"
    invalid = "InvalidArgumentException"
    assert code(client.describe_stream_consumer, StreamARN=stream.arn)[0] == invalid
    register = client.register_stream_consumer
    tagged = {"StreamARN": stream.arn, "ConsumerName": "c", "Tags": {"a": "b"}}
    assert "does not offer the member Tags" in code(register, **tagged)[1]
    stream.register()
    again = {"StreamARN": stream.arn, "ConsumerName": "c"}
    assert code(register, **again)[0] == "ResourceInUseException"
    delete = client.delete_stream
    assert code(delete, StreamName=stream.name)[0] == "ResourceInUseException"
    assert stream.names() == ["c"]


def test_five_consumers_are_created_at_once_and_twenty_in_all(stream: Stream) -> None:
    register = stream.client.register_stream_consumer

    def creating() -> bool:
        found = stream.client.list_stream_consumers(StreamARN=stream.arn)["Consumers"]
        return any(each["ConsumerStatus"] == "CREATING" for each in found)

    limited: list[tuple[str, str]] = []
    for first in range(0, 20, 5):
        for number in range(first, first + 5):
            register(StreamARN=stream.arn, ConsumerName=f"c{number}")
        if first == 0:
            limited.append(code(register, StreamARN=stream.arn, ConsumerName="sixth"))
        wait_for(lambda: not creating())
    ((limit, text),) = limited
    assert limit == "LimitExceededException"
    assert "CREATING" in text
    refused = code(register, StreamARN=stream.arn, ConsumerName="more")
    assert refused == ("LimitExceededException", "A stream has at most 20 consumers.")
    pages = stream.client.get_paginator("list_stream_consumers").paginate(
        StreamARN=stream.arn, PaginationConfig={"PageSize": 7}
    )
    sizes = [len(each["Consumers"]) for each in pages]
    assert sizes == [7, 7, 6]


def test_a_mapping_reads_a_consumer(mapped: Mapped, stream: Stream) -> None:
    arn = stream.register()
    stream.put("before")
    uuid = mapped.map(arn, **LATEST)
    assert mapped.get(uuid)["EventSourceArn"] == arn
    stream.put("one", "two")
    records = mapped.records(2)
    assert [base64.b64decode(each["kinesis"]["data"]) for each in records] == [b"one", b"two"]
    for each in records:
        assert each["eventSourceARN"] == arn
        assert re.fullmatch(r"shardId-0{12}:\d{56}", each["eventID"])


def test_a_mapping_begins_where_it_is_told(mapped: Mapped, stream: Stream) -> None:
    stream.put("old")
    time.sleep(0.5)
    at = time.time()
    stream.put("new")
    mapped.map(stream.register("a"), StartingPosition="TRIM_HORIZON")
    (record, *_) = mapped.records(2)
    assert base64.b64decode(record["kinesis"]["data"]) == b"old"
    mapped.forget()
    mapped.map(stream.register("b"), StartingPosition="AT_TIMESTAMP", StartingPositionTimestamp=at)
    (record,) = mapped.records(1)
    assert base64.b64decode(record["kinesis"]["data"]) == b"new"


def test_discarded_records_name_the_stream(
    mapped: Mapped, stream: Stream, one_cloud: RunningCloud
) -> None:
    queue = Queue(one_cloud)
    mapped.map(
        stream.register(),
        **LATEST,
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": queue.arn}},
    )
    stream.put("fail")
    (found,) = queue.take(1)
    assert found["KinesisBatchInfo"]["streamArn"] == stream.arn


def test_the_role_needs_subscribe_to_shard(
    mapped: Mapped, stream: Stream, one_cloud: RunningCloud
) -> None:
    arn = stream.register()
    reading = {
        "Effect": "Allow",
        "Action": ["kinesis:Get*", "kinesis:Describe*", "kinesis:List*"],
        "Resource": stream.arn,
    }
    pushed = {"Effect": "Allow", "Action": "kinesis:SubscribeToShard", "Resource": arn}
    create = one_cloud.client("lambda").create_event_source_mapping
    function = one_cloud.create(
        "def handler(event, context): return None\n", Role=role_with(one_cloud, reading)
    )
    given = {"EventSourceArn": arn, "FunctionName": function, **LATEST}
    refused, text = code(create, **given)
    assert refused == "InvalidParameterValueException"
    assert "SubscribeToShard" in text
    allowed = one_cloud.create(
        "def handler(event, context): return None\n", Role=role_with(one_cloud, reading, pushed)
    )
    made = create(**{**given, "FunctionName": allowed})
    lambda_ = one_cloud.client("lambda")
    settled(lambda: lambda_.get_event_source_mapping(UUID=made["UUID"])["State"] == "Enabled")
    stream.put("one")
    settled(
        lambda: lambda_.get_event_source_mapping(UUID=made["UUID"])["LastProcessingResult"] == "OK"
    )
    lambda_.delete_event_source_mapping(UUID=made["UUID"])


def test_a_consumer_that_is_gone_feeds_no_function(mapped: Mapped, stream: Stream) -> None:
    arn = stream.register()
    mapped.map(arn, **LATEST)
    stream.put("one")
    mapped.records(1)
    stream.client.deregister_stream_consumer(ConsumerARN=arn)
    wait_for(lambda: not stream.names())
    stream.put("two")
    time.sleep(1)
    with pytest.raises(AssertionError):
        mapped.records(2, limit_s=1)


def test_a_stack_registers_a_consumer_and_replaces_it(one_cloud: RunningCloud) -> None:
    client, kinesis = one_cloud.client("cloudformation"), one_cloud.client("kinesis")
    stack = name("stack")

    def template(consumer: str) -> str:
        properties = {"ConsumerName": consumer, "StreamARN": {"Fn::GetAtt": "Stream.Arn"}}
        kinds = ("ConsumerARN", "ConsumerCreationTimestamp", "ConsumerStatus")
        return json.dumps(
            {
                "Resources": {
                    "Stream": {"Type": "AWS::Kinesis::Stream", "Properties": {"ShardCount": 1}},
                    "It": {"Type": "AWS::Kinesis::StreamConsumer", "Properties": properties},
                },
                "Outputs": {
                    "Ref": {"Value": {"Ref": "It"}},
                    "Stream": {"Value": {"Fn::GetAtt": "Stream.Arn"}},
                    **{each: {"Value": {"Fn::GetAtt": f"It.{each}"}} for each in kinds},
                },
            }
        )

    def outputs(call: Callable[..., Any], consumer: str, status: str) -> dict[str, str]:
        call(StackName=stack, TemplateBody=template(consumer))
        wait_for(
            lambda: client.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"] == status
        )
        found = client.describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
        return {each["OutputKey"]: each["OutputValue"] for each in found}

    made = outputs(client.create_stack, "one", "CREATE_COMPLETE")
    assert made["Ref"] == made["ConsumerARN"]
    assert made["Ref"] == f"{made['Stream']}/consumer/one:{made['ConsumerCreationTimestamp']}"
    assert made["ConsumerStatus"] == "ACTIVE"
    changed = outputs(client.update_stack, "two", "UPDATE_COMPLETE")
    assert changed["Stream"] == made["Stream"]
    wait_for(
        lambda: (
            [
                each["ConsumerARN"]
                for each in kinesis.list_stream_consumers(StreamARN=made["Stream"])["Consumers"]
            ]
            == [changed["Ref"]]
        )
    )
    client.delete_stack(StackName=stack)
    wait_for(lambda: made["Stream"].rpartition("/")[2] not in kinesis.list_streams()["StreamNames"])


def subscribe(stream: Stream, consumer: str, kind: str = "TRIM_HORIZON", **more: Any) -> Any:
    """The events of a new subscription of the stream's first shard."""
    shard = stream.client.list_shards(StreamName=stream.name)["Shards"][0]["ShardId"]
    answer = stream.client.subscribe_to_shard(
        ConsumerARN=consumer, ShardId=shard, StartingPosition={"Type": kind, **more}
    )
    return answer["EventStream"]


def pushed(events: Iterator[Any], count: int) -> list[dict[str, Any]]:
    """So many records of a subscription."""
    found: list[dict[str, Any]] = []
    for each in events:
        found += each["SubscribeToShardEvent"]["Records"]
        if len(found) >= count:
            return found
    raise AssertionError(f"only {len(found)} of {count} records came")


def test_records_are_pushed_to_a_subscriber(stream: Stream) -> None:
    consumer = stream.register()
    stream.put("one", "two")
    subscription = subscribe(stream, consumer)
    with contextlib.closing(subscription):
        events = iter(subscription)
        first = next(events)["SubscribeToShardEvent"]
        assert [each["Data"] for each in first["Records"]] == [b"one", b"two"]
        assert set(first["Records"][0]) == {
            *("SequenceNumber", "ApproximateArrivalTimestamp", "Data", "PartitionKey"),
            "EncryptionType",
        }
        assert first["ContinuationSequenceNumber"] == first["Records"][-1]["SequenceNumber"]
        assert first["MillisBehindLatest"] == 0
        began = time.monotonic()
        stream.put("three")
        assert [each["Data"] for each in pushed(events, 1)] == [b"three"]
        assert time.monotonic() - began < 4, "pushed, and not at the next empty event"


def test_where_a_subscription_begins(stream: Stream) -> None:
    stream.put("one", "two", "three")
    starts: list[tuple[str, dict[str, Any], list[bytes]]] = []
    consumers = [stream.register(f"c{number}", wait=False) for number in range(4)]
    wait_for(lambda: all(stream.status(each) == "ACTIVE" for each in consumers))
    with contextlib.closing(subscribe(stream, consumers[0])) as subscription:
        numbers = [each["SequenceNumber"] for each in pushed(iter(subscription), 3)]
    starts.append(("AT_SEQUENCE_NUMBER", {"SequenceNumber": numbers[1]}, [b"two", b"three"]))
    starts.append(("AFTER_SEQUENCE_NUMBER", {"SequenceNumber": numbers[1]}, [b"three"]))
    for consumer, (kind, more, expected) in zip(consumers[1:3], starts, strict=True):
        with contextlib.closing(subscribe(stream, consumer, kind, **more)) as subscription:
            records = pushed(iter(subscription), len(expected))
            assert [each["Data"] for each in records] == expected
    with contextlib.closing(subscribe(stream, consumers[3], "LATEST")) as subscription:
        stream.put("four")
        assert [each["Data"] for each in pushed(iter(subscription), 1)] == [b"four"]


def test_a_closed_shard_ends_its_subscription_with_its_children(stream: Stream) -> None:
    consumer = stream.register()
    stream.put("one")
    (shard,) = stream.client.list_shards(StreamName=stream.name)["Shards"]
    with contextlib.closing(subscribe(stream, consumer)) as subscription:
        events = iter(subscription)
        assert [each["Data"] for each in pushed(events, 1)] == [b"one"]
        stream.client.split_shard(
            StreamName=stream.name, ShardToSplit=shard["ShardId"], NewStartingHashKey=str(2**127)
        )
        rest = [each["SubscribeToShardEvent"] for each in events]
    assert "ContinuationSequenceNumber" not in rest[-1]
    children = rest[-1]["ChildShards"]
    assert [each["ParentShards"] for each in children] == [[shard["ShardId"]]] * 2
    starts = sorted(int(each["HashKeyRange"]["StartingHashKey"]) for each in children)
    assert starts == [0, 2**127]


def test_what_a_subscriber_is_refused(stream: Stream, one_cloud: RunningCloud) -> None:
    consumer = stream.register(wait=False)
    shard = stream.client.list_shards(StreamName=stream.name)["Shards"][0]["ShardId"]
    call = stream.client.subscribe_to_shard
    given = {
        "ConsumerARN": consumer,
        "ShardId": shard,
        "StartingPosition": {"Type": "TRIM_HORIZON"},
    }
    refused, text = code(call, **given)
    assert refused == "ResourceInUseException"
    assert text.endswith("is not in ACTIVE status.")
    wait_for(lambda: stream.status(consumer) == "ACTIVE")
    missing = {**given, "ShardId": "shardId-000000000099"}
    assert code(call, **missing)[0] == "ResourceNotFoundException"
    missing = {**given, "ConsumerARN": f"{stream.arn}/consumer/c:1"}
    assert code(call, **missing)[0] == "ResourceNotFoundException"
    needs = {**given, "StartingPosition": {"Type": "AT_SEQUENCE_NUMBER"}}
    assert code(call, **needs)[0] == "InvalidArgumentException"
    reader = acting_as(one_cloud, allow("kinesis:*", stream.arn)).client("kinesis")
    assert code(reader.subscribe_to_shard, **given)[0] == "AccessDeniedException"
    with contextlib.closing(call(**given)["EventStream"]):
        refused, text = code(call, **given)
        assert refused == "ResourceInUseException"
        assert "Another active subscription exists for this consumer" in text


def test_a_consumer_that_is_deregistered_ends_its_subscription(stream: Stream) -> None:
    consumer = stream.register()
    with contextlib.closing(subscribe(stream, consumer)) as subscription:
        events = iter(subscription)
        next(events)
        stream.client.deregister_stream_consumer(ConsumerARN=consumer)
        with pytest.raises(EventStreamError, match=r"ResourceInUseException|NotFound"):
            list(events)
