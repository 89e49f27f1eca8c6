"""Many durable executions at once, while environments are killed at random.

Each ends once and as it should; a step's side effect is done as often as its semantics promise; the
server's memory, descriptors and processes come back.
"""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psutil
import pytest
from durable_programs import durable_role, make_counts, package
from running_cloud import ON_LINUX, RunningCloud, own_launcher, running, wait_for

KILL_EVERY_S = 0.5
LOOK_EVERY_S = 1.0
MAX_GROWTH_MB = 80.0
ENDS = {"ExecutionSucceeded", "ExecutionFailed", "ExecutionTimedOut", "ExecutionStopped"}
# Which counter of an execution belongs to which of its steps.
STEPS = ("first", "once", "last")


@pytest.fixture
def cloud() -> Iterator[RunningCloud]:
    # More executions than environments: they take turns.
    options = ("--clock-factor", "60", "--max-environments", "16")
    with running(own_launcher(), *options) as found:
        make_counts(found)
        yield found


class Killer(threading.Thread):
    """Kills one of the function's processes now and then."""

    def __init__(self, cloud: RunningCloud, name: str) -> None:
        super().__init__(daemon=True)
        self.killed = 0
        self._cloud, self._name = cloud, name
        self._over = threading.Event()
        self._random = random.Random(14)

    def run(self) -> None:
        while not self._over.wait(KILL_EVERY_S):
            pids = self._cloud.processes(self._name)
            with suppress(ProcessLookupError):
                if pids:
                    os.kill(self._random.choice(pids), signal.SIGKILL)
                    self.killed += 1

    def stop(self) -> None:
        self._over.set()
        self.join()


def counts(cloud: RunningCloud) -> dict[str, int]:
    """All counters of the steps' side effects."""
    pages = cloud.client("dynamodb").get_paginator("scan").paginate(TableName="durable-counts")
    return {item["id"]["S"]: int(item["n"]["N"]) for page in pages for item in page["Items"]}


def statuses(cloud: RunningCloud, function: str) -> dict[str, str]:
    """The status of each execution of a function, by ARN."""
    name, _, qualifier = function.partition(":")
    client = cloud.client("lambda")
    pages = client.get_paginator("list_durable_executions_by_function")
    return {
        each["DurableExecutionArn"]: each["Status"]
        for page in pages.paginate(FunctionName=name, Qualifier=qualifier)
        for each in page["DurableExecutions"]
    }


def check_one(events: list[dict[str, Any]], done: dict[str, int]) -> None:
    """One execution's history, and how often the side effect of each of its steps was done."""
    types = [each["EventType"] for each in events]
    assert [each for each in types if each in ENDS] == ["ExecutionSucceeded"], types
    assert types[-1] == "ExecutionSucceeded", types
    failed = sum(
        "Error" in each["InvocationCompletedDetails"]
        for each in events
        if each["EventType"] == "InvocationCompleted"
    )
    for name in STEPS:
        ends = [
            each["EventType"]
            for each in events
            if each.get("Name") == name and each["EventType"] in ("StepSucceeded", "StepFailed")
        ]
        assert len(ends) == 1, (name, types)
        if name == "once":
            # At most once, also when its environment was killed in the middle.
            assert done[name] <= 1, (done, types)
            assert done[name] == 1 or ends == ["StepFailed"], (done, types)
        else:
            # At least once: again only after an invocation that was interrupted.
            assert ends == ["StepSucceeded"], types
            assert 1 <= done[name] <= 1 + failed, (done, types)


def start_all(cloud: RunningCloud, function: str, number: int) -> dict[str, str]:
    """Start executions; their keys by ARN."""
    client, keys = cloud.client("lambda"), {}
    for n in range(number):
        event = {"do": "load", "key": f"load-{n}"}
        answer = client.invoke(
            FunctionName=function,
            InvocationType="Event",
            DurableExecutionName=f"load-{n}",
            Payload=json.dumps(event),
        )
        keys[answer["DurableExecutionArn"]] = event["key"]
    return keys


@pytest.mark.soak
@pytest.mark.skipif(not ON_LINUX, reason="environments are found by /proc")
@pytest.mark.parametrize(
    ("number", "limit_s"), [(60, 100.0), pytest.param(1000, 1500.0, marks=pytest.mark.long)]
)
def test_each_ends_once_and_keeps_its_steps_promises(
    cloud: RunningCloud, number: int, limit_s: float
) -> None:
    name = cloud.create(
        "",
        Role=durable_role(cloud),
        Code={"ZipFile": package()},
        Timeout=120,
        DurableConfig={"ExecutionTimeout": 31_622_400},
    )
    client = cloud.client("lambda")
    function = f"{name}:{client.publish_version(FunctionName=name)['Version']}"
    server = psutil.Process(cloud.process.pid)
    fds, children = server.num_fds(), len(server.children(recursive=True))
    before = server.memory_info().rss
    killer = Killer(cloud, name)
    began = time.monotonic()
    killer.start()
    keys = start_all(cloud, function, number)
    started_s = time.monotonic() - began
    until = began + limit_s
    while "RUNNING" in (found := statuses(cloud, function)).values():
        assert time.monotonic() < until, Counter(found.values())
        time.sleep(LOOK_EVERY_S)
    took_s = time.monotonic() - began
    killer.stop()
    assert found.keys() == keys.keys()
    assert set(found.values()) == {"SUCCEEDED"}, Counter(found.values())
    done = counts(cloud)
    interrupted = repeated = 0
    for arn, key in keys.items():
        events = client.get_durable_execution_history(DurableExecutionArn=arn, MaxItems=1000)
        of = {step: done.get(f"{key}-{step}", 0) for step in STEPS}
        check_one(events["Events"], of)
        interrupted += any(each["EventType"] == "StepFailed" for each in events["Events"])
        repeated += max(of.values()) > 1
    assert killer.killed >= 5
    most = server.memory_info().rss
    cloud.delete(name)
    wait_for(lambda: len(server.children(recursive=True)) <= children, 30.0)
    wait_for(lambda: server.num_fds() <= fds + 8, 30.0)
    assert most - before < MAX_GROWTH_MB * 1e6, (before, most)
    print(
        f"\n{number} executions: started in {started_s:.1f} s, all ended after {took_s:.1f} s; "
        f"{killer.killed} environments killed, {interrupted} at-most-once steps interrupted, "
        f"{repeated} executions with a step done again; server memory {before / 1e6:.0f} MB "
        f"before, {most / 1e6:.0f} MB after"
    )
