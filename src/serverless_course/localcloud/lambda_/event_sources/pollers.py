"""The pollers of event source mappings: one for each that is enabled."""

from __future__ import annotations

from ..registry import Registry
from .function_consumer import FunctionConsumer
from .invocation import Invocations
from .running import RunningPollers
from .settings import Settings
from .sources import Sources


class Pollers:
    """What the control plane starts and stops. Everything runs on the server's event loop."""

    def __init__(self, registry: Registry, invocations: Invocations, sources: Sources) -> None:
        self._registry = registry
        self._invocations = invocations
        self._running = RunningPollers(sources)
        self._consumers: dict[str, FunctionConsumer] = {}

    def start(self, region: str, uuid: str) -> None:
        """A mapping was made, enabled or changed."""
        settings = Settings.of(self._registry.region(region).mappings[uuid], region)
        consumer = self._consumers.get(uuid)
        if consumer is None:
            consumer = FunctionConsumer(self._registry, self._invocations, settings)
            self._consumers[uuid] = consumer
        consumer.settings = settings
        self._running.start(uuid, settings, consumer)

    def stop(self, region: str, uuid: str) -> None:
        """A mapping was disabled or deleted: no event is handed over from now on."""
        mapping = self._registry.region(region).mappings.get(uuid)
        if mapping is None or mapping["State"] == "Deleting":
            self._running.forget(uuid)
            self._consumers.pop(uuid, None)
        else:
            self._running.stop(uuid)

    async def close(self) -> None:
        """The server ends: stop everything, whatever is in flight."""
        await self._running.close()
