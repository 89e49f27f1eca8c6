"""How many environments this machine holds: room is made, or the throttle says why not."""

from __future__ import annotations

import asyncio
import errno
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from running_cloud import RunningCloud, carrying, own_launcher, resident_mb, running, wait_for

from serverless_course.localcloud.lambda_.environment.platform_log import PROVISIONED
from serverless_course.localcloud.lambda_.invocation.fleet import Capacity, Fleet
from serverless_course.localcloud.wire.errors import ServiceError

SLEEPING = "import time\ndef handler(event, context):\n    time.sleep(event['s'])\n    return 1\n"


@pytest.fixture(scope="module")
def small_cloud() -> Iterator[RunningCloud]:
    with running(own_launcher(), "--max-environments", "2") as found:
        yield found


def processes(name: str) -> list[int]:
    return carrying(f"AWS_LAMBDA_FUNCTION_NAME={name}")


class NoRoom:
    """An environment on a machine that has no descriptors left."""

    initialization_type = PROVISIONED

    def __init__(self) -> None:
        self.ended = False

    async def initialise(self) -> bool:
        raise OSError(errno.EMFILE, "Too many open files")

    async def close(self) -> None:
        self.ended = True


def test_a_provisioned_environment_that_cannot_open_gives_its_room_back() -> None:
    made = [NoRoom(), NoRoom()]

    async def provision() -> None:
        async def make_room() -> bool:
            return False

        capacity = Capacity(2, make_room)
        waiting: list[Any] = list(made)
        anything: Any = None
        fleet = Fleet(anything, anything, anything, capacity, lambda *_: waiting.pop())
        with pytest.raises(OSError, match="Too many open files"):
            await fleet.provision(2)
        assert (fleet.size, capacity.used) == (0, 0)

    asyncio.run(provision())
    assert all(each.ended for each in made)


def test_capacity_counts() -> None:
    ended = []

    async def make_room() -> bool:
        if not ended:
            ended.append(1)
            capacity.give_back()
            return True
        return False

    capacity = Capacity(2, make_room)

    async def take() -> None:
        await capacity.take()
        await capacity.take()
        assert not ended
        await capacity.take()
        assert ended
        await capacity.take()

    with pytest.raises(ServiceError, match="holds 2 execution environments") as refused:
        asyncio.run(take())
    assert refused.value.fields["Reason"] == "ConcurrentInvocationLimitExceeded"
    assert capacity.used == 2


def test_the_environment_that_is_idle_longest_makes_room(small_cloud: RunningCloud) -> None:
    first, second, third = (small_cloud.create(SLEEPING) for _ in range(3))
    for name in (first, second):
        small_cloud.call(name, {"s": 0})
    small_cloud.call(first, {"s": 0})
    assert processes(first)
    assert small_cloud.call(third, {"s": 0}).payload == 1
    assert processes(third)
    wait_for(lambda: not processes(second))
    assert processes(first), "it was used after the second"
    for name in (first, second, third):
        small_cloud.delete(name)


def test_with_all_busy_the_throttle_says_why(small_cloud: RunningCloud) -> None:
    busy, other = small_cloud.create(SLEEPING), small_cloud.create(SLEEPING)
    with ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(small_cloud.call, busy, {"s": 1.5}) for _ in range(2)]
        time.sleep(0.7)
        with pytest.raises(ClientError) as refused:
            small_cloud.call(other, {"s": 0})
        assert [call.result().error for call in calls] == ["", ""]
    answer = refused.value.response
    assert answer["Error"]["Code"] == "TooManyRequestsException"
    assert answer["Error"]["Message"] == (
        "Rate Exceeded. This machine holds 2 execution environments at most, and all are busy."
    )
    assert answer["Reason"] == "ConcurrentInvocationLimitExceeded"
    assert small_cloud.call(other, {"s": 0}).payload == 1
    for name in (busy, other):
        small_cloud.delete(name)


@pytest.mark.measures
def test_a_hundred_environments_at_once() -> None:
    with running(own_launcher(), "--max-environments", "128") as cloud:
        name = cloud.create(SLEEPING, MemorySize=128, Timeout=120)
        client = cloud.client("lambda", config=Config(max_pool_connections=110, read_timeout=120))
        before = resident_mb(cloud.process.pid)

        def call(_: int) -> bytes:
            answer = client.invoke(FunctionName=name, Payload=b'{"s": 6}')
            assert "FunctionError" not in answer
            return bytes(answer["Payload"].read())

        started = time.perf_counter()
        with ThreadPoolExecutor(100) as pool:
            assert list(pool.map(call, range(100))) == [b"1"] * 100
        took = time.perf_counter() - started
        grown = resident_mb(cloud.process.pid) - before
        assert len(processes(name)) == 100
        print(f"100 environments: {took:.1f} s, the server grew by {grown:.0f} MB")
        assert took < 60
        assert grown < 60
        cloud.delete(name)
        wait_for(lambda: not processes(name), 10)
