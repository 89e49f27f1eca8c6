"""How an environment's processes are started: extensions first, then the runtime.

External extensions are launched and must register before the runtime starts; Init is over when
runtime and all extensions have asked for their first event. Source: AWS's runtime interface
emulator, ``rapid/handlers.go`` (read 2026-11).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from socket import socket

from ..function_version import FunctionVersion
from .extensions.extension import LAUNCH_ERROR, Extension
from .extensions.extensions_api import ExtensionsApi
from .extensions.registry import MOST
from .extensions.telemetry import Telemetry
from .governor import CpuGroup
from .host import Host
from .invocation import Ending
from .listeners import Listeners
from .log_stream import LogStream
from .platform_log import PlatformLog
from .processes import LaunchError, Processes
from .response import error_type_of
from .runtime_api import RuntimeApi
from .runtimes import InvalidEntrypoint, Runtime
from .shutdown import shut_down
from .turn import Turn
from .variables import own_variables

INIT_LIMIT_S = 10.0
INIT_SHARE = 1.0
LAUNCH_ERROR_TYPE = "Extension.LaunchError"


class Start:
    """Starts the environment's ``processes``, and ends them. ``failure`` tells how the last start
    went that failed."""

    def __init__(
        self,
        version: FunctionVersion,
        runtime: Runtime,
        code: Path,
        host: Host,
        group: CpuGroup,
        listeners: Listeners,
        api: RuntimeApi,
        turn: Turn,
        logs: LogStream,
        platform: PlatformLog,
        initialization_type: str,
        tmp: Path,
        credentials: Callable[[], dict[str, str]],
    ) -> None:
        self.failure = Ending("exit")
        self.processes = Processes(
            *(version, runtime, code, host, group, listeners, logs.name, tmp),
            on_exit=self._on_exit,
            on_over=self._on_over,
        )
        self._version = version
        self._runtime = runtime
        self._isolated = host.sandbox.isolated
        self._listeners = listeners
        self._api = api
        self._turn = turn
        self._logs = logs
        self._platform = platform
        self._initialization_type = initialization_type
        self._tmp = tmp
        self._credentials = credentials
        self._telemetry = Telemetry(self._make_socket, platform.subscription, platform.logs_dropped)
        api.others = ExtensionsApi(version, turn.extensions, self._telemetry).answer

    def expect_telemetry(self) -> None:
        """A start is near: who subscribes in it also gets what is written from now on."""
        self._logs.tap = self._telemetry.publish

    async def run(self, share: float, limit_s: float, phase: str) -> bool:
        """Start all, and wait until they are ready for events. Whether they are."""
        started = time.perf_counter()
        environ = self._environ()
        ending = await self._launch(environ, limit_s)
        if ending is None:
            self._turn.begin_start()
            try:
                await self.processes.start_runtime(environ, share, self._logs.output)
            except InvalidEntrypoint as problem:
                ending = Ending("exit", str(problem), "Runtime.InvalidEntrypoint")
            else:
                if self.processes.have_died and self.processes.extensions:
                    self._look_for_crash()
                ending = await self._turn.wait(limit_s - (time.perf_counter() - started))
        for each in self._turn.extensions.all:
            self._platform.extension(each.name, each.state, each.events, each.error_type)
        if ending.status == "ready":
            if not self._telemetry.close():
                self._logs.tap = None
            return True
        elapsed_ms = (time.perf_counter() - started) * 1e3
        self.end()
        self._logs.finish_output()
        status = "timeout" if ending.status == "timeout" else "error"
        error_type = "" if status == "timeout" else error_type_of(ending, self._turn.init_error)
        self._platform.init_report(phase, status, elapsed_ms, error_type)
        self.failure = ending
        return False

    async def shut_down(self, share: float, reason: str) -> None:
        """Let extensions end in order, before all is killed."""
        await shut_down(self.processes, self._turn.extensions, self._telemetry, share, reason)

    def end(self) -> None:
        """Kill whatever runs; nobody is registered any more."""
        self._turn.extensions.is_ending = True
        self.processes.end()
        self._api.hang_up()
        self._turn.extensions.clear()
        self._telemetry.clear()
        self._logs.tap = None

    async def _launch(self, environ: Mapping[str, str], limit_s: float) -> Ending | None:
        """Start external extensions and wait until all are registered; how that failed."""
        names = self.processes.external_extensions()
        if not names:
            return None
        self._turn.begin_start()
        extensions = [self._turn.extensions.launch(name) for name in names]
        for number, extension in enumerate(extensions):
            try:
                if number >= MOST:
                    raise LaunchError("ErrTooManyExtensions")
                await self.processes.start_extension(
                    extension, environ, self._on_extension_exit, self._logs.output_of_extension()
                )
            except LaunchError as problem:
                extension.state = extension.error_type = LAUNCH_ERROR
                return Ending("exit", str(problem), LAUNCH_ERROR_TYPE)
        ending = await self._turn.wait(limit_s)
        return None if ending.status == "registered" else ending

    def _look_for_crash(self) -> None:
        for extension in self._turn.extensions.all:
            process = self.processes.extensions.get(extension.name)
            if process is not None and process.has_exited:
                self._turn.extensions.crashed(extension, process.ended_with)

    def _on_exit(self) -> None:
        runtime = self.processes.runtime
        if self.processes.memory.over:
            self._on_over()
        elif runtime is not None:
            self._turn.end(Ending("exit", runtime.exit_reason()))

    def _on_extension_exit(self, extension: Extension, reason: str) -> None:
        if self.processes.memory.over:
            self._on_over()
        else:
            self._turn.extensions.crashed(extension, reason)

    def _on_over(self) -> None:
        status = "memory" if self.processes.memory.over == "memory" else "exit"
        self._turn.end(Ending(status, "Runtime exited with error: signal: killed"))

    def _make_socket(self) -> socket:
        namespace = self._listeners.namespace
        return namespace.make_socket() if namespace else socket()

    def _environ(self) -> Mapping[str, str]:
        found = own_variables(self._version, self.processes.place, self._runtime)
        return {
            **found,
            "AWS_LAMBDA_INITIALIZATION_TYPE": self._initialization_type,
            "AWS_LAMBDA_LOG_GROUP_NAME": self._logs.group,
            "AWS_LAMBDA_LOG_STREAM_NAME": self._logs.name,
            **self._listeners.variables(),
            **({} if self._isolated else {"TMPDIR": str(self._tmp)}),
            **self._credentials(),
        }
