"""A pipe as the consumer of what the poller of its source reads.

The record of discarded records: as public recordings of 2023 and 2024 show it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from ..cloudwatch.metrics.metric import MetricId, dimensions
from ..cloudwatch.metrics.store import MetricStores
from ..iam.role_client import RoleClients
from ..lambda_.event_sources.consumer import Outcome
from ..wire.errors import ServiceError
from .execution import Execution, Result, is_throttle
from .pipe import Members, Pipe
from .source_kinds import SERVICE

NAMESPACE = "AWS/EventBridge/Pipes"
COUNT, MILLISECONDS = "Count", "Milliseconds"


class PipeConsumer:
    """``trusts`` says whether a role lets a service assume it for a resource; ``stop`` is told why
    a pipe cannot go on."""

    def __init__(
        self,
        pipe: Pipe,
        clients: RoleClients,
        threads: Executor,
        stores: MetricStores,
        trusts: Callable[[str, str, str], bool],
        stop: Callable[[Pipe, str], None],
    ) -> None:
        self._pipe = pipe
        self._clients = clients
        self._threads = threads
        self._stores = stores
        self._trusts = trusts
        self._stop = stop

    def role(self) -> tuple[str, str]:
        """The pipe's role, and the pipe's name."""
        role = str(self._pipe.settings["RoleArn"])
        if not self._trusts(role, SERVICE, self._pipe.arn):
            text = f"{SERVICE} is not authorized to assume the role {role}"
            raise ServiceError("AccessDeniedException", text, 403)
        return role, self._pipe.name

    async def invoke(self, records: list[Members], trace: str = "") -> Result:
        """Run an execution on a worker thread, and count how it ended."""
        loop = asyncio.get_running_loop()
        self._note("EventCount", float(len(records)))
        try:
            result = await loop.run_in_executor(self._threads, self._run, records, trace)
        except ServiceError as error:
            if is_throttle(error.code):
                self._note("ExecutionThrottled")
            raise
        if result.function_error:
            self._note("ExecutionFailed")
        elif result.payload:
            self._note("ExecutionPartiallyFailed")
        if result.stop:
            self._stop(self._pipe, result.stop)
        return result

    def context(self, condition: str, result: Outcome | None, invocations: int) -> dict[str, Any]:
        """The pipe, and why its records were discarded."""
        return {"context": {"partnerResourceArn": self._pipe.arn, "condition": condition}}

    def tell(self, result: str) -> None:
        """A pipe shows no LastProcessingResult."""

    def undelivered(self) -> None:
        """Pipes has no metric of dead letters."""

    def _run(self, records: list[Members], trace: str) -> Result:
        self.role()
        began = time.monotonic()

        def told(stage: str, went_well: bool) -> None:
            nonlocal began
            now = time.monotonic()
            self._note(f"{stage}StageDuration", (now - began) * 1000, MILLISECONDS)
            began = now
            if not went_well:
                self._note(f"{stage}StageFailed")

        return Execution(self._clients, self._pipe, told).run(records, trace)

    def _note(self, name: str, value: float = 1.0, unit: str = COUNT) -> None:
        of_pipe = dimensions([{"Name": "PipeName", "Value": self._pipe.name}])
        store = self._stores.region(self._pipe.region)
        store.put(MetricId(NAMESPACE, name, of_pipe), time.time(), [(value, 1.0)], unit)
