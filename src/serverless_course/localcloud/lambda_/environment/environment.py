"""The execution environment: one operating-system process that handles one event at a time.

Its life is AWS's: Init (at one full vCPU, 10 s at most), Invoke, freeze, thaw, reset after a
crash or a time-out, Shutdown. Source: Lambda Developer Guide, "Understanding the Lambda
execution environment lifecycle" (read 2026).
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ...logs.log_event import LogEvent
from ...vpc.eni import Eni
from ..function_version import FunctionVersion
from .conclusion import Measured, conclude
from .freezer import Freezer
from .governor import CpuGroup, CpuUsage
from .governor.bandwidth import share_of
from .host import Host
from .invocation import Ending, Event, InvocationResult, Moments
from .listeners import Listeners
from .log_stream import LogStream
from .platform_log import ON_DEMAND, PROVISIONED, PlatformLog
from .runtime_api import RuntimeApi
from .runtimes import Runtime, label, version_arn
from .start import INIT_LIMIT_S, INIT_SHARE, Start
from .turn import Turn

__all__ = ["ON_DEMAND", "PROVISIONED", "Event", "ExecutionEnvironment", "InvocationResult"]


class ExecutionEnvironment:
    """One environment of one function version.

    ``credentials`` are the role's temporary credentials as environment variables;
    ``initialization_type`` is what the function sees in AWS_LAMBDA_INITIALIZATION_TYPE;
    ``take_segments`` gets what SDKs send to the X-Ray daemon of a traced function; ``eni`` carries
    the traffic of a function in a VPC; ``notes`` are lines for the log of each Init.
    """

    def __init__(
        self,
        version: FunctionVersion,
        runtime: Runtime,
        task_root: Path,
        host: Host,
        group: CpuGroup,
        send_logs: Callable[[str, str, list[LogEvent]], None],
        credentials: Callable[[], dict[str, str]],
        initialization_type: str = ON_DEMAND,
        take_segments: Callable[[str], None] | None = None,
        eni: Eni | None = None,
        notes: Sequence[str] = (),
    ) -> None:
        self._notes = notes
        self._starts = host.starts
        self.version = version
        self.initialization_type = initialization_type
        self.id = secrets.token_hex(16)
        self.idle_since = time.monotonic()
        self.invocations = 0
        self._runtime = runtime
        self._group = group
        self.logs = LogStream(
            version.log_group,
            version.version,
            self.id,
            send_logs,
            as_json=version.log_format == "JSON",
            application_level=version.application_log_level,
            system_level=version.system_log_level,
            function_name="" if version.has_own_log_group else version.name,
        )
        self._platform = PlatformLog(self.logs, version, self.id, initialization_type)
        self._turn = Turn(self._on_runtime_done)
        self._api = RuntimeApi(
            self._turn.on_next, self._turn.on_posted, self._turn.on_init_error, self._turn
        )
        self._listeners = Listeners(self._api, take_segments, eni, host.endpoint, host.no_daemon)
        self._start = Start(
            version,
            runtime,
            task_root,
            host,
            group,
            self._listeners,
            self._api,
            self._turn,
            self.logs,
            self._platform,
            initialization_type,
            host.scratch / self.id,
            credentials,
        )
        self._processes = self._start.processes
        self._init_ms: float | None = None
        self._init_at: tuple[float, float] | None = None
        self._event: Event | None = None
        self._given_at: float | None = None
        self._used: CpuUsage | None = None
        self._freezer = Freezer(self._processes, self._api, self.logs)
        self._closed = False

    @property
    def alive(self) -> bool:
        return self._processes.runtime is not None

    @property
    def mark(self) -> str:
        """What tells this environment's processes from all others."""
        return self.logs.name

    @property
    def avoided(self) -> bool:
        """Whether no more events should go here: the zone has failed."""
        return self._listeners.avoided

    async def initialise(self) -> bool:
        """Init phase of a new environment. Returns whether the runtime is ready for events.

        A failed Init is not an error yet: AWS tries once more within the first invocation.
        """
        await self._processes.open()
        await self._listeners.open()
        async with self._starts:
            return await self._init()

    async def _init(self) -> bool:
        self._start.expect_telemetry()
        self._platform.init_start(
            label(self._runtime), version_arn(self._runtime, self.version.region)
        )
        for note in self._notes:
            self.logs.output(f"{note}\n".encode())
        started, started_at = time.perf_counter(), time.time()
        ready = await self._start.run(INIT_SHARE, INIT_LIMIT_S, "init")
        if ready:
            self._init_ms = (time.perf_counter() - started) * 1e3
            self._init_at = (started_at, time.time())
            self._processes.memory.note(self._group.freeze())
            self._processes.memory.stop()
            if self._processes.runtime is not None:
                self._processes.runtime.output.drain()
            self._platform.init_report("init", "success", self._init_ms)
        return ready

    async def invoke(self, event: Event) -> InvocationResult:
        """Invoke phase: hand over one event and wait for the end of its turn.

        Right after this returns, and before anything else reaches the environment, it is frozen
        and its log delivered: the caller's answer does not wait for that.
        """
        self._freezer.now()
        version = self.version
        began_at = time.time()
        self.invocations += 1
        init_ms, self._init_ms = self._init_ms, None
        init_at, self._init_at = self._init_at, None
        self._given_at = None
        share = share_of(version.memory_mb)
        limit = version.timeout_s
        if self.alive and self._processes.have_died:
            # It died while it was frozen: somebody killed it. AWS, too, starts it again.
            self._end_processes()
        started = time.perf_counter()
        # Frozen since its last turn, it has used nothing.
        before = self._used or self._group.usage()
        ready = self.alive
        if not ready:
            # Suppressed init counts as duration. At the share of 128 MB it would not end within a
            # second, and on AWS it was recorded to do so (conformance case err-timeout).
            before = CpuUsage(0.0, 0.0, 0.0)
            self._start.expect_telemetry()
            ready = await self._start.run(max(share, INIT_SHARE), float(limit), "invoke")
            init_at = (began_at, time.time())
        if ready:
            self.logs.begin()
        self._platform.start(event)
        if ready:
            remaining = limit - (time.perf_counter() - started)
            ending = await self._handle(event, share, remaining)
        else:
            ending = self._start.failure
        duration_ms = (time.perf_counter() - started) * 1e3
        ended_at = time.time()
        if ending.status != "ready" and self._turn.extensions.all:
            reason = "timeout" if ending.status == "timeout" else "failure"
            await self._start.shut_down(share, reason)
        if ending.status == "exit" and event.stream is not None:
            await self._turn.take_the_rest()
        usage = self._rest_or_end(ending)
        if ending.status == "timeout":
            self._listeners.timed_out()
            duration_ms = max(duration_ms, limit * 1e3)
        moments = Moments(
            began_at,
            self._given_at,
            self._turn.posted_at,
            ended_at,
            time.time(),
            init_at,
            self._turn.ready_at,
            event.stream.first_at if event.stream else None,
        )
        measured = Measured(
            duration_ms, init_ms, self._processes.memory.peak_bytes, usage.since(before), moments
        )
        return conclude(event, version, ending, self._turn, measured, self._platform, self.logs)

    async def close(self) -> None:
        """Shutdown: end every process of this environment and remove its /tmp."""
        if self._closed:
            return
        self._closed = True
        self._freezer.now()
        self._processes.refuse_starts()
        await self._start.shut_down(share_of(self.version.memory_mb), "spindown")
        self._end_processes()
        self.logs.finish_output()
        self.logs.deliver()
        self._listeners.close()
        await self._processes.close()

    def _end_processes(self) -> None:
        """Kill whatever of this environment runs; the environment stays usable."""
        self._used = None
        self._start.end()

    # one turn of the runtime

    async def _handle(self, event: Event, share: float, limit_s: float) -> Ending:
        self._turn.begin_event(event.request_id, event.stream)
        deadline_ms = int((time.time() + limit_s) * 1000)
        self._given_at = time.time()
        if self._turn.extensions.all:
            self._event = event
            self._turn.extensions.release_invoke(event, deadline_ms)
        self._api.give(event, deadline_ms)
        self._group.thaw(share)
        self._processes.memory.start()
        return await self._turn.wait(max(0.0, limit_s))

    def _on_runtime_done(self) -> None:
        """Extensions wait for this event, and may not be ready before it has come."""
        if self._event is None or self._given_at is None:
            return
        if self._processes.runtime is not None:
            self._processes.runtime.output.drain()
        stream = self._event.stream
        first = stream.first_at if stream else None
        self._platform.runtime_done(
            self._event.request_id,
            (time.time() - self._given_at) * 1e3,
            self._turn.produced,
            (self._given_at, first, self._turn.posted_at, time.time()),
        )

    def _rest_or_end(self, ending: Ending) -> CpuUsage:
        """Let a ready environment rest, end a broken one; return what it used until now."""
        self._turn.close_event()
        usage = self._group.usage()
        self._processes.memory.note(self._group.pids())
        if ending.status == "ready":
            self._used = usage
            for each in self._processes.running():
                each.output.drain()
            self._listeners.drain()
        else:
            self._end_processes()
        self._freezer.soon()
        self.logs.finish_output()
        self.idle_since = time.monotonic()
        return usage
