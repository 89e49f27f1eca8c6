"""All pollers: one asyncio task for each enabled event source mapping."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from ...clock import ScaledClock
from ...iam.role_client import RoleClients
from ...moto_seam import Services
from ...moto_seam.stream_consumers import CONSUMER
from ..registry import Registry
from .invocation import Invocations
from .poller import Poller
from .positions import Positions
from .queue_reader import SqsQueue
from .ramp import Ramp
from .settings import Settings
from .sqs_poller import SqsPoller
from .stream_poller import StreamPoller
from .stream_reader import ConsumerReader, DynamoDbReader, KinesisReader, StreamReader

# Calls to queues and streams block: so many at once, over all mappings.
WORKER_THREADS = 16


class Pollers:
    """What the control plane starts and stops. Everything runs on the server's event loop.

    ``endpoint`` is this server's URL; ``most`` is how many batches of one queue may be in flight
    at once here, which is what the machine can run.
    """

    def __init__(
        self,
        registry: Registry,
        invocations: Invocations,
        services: Services,
        clients: RoleClients,
        clock: ScaledClock,
        endpoint: str,
        most: int,
    ) -> None:
        self._registry = registry
        self._invocations = invocations
        self._services = services
        self._clients = clients
        self._clock = clock
        self._endpoint = endpoint
        self._most = most
        self._threads = ThreadPoolExecutor(WORKER_THREADS, "poller")
        self._settings: dict[str, Settings] = {}
        self._positions: dict[str, Positions] = {}
        self._pollers: dict[str, Poller] = {}
        self._tasks: dict[str, set[asyncio.Task[None]]] = {}

    def start(self, region: str, uuid: str) -> None:
        """A mapping was made, enabled or changed."""
        settings = Settings.of(self._registry.region(region).mappings[uuid], region)
        self._settings[uuid] = settings
        running = self._pollers.get(uuid)
        if isinstance(running, SqsPoller):
            running.settings = settings
            return
        if running is not None:
            running.stop()
        self._pollers[uuid] = poller = self._make(settings)
        before = set(self._tasks.get(uuid, ()))
        task = asyncio.ensure_future(self._run(poller, before))
        self._tasks.setdefault(uuid, set()).add(task)
        task.add_done_callback(partial(self._ended, uuid))

    def stop(self, region: str, uuid: str) -> None:
        """A mapping was disabled or deleted: no event is handed over from now on."""
        poller = self._pollers.pop(uuid, None)
        if poller is not None:
            poller.stop()
        mapping = self._registry.region(region).mappings.get(uuid)
        if mapping is None or mapping["State"] == "Deleting":
            self._positions.pop(uuid, None)

    async def close(self) -> None:
        """The server ends: stop everything, whatever is in flight."""
        for poller in self._pollers.values():
            await poller.close()
        tasks = [task for found in self._tasks.values() for task in found]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, poller: Poller, before: set[asyncio.Task[None]]) -> None:
        """Run a poller when those of the same mapping before it have handled their last batch."""
        if before and isinstance(poller, StreamPoller):
            await asyncio.wait(before)
        await poller.run()
        await poller.drained()

    def _ended(self, uuid: str, task: asyncio.Task[None]) -> None:
        left = self._tasks.get(uuid, set()) - {task}
        if left:
            self._tasks[uuid] = left
        else:
            self._tasks.pop(uuid, None)
            if uuid not in self._pollers:
                self._settings.pop(uuid, None)

    def _make(self, settings: Settings) -> Poller:
        uuid, arn = settings.uuid, settings.source_arn
        client = partial(self._client, uuid)
        if settings.service == "sqs":
            queue = SqsQueue(
                self._services.queues, partial(client, "sqs"), self._threads, self._endpoint, arn
            )
            ramp = Ramp(self._clock, self._most)
            return SqsPoller(settings, queue, self._invocations.invoke, ramp)
        return StreamPoller(
            settings,
            self._services.streams,
            self._reader(settings),
            self._positions.setdefault(uuid, Positions()),
            self._clock,
            self._invocations.invoke,
            client,
            self._endpoint,
            self._threads,
            partial(self._tell, settings.region, uuid),
            partial(self._invocations.undelivered, settings.region, settings.function_arn),
        )

    def _reader(self, settings: Settings) -> StreamReader:
        arn, client = settings.source_arn, partial(self._client, settings.uuid)
        role = partial(self._role, settings.uuid)
        if settings.service == "dynamodb":
            return DynamoDbReader(partial(client, "dynamodbstreams"), arn)
        if CONSUMER in arn:
            allowed = self._services.identity.role_allows
            return ConsumerReader(self._services.streams.consumed, arn, role, allowed)
        return KinesisReader(partial(client, "kinesis"), arn, role)

    def _role(self, uuid: str) -> str:
        settings = self._settings[uuid]
        return self._invocations.role(settings.region, settings.function_arn)[0]

    def _client(self, uuid: str, service: str) -> Any:
        settings = self._settings[uuid]
        role, name = self._invocations.role(settings.region, settings.function_arn)
        return self._clients.client(service, role, name, settings.region)

    def _tell(self, region: str, uuid: str, result: str) -> None:
        mapping = self._registry.region(region).mappings.get(uuid)
        if mapping is not None:
            mapping["LastProcessingResult"] = result
