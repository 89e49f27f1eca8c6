"""Event source mappings of queues at work, against a running server.

Sources (Lambda Developer Guide, read 2026-11): "Using Lambda with Amazon SQS" (event, batching,
visibility), "Handling errors for an SQS event source in Lambda" (errors, throttles, partial batch
responses), "Configuring scaling behavior for SQS event source mappings" (concurrency, FIFO).
Event members also as recorded from AWS.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from mapped import Mapped, Queue, settled
from running_cloud import RunningCloud, own_launcher, running, wait_for

# What a body may ask of the function: fail so many times, take a while, report failures.
ACT = """
bodies = [record["body"] for record in event["Records"]]
if any(body.startswith("slow") for body in bodies):
    time.sleep(0.4)
if any(body.startswith("fail") for body in bodies):
    raise ValueError("no")
if any(body.startswith("die") for body in bodies):
    os._exit(1)
if any(body.startswith("hang") for body in bodies):
    time.sleep(9)
return None
"""


@pytest.fixture(scope="module")
def acting(one_cloud: RunningCloud) -> Iterator[Mapped]:
    """A function that does what the bodies say, used by several tests one after the other."""
    found = Mapped(one_cloud, ACT)
    yield found
    found.close()


@pytest.fixture
def mapped(acting: Mapped) -> Iterator[Mapped]:
    yield acting
    acting.forget()


@pytest.fixture
def queue(one_cloud: RunningCloud) -> Queue:
    return Queue(one_cloud, VisibilityTimeout="1")


def test_the_event_of_a_standard_queue(mapped: Mapped, queue: Queue) -> None:
    """The guide's example; md5OfMessageAttributes recorded."""
    mapped.map(queue.arn)
    before_ms = time.time() * 1000
    message_id = queue.send(
        "hello",
        MessageAttributes={
            "Author": {"DataType": "String", "StringValue": "John Grisham"},
            "WeeksOn": {"DataType": "Number", "StringValue": "6"},
            "Raw": {"DataType": "Binary", "BinaryValue": b"foobar"},
        },
        MessageSystemAttributes={
            "AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-5759e988-bd862e3fe"}
        },
    )
    (event,) = mapped.events(1)
    assert list(event) == ["Records"]
    (record,) = event["Records"]
    attributes = record.pop("attributes")
    assert list(attributes) == [
        "ApproximateReceiveCount",
        "AWSTraceHeader",
        "SentTimestamp",
        "SenderId",
        "ApproximateFirstReceiveTimestamp",
    ]
    assert attributes["ApproximateReceiveCount"] == "1"
    assert attributes["AWSTraceHeader"] == "Root=1-5759e988-bd862e3fe"
    assert before_ms - 2 <= int(attributes["SentTimestamp"]) <= time.time() * 1000
    assert len(record.pop("receiptHandle")) > 50
    assert len(record.pop("md5OfMessageAttributes")) == 32
    empty: dict[str, Any] = {"stringListValues": [], "binaryListValues": []}
    assert record == {
        "messageId": message_id,
        "body": "hello",
        "messageAttributes": {
            "Author": {"stringValue": "John Grisham", **empty, "dataType": "String"},
            "WeeksOn": {"stringValue": "6", **empty, "dataType": "Number"},
            "Raw": {"binaryValue": "Zm9vYmFy", **empty, "dataType": "Binary"},
        },
        "md5OfBody": hashlib.md5(b"hello", usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue.arn,
        "awsRegion": "us-east-1",
    }
    settled(queue.empty)


@pytest.mark.measures
def test_a_handled_message_is_deleted_and_a_failed_one_comes_again(
    mapped: Mapped, queue: Queue
) -> None:
    """ "If your function encounters an error, all messages in that batch become visible again"."""
    mapped.map(queue.arn)
    queue.send("fine")
    mapped.events(1)
    settled(queue.empty)
    sent_at = time.time()
    queue.send("fail")
    seen = sorted(mapped.seen.take(2), key=lambda each: each["at"])
    first, second = (each["event"]["Records"][0] for each in seen)
    assert first["messageId"] == second["messageId"]
    assert first["receiptHandle"] != second["receiptHandle"]
    counts = [each["attributes"]["ApproximateReceiveCount"] for each in (first, second)]
    assert counts == ["1", "2"]
    # Not before the queue's visibility timeout, and not long after it.
    received_at = int(first["attributes"]["ApproximateFirstReceiveTimestamp"]) / 1000
    assert 1.0 <= seen[1]["at"] - received_at < 3.0
    assert seen[0]["at"] - sent_at < 1.0


@pytest.mark.measures
@pytest.mark.parametrize("what", ["die", "hang"])
def test_a_crash_and_a_time_out_count_as_errors(mapped: Mapped, queue: Queue, what: str) -> None:
    mapped.map(queue.arn)
    queue.send(what)
    records = [event["Records"][0] for event in mapped.events(2)]
    assert [each["attributes"]["ApproximateReceiveCount"] for each in records] == ["1", "2"]


@pytest.mark.measures
def test_a_message_that_always_fails_goes_to_the_queues_own_dead_letter_queue(
    mapped: Mapped, one_cloud: RunningCloud
) -> None:
    """SQS Developer Guide, dead-letter queues: after maxReceiveCount receives."""
    dead = Queue(one_cloud)
    policy = json.dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 2})
    queue = Queue(one_cloud, VisibilityTimeout="1", RedrivePolicy=policy)
    mapped.map(queue.arn)
    message_id = queue.send("fail always")
    settled(lambda: dead.counts()[0] == 1)
    assert queue.empty()
    (found,) = dead.sqs.receive_message(QueueUrl=dead.url)["Messages"]
    assert (found["Body"], found["MessageId"]) == ("fail always", message_id)
    assert len(mapped.events(2)) == 2


@pytest.mark.measures
def test_a_batch_holds_what_is_there_up_to_its_size(mapped: Mapped, queue: Queue) -> None:
    """ "Lambda polls up to 10 messages in your queue at once" by default."""
    queue.send_many([str(number) for number in range(12)])
    mapped.map(queue.arn, BatchSize=5)
    sizes = [len(bodies) for bodies in mapped.bodies(3)]
    assert sorted(sizes) == [2, 5, 5]
    settled(queue.empty)


@pytest.mark.measures
def test_a_batching_window_gathers_messages_in_real_seconds(
    mapped: Mapped, one_cloud: RunningCloud
) -> None:
    """ "Lambda invokes your function when the batching window expires, the batch size is
    reached, or the payload reaches 6 MB"."""
    queue = Queue(one_cloud, VisibilityTimeout="5")
    mapped.map(queue.arn, BatchSize=100, MaximumBatchingWindowInSeconds=1)
    started = time.time()
    for number in range(4):
        queue.send(str(number))
        time.sleep(0.15)
    (seen,) = mapped.seen.take(1)
    assert len(seen["event"]["Records"]) == 4
    assert 1.0 <= seen["at"] - started < 4.0
    settled(queue.empty)


def test_a_full_batch_does_not_wait_for_its_window(mapped: Mapped, queue: Queue) -> None:
    mapped.map(queue.arn, BatchSize=25, MaximumBatchingWindowInSeconds=60)
    queue.send_many([str(number) for number in range(25)])
    (bodies,) = mapped.bodies(1)
    assert sorted(map(int, bodies)) == list(range(25))


def test_a_batch_is_cut_at_six_megabytes(one_cloud: RunningCloud, queue: Queue) -> None:
    """The event of a synchronous invocation is at most 6 MB (Lambda quotas)."""
    counter = Mapped(one_cloud, "return None")
    small = Queue(one_cloud)
    function = one_cloud.create(
        "import boto3, json, os\n"
        "def handler(event, context):\n"
        "    body = json.dumps([len(each['body']) for each in event['Records']])\n"
        "    boto3.client('sqs').send_message(QueueUrl=os.environ['SEEN'], MessageBody=body)\n",
        Role=counter.role,
        Timeout=5,
        Environment={"Variables": {"SEEN": small.url}},
    )
    large = Queue(one_cloud, VisibilityTimeout="10", MaximumMessageSize="1048576")
    for _ in range(8):
        large.send("x" * 1_000_000)
    counter.mappings.append(
        counter.lambda_.create_event_source_mapping(
            EventSourceArn=large.arn, FunctionName=function
        )["UUID"]
    )
    sizes = sorted(len(each) for each in small.take(2))
    assert sizes == [2, 6]
    settled(large.empty)
    counter.close()


def test_filtered_messages_are_deleted_unseen(one_cloud: RunningCloud) -> None:
    """ "If an Amazon SQS message doesn't satisfy your filter criteria, Lambda automatically
    removes the message from the queue"."""
    # Of its own: what another test's queue delivers late is no message of this one.
    mapped, queue = Mapped(one_cloud), Queue(one_cloud, VisibilityTimeout="10")
    pattern = json.dumps({"body": {"kind": ["order"], "total": [{"numeric": [">", 10]}]}})
    mapped.map(queue.arn, FilterCriteria={"Filters": [{"Pattern": pattern}]})
    wanted = {"kind": "order", "total": 11}
    for body in (wanted, {"kind": "order", "total": 9}, {"kind": "other"}, "plain text"):
        queue.send(body)
    settled(queue.empty)
    ((body,),) = mapped.bodies(1)
    assert json.loads(body) == wanted
    time.sleep(0.3)
    assert mapped.seen.empty()
    mapped.close()


REPORTS = [
    # The guide's conditions: success.
    ("{'batchItemFailures': []}", []),
    ("{'batchItemFailures': None}", []),
    ("{}", []),
    ("None", []),
    # Failure of the whole batch.
    ("{'batchItemFailures': [{'itemIdentifier': ''}]}", ["a", "b", "c"]),
    ("{'batchItemFailures': [{'itemIdentifier': None}]}", ["a", "b", "c"]),
    ("{'batchItemFailures': [{'badKey': ids['a']}]}", ["a", "b", "c"]),
    ("{'batchItemFailures': [{'itemIdentifier': 'not-there'}]}", ["a", "b", "c"]),
    ("1 / 0", ["a", "b", "c"]),
    # Part of it.
    ("{'batchItemFailures': [{'itemIdentifier': ids['b']}]}", ["b"]),
    ("{'batchItemFailures': [{'itemIdentifier': ids[x]} for x in 'ca']}", ["a", "c"]),
]


@pytest.fixture(scope="module")
def reporting(one_cloud: RunningCloud) -> Iterator[Mapped]:
    """A function whose answer stands in the message attribute ``answer``."""
    found = Mapped(
        one_cloud,
        "ids = {each['body']: each['messageId'] for each in event['Records']}\n"
        "first = event['Records'][0]\n"
        "if first['attributes']['ApproximateReceiveCount'] != '1':\n"
        "    return None\n"
        "return eval(first['messageAttributes']['answer']['stringValue'], {'ids': ids})",
        Timeout=4,
    )
    yield found
    found.close()


@pytest.fixture(scope="module")
def reported(one_cloud: RunningCloud, reporting: Mapped) -> dict[str, list[tuple[str, str]]]:
    """For each answer, what the function saw: bodies and receive counts. All run at once."""
    queues = {}
    for answer, _ in REPORTS:
        queue = Queue(one_cloud, VisibilityTimeout="12")
        attributes = {"answer": {"DataType": "String", "StringValue": answer}}
        queue.send_many(["a", "b", "c"], MessageAttributes=attributes)
        queues[queue.arn] = (answer, queue)
    for arn in queues:
        settings = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}
        reporting.map(arn, wait=False, **settings)
    settled(lambda: all(queue.empty() for _, queue in queues.values()), 60)
    found: dict[str, list[tuple[str, str]]] = {answer: [] for answer, _ in REPORTS}
    expected = sum(3 + len(again) for _, again in REPORTS)
    for record in reporting.records(expected):
        answer, _ = queues[record["eventSourceARN"]]
        count = record["attributes"]["ApproximateReceiveCount"]
        found[answer].append((record["body"], count))
    reporting.forget()
    return found


@pytest.mark.parametrize(("answer", "again"), REPORTS)
def test_reported_failures_come_again_and_the_rest_is_deleted(
    reported: dict[str, list[tuple[str, str]]], answer: str, again: list[str]
) -> None:
    """ "Implementing partial batch responses", success and failure conditions."""
    expected = [(body, "1") for body in "abc"] + [(body, "2") for body in again]
    assert sorted(reported[answer]) == sorted(expected)


def test_without_the_setting_a_report_means_nothing(
    reporting: Mapped, one_cloud: RunningCloud
) -> None:
    answer = "{'batchItemFailures': [{'itemIdentifier': ids['a']}]}"
    attributes = {"answer": {"DataType": "String", "StringValue": answer}}
    queue = Queue(one_cloud, VisibilityTimeout="4")
    queue.send("a", MessageAttributes=attributes)
    reporting.map(queue.arn)
    reporting.bodies(1)
    settled(queue.empty)


# FIFO queues


def test_a_fifo_event_and_its_order(mapped: Mapped, one_cloud: RunningCloud) -> None:
    """The guide's example of a FIFO event; recorded members."""
    queue = Queue(one_cloud, fifo=True)
    for number in range(12):
        queue.send(f"{number}", MessageGroupId="g")
    mapped.map(queue.arn)
    events = mapped.events(2)
    records = [record for event in events for record in event["Records"]]
    assert [record["body"] for record in records] == [str(number) for number in range(12)]
    assert [len(event["Records"]) for event in events] == [10, 2]
    attributes = records[0]["attributes"]
    assert list(attributes) == [
        "ApproximateReceiveCount",
        "SentTimestamp",
        "SequenceNumber",
        "MessageGroupId",
        "SenderId",
        "MessageDeduplicationId",
        "ApproximateFirstReceiveTimestamp",
    ]
    numbers = [record["attributes"]["SequenceNumber"] for record in records]
    assert numbers == sorted(numbers)
    settled(queue.empty)


def test_a_failed_fifo_batch_holds_up_its_group_and_no_other(
    mapped: Mapped, one_cloud: RunningCloud
) -> None:
    """ "The function attempts all retries on the affected messages before Lambda receives
    additional messages from the same group"."""
    dead = Queue(one_cloud, fifo=True)
    policy = json.dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 2})
    queue = Queue(one_cloud, fifo=True, VisibilityTimeout="5", RedrivePolicy=policy)
    mapped.map(queue.arn, BatchSize=1)
    queue.send("fail 1", MessageGroupId="a")
    queue.send("a 2", MessageGroupId="a")
    queue.send("b 1", MessageGroupId="b")
    queue.send("b 2", MessageGroupId="b")
    bodies = [each[0] for each in mapped.bodies(5)]
    assert bodies.index("b 2") < bodies.index("a 2")
    assert bodies.index("b 1") < bodies.index("b 2")
    assert [each for each in bodies if "b" not in each] == ["fail 1", "fail 1", "a 2"]
    settled(lambda: dead.counts()[0] == 1)


@pytest.mark.measures
def test_groups_run_beside_each_other_and_a_group_never_beside_itself(
    one_cloud: RunningCloud,
) -> None:
    """ "For FIFO queues, concurrent invocations are capped by the number of message group IDs"."""
    # The others' function has one second, which a first call may take on a busy machine: then the
    # message would come again after its visibility timeout.
    mapped = Mapped(one_cloud, ACT, Timeout=20)
    one_cloud.call(mapped.function, {"Records": []})
    mapped.seen.take(1)
    queue = Queue(one_cloud, fifo=True, VisibilityTimeout="30")
    for number in range(2):
        for group in "abc":
            queue.send(f"slow {group}{number}", MessageGroupId=group)
    started = time.time()
    mapped.map(queue.arn, BatchSize=1)
    seen = mapped.seen.take(6)
    by_body = {each["event"]["Records"][0]["body"]: each["at"] for each in seen}
    streams = {each["stream"] for each in seen}
    for group in "abc":
        assert by_body[f"slow {group}1"] - by_body[f"slow {group}0"] >= 0.4
    assert 2 <= len(streams) <= 3
    assert max(by_body.values()) - started < 5
    mapped.close()


# concurrency and throttles


@pytest.mark.measures
def test_maximum_concurrency_holds_without_throttles(one_cloud: RunningCloud) -> None:
    """ "Maximum concurrency limits the number of concurrent instances of the function that an
    Amazon SQS event source can invoke"."""
    mapped = Mapped(one_cloud, ACT)
    queue = Queue(one_cloud, VisibilityTimeout="10")
    queue.send_many([f"slow {number}" for number in range(6)])
    mapped.map(queue.arn, BatchSize=1, ScalingConfig={"MaximumConcurrency": 2})
    seen = mapped.seen.take(6)
    assert len({each["stream"] for each in seen}) == 2
    starts = sorted(each["at"] for each in seen)
    assert all(later - earlier >= 0.35 for earlier, later in zip(starts, starts[2:], strict=False))
    counts = {
        record["attributes"]["ApproximateReceiveCount"]
        for each in seen
        for record in each["event"]["Records"]
    }
    assert counts == {"1"}
    mapped.close()


def test_a_throttled_batch_is_kept_and_tried_again(one_cloud: RunningCloud) -> None:
    """ "Lambda continues to retry the message until the message's timestamp exceeds your queue's
    visibility timeout": the message is not received again."""
    mapped = Mapped(one_cloud, ACT)
    queue = Queue(one_cloud, VisibilityTimeout="10")
    set_reserved = mapped.lambda_.put_function_concurrency
    set_reserved(FunctionName=mapped.function, ReservedConcurrentExecutions=0)
    mapped.map(queue.arn)
    queue.send("hello")
    time.sleep(0.6)
    assert queue.counts() == (0, 1)
    assert mapped.seen.empty()
    set_reserved(FunctionName=mapped.function, ReservedConcurrentExecutions=1)
    (event,) = mapped.events(1)
    assert event["Records"][0]["attributes"]["ApproximateReceiveCount"] == "1"
    mapped.close()


def test_a_batch_throttled_for_longer_goes_back_to_the_queue(one_cloud: RunningCloud) -> None:
    """ "…at which point Lambda drops the message": with maxReceiveCount it is a dead letter in
    the end, although no function ever saw it."""
    mapped = Mapped(one_cloud, ACT)
    dead = Queue(one_cloud)
    policy = json.dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 1})
    queue = Queue(one_cloud, VisibilityTimeout="1", RedrivePolicy=policy)
    mapped.lambda_.put_function_concurrency(
        FunctionName=mapped.function, ReservedConcurrentExecutions=0
    )
    mapped.map(queue.arn)
    queue.send("hello")
    settled(lambda: dead.counts()[0] == 1)
    assert mapped.seen.empty()
    mapped.close()


def test_a_recursive_loop_through_a_queue_is_stopped(one_cloud: RunningCloud) -> None:
    """ "Use Lambda recursive loop detection": a function that answers each message with one to
    the same queue. Its 17th invocation is stopped, and the message becomes a dead letter."""
    dead = Queue(one_cloud)
    policy = json.dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 1})
    queue = Queue(one_cloud, VisibilityTimeout="3", RedrivePolicy=policy)
    mapped = Mapped(
        one_cloud,
        "sqs.send_message(QueueUrl=os.environ['BACK'], MessageBody='again')",
        variables={"BACK": queue.url},
        Timeout=3,
    )
    mapped.map(queue.arn)
    queue.send("first")
    events = mapped.events(16, 20)
    traces = [event["Records"][0]["attributes"].get("AWSTraceHeader", "") for event in events]
    assert "Lineage=" in traces[-1]
    settled(lambda: dead.counts()[0] == 1, 10)
    assert mapped.seen.empty()
    mapped.close()


# on, off and away


def test_disabling_stops_at_once_and_enabling_goes_on(mapped: Mapped, queue: Queue) -> None:
    """ "Enabled: when false, Lambda pauses polling and invocation" (API reference)."""
    uuid = mapped.map(queue.arn)
    mapped.lambda_.update_event_source_mapping(UUID=uuid, Enabled=False)
    queue.send("waits")
    time.sleep(0.4)
    assert mapped.seen.empty()
    assert queue.counts() == (1, 0)
    assert mapped.get(uuid)["State"] == "Disabled"
    mapped.lambda_.update_event_source_mapping(UUID=uuid, Enabled=True)
    assert mapped.bodies(1) == [["waits"]]


def test_a_message_in_hand_when_the_mapping_is_deleted_stays_in_the_queue(
    mapped: Mapped, queue: Queue
) -> None:
    uuid = mapped.map(queue.arn, BatchSize=100, MaximumBatchingWindowInSeconds=60)
    queue.send("kept")
    wait_for(lambda: queue.counts() == (0, 1))
    mapped.lambda_.delete_event_source_mapping(UUID=uuid)
    settled(lambda: queue.counts() == (1, 0))
    assert mapped.seen.empty()


def test_a_change_of_function_holds_from_the_next_batch_on(
    one_cloud: RunningCloud, mapped: Mapped, queue: Queue
) -> None:
    """Recorded: after the update the new function gets the events."""
    other = Mapped(one_cloud)
    uuid = mapped.map(queue.arn)
    mapped.lambda_.update_event_source_mapping(UUID=uuid, FunctionName=other.function)
    mapped.wait_for_state(uuid, "Enabled")
    queue.send("for the other")
    assert other.bodies(1) == [["for the other"]]
    assert mapped.seen.empty()
    mapped.lambda_.delete_event_source_mapping(UUID=uuid)
    other.close()


def test_a_role_that_loses_its_permission_leaves_the_messages(one_cloud: RunningCloud) -> None:
    """The poller acts with the execution role's credentials, which count at each call."""
    mapped = Mapped(one_cloud)
    iam, role = one_cloud.client("iam"), mapped.role.rpartition("/")[2]
    queue = Queue(one_cloud, VisibilityTimeout="5")
    mapped.map(queue.arn)
    policy = iam.get_role_policy(RoleName=role, PolicyName="p")["PolicyDocument"]
    iam.delete_role_policy(RoleName=role, PolicyName="p")
    queue.send("waits")
    time.sleep(0.4)
    assert queue.counts() == (1, 0)
    iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=json.dumps(policy))
    assert mapped.bodies(1) == [["waits"]]
    mapped.close()


@pytest.mark.measures
def test_a_mapping_picks_up_messages_quickly_and_costs_nothing_while_idle() -> None:
    """Ours: within about 50 ms, and no CPU time while nothing comes."""
    import psutil

    with running(own_launcher()) as cloud:
        mapped = Mapped(cloud)
        queue = Queue(cloud)
        mapped.map(queue.arn)
        queue.send("warm")
        mapped.events(1)
        latencies = []
        for _ in range(5):
            time.sleep(0.1)
            sent_at = time.time()
            queue.send("quick")
            latencies.append(mapped.seen.take(1)[0]["at"] - sent_at)
        # 15 ms on a quiet machine.
        assert sorted(latencies)[2] < 0.25
        process = psutil.Process(cloud.process.pid)
        before = process.cpu_times()
        time.sleep(1.0)
        after = process.cpu_times()
        used_s = after.user + after.system - before.user - before.system
        assert used_s < 0.05
        mapped.close()
