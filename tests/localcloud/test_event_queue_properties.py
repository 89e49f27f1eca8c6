"""What holds for the event queue whatever happens, tried by hypothesis in virtual time."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy_cloud import ROLE, ToyCloud, Try, alias
from virtual_time import run_in_virtual_time

from serverless_course.localcloud.lambda_.environment.environment import Event
from serverless_course.localcloud.lambda_.invocation.async_event import Condition

MINUTE = 60.0


@dataclass(frozen=True)
class Planned:
    """An event to come: when, and what happens to it each time it reaches an environment."""

    after_s: float
    tries: tuple[Try, ...]

    def outcome(self, retries: int) -> Condition:
        """How it must end when it is never too old."""
        errors = 0
        for each in [*self.tries, *[Try("ok")] * 3]:
            if each.kind == "ok":
                return Condition.SUCCESS
            errors += each.kind == "error"
            if errors > retries:
                return Condition.RETRIES_EXHAUSTED
        raise AssertionError


tries = st.builds(
    Try,
    st.sampled_from(["ok", "ok", "error", "broken"]),
    st.sampled_from([0.0, 0.01, 1.0, 30.0]),
)
planned = st.builds(
    Planned,
    st.sampled_from([0.0, 0.0, 0.5, 10.0, 61.0]),
    st.lists(tries, max_size=6).map(tuple),
)


def scripted(events: list[Planned], environments: int = 16) -> ToyCloud:
    """A cloud in which event number n meets what was planned for it, then always works."""
    seen: Counter[str] = Counter()

    def script(event: Event) -> Try:
        number = int(event.request_id)
        seen[event.request_id] += 1
        todo = events[number].tries
        at = seen[event.request_id] - 1
        return todo[at] if at < len(todo) else Try()

    return ToyCloud(script, environments)


async def hand_in(cloud: ToyCloud, events: list[Planned]) -> None:
    record = cloud.registry.region("us-east-1").functions["f"]
    before_s = 0.0
    for number, event in sorted(enumerate(events), key=lambda pair: pair[1].after_s):
        await asyncio.sleep(event.after_s - before_s)
        before_s = event.after_s
        cloud.put(str(number), record)


@settings(max_examples=150, deadline=None)
@given(
    events=st.lists(planned, max_size=40),
    reserved=st.one_of(st.none(), st.integers(1, 4)),
    retries=st.integers(0, 2),
    environments=st.integers(1, 6),
)
def test_every_event_ends_once_and_as_it_must(
    events: list[Planned], reserved: int | None, retries: int, environments: int
) -> None:
    async def work() -> None:
        cloud = scripted(events, environments)
        record = cloud.function()
        record.reserved = reserved
        record.event_invoke["$LATEST"] = {"MaximumRetryAttempts": retries}
        await hand_in(cloud, events)
        ended = await cloud.until_empty()

        assert sorted(int(end.request_id) for end in ended) == list(range(len(events)))
        for end in ended:
            number = int(end.request_id)
            assert end.condition is events[number].outcome(retries)
            assert end.payload == b'{"id":"%d"}' % number
        limit = environments if reserved is None else min(reserved, environments)
        assert cloud.most_busy["f"] <= limit
        for request_id, attempts in cloud.seen.items():
            assert {each.event.request_id for each in attempts} == {request_id}
            assert len({each.event.payload for each in attempts}) == 1
            assert len({each.event.trace_id for each in attempts}) == 1
        succeeded = sum(end.condition is Condition.SUCCESS for end in ended)
        assert cloud.count("AsyncEventsReceived") == len(events)
        assert cloud.count("AsyncEventsDropped") == len(events) - succeeded
        assert cloud.busy["f"] == 0
        assert cloud.fleets.concurrency("us-east-1").busy("f") == 0

    run_in_virtual_time(work())


@settings(max_examples=100, deadline=None)
@given(
    events=st.lists(planned, min_size=1, max_size=15),
    age_s=st.integers(60, 400),
    reserved=st.integers(1, 2),
)
def test_no_try_begins_after_the_maximum_age(
    events: list[Planned], age_s: int, reserved: int
) -> None:
    async def work() -> None:
        cloud = scripted(events)
        record = cloud.function()
        record.reserved = reserved
        record.event_invoke["$LATEST"] = {"MaximumEventAgeInSeconds": age_s}
        await hand_in(cloud, events)
        ended = await cloud.until_empty()
        assert len(ended) == len(events)
        for end in ended:
            attempts = cloud.seen[end.request_id]
            assert all(each.at <= end.accepted + age_s for each in attempts)
            if end.condition is Condition.AGE_EXCEEDED:
                assert end.attempts <= 2

    run_in_virtual_time(work())


@settings(max_examples=60, deadline=None)
@given(
    events=st.lists(planned, min_size=1, max_size=20),
    switches=st.lists(st.tuples(st.floats(0.1, 90.0), st.integers(0, 3)), max_size=6),
)
def test_the_kill_switch_loses_nothing(
    events: list[Planned], switches: list[tuple[float, int]]
) -> None:
    async def work() -> None:
        cloud = scripted(events)
        record = cloud.function()

        async def switch() -> None:
            for pause_s, reserved in switches:
                await asyncio.sleep(pause_s)
                record.reserved = reserved
            record.reserved = None

        switching = asyncio.ensure_future(switch())
        await hand_in(cloud, events)
        await switching
        ended = await cloud.until_empty()
        assert sorted(int(end.request_id) for end in ended) == list(range(len(events)))

    run_in_virtual_time(work())


def test_retries_come_after_one_minute_and_two() -> None:
    """Developer Guide: "Lambda … waits 1 minute before the second attempt, 2 before the third"."""

    async def work() -> None:
        cloud = ToyCloud(lambda _: Try("error", 1.0))
        cloud.put("0", cloud.function())
        (ended,) = await cloud.until_empty()
        at = [each.at for each in cloud.seen["0"]]
        assert at == pytest.approx([0.0, 61.0, 182.0])
        assert ended.condition is Condition.RETRIES_EXHAUSTED
        assert ended.attempts == 3

    run_in_virtual_time(work())


def test_throttled_tries_double_their_pauses() -> None:
    """A public measurement of 2025 (reserved 1, busy for a minute) saw tries near 16.6 and 32.8 s
    and success at 67.9 s."""

    async def work() -> None:
        cloud = ToyCloud(lambda event: Try("ok", 65.0 if event.request_id == "busy" else 0.0))
        record = cloud.function()
        record.reserved = 1
        cloud.put("busy", record)
        cloud.put("late", record)
        await cloud.until_empty()
        (attempt,) = cloud.seen["late"]
        assert 63.0 <= attempt.at <= 73.0 or attempt.at >= 127.0
        assert 6 <= cloud.count("Throttles") <= 8
        assert cloud.count("Invocations") == 2

    run_in_virtual_time(work())


def test_a_throttled_event_ends_at_its_age_without_an_attempt() -> None:
    async def work() -> None:
        cloud = ToyCloud(lambda _: Try("ok", 500.0))
        record = cloud.function()
        record.reserved = 1
        record.event_invoke["$LATEST"] = {"MaximumEventAgeInSeconds": 90}
        cloud.put("busy", record)
        cloud.put("late", record)
        while not cloud.ends.all:
            await asyncio.sleep(0.5)
        (ended,) = cloud.ends.all
        assert 90.0 <= asyncio.get_running_loop().time() <= 91.0
        assert ended.condition is Condition.AGE_EXCEEDED
        assert (ended.attempts, ended.status) == (0, 429)
        await cloud.until_empty()

    run_in_virtual_time(work())


def test_the_settings_of_the_qualifier_hold() -> None:
    """Developer Guide: error handling is configured on a function, a version, or an alias."""

    async def work() -> None:
        cloud = ToyCloud(lambda _: Try("error"))
        record = cloud.function(versions=("1",))
        record.aliases["live"] = alias("live", "1")
        record.event_invoke = {
            "live": {"MaximumRetryAttempts": 0},
            "1": {"MaximumRetryAttempts": 1},
        }
        for qualifier in (None, "$LATEST", "1", "live"):
            cloud.put(str(qualifier), record, qualifier)
        ended = {end.request_id: end for end in await cloud.until_empty()}
        attempts = {name: end.attempts for name, end in ended.items()}
        assert attempts == {"None": 3, "$LATEST": 3, "1": 2, "live": 1}
        assert ended["live"].last.executed_version == "1"
        assert ended["None"].qualified_arn.endswith(":f:$LATEST")
        assert ended["live"].qualified_arn.endswith(":f:live")

    run_in_virtual_time(work())


def test_an_alias_draws_the_version_at_each_attempt() -> None:
    async def work() -> None:
        cloud = ToyCloud(lambda _: Try("error"))
        record = cloud.function(versions=("1", "2"))
        record.aliases["live"] = alias("live", "1", v2=0.5)
        for number in range(200):
            cloud.put(str(number), record, "live")
        await cloud.until_empty()
        drawn = {tuple(each.version for each in attempts) for attempts in cloud.seen.values()}
        assert len(drawn) == 8, "three attempts, each with version 1 or 2"

    run_in_virtual_time(work())


def test_a_function_that_is_gone_answers_404() -> None:
    """Reported of AWS in 2026 (radkawar/stackd): count 1 without retries, 2 with one, status 404."""

    async def work() -> None:
        cloud = ToyCloud(lambda _: Try("error"))
        record = cloud.function()
        record.event_invoke["$LATEST"] = {"MaximumRetryAttempts": 1}
        record.latest.members["DeadLetterConfig"] = {"TargetArn": "arn:aws:sqs:us-east-1:1:dead"}
        cloud.put("0", record)
        await asyncio.sleep(30.0)
        del cloud.registry.region("us-east-1").functions["f"]
        (ended,) = await cloud.until_empty()
        assert ended.condition is Condition.RETRIES_EXHAUSTED
        assert ended.attempts == 2
        assert ended.status == 404
        assert ended.last.message == f"Function not found: {record.arn}:$LATEST"
        assert ended.settings.dead_letter.endswith(":dead"), "the last settings hold"
        assert ended.settings.role == ROLE

    run_in_virtual_time(work())


def test_a_function_that_is_pending_keeps_its_events() -> None:
    async def work() -> None:
        cloud = ToyCloud()
        record = cloud.function()
        serving, record.latest.serving = record.latest.serving, None
        record.latest.members["State"] = "Pending"
        cloud.put("0", record)
        await asyncio.sleep(20.0)
        assert cloud.queue.waiting == 1
        record.latest.serving = serving
        (ended,) = await cloud.until_empty()
        assert ended.condition is Condition.SUCCESS
        assert (cloud.count("Throttles"), cloud.count("Invocations")) == (0, 1)
        assert ended.refusals >= 4

    run_in_virtual_time(work())


def test_waiting_events_cost_no_task_and_few_tries() -> None:
    """10,000 events behind a function that is busy: their tries stay within a bound."""

    async def work() -> None:
        cloud = ToyCloud(lambda _: Try("ok", 100.0), clock_factor=1000.0)
        record = cloud.function()
        record.reserved = 1
        for number in range(10_000):
            cloud.put(str(number), record)
        await asyncio.sleep(10.0)
        assert len(asyncio.all_tasks()) <= 3
        assert cloud.queue.waiting == 9_999
        assert cloud.count("Throttles") <= 2 * 10_000 + 10.0 * 2_000
        await cloud.queue.close()
        assert cloud.queue.waiting == cloud.queue.running == 0

    run_in_virtual_time(work())


def test_one_functions_throttles_hold_up_no_other() -> None:
    async def work() -> None:
        cloud = ToyCloud(lambda event: Try("ok", 3000.0 if event.request_id[0] == "a" else 0.0))
        first, second = cloud.function("a"), cloud.function("b")
        first.reserved = 1
        for number in range(200):
            cloud.put(f"a{number}", first)
        cloud.put("b", second)
        await asyncio.sleep(0.5)
        assert [end.request_id for end in cloud.ends.all] == ["b"]
        await cloud.queue.close()

    run_in_virtual_time(work())


def test_concurrency_is_counted_over_all_versions() -> None:
    async def work() -> None:
        cloud = ToyCloud(lambda _: Try("ok", 1.0))
        record = cloud.function(versions=("1", "2"))
        record.reserved = 2
        for number in range(30):
            cloud.put(str(number), record, [None, "1", "2"][number % 3])
        ended = await cloud.until_empty()
        assert len(ended) == 30
        assert cloud.most_busy["f"] == 2

    run_in_virtual_time(work())


def test_jitter_parts_events_that_were_refused_together() -> None:
    async def work() -> None:
        cloud = ToyCloud(lambda _: Try("ok", 10.0))
        record = cloud.function()
        record.reserved = 1
        for number in range(20):
            cloud.put(str(number), record)
        await cloud.until_empty()
        times: dict[float, int] = defaultdict(int)
        for attempts in cloud.seen.values():
            times[attempts[0].at] += 1
        assert max(times.values()) == 1

    run_in_virtual_time(work())
