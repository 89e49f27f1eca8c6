"""The real event queue, door, fleets and concurrency, on environments that only pretend."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ended_events import counted, result

from serverless_course.localcloud.clock import ScaledClock
from serverless_course.localcloud.cloudwatch.metrics.store import MetricStores
from serverless_course.localcloud.lambda_.environment.environment import Event
from serverless_course.localcloud.lambda_.environment.invocation import InvocationResult
from serverless_course.localcloud.lambda_.function_version import FunctionVersion
from serverless_course.localcloud.lambda_.invocation.async_event import AsyncEvent
from serverless_course.localcloud.lambda_.invocation.door import Door
from serverless_course.localcloud.lambda_.invocation.event_queue import EventQueue
from serverless_course.localcloud.lambda_.invocation.fleets import Fleets
from serverless_course.localcloud.lambda_.invocation.lambda_metrics import LambdaMetrics
from serverless_course.localcloud.lambda_.invocation.request import InvocationRequest
from serverless_course.localcloud.lambda_.registry import (
    Alias,
    Configuration,
    Found,
    FunctionRecord,
    Registry,
)
from serverless_course.localcloud.lambda_.tracing import Tracer

REGION = "us-east-1"
ROLE = "arn:aws:iam::123456789012:role/toy"


@dataclass
class Try:
    """What happens to one event in an environment: how long it takes, how it ends.

    ``kind``: "ok", "error" (a function error), "broken" (the environment raises).
    ``answer`` is what a function that is ok answers.
    """

    kind: str = "ok"
    takes_s: float = 0.0
    answer: bytes = b"null"


@dataclass
class Seen:
    """One attempt, as an environment saw it. ``at`` is the loop's time in seconds."""

    event: Event
    at: float
    version: str


class ToyEnvironment:
    """Keeps to what a fleet expects of an environment, and notes what it must not see."""

    def __init__(self, cloud: ToyCloud, version: FunctionVersion, initialization_type: str) -> None:
        self.initialization_type = initialization_type
        self.idle_since = 0.0
        self.avoided = False
        self.logs = self
        self._cloud = cloud
        self._version = version
        self._busy = False
        self._closed = False

    def deliver(self) -> None:
        """There is no log."""

    async def initialise(self) -> bool:
        await asyncio.sleep(self._cloud.init_s)
        return True

    async def invoke(self, event: Event) -> InvocationResult:
        assert not self._busy, "an environment has two events"
        assert not self._closed, "an environment that has ended got an event"
        self._busy = True
        loop = asyncio.get_running_loop()
        cloud = self._cloud
        cloud.busy[self._version.name] += 1
        cloud.most_busy[self._version.name] = max(
            cloud.most_busy[self._version.name], cloud.busy[self._version.name]
        )
        cloud.seen[event.request_id].append(Seen(event, loop.time(), self._version.version))
        chosen = cloud.script(event)
        try:
            await asyncio.sleep(chosen.takes_s)
        finally:
            self._busy = False
            cloud.busy[self._version.name] -= 1
        if chosen.kind == "broken":
            raise OSError("no process could be made")
        failed = chosen.kind == "error"
        payload = b'{"errorMessage":"on purpose","errorType":"E"}' if failed else chosen.answer
        error = "Unhandled" if failed else ""
        return result(payload, error, self._version.version, event.request_id)

    async def close(self) -> None:
        self._closed = True


class ToyFactory:
    """Builds toy environments."""

    def __init__(self, cloud: ToyCloud) -> None:
        self._cloud = cloud

    def build(self, version: FunctionVersion, initialization_type: str) -> Any:
        return ToyEnvironment(self._cloud, version, initialization_type)

    def later(self, work: Any) -> None:
        self._cloud.tasks.append(asyncio.ensure_future(work))


class Ends:
    """Takes what left the queue."""

    def __init__(self) -> None:
        self.all: list[AsyncEvent] = []

    def put(self, event: AsyncEvent) -> None:
        self.all.append(event)

    async def close(self) -> None:
        """Nothing is under way."""


@dataclass
class ToyCloud:
    """Make it within a running loop. ``script`` says what happens to each attempt."""

    script: Callable[[Event], Try] = lambda _: Try()
    max_environments: int = 16
    clock_factor: float = 1.0
    init_s: float = 0.0
    account_concurrency: int = 1000
    seen: dict[str, list[Seen]] = field(default_factory=lambda: defaultdict(list))
    busy: Counter[str] = field(default_factory=Counter)
    most_busy: Counter[str] = field(default_factory=Counter)
    tasks: list[Any] = field(default_factory=list)
    ends: Ends = field(default_factory=Ends)
    # What Lambda told X-Ray, each with the version that it told it of.
    documents: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.registry = Registry("123456789012")
        factory: Any = ToyFactory(self)
        self.stores = MetricStores()
        self.metrics = LambdaMetrics(self.stores)
        self.fleets = Fleets(
            self.registry, factory, self.max_environments, self.account_concurrency
        )
        tracer = Tracer(lambda region, name: True, self._sent)
        self.door = Door(self.fleets, tracer, self.metrics)
        self.queue = EventQueue(
            self.door,
            self.registry,
            ScaledClock(self.clock_factor),
            self.ends,
            self.max_environments,
        )

    def count(self, metric: str) -> int:
        """The sum of one of Lambda's metrics over all functions."""
        self.metrics.publish()
        return counted(self.stores, metric)

    def _sent(self, version: FunctionVersion, documents: Any) -> None:
        self.documents += [(version.version, document) for document in documents]

    def function(
        self, name: str = "f", versions: tuple[str, ...] = (), traced: tuple[str, ...] = ()
    ) -> FunctionRecord:
        """A function that is Active, with published versions, of which some are traced."""
        arn = self.registry.function_arn(REGION, name)
        record = FunctionRecord(name, REGION, arn, configuration(name, arn, "$LATEST"))
        record.versions = {
            number: configuration(name, arn, number, traced=number in traced) for number in versions
        }
        self.registry.region(REGION).functions[name] = record
        return record

    def put(
        self,
        request_id: str,
        record: FunctionRecord,
        qualifier: str | None = None,
        trace: str = "Root=1-0-0;Sampled=0",
    ) -> None:
        """Hand an event in."""
        payload = f'{{"id":"{request_id}"}}'.encode()
        found = Found(record, qualifier)
        request = InvocationRequest(found, payload, trace, request_id)
        self.queue.put(self.door.receive(request))

    async def until_empty(self) -> list[AsyncEvent]:
        """Wait, in virtual time, until every event has left the queue; how they ended."""
        while self.queue.waiting or self.queue.running:
            await asyncio.sleep(1.0)
        return self.ends.all


def configuration(name: str, arn: str, version: str, *, traced: bool = False) -> Configuration:
    serving = FunctionVersion(
        name,
        arn,
        version,
        REGION,
        "123456789012",
        "python3.12",
        "i.h",
        ROLE,
        128,
        3,
        (),
        "key",
        tracing_mode="Active" if traced else "PassThrough",
    )
    members = {"Version": version, "Role": ROLE, "State": "Active", "FunctionArn": arn}
    return Configuration(members, "key", b"", serving=serving)


def alias(name: str, version: str, **weights: float) -> Alias:
    """An alias; weights as ``v2=0.5``."""
    return Alias(name, version, "", {key[1:]: share for key, share in weights.items()}, "revision")
