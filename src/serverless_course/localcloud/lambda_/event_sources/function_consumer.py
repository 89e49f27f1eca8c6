"""The function of an event source mapping, as the consumer of what its poller reads."""

from __future__ import annotations

from typing import Any

from ..environment.invocation import InvocationResult
from ..registry import Registry
from .consumer import Outcome
from .invocation import Invocations
from .on_failure import function_context
from .settings import Settings


class FunctionConsumer:
    """``settings`` may be replaced at any time; they hold from the next call on."""

    def __init__(self, registry: Registry, invocations: Invocations, settings: Settings) -> None:
        self.settings = settings
        self._registry = registry
        self._invocations = invocations

    def role(self) -> tuple[str, str]:
        """The function's execution role, and the function's name."""
        return self._invocations.role(self.settings.region, self.settings.function_arn)

    async def invoke(self, records: list[dict[str, Any]], trace: str = "") -> InvocationResult:
        """Invoke the function synchronously."""
        settings = self.settings
        return await self._invocations.invoke(
            settings.region, settings.function_arn, records, trace
        )

    def context(self, condition: str, result: Outcome | None, invocations: int) -> dict[str, Any]:
        """The function, and its last invocation."""
        last = result if isinstance(result, InvocationResult) else None
        return function_context(self.settings.function_arn, condition, last, invocations)

    def tell(self, result: str) -> None:
        """The mapping's LastProcessingResult."""
        mapping = self._registry.region(self.settings.region).mappings.get(self.settings.uuid)
        if mapping is not None:
            mapping["LastProcessingResult"] = result

    def undelivered(self) -> None:
        """Counted in DestinationDeliveryFailures."""
        self._invocations.undelivered(self.settings.region, self.settings.function_arn)
