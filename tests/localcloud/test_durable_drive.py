"""What makes a durable execution go on, on environments that only pretend: none is forgotten."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from toy_cloud import REGION, ToyCloud, Try
from virtual_time import run_in_virtual_time

from serverless_course.localcloud.clock import ScaledClock
from serverless_course.localcloud.lambda_.durable.drive import Drive
from serverless_course.localcloud.lambda_.durable.execution import Execution
from serverless_course.localcloud.lambda_.durable.executions import DurableExecutions
from serverless_course.localcloud.lambda_.environment.environment import Event
from serverless_course.localcloud.lambda_.invocation.async_event import Condition
from serverless_course.localcloud.lambda_.invocation.request import InvocationRequest
from serverless_course.localcloud.lambda_.registry import Found, FunctionRecord

FACTOR = 1000.0
LIMIT_S = 10.0
TRACE = "Root=1-0-0;Sampled=0"
DONE = Try(answer=b'{"Status": "SUCCEEDED", "Result": "1"}')
PENDING = Try(answer=b'{"Status": "PENDING"}')


class Durable:
    """A cloud with one durable function, f:1, that does what ``script`` says."""

    def __init__(
        self, script: Callable[[Durable, dict[str, Any]], Try], timeout_s: int = 86_400
    ) -> None:
        self.cloud = ToyCloud(lambda event: script(self, self._read(event)), clock_factor=FACTOR)
        clock = ScaledClock(FACTOR)
        cloud = self.cloud
        drive = Drive(
            cloud.door, cloud.registry, clock, lambda *_: True, 4, lambda region, entry: None
        )
        self.executions = DurableExecutions(drive)
        cloud.door.durable = self.executions.run
        self.record: FunctionRecord = cloud.function(versions=("1",))
        version = self.record.versions["1"]
        assert version.serving is not None
        version.serving = replace(version.serving, durable=(timeout_s, 1))
        self.invocations = 0

    def _read(self, event: Event) -> dict[str, Any]:
        self.invocations += 1
        found: dict[str, Any] = json.loads(event.payload)
        return found

    def checkpoint(self, event: dict[str, Any], *updates: dict[str, Any]) -> None:
        """A checkpoint of the invocation of ``event``, which keeps the token for the next one."""
        arn, token = event["DurableExecutionArn"], event["CheckpointToken"]
        answer = self.executions.checkpoint(arn, token, list(updates), "")
        event["CheckpointToken"] = answer["CheckpointToken"]

    def start(self) -> Execution:
        """What Invoke with InvocationType Event does."""
        request = InvocationRequest(Found(self.record, "1"), b"{}", TRACE, "request-1")
        received = self.cloud.door.receive(request)
        execution, _ = self.executions.open(received)
        self.cloud.queue.put(received)
        return execution

    async def ended(self, execution: Execution) -> str:
        """Its status, when it has ended; RUNNING when it does not within a real `LIMIT_S`."""
        try:
            async with asyncio.timeout(LIMIT_S):
                await execution.done.wait()
                while not self.cloud.ends.all:
                    await asyncio.sleep(0.001)
        except TimeoutError:
            pass
        return execution.status


@contextmanager
def closing(durable: Durable) -> Iterator[Durable]:
    yield durable
    for execution in durable.executions.by_arn.values():
        execution.stop_timers()


def test_a_start_that_is_throttled_waits_until_it_is_not() -> None:
    async def lived() -> tuple[str, int, Condition | None]:
        with closing(Durable(lambda durable, event: DONE)) as durable:
            durable.record.reserved = 0
            execution = durable.start()
            await asyncio.sleep(0.05)
            before = durable.invocations
            durable.record.reserved = None
            status = await durable.ended(execution)
            return status, before, durable.cloud.ends.all[0].condition

    assert asyncio.run(lived()) == ("SUCCEEDED", 0, Condition.SUCCESS)


@pytest.mark.parametrize("what", ["function", "version"])
def test_an_execution_ends_when_what_it_starts_with_is_gone(what: str) -> None:
    async def lived() -> tuple[str, str, Condition | None]:
        with closing(Durable(lambda durable, event: DONE)) as durable:
            execution = durable.start()
            if what == "function":
                durable.cloud.registry.region(REGION).functions.clear()
            else:
                durable.record.versions.clear()
            status = await durable.ended(execution)
            error = (execution.error or {}).get("ErrorType", "")
            return status, error, durable.cloud.ends.all[0].condition

    expected = ("FAILED", "ResourceNotFoundException", Condition.RETRIES_EXHAUSTED)
    assert asyncio.run(lived()) == expected


def test_a_wait_that_ends_in_a_checkpoint_is_replayed() -> None:
    """Others' checkpoints tell of it, and the function may have answered PENDING by then."""

    def script(durable: Durable, event: dict[str, Any]) -> Try:
        if durable.invocations == 2:
            return DONE
        wait = {"Id": "a", "Type": "WAIT", "Action": "START", "WaitOptions": {"WaitSeconds": 5}}
        callback = {"Id": "b", "Type": "CALLBACK", "Action": "START"}
        durable.checkpoint(event, wait, callback)
        # The loop stands still, so that no alarm rings.
        time.sleep(0.02)
        durable.checkpoint(event, {"Id": "c", "Type": "CONTEXT", "Action": "START"})
        return PENDING

    async def lived() -> tuple[str, int]:
        with closing(Durable(script)) as durable:
            return await durable.ended(durable.start()), durable.invocations

    assert asyncio.run(lived()) == ("SUCCEEDED", 2)


def test_only_its_timeout_ends_an_execution_that_crashes_for_ever() -> None:
    """Retries go on: 5 s, 10 s, 20 s … and then every 300 s, each up to 15 % longer."""

    async def lived() -> tuple[str, list[str], int]:
        with closing(Durable(lambda durable, event: Try("error"), timeout_s=900)) as durable:
            execution = durable.start()
            await execution.done.wait()
            kinds = [each["EventType"] for each in execution.events]
            return execution.status, kinds, execution.retries

    # 615 s to 707 s have passed at the seventh retry, and 915 s at least at the eighth.
    expected = ["ExecutionStarted", *["InvocationCompleted"] * 8, "ExecutionTimedOut"]
    assert run_in_virtual_time(lived()) == ("TIMED_OUT", expected, 8)
