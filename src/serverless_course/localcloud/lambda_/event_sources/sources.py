"""Makes the pollers of queues and streams, for whoever gets what they read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from ...clock import ScaledClock
from ...iam.role_client import RoleClients
from ...moto_seam import Services
from ...moto_seam.stream_consumers import CONSUMER
from .consumer import Consumer
from .poller import Poller
from .positions import Positions
from .queue_reader import SqsQueue
from .ramp import Ramp
from .settings import Settings
from .sqs_poller import SqsPoller
from .stream_poller import StreamPoller
from .stream_reader import ConsumerReader, DynamoDbReader, KinesisReader, StreamReader

# Calls to queues and streams block: so many at once, over all pollers.
WORKER_THREADS = 16


class Sources:
    """The queues and streams that pollers read.

    ``endpoint`` is this server's URL; ``most`` is how many batches of one queue may be in flight
    at once here, which is what the machine can run.
    """

    def __init__(
        self,
        services: Services,
        clients: RoleClients,
        clock: ScaledClock,
        endpoint: str,
        most: int,
    ) -> None:
        self._services = services
        self._clients = clients
        self._clock = clock
        self._endpoint = endpoint
        self._most = most
        self._threads = ThreadPoolExecutor(WORKER_THREADS, "poller")

    def poller(self, settings: Settings, consumer: Consumer, positions: Positions) -> Poller:
        """A poller that is not running yet. ``positions`` is how far a stream was read."""
        client = partial(self._client, consumer, settings.region)
        if settings.service == "sqs":
            queue = SqsQueue(
                self._services.queues,
                partial(client, "sqs"),
                self._threads,
                self._endpoint,
                settings.source_arn,
            )
            return SqsPoller(settings, queue, consumer.invoke, Ramp(self._clock, self._most))
        return StreamPoller(
            settings,
            self._services.streams,
            self._reader(settings, consumer),
            positions,
            self._clock,
            consumer.invoke,
            client,
            self._endpoint,
            self._threads,
            consumer.tell,
            consumer.undelivered,
            consumer.context,
        )

    def close(self) -> None:
        """The server ends."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _reader(self, settings: Settings, consumer: Consumer) -> StreamReader:
        arn, client = settings.source_arn, partial(self._client, consumer, settings.region)

        def role() -> str:
            return consumer.role()[0]

        if settings.service == "dynamodb":
            return DynamoDbReader(partial(client, "dynamodbstreams"), arn)
        if CONSUMER in arn:
            allowed = self._services.identity.role_allows
            return ConsumerReader(self._services.streams.consumed, arn, role, allowed)
        return KinesisReader(partial(client, "kinesis"), arn, role)

    def _client(self, consumer: Consumer, region: str, service: str) -> Any:
        role, session = consumer.role()
        return self._clients.client(service, role, session, region)
