"""A turn of the environment: what ends it, and what a death between two turns does to the next."""

from __future__ import annotations

import asyncio

import pytest

from serverless_course.localcloud.lambda_.environment.invocation import Ending
from serverless_course.localcloud.lambda_.environment.turn import Turn

DIED = Ending("exit", "Runtime exited with error: signal: killed")
LIMIT_S = 5.0


def test_a_death_after_the_runtime_was_ready_ends_the_event_at_once() -> None:
    async def lived() -> Ending:
        turn = Turn(lambda: None)
        turn.begin_start()
        assert turn.on_next()
        turn.end(DIED)
        assert (await turn.wait(LIMIT_S)).status == "ready"
        turn.begin_event("request-1")
        return await turn.wait(LIMIT_S)

    assert asyncio.run(lived()) == DIED


def test_a_new_start_knows_nothing_of_a_death_before_it() -> None:
    async def lived() -> Ending:
        turn = Turn(lambda: None)
        turn.begin_start()
        turn.on_next()
        turn.end(DIED)
        turn.begin_start()
        turn.on_next()
        await turn.wait(LIMIT_S)
        turn.begin_event("request-1")
        return await turn.wait(0.05)

    assert asyncio.run(lived()).status == "timeout"


@pytest.mark.parametrize("late", [Ending("ready"), Ending("timeout")])
def test_only_a_death_is_kept_for_the_next_event(late: Ending) -> None:
    async def lived() -> Ending:
        turn = Turn(lambda: None)
        turn.begin_start()
        turn.on_next()
        turn.end(late)
        turn.begin_event("request-1")
        return await turn.wait(0.05)

    assert asyncio.run(lived()).status == "timeout"
