"""How many environments start at once: as many as this host's CPUs can serve."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable

import pytest

from serverless_course.localcloud.lambda_.environment.starts import BUSY, Starts, ready_to_run


class Host:
    """Starts on a host with two CPUs, in the order in which they began."""

    def __init__(self, ready: Callable[[], int]) -> None:
        self.starts = Starts(2, ready)
        self.began: list[int] = []
        self.most = self.now = 0

    async def start(self, number: int, lasts: int = 3) -> None:
        async with self.starts:
            self.began.append(number)
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(0.03 * lasts)
            self.now -= 1


def test_on_a_busy_host_two_start_at_once_in_their_order() -> None:
    async def main() -> Host:
        host = Host(lambda: BUSY * 2)
        await asyncio.gather(*(host.start(n) for n in range(9)))
        return host

    host = asyncio.run(main())
    assert host.began == list(range(9))
    assert host.most == 2


def test_inits_that_wait_do_not_wait_for_each_other() -> None:
    async def main() -> Host:
        host = Host(lambda: BUSY * 2 - 1)
        await asyncio.gather(*(host.start(n, 10) for n in range(20)))
        return host

    host = asyncio.run(main())
    assert host.began == list(range(20))
    assert host.most == 20


def test_a_start_that_is_given_up_while_it_waits_leaves_its_place() -> None:
    async def main() -> Host:
        host = Host(lambda: BUSY * 2)
        tasks = [asyncio.create_task(host.start(n)) for n in range(5)]
        await asyncio.sleep(0.01)
        tasks[2].cancel()
        tasks[0].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await host.start(5)
        return host

    host = asyncio.run(main())
    assert host.began == [0, 1, 3, 4, 5]


@pytest.mark.skipif(sys.platform != "linux", reason="/proc/loadavg")
def test_this_thread_is_ready_to_run() -> None:
    assert ready_to_run() >= 1
