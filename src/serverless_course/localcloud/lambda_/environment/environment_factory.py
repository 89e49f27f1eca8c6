"""The factory: builds execution environments from what the server holds."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from ...logs.log_writer import LogWriter
from ...moto_seam import Services
from ...vpc.function_networks import FunctionNetworks
from ..code_store import CodeStore
from ..function_version import FunctionVersion
from ..tracing import ACTIVE, TraceWriter
from .environment import ExecutionEnvironment, Host
from .governor import Governor
from .runtimes import Runtimes


class EnvironmentFactory:
    """Everything an environment is made of, handed over once at the server's start."""

    def __init__(
        self,
        runtimes: Runtimes,
        code: CodeStore,
        governor: Governor,
        host: Host,
        logs: LogWriter,
        services: Services,
        traces: TraceWriter,
        vpc: FunctionNetworks,
    ) -> None:
        self.governor = governor
        self._runtimes = runtimes
        self._code = code
        self._host = host
        self._logs = logs
        self._services = services
        self._traces = traces
        self._vpc = vpc
        self._tasks: set[asyncio.Task[Any]] = set()

    def build(self, version: FunctionVersion, initialization_type: str) -> ExecutionEnvironment:
        """A new environment of that version, not yet initialised."""
        # First what may be refused: a version whose network is not there.
        eni = self._vpc.eni(version)
        return ExecutionEnvironment(
            version,
            self._runtimes.named(version.runtime),
            self._code.folder(version.code_key),
            self._host,
            self.governor.make(),
            lambda group, stream, events: self._logs.send(version, group, stream, events),
            lambda: self._services.role_credentials(
                version.role, version.name, version.region, version.arn
            ),
            initialization_type,
            (lambda document: self._traces.take(version.region, version.role, [document]))
            if version.tracing_mode == ACTIVE
            else None,
            eni,
        )

    def later(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something in the background and keep it until it is done."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
