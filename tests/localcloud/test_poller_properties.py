"""What holds whatever functions do: order, nothing lost, nothing handed over after deletion.

The pollers run here against a queue and a stream of this file, whose times are milliseconds.
Sources (Lambda Developer Guide, read 2026-11): "Configuring scaling behavior for SQS event source
mappings" (FIFO order), "Using Lambda with Amazon Kinesis Data Streams" ("Lambda processes records
in each shard in order"; with a ParallelizationFactor "at the partition-key level").
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError
from ended_events import result
from hypothesis import given, settings
from hypothesis import strategies as st

from serverless_course.localcloud.clock import ScaledClock
from serverless_course.localcloud.lambda_.environment.invocation import InvocationResult
from serverless_course.localcloud.lambda_.event_sources import batch, sqs_poller, stream_part
from serverless_course.localcloud.lambda_.event_sources.filters import Filters
from serverless_course.localcloud.lambda_.event_sources.positions import Position, Positions
from serverless_course.localcloud.lambda_.event_sources.ramp import AT_FIRST, AT_MOST, Ramp
from serverless_course.localcloud.lambda_.event_sources.settings import Settings
from serverless_course.localcloud.lambda_.event_sources.sqs_poller import SqsPoller
from serverless_course.localcloud.lambda_.event_sources.stream_poller import StreamPoller
from serverless_course.localcloud.lambda_.event_sources.stream_reader import StreamRecord
from serverless_course.localcloud.lambda_.invocation.concurrency import throttled
from serverless_course.localcloud.moto_seam.queues import QueueState
from serverless_course.localcloud.moto_seam.streams import ShardState

VISIBILITY_S = 0.03
QUEUE_ARN = "arn:aws:sqs:us-east-1:123456789012:q.fifo"
STREAM_ARN = "arn:aws:kinesis:us-east-1:123456789012:stream/s"
FUNCTION_ARN = "arn:aws:lambda:us-east-1:123456789012:function:f"


@dataclass
class Message:
    group: str
    body: str
    visible_at: float = 0.0
    handles: list[str] = field(default_factory=list)


class FifoQueue:
    """A FIFO queue as the SQS Developer Guide describes it; a `QueueReader`.

    ``answer_s``: how long after its effect a deletion is heard of.
    """

    def __init__(self, visibility_s: float = VISIBILITY_S, answer_s: float = 0.0) -> None:
        self.visibility_s = visibility_s
        self.answer_s = answer_s
        self.failing: list[str] = []
        self.messages: list[Message] = []
        self._watchers: list[Callable[[], None]] = []
        self._handles = map(str, itertools.count())

    def send(self, group: str, body: str) -> None:
        self.messages.append(Message(group, body))
        for changed in self._watchers:
            changed()

    def _ready(self) -> list[Message]:
        now = time.monotonic()
        busy = {each.group for each in self.messages if each.visible_at > now}
        return [each for each in self.messages if each.group not in busy]

    def look(self) -> QueueState:
        now = time.monotonic()
        hidden = [each.visible_at - now for each in self.messages if each.visible_at > now]
        return QueueState(bool(self._ready()), min(hidden, default=None), 0, fifo=True)

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        self._watchers.append(changed)
        return lambda: self._watchers.remove(changed)

    async def receive(self, most: int) -> list[dict[str, Any]]:
        await asyncio.sleep(0)
        self._fail("receive")
        found = self._ready()[:most]
        for each in found:
            each.visible_at = time.monotonic() + self.visibility_s
            each.handles.append(next(self._handles))
        return [
            {
                "MessageId": each.body,
                "ReceiptHandle": each.handles[-1],
                "Body": each.body,
                "MD5OfBody": "",
                "Attributes": {"MessageGroupId": each.group},
            }
            for each in found
        ]

    async def delete(self, receipt_handles: list[str]) -> None:
        await asyncio.sleep(0)
        self._fail("delete")
        gone = set(receipt_handles)
        self.messages = [each for each in self.messages if not gone & set(each.handles)]
        for changed in self._watchers:
            changed()
        await asyncio.sleep(self.answer_s)

    def _fail(self, call: str) -> None:
        if call in self.failing:
            self.failing.remove(call)
            raise ClientError({"Error": {"Code": "InternalError", "Message": "no"}}, call)


outcomes = st.lists(
    st.sampled_from(["ok", "ok", "error", "throttle", "partial", "slow", "slow error"]),
    max_size=25,
)


class Watch:
    """Keeps what went wrong: a poller would take an exception for a failed invocation."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def expect(self, holds: bool, what: str) -> None:
        if not holds:
            self.problems.append(what)


class Function(Watch):
    """Does what the outcomes say, then always succeeds; watches order and company."""

    def __init__(self, outcomes: list[str], left: dict[str, list[str]]) -> None:
        super().__init__()
        self._outcomes = iter(outcomes)
        self.left = left
        self.running: list[set[str]] = []
        self.deleted = False
        self.calls = 0

    async def invoke(self, records: list[dict[str, Any]], trace: str) -> InvocationResult:
        self.expect(not self.deleted, "handed over after the mapping was deleted")
        outcome = next(self._outcomes, "ok")
        if outcome == "throttle":
            raise throttled("ReservedFunctionConcurrentInvocationLimitExceeded")
        self.calls += 1
        bodies: dict[str, list[str]] = {}
        for record in records:
            bodies.setdefault(record["attributes"]["MessageGroupId"], []).append(record["body"])
        for group, found in bodies.items():
            self.expect(found == self.left[group][: len(found)], "order within a group")
            beside = any(group in other for other in self.running)
            self.expect(not beside, "a group beside itself")
        self.running.append(groups := set(bodies))
        await asyncio.sleep(1.5 * VISIBILITY_S if "slow" in outcome else 0.001)
        self.running.remove(groups)
        if "error" in outcome:
            return result(b'{"errorMessage": "no"}', "Unhandled")
        done = len(records) // 2 if outcome == "partial" else len(records)
        for record in records[:done]:
            bodies_left = self.left[record["attributes"]["MessageGroupId"]]
            self.expect(record["body"] in bodies_left, "handled once more after a success")
            bodies_left[:] = [each for each in bodies_left if each != record["body"]]
        failures = [{"itemIdentifier": each["messageId"]} for each in records[done:]]
        answer = json.dumps({"batchItemFailures": failures}).encode()
        return result(answer)


def queue_settings(batch_size: int, window_s: int = 0, filters: Any = None) -> Settings:
    chosen = filters or Filters("sqs")
    return Settings(
        "uuid", "us-east-1", QUEUE_ARN, FUNCTION_ARN, batch_size, window_s, chosen, True
    )


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run with short pauses between attempts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream_part, "RETRY_PAUSE_S", (0.001, 0.01))
        patch.setattr(sqs_poller, "THROTTLE_PAUSE_S", (0.005, 0.01))
        asyncio.run(asyncio.wait_for(work, 20))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=20),
    outcomes,
    st.integers(1, 10),
    st.sampled_from([0.0, 0.003, 1.5 * VISIBILITY_S]),
)
def test_fifo_groups_keep_their_order_and_nothing_is_lost(
    groups: list[str], what: list[str], batch_size: int, answer_s: float
) -> None:
    run(_fifo(groups, what, batch_size, delete_after=None, answer_s=answer_s))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=20),
    outcomes,
    st.integers(1, 10),
    st.integers(0, 6),
)
def test_nothing_is_handed_over_after_deletion_and_what_is_left_stays(
    groups: list[str], what: list[str], batch_size: int, delete_after: int
) -> None:
    run(_fifo(groups, what, batch_size, delete_after))


async def _fifo(
    groups: list[str],
    what: list[str],
    batch_size: int,
    delete_after: int | None,
    answer_s: float = 0.0,
) -> None:
    queue = FifoQueue(answer_s=answer_s)
    left: dict[str, list[str]] = {group: [] for group in "abc"}
    function = Function(what, left)
    poller = SqsPoller(queue_settings(batch_size), queue, function.invoke, Ramp(ScaledClock(60.0)))
    polling = asyncio.ensure_future(poller.run())
    for number, group in enumerate(groups):
        left[group].append(str(number))
        queue.send(group, str(number))
        if number % 4 == 0:
            await asyncio.sleep(0)
    if delete_after is None:
        while queue.messages:
            await asyncio.sleep(0.005)
        assert not any(left.values())
    else:
        while queue.messages and function.calls < delete_after:
            await asyncio.sleep(0.002)
        poller.stop()
        function.deleted = True
        await asyncio.sleep(2 * VISIBILITY_S)
    poller.stop()
    await polling
    await poller.drained()
    kept = {group: [m.body for m in queue.messages if m.group == group] for group in "abc"}
    assert kept == left
    assert function.problems == []


NEVER_AGAIN_S = 3600.0


async def _handled(
    queue: FifoQueue, chosen: Settings, bodies: str, expected: str | None = None
) -> list[list[str]]:
    """Send messages ``a1 a2 b1`` (group, number) and poll until the queue is empty, or what is
    left is hidden for an hour; the bodies of each event."""
    events: list[list[str]] = []

    async def invoke(records: list[dict[str, Any]], trace: str) -> InvocationResult:
        events.append([each["body"] for each in records])
        return result(b"null")

    poller = SqsPoller(chosen, queue, invoke, Ramp(ScaledClock(60.0)))
    for body in bodies.split():
        queue.send(body[0], body)
    polling = asyncio.ensure_future(poller.run())
    wanted = sorted((bodies if expected is None else expected).split())
    async with asyncio.timeout(5):
        while sorted(itertools.chain(*events)) != wanted:
            await asyncio.sleep(0.005)
        poller.stop()
        await polling
        await poller.drained()
    return events


@pytest.mark.parametrize("batch_size", [1, 2, 5])
def test_a_group_goes_on_before_its_deletion_was_heard_of(batch_size: int) -> None:
    """The queue gives out a group's next message as soon as the one before is deleted. A message
    received then and not handed over is hidden for the whole visibility timeout."""
    queue = FifoQueue(visibility_s=NEVER_AGAIN_S, answer_s=0.05)
    events = asyncio.run(_handled(queue, queue_settings(batch_size), "a1 a2 a3 b1 b2 a4 b3"))
    for group in "ab":
        numbers = [body for event in events for body in event if body[0] == group]
        assert numbers == sorted(numbers)
    assert queue.messages == []


def test_a_batch_cut_in_parts_frees_each_group_when_its_last_part_was_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batch, "MAX_EVENT_BYTES", 500)
    queue = FifoQueue(visibility_s=NEVER_AGAIN_S, answer_s=0.05)

    async def work() -> list[list[str]]:
        for body in ("b3", "a4"):
            asyncio.get_running_loop().call_later(0.02, queue.send, body[0], body)
        return await _handled(queue, queue_settings(10), "b1 a1 b2 a2 a3", "b1 a1 b2 a2 a3 b3 a4")

    events = asyncio.run(work())
    assert max(map(len, events)) < 5
    for group in "ab":
        numbers = [body for event in events for body in event if body[0] == group]
        assert numbers == sorted(numbers)
    assert events.index(["b3"]) < next(n for n, event in enumerate(events) if "a4" in event)
    assert queue.messages == []


def test_a_receive_that_fails_within_a_batching_window_loses_nothing() -> None:
    queue = FifoQueue(visibility_s=NEVER_AGAIN_S)

    async def work() -> list[list[str]]:
        asyncio.get_running_loop().call_later(0.05, queue.failing.append, "receive")
        asyncio.get_running_loop().call_later(0.1, queue.send, "b", "b1")
        return await _handled(queue, queue_settings(10, window_s=2), "a1", "a1 b1")

    events = asyncio.run(work())
    assert events == [["a1"], ["b1"]]
    assert queue.failing == []


def test_filtered_messages_that_cannot_be_deleted_do_not_hold_up_the_others() -> None:
    queue = FifoQueue(visibility_s=NEVER_AGAIN_S)
    queue.failing.append("delete")
    only_a1 = Filters.of("sqs", {"Filters": [{"Pattern": '{"body": ["a1"]}'}]})
    events = asyncio.run(_handled(queue, queue_settings(10, filters=only_a1), "a1 b1", "a1"))
    assert events == [["a1"]]
    assert [each.body for each in queue.messages] == ["b1"]


def test_the_ramp_of_a_standard_queue() -> None:
    """Five at first, 300 more a minute on the scaled clock, 1,250 at most."""
    ramp = Ramp(ScaledClock(60.0))
    assert ramp.allowed(0.0, None, short=True) == AT_FIRST
    assert ramp.allowed(0.5, None, short=True) == 155
    assert ramp.allowed(0.6, 10, short=True) == 10
    assert ramp.allowed(100.0, None, short=True) == AT_MOST
    # Nothing grows while nothing waits.
    ramp.quiet()
    assert ramp.allowed(200.0, None, short=False) == AT_FIRST
    assert ramp.allowed(300.0, None, short=True) == AT_FIRST
    assert Ramp(ScaledClock(60.0), 3).allowed(0.0, None, short=True) == 3


def test_errors_and_throttles_reduce_the_concurrency() -> None:
    ramp = Ramp(ScaledClock(60.0))
    ramp.allowed(0.0, None, short=True)
    for _ in range(9):
        ramp.throttled(0.0)
    assert ramp.allowed(0.9, None, short=True) == 2
    assert ramp.allowed(1.1, None, short=True) == 32


# streams


class Shard:
    """One shard, read as a `StreamReader` and looked at as `Streams`."""

    def __init__(self) -> None:
        self.records: list[StreamRecord] = []
        self._watchers: list[Callable[[], None]] = []

    def put(self, key: str, age_s: float = 0.0) -> None:
        sequence = len(self.records) + 1
        event = {"kinesis": {"partitionKey": key, "sequenceNumber": str(sequence)}}
        self.records.append(StreamRecord(sequence, key, time.time() - age_s, event, 50))
        for changed in self._watchers:
            changed()

    def look(self, arn: str) -> list[ShardState]:
        return [ShardState("shard", (), False, len(self.records) or None)]

    def watch(self, arn: str, changed: Callable[[], None]) -> Callable[[], None]:
        self._watchers.append(changed)
        return lambda: self._watchers.remove(changed)

    def iterator(self, shard: str, position: Position) -> str:
        return str(position.after or 0)

    def read(self, shard: str, iterator: str, most: int) -> tuple[list[StreamRecord], str]:
        found = self.records[int(iterator) :][:most]
        return found, str(int(iterator) + len(found))


class Handler(Watch):
    """Does what the outcomes say, then always succeeds; watches order."""

    def __init__(self, outcomes: list[str]) -> None:
        super().__init__()
        self._outcomes = iter(outcomes)
        self.done: list[int] = []
        self.last: dict[str, int] = {}
        self.stopped = False

    async def invoke(self, records: list[dict[str, Any]], trace: str) -> InvocationResult:
        self.expect(not self.stopped, "handed over after the mapping was stopped")
        outcome = next(self._outcomes, "ok")
        if outcome == "throttle":
            raise throttled("ReservedFunctionConcurrentInvocationLimitExceeded")
        numbers = [int(each["kinesis"]["sequenceNumber"]) for each in records]
        keys = [each["kinesis"]["partitionKey"] for each in records]
        self.expect(numbers == sorted(numbers), "order within a batch")
        await asyncio.sleep(0.001)
        if "error" in outcome:
            return result(b"{}", "Unhandled")
        done = len(records) // 2 if outcome == "partial" else len(records)
        for key, number in zip(keys[:done], numbers[:done], strict=True):
            self.expect(self.last.get(key, 0) < number, "order within a partition key")
            self.last[key] = number
            self.done.append(number)
        failures = [{"itemIdentifier": str(each)} for each in numbers[done:]]
        answer = json.dumps({"batchItemFailures": failures}).encode()
        return result(answer)


def stream_settings(**chosen: Any) -> Settings:
    given: dict[str, Any] = {"batch_size": 3, "starting_position": "TRIM_HORIZON", **chosen}
    return Settings(
        "uuid",
        "us-east-1",
        STREAM_ARN,
        FUNCTION_ARN,
        window_s=0,
        filters=Filters("kinesis"),
        report_failures=True,
        **given,
    )


async def _stream(
    keys: list[str], handlers: list[Handler], chosen: Settings, until: Callable[[Positions], bool]
) -> Positions:
    """Run a poller for each handler, one after the other; all but the last are stopped early."""
    shard, positions = Shard(), Positions()
    with ThreadPoolExecutor(2) as threads:
        for handler in handlers:
            poller = StreamPoller(
                chosen,
                shard,  # type: ignore[arg-type]
                shard,
                positions,
                ScaledClock(60.0),
                handler.invoke,
                lambda service: None,
                "",
                threads,
                lambda result: None,
            )
            polling = asyncio.ensure_future(poller.run())
            if not shard.records:
                for key in keys:
                    shard.put(key)
            if handler is handlers[-1]:
                while not until(positions):
                    await asyncio.sleep(0.005)
            else:
                await asyncio.sleep(0.01)
            poller.stop()
            # What is with the function may end; nothing new may begin.
            handler.stopped = True
            await polling
            await poller.drained()
            assert handler.problems == []
    return positions


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.sampled_from("abcdef"), min_size=1, max_size=25),
    st.lists(
        st.lists(st.sampled_from(["ok", "error", "throttle", "partial"]), max_size=9),
        min_size=1,
        max_size=3,
    ),
    st.integers(1, 5),
    st.integers(1, 3),
    st.booleans(),
)
def test_keys_keep_their_order_over_stops_and_nothing_is_lost(
    keys: list[str], what: list[list[str]], batch_size: int, lanes: int, bisect: bool
) -> None:
    """ "Lambda keeps track of the last record processed and resumes from that point"."""
    handlers = [Handler(each) for each in what]
    chosen = stream_settings(batch_size=batch_size, parallelization=lanes, bisect=bisect)

    def finished(positions: Positions) -> bool:
        return len({each for handler in handlers for each in handler.done}) == len(keys)

    run(_only(_stream(keys, handlers, chosen, finished)))
    done = [each for handler in handlers for each in handler.done]
    assert sorted(done) == list(range(1, len(keys) + 1))


async def _only(work: Coroutine[Any, Any, Any]) -> None:
    await work


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 12), st.sets(st.integers(1, 12), max_size=3), st.integers(0, 2))
def test_bisecting_isolates_the_records_that_fail(
    count: int, poison: set[int], retries: int
) -> None:
    """ "Retrying with smaller batches isolates bad records"; all others are handled once."""

    class Picky(Handler):
        async def invoke(self, records: list[dict[str, Any]], trace: str) -> InvocationResult:
            numbers = {int(each["kinesis"]["sequenceNumber"]) for each in records}
            if numbers & poison:
                return result(b"{}", "Unhandled")
            return await super().invoke(records, trace)

    handler = Picky([])
    chosen = stream_settings(batch_size=12, bisect=True, maximum_retries=retries)

    def finished(positions: Positions) -> bool:
        return positions.knows("shard") and positions.of("shard", 0).after == count

    run(_only(_stream(["a"] * count, [handler], chosen, finished)))
    assert handler.done == [each for each in range(1, count + 1) if each not in poison]


def test_changing_the_number_of_lanes_goes_on_where_the_slowest_was() -> None:
    positions = Positions(lanes=2)
    positions.begin("s", Position())
    positions.advance("s", 0, 7)
    positions.advance("s", 1, 4)
    positions.divide(3)
    assert [positions.of("s", lane) for lane in range(3)] == [Position(4)] * 3
