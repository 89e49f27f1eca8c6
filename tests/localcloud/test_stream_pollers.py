"""Event source mappings of Kinesis and DynamoDB streams at work, against a running server.

Sources (Lambda Developer Guide, read 2026-11): "Using Lambda with Amazon Kinesis Data Streams",
"Using Lambda with Amazon DynamoDB", "Retain discarded batch records", "Configuring partial batch
response". Event members, the invocation record and the count of attempts as recorded from AWS.
Ages run on the scaled clock (60 s in 1 s), batching windows in real seconds.
"""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from mapped import Mapped, Queue, name, settled
from running_cloud import RunningCloud

# What the data of a record may ask of the function.
ACT = """
import base64
def text(record):
    if "kinesis" in record:
        return base64.b64decode(record["kinesis"]["data"]).decode()
    return record["dynamodb"]["Keys"]["id"]["S"]
texts = [text(record) for record in event["Records"]]
if any(each.startswith("slow") for each in texts):
    time.sleep(0.4)
if any(each.startswith("fail") for each in texts):
    raise ValueError("no")
for record, each in zip(event["Records"], texts):
    if each.startswith("report"):
        part = record.get("kinesis") or record["dynamodb"]
        number = part.get("sequenceNumber") or part["SequenceNumber"]
        return {"batchItemFailures": [{"itemIdentifier": number}]}
return None
"""


@pytest.fixture(scope="module")
def acting(one_cloud: RunningCloud) -> Iterator[Mapped]:
    found = Mapped(one_cloud, ACT)
    yield found
    found.close()


@pytest.fixture
def mapped(acting: Mapped) -> Iterator[Mapped]:
    yield acting
    acting.forget()


class KinesisStream:
    """A data stream and what is done with it."""

    def __init__(self, cloud: RunningCloud, shards: int = 1) -> None:
        self.client = cloud.client("kinesis")
        self.name = name("s")
        self.client.create_stream(StreamName=self.name, ShardCount=shards)
        found = self.client.describe_stream_summary(StreamName=self.name)
        self.arn = str(found["StreamDescriptionSummary"]["StreamARN"])

    def put(self, *texts: str, key: str = "k") -> list[str]:
        """Put records; gives their sequence numbers."""
        records = [{"Data": each.encode(), "PartitionKey": key} for each in texts]
        put = self.client.put_records(StreamName=self.name, Records=records)
        return [each["SequenceNumber"] for each in put["Records"]]


@pytest.fixture
def stream(one_cloud: RunningCloud) -> KinesisStream:
    return KinesisStream(one_cloud)


class Table:
    """A table with a stream."""

    def __init__(self, cloud: RunningCloud, view: str = "NEW_AND_OLD_IMAGES") -> None:
        self.client = cloud.client("dynamodb")
        self.name = name("t")
        made = self.client.create_table(
            TableName=self.name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": view},
        )
        self.arn = str(made["TableDescription"]["LatestStreamArn"])

    def put(self, key: str, **attributes: Any) -> None:
        self.client.put_item(TableName=self.name, Item={"id": {"S": key}, **attributes})


def texts(event: dict[str, Any]) -> list[str]:
    """What the records of an event hold."""
    return [
        base64.b64decode(each["kinesis"]["data"]).decode()
        if "kinesis" in each
        else each["dynamodb"]["Keys"]["id"]["S"]
        for each in event["Records"]
    ]


FROM_START = {"StartingPosition": "TRIM_HORIZON"}


def test_the_event_of_a_kinesis_stream(mapped: Mapped, stream: KinesisStream) -> None:
    """The guide's example; members recorded."""
    uuid = mapped.map(stream.arn, StartingPosition="LATEST")
    before = time.time()
    stream.put("hello", key="key 1")
    (event,) = mapped.events(1)
    (record,) = event["Records"]
    number = record["kinesis"]["sequenceNumber"]
    arrived = record["kinesis"].pop("approximateArrivalTimestamp")
    assert before - 1 <= arrived <= time.time()
    assert record == {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": "key 1",
            "sequenceNumber": number,
            "data": "aGVsbG8=",
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"shardId-000000000000:{number}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": mapped.role,
        "awsRegion": "us-east-1",
        "eventSourceARN": stream.arn,
    }
    settled(lambda: mapped.get(uuid)["LastProcessingResult"] == "OK")


def test_the_events_of_a_tables_stream(mapped: Mapped, one_cloud: RunningCloud) -> None:
    """The guide's example; members recorded. A write that changes nothing makes no record."""
    table = Table(one_cloud)
    mapped.map(table.arn, **FROM_START)
    table.put("a", raw={"B": b"foobar"}, n={"N": "1"})
    table.put("a", raw={"B": b"foobar"}, n={"N": "1"})
    table.put("a", n={"N": "2"}, many={"L": [{"BS": [b"x"]}, {"M": {"y": {"BOOL": True}}}]})
    table.client.delete_item(TableName=table.name, Key={"id": {"S": "a"}})
    records = mapped.records(3)
    first, second, third = (each["dynamodb"] for each in records)
    assert [each["eventName"] for each in records] == ["INSERT", "MODIFY", "REMOVE"]
    old = {"id": {"S": "a"}, "raw": {"B": "Zm9vYmFy"}, "n": {"N": "1"}}
    many = {"L": [{"BS": ["eA=="]}, {"M": {"y": {"BOOL": True}}}]}
    new = {"id": {"S": "a"}, "n": {"N": "2"}, "many": many}
    assert (first.get("OldImage"), first["NewImage"]) == (None, old)
    assert (second["OldImage"], second["NewImage"]) == (old, new)
    assert (third["OldImage"], third.get("NewImage")) == (new, None)
    change = records[0].pop("dynamodb")
    assert re.fullmatch(r"[0-9a-f]{32}", records[0].pop("eventID"))
    assert records[0] == {
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "eventSourceARN": table.arn,
    }
    assert change["Keys"] == {"id": {"S": "a"}}
    assert abs(change["ApproximateCreationDateTime"] - time.time()) < 10
    assert change["ApproximateCreationDateTime"] % 1 == 0
    assert change["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    assert change["SizeBytes"] > 0
    numbers = [int(each["SequenceNumber"]) for each in (change, second, third)]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize(
    ("view", "images"),
    [
        ("KEYS_ONLY", set()),
        ("NEW_IMAGE", {"NewImage"}),
        ("OLD_IMAGE", {"OldImage"}),
    ],
)
def test_what_a_table_stream_shows(
    mapped: Mapped, one_cloud: RunningCloud, view: str, images: set[str]
) -> None:
    """DynamoDB API, StreamViewType."""
    table = Table(one_cloud, view)
    table.put("a", n={"N": "1"})
    table.put("a", n={"N": "2"})
    mapped.map(table.arn, **FROM_START)
    (event,) = mapped.events(1)
    assert images == set(event["Records"][1]["dynamodb"]) & {"NewImage", "OldImage"}


def test_batches_keep_the_order_of_the_shard(mapped: Mapped, stream: KinesisStream) -> None:
    stream.put(*[str(number) for number in range(25)])
    mapped.map(stream.arn, BatchSize=10, **FROM_START)
    found = [texts(event) for event in mapped.events(3)]
    assert found == [[str(n) for n in range(start, min(start + 10, 25))] for start in (0, 10, 20)]


@pytest.mark.measures
def test_a_batching_window_gathers_records(mapped: Mapped, stream: KinesisStream) -> None:
    """ "Lambda continues to read records until it has gathered a full batch, or until the
    batching window expires"."""
    mapped.map(stream.arn, MaximumBatchingWindowInSeconds=1, **FROM_START)
    started = time.time()
    for number in range(3):
        stream.put(str(number))
        time.sleep(0.2)
    (seen,) = mapped.seen.take(1)
    assert texts(seen["event"]) == ["0", "1", "2"]
    assert 1.0 <= seen["at"] - started < 4.0


def test_where_reading_begins(mapped: Mapped, stream: KinesisStream) -> None:
    """API reference, StartingPosition."""
    stream.put("old")
    time.sleep(0.05)
    moment = time.time()
    time.sleep(0.05)
    stream.put("middle")
    mapped.map(stream.arn, StartingPosition="LATEST")
    stream.put("new")
    assert texts(mapped.events(1)[0]) == ["new"]
    mapped.forget()
    mapped.map(stream.arn, StartingPosition="AT_TIMESTAMP", StartingPositionTimestamp=moment)
    assert texts(mapped.events(1)[0]) == ["middle", "new"]
    mapped.forget()
    mapped.map(stream.arn, **FROM_START)
    assert texts(mapped.events(1)[0]) == ["old", "middle", "new"]


def test_a_disabled_mapping_goes_on_where_it_was(mapped: Mapped, stream: KinesisStream) -> None:
    """ "Lambda keeps track of the last record processed and resumes processing from that point
    when it's reenabled"."""
    uuid = mapped.map(stream.arn, StartingPosition="LATEST")
    stream.put("one")
    mapped.events(1)
    mapped.lambda_.update_event_source_mapping(UUID=uuid, Enabled=False)
    stream.put("two")
    time.sleep(0.4)
    assert mapped.seen.empty()
    mapped.lambda_.update_event_source_mapping(UUID=uuid, Enabled=True)
    assert texts(mapped.events(1)[0]) == ["two"]
    mapped.wait_for_state(uuid, "Enabled")
    mapped.lambda_.update_event_source_mapping(UUID=uuid, ParallelizationFactor=3)
    stream.put("three")
    assert texts(mapped.events(1)[0]) == ["three"]


@pytest.mark.measures
def test_an_error_blocks_the_shard_and_no_other(mapped: Mapped, one_cloud: RunningCloud) -> None:
    """ "Lambda retries the batch until processing succeeds": by default without end."""
    stream = KinesisStream(one_cloud, shards=2)
    uuid = mapped.map(stream.arn, BatchSize=1, **FROM_START)
    stream.put("fail", "behind", key="k")
    stream.put("elsewhere", key="j")
    found = [texts(event)[0] for event in mapped.events(4)]
    assert "behind" not in found
    assert found.count("fail") >= 2
    assert "elsewhere" in found
    problem = "PROBLEM: Function call failed"
    settled(lambda: mapped.get(uuid)["LastProcessingResult"] == problem)


def discarded(queue: Queue) -> dict[str, Any]:
    """The invocation record that came to a destination."""
    (record,) = queue.take(1)
    return dict(record)


@pytest.mark.measures
def test_after_the_last_attempt_a_batch_is_discarded_and_told_of(
    mapped: Mapped, stream: KinesisStream, one_cloud: RunningCloud
) -> None:
    """The guide's invocation record; recorded: 1 retry makes approximateInvokeCount 2."""
    queue = Queue(one_cloud)
    mapped.map(
        stream.arn,
        BatchSize=2,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": queue.arn}},
        **FROM_START,
    )
    numbers = stream.put("fail", "with it", "next")
    found = [texts(event) for event in mapped.events(3)]
    assert found == [["fail", "with it"], ["fail", "with it"], ["next"]]
    record = discarded(queue)
    time_ms = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
    assert re.fullmatch(time_ms, record.pop("timestamp"))
    info = record.pop("KinesisBatchInfo")
    assert re.fullmatch(time_ms, info.pop("approximateArrivalOfFirstRecord"))
    assert re.fullmatch(time_ms, info.pop("approximateArrivalOfLastRecord"))
    assert info == {
        "shardId": "shardId-000000000000",
        "startSequenceNumber": numbers[0],
        "endSequenceNumber": numbers[1],
        "batchSize": 2,
        "streamArn": stream.arn,
    }
    assert re.fullmatch(r"[0-9a-f-]{36}", record["requestContext"].pop("requestId"))
    account = one_cloud.ready["account_id"]
    assert record == {
        "requestContext": {
            "functionArn": f"arn:aws:lambda:us-east-1:{account}:function:{mapped.function}",
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": 2,
        },
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": "Unhandled",
        },
        "version": "1.0",
    }


def test_the_record_of_a_discarded_table_change(mapped: Mapped, one_cloud: RunningCloud) -> None:
    """The guide's DDBStreamBatchInfo: times of arrival in seconds."""
    table, queue = Table(one_cloud), Queue(one_cloud)
    mapped.map(
        table.arn,
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": queue.arn}},
        **FROM_START,
    )
    table.put("fail")
    record = discarded(queue)
    assert record["requestContext"]["approximateInvokeCount"] == 1
    info = record["DDBStreamBatchInfo"]
    assert list(info) == [
        "shardId",
        "startSequenceNumber",
        "endSequenceNumber",
        "approximateArrivalOfFirstRecord",
        "approximateArrivalOfLastRecord",
        "batchSize",
        "streamArn",
    ]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", info["approximateArrivalOfFirstRecord"])


def test_destinations_that_are_topics_and_buckets(
    mapped: Mapped, stream: KinesisStream, one_cloud: RunningCloud
) -> None:
    """The guide: SNS gets the metadata; S3 the whole event too, under a name of its own."""
    sns, s3 = one_cloud.client("sns"), one_cloud.client("s3")
    queue = Queue(one_cloud)
    topic = sns.create_topic(Name=name("topic"))["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn)
    s3.create_bucket(Bucket=(bucket := name("bucket")))
    settings: dict[str, Any] = {"MaximumRetryAttempts": 0, **FROM_START}
    to_topic = {"OnFailure": {"Destination": topic}}
    to_bucket = {"OnFailure": {"Destination": f"arn:aws:s3:::{bucket}"}}
    mapped.map(stream.arn, DestinationConfig=to_topic, **settings)
    stream.put("fail")
    (notice,) = queue.take(1)
    assert json.loads(notice["Message"])["KinesisBatchInfo"]["batchSize"] == 1
    mapped.forget()
    uuid = mapped.map(stream.arn, DestinationConfig=to_bucket, **settings)
    settled(lambda: "Contents" in s3.list_objects_v2(Bucket=bucket))
    (found,) = s3.list_objects_v2(Bucket=bucket)["Contents"]
    assert re.fullmatch(
        rf"aws/lambda/{uuid}/shardId-000000000000/\d{{4}}/\d\d/\d\d/"
        r"\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[0-9a-f-]{36}",
        found["Key"],
    )
    body = json.loads(s3.get_object(Bucket=bucket, Key=found["Key"])["Body"].read())
    # The key's time is the record's (recorded from AWS, ..._with_s3_on_failure_destination, 2024).
    moment = body["timestamp"].partition(".")[0].replace(":", ".")
    assert found["Key"].rpartition("/")[2].startswith(f"{moment}-")
    assert texts(json.loads(body["payload"])) == ["fail"]


def test_bisecting_hands_over_all_but_the_bad_record(
    mapped: Mapped, stream: KinesisStream, one_cloud: RunningCloud
) -> None:
    """ "Splitting a batch does not count towards the retry quota"."""
    queue = Queue(one_cloud)
    numbers = stream.put("a", "b", "fail", "d")
    mapped.map(
        stream.arn,
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": queue.arn}},
        **FROM_START,
    )
    found = [texts(event) for event in mapped.events(5)]
    assert found == [["a", "b", "fail", "d"], ["a", "b"], ["fail", "d"], ["fail"], ["d"]]
    info = discarded(queue)["KinesisBatchInfo"]
    assert (info["startSequenceNumber"], info["endSequenceNumber"]) == (numbers[2], numbers[2])


def test_reported_failures_are_tried_again_from_the_lowest_on(
    mapped: Mapped, stream: KinesisStream, one_cloud: RunningCloud
) -> None:
    """ "Lambda uses the record with the lowest sequence number as the checkpoint", and retries
    all records from there, with all retries: the failing record comes 5 times where 3 retries are
    allowed. Recorded from AWS (localstack, report_batch_item_failures, 2024), and that
    functionError is null then."""
    queue = Queue(one_cloud)
    numbers = stream.put("a", "report", "c")
    mapped.map(
        stream.arn,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        MaximumRetryAttempts=3,
        DestinationConfig={"OnFailure": {"Destination": queue.arn}},
        **FROM_START,
    )
    found = [texts(event) for event in mapped.events(5)]
    assert found == [["a", "report", "c"], *[["report", "c"]] * 4]
    record = discarded(queue)
    assert record["responseContext"]["functionError"] is None
    assert record["requestContext"]["approximateInvokeCount"] == 4
    assert record["KinesisBatchInfo"]["startSequenceNumber"] == numbers[1]


def test_bisecting_at_the_reported_failure(mapped: Mapped, stream: KinesisStream) -> None:
    """ "The batch is bisected at the returned sequence number, and Lambda retries only the
    remaining records"."""
    stream.put("a", "report", "c")
    mapped.map(
        stream.arn,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=0,
        **FROM_START,
    )
    found = [texts(event) for event in mapped.events(4)]
    assert found == [["a", "report", "c"], ["report", "c"], ["report"], ["c"]]


def test_a_record_that_was_too_old_at_first_counts_as_invoked_once(
    mapped: Mapped, stream: KinesisStream, one_cloud: RunningCloud
) -> None:
    """Recorded from AWS (test_kinesis_maximum_record_age_exceeded[expire-before-ingestion])."""
    queue = Queue(one_cloud)
    stream.put("late")
    time.sleep(1.5)
    mapped.map(
        stream.arn,
        MaximumRecordAgeInSeconds=60,
        DestinationConfig={"OnFailure": {"Destination": queue.arn}},
        **FROM_START,
    )
    record = discarded(queue)
    assert record["requestContext"]["condition"] == "RecordAgeExceeded"
    assert record["requestContext"]["approximateInvokeCount"] == 1
    assert "responseContext" not in record


def test_records_that_are_too_old_are_discarded(
    mapped: Mapped, stream: KinesisStream, one_cloud: RunningCloud
) -> None:
    """MaximumRecordAgeInSeconds, on the scaled clock: 60 s pass in 1 s."""
    queue = Queue(one_cloud)
    mapped.map(
        stream.arn,
        MaximumRecordAgeInSeconds=60,
        DestinationConfig={"OnFailure": {"Destination": queue.arn}},
        **FROM_START,
    )
    stream.put("fail")
    record = discarded(queue)
    assert record["requestContext"]["condition"] == "RecordAgeExceeded"
    assert record["requestContext"]["approximateInvokeCount"] >= 2
    # Recorded from AWS (test_kinesis_maximum_record_age_exceeded, 2024).
    assert "responseContext" not in record
    stream.put("fresh")
    settled(lambda: mapped.seen.counts()[0] > record["requestContext"]["approximateInvokeCount"])


def test_a_throttle_is_no_attempt(mapped: Mapped, stream: KinesisStream) -> None:
    """ "This doesn't apply to service errors or throttles where the batch didn't reach the
    function" (retry attempts)."""
    reserve = mapped.lambda_.put_function_concurrency
    reserve(FunctionName=mapped.function, ReservedConcurrentExecutions=0)
    mapped.map(stream.arn, MaximumRetryAttempts=0, **FROM_START)
    stream.put("patient")
    time.sleep(0.5)
    assert mapped.seen.empty()
    mapped.lambda_.delete_function_concurrency(FunctionName=mapped.function)
    assert texts(mapped.events(1)[0]) == ["patient"]


def test_a_parallelization_factor_runs_keys_beside_each_other(
    mapped: Mapped, stream: KinesisStream
) -> None:
    """ "Lambda still ensures in-order processing at the partition-key level"."""
    keys = [f"key {number}" for number in range(8)]
    for round_ in range(2):
        for key in keys:
            stream.put(f"slow {round_}", key=key)
    mapped.map(stream.arn, BatchSize=1, ParallelizationFactor=10, **FROM_START)
    seen = mapped.seen.take(16, 20)
    by_key: dict[str, list[tuple[float, str]]] = {}
    for each in seen:
        (record,) = each["event"]["Records"]
        at = (each["at"], texts(each["event"])[0])
        by_key.setdefault(record["kinesis"]["partitionKey"], []).append(at)
    assert all(
        [text for _, text in sorted(found)] == ["slow 0", "slow 1"] for found in by_key.values()
    )
    assert len({each["stream"] for each in seen}) >= 3


def test_filtered_records_are_passed_over(mapped: Mapped, stream: KinesisStream) -> None:
    """ "Once your filter criteria processes a record, the streams iterator advances past it"."""
    pattern = json.dumps({"data": {"kind": ["order"]}})
    uuid = mapped.map(stream.arn, FilterCriteria={"Filters": [{"Pattern": pattern}]}, **FROM_START)
    orders = [json.dumps({"kind": "order", "n": number}) for number in range(2)]
    stream.put("no JSON", orders[0], json.dumps({"kind": "other"}), orders[1])
    assert texts(mapped.events(1)[0]) == orders
    mapped.lambda_.update_event_source_mapping(UUID=uuid, FilterCriteria={})
    mapped.wait_for_state(uuid, "Enabled")
    stream.put("anything")
    assert texts(mapped.events(1)[0]) == ["anything"]


def test_after_a_split_the_parent_is_read_to_its_end_first(
    mapped: Mapped, stream: KinesisStream
) -> None:
    """Kinesis Developer Guide, resharding: "read the data from the parent shards first"."""
    for number in range(6):
        stream.put(f"parent {number}", key=str(number))
    stream.client.split_shard(
        StreamName=stream.name,
        ShardToSplit="shardId-000000000000",
        NewStartingHashKey=str(2**127),
    )
    for number in range(20):
        stream.put(f"child {number}", key=str(number))
    mapped.map(stream.arn, **FROM_START)
    events = mapped.events(3)
    assert texts(events[0]) == [f"parent {number}" for number in range(6)]
    children = [text for event in events[1:] for text in texts(event)]
    assert sorted(children) == sorted(f"child {number}" for number in range(20))
    shards = {event["Records"][0]["eventID"].split(":")[0] for event in events}
    assert len(shards) == 3


@pytest.mark.measures
def test_records_are_picked_up_quickly(mapped: Mapped, stream: KinesisStream) -> None:
    """Ours: AWS polls a shard once a second; here the wait is not needed."""
    mapped.map(stream.arn, StartingPosition="LATEST")
    stream.put("warm")
    mapped.events(1)
    latencies = []
    for _ in range(5):
        time.sleep(0.05)
        sent_at = time.time()
        stream.put("quick")
        latencies.append(mapped.seen.take(1)[0]["at"] - sent_at)
    # 15 ms on a quiet machine.
    assert sorted(latencies)[2] < 0.25
