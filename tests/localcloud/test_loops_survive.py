"""Endless loops log what fails in one round and go on; background tasks say how they ended."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

import pytest
from running_cloud import wait_for
from toy_cloud import ToyCloud
from virtual_time import run_in_virtual_time

from serverless_course.localcloud.clock import ScaledClock
from serverless_course.localcloud.fis.experiment import Experiment
from serverless_course.localcloud.lambda_.api.connecting import make_ready
from serverless_course.localcloud.lambda_.environment.governor.signals import Ticker
from serverless_course.localcloud.lambda_.environment.memory_watch import MemoryWatch
from serverless_course.localcloud.lambda_.event_sources.filters import Filters
from serverless_course.localcloud.lambda_.event_sources.positions import Positions
from serverless_course.localcloud.lambda_.event_sources.ramp import Ramp
from serverless_course.localcloud.lambda_.event_sources.settings import Settings
from serverless_course.localcloud.lambda_.event_sources.sqs_poller import SqsPoller
from serverless_course.localcloud.lambda_.event_sources.stream_poller import StreamPoller
from serverless_course.localcloud.lambda_.function_state import CREATING
from serverless_course.localcloud.lambda_.invocation.async_event import AsyncEvent, Condition
from serverless_course.localcloud.lambda_.registry import Configuration, FunctionRecord
from serverless_course.localcloud.server import keep_house
from serverless_course.localcloud.timetable import Timetable

QUEUE_ARN = "arn:aws:sqs:us-east-1:123456789012:q"
STREAM_ARN = "arn:aws:kinesis:us-east-1:123456789012:stream/s"
FUNCTION_ARN = "arn:aws:lambda:us-east-1:123456789012:function:f"
CALLS = 3


class Failing:
    """Counts its calls, and fails in each."""

    def __init__(self) -> None:
        self.calls = 0
        self.enough = threading.Event()

    def __call__(self, *_: Any) -> Any:
        self.calls += 1
        if self.calls >= CALLS:
            self.enough.set()
        raise RuntimeError(f"call {self.calls}")

    async def later(self) -> None:
        self()


def mapping(arn: str) -> Settings:
    return Settings(
        "uuid", "us-east-1", arn, FUNCTION_ARN, 1, 0, Filters("sqs"), report_failures=True
    )


async def _until(work: Any, failing: Failing, stop: Callable[[], None]) -> None:
    """Run a loop until enough has failed in it, then stop it and wait for its end."""
    task = asyncio.ensure_future(work)
    await asyncio.to_thread(failing.enough.wait, 10)
    assert not task.done()
    stop()
    await asyncio.wait({task}, timeout=60)
    assert task.done()
    assert task.cancelled() or task.exception() is None


def test_housekeeping_goes_on_when_ending_idle_environments_fails(
    caplog: pytest.LogCaptureFixture,
) -> None:
    collected = 0

    def collect() -> None:
        nonlocal collected
        collected += 1
        raise OSError("no /proc")

    async def run() -> None:
        failing = Failing()
        task = asyncio.ensure_future(keep_house(failing.later, collect, 0.001))
        await asyncio.to_thread(failing.enough.wait, 10)
        assert not task.done()
        task.cancel()

    asyncio.run(run())
    assert collected >= CALLS - 1
    messages = [record.getMessage() for record in caplog.records]
    assert messages.count("idle environments were not ended") >= CALLS
    assert messages.count("orphans were not collected") >= CALLS - 1
    assert "call 1" in caplog.text


def test_a_queues_poller_goes_on_when_a_look_fails(caplog: pytest.LogCaptureFixture) -> None:
    class Queue:
        def __init__(self) -> None:
            self.look = Failing()

        def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
            return lambda: None

    async def run() -> None:
        queue: Any = Queue()
        nobody: Any = None
        poller = SqsPoller(mapping(QUEUE_ARN), queue, nobody, Ramp(ScaledClock(60.0)))
        await _until(poller.run(), queue.look, poller.stop)

    asyncio.run(run())
    assert f"{QUEUE_ARN} was not polled" in caplog.text


def test_a_streams_poller_goes_on_when_a_look_fails(caplog: pytest.LogCaptureFixture) -> None:
    class Streams:
        def __init__(self) -> None:
            self.later = Failing()
            self.looks = 0

        def look(self, arn: str) -> Any:
            self.looks += 1
            return [] if self.looks == 1 else self.later()

        def watch(self, arn: str, changed: Callable[[], None]) -> Callable[[], None]:
            return lambda: None

    async def run() -> None:
        streams: Any = Streams()
        nobody: Any = None
        with ThreadPoolExecutor(1) as threads:
            poller = StreamPoller(
                mapping(STREAM_ARN),
                streams,
                nobody,
                Positions(),
                ScaledClock(60.0),
                nobody,
                nobody,
                "",
                threads,
                nobody,
            )
            await _until(poller.run(), streams.later, poller.stop)

    asyncio.run(run())
    assert f"the shards of {STREAM_ARN} were not looked at" in caplog.text


def test_the_event_queue_keeps_an_event_whose_turn_fails_and_those_behind_it(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> list[AsyncEvent]:
        cloud = ToyCloud()
        receive_again, calls = cloud.door.receive_again, 0

        def failing_at_first(*given: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == 1:
                raise RuntimeError("turn")
            return receive_again(*given, **named)

        monkeypatch.setattr(cloud.door, "receive_again", failing_at_first)
        record = cloud.function()
        for request_id in ("first", "second"):
            cloud.put(request_id, record)
        return await cloud.until_empty()

    ended = run_in_virtual_time(run())
    assert [(each.request_id, each.condition, each.attempts) for each in ended] == [
        ("second", Condition.SUCCESS, 1),
        ("first", Condition.SUCCESS, 1),
    ]
    assert "request first could not be run; it is tried again" in caplog.text


def test_a_timetable_goes_on_when_one_turn_fails() -> None:
    async def run() -> list[str]:
        seen: list[str] = []

        def turn(thing: str) -> None:
            seen.append(thing)
            if thing == "bad":
                raise RuntimeError(thing)

        table: Timetable[str] = Timetable(turn, lambda: False)
        failed: list[Any] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, told: failed.append(told))
        for thing in ("bad", "good"):
            table.put(thing, 0.0)
        await asyncio.sleep(1)
        assert len(failed) == 1
        return seen

    assert run_in_virtual_time(run()) == ["bad", "good"]


def test_the_memory_watch_goes_on_when_a_look_fails(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Watched:
        def __init__(self, look: Callable[[float], None]) -> None:
            self.due = 0.0
            self.look_if_due = look

    watch = MemoryWatch()
    failing, seen = Failing(), threading.Event()
    broken: Any = Watched(failing)
    sound: Any = Watched(lambda now: seen.set())
    watch.add(broken)
    wait_for(lambda: failing.calls >= CALLS, 10)
    watch.add(sound)
    assert seen.wait(60)
    watch.remove(broken)
    watch.remove(sound)
    assert broken.due > time.monotonic() - 10
    assert "the memory of an environment was not looked at" in caplog.text


def test_the_governor_goes_on_when_one_group_fails(caplog: pytest.LogCaptureFixture) -> None:
    class Group:
        def __init__(self, tick: Callable[[int], None]) -> None:
            self.tick = tick

    ticker = Ticker()
    failing = Failing()
    groups: list[Any] = [Group(failing)]
    ticker.add(groups[0])
    assert failing.enough.wait(60)
    seen = threading.Event()
    groups.append(Group(lambda number: seen.set()))
    ticker.add(groups[1])
    assert seen.wait(60)
    for group in groups:
        ticker.remove(group)
    governors = "serverless_course.localcloud.lambda_.environment.governor"
    told = [each for each in caplog.records if each.name.startswith(governors)]
    assert [each.getMessage() for each in told] == ["the CPU of an environment was not governed"]


def test_an_experiment_that_fails_inside_is_failed_and_not_forever_initiating(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Laboratory:
        async def describe(self, region: str) -> Any:
            raise RuntimeError("describe")

    async def run() -> dict[str, Any]:
        members: dict[str, Any] = {
            "id": "EXP1",
            "actions": {},
            "targets": {},
            "state": {"status": "initiating"},
        }
        laboratory: Any = Laboratory()
        experiment = Experiment(members, "us-east-1", laboratory)
        await asyncio.wait({experiment._task}, timeout=60)
        assert experiment.over
        return members

    members = asyncio.run(run())
    assert members["state"]["status"] == "failed"
    assert "endTime" in members
    assert "RuntimeError: describe" in caplog.text


def test_a_function_whose_connection_fails_inside_is_failed_and_not_forever_pending(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Vpc:
        async def connect(self, region: str, function: str, vpc_config: dict[str, Any]) -> None:
            raise RuntimeError("connect")

    class Plane:
        vpc = Vpc()
        settle_s = 0.0
        tasks: ClassVar[list[asyncio.Future[None]]] = []

        def later(self, work: Any) -> None:
            self.tasks.append(asyncio.ensure_future(work))

    members = {**CREATING, "VpcConfig": {"SubnetIds": ["subnet-1"]}}
    latest = Configuration(members, "key")
    record = FunctionRecord("f", "us-east-1", FUNCTION_ARN, latest)

    async def run() -> None:
        plane: Any = Plane()
        make_ready(plane, record, latest)
        await asyncio.wait_for(asyncio.gather(*plane.tasks), 5)

    asyncio.run(run())
    assert members["State"] == members["LastUpdateStatus"] == "Failed"
    assert members["StateReasonCode"] == "InternalError"
    assert "RuntimeError: connect" in caplog.text
