"""The execution environment: one operating-system process that handles one event at a time.

Its life is AWS's: Init (at one full vCPU, 10 s at most), Invoke, freeze, thaw, reset after a
crash or a time-out, Shutdown. Source: Lambda Developer Guide, "Understanding the Lambda
execution environment lifecycle" (read 2026).
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from ...logs.log_event import LogEvent
from ...vpc.eni import Eni
from ...wire.exhaustion import shortage
from ..function_version import FunctionVersion
from .error_cause import error_cause
from .governor import CpuGroup, CpuUsage
from .governor.bandwidth import share_of
from .host import Host
from .invocation import Ending, Event, InvocationResult, Moments
from .listeners import Listeners
from .log_stream import LogStream
from .memory_watch import MB, Watched
from .platform_log import ON_DEMAND, PROVISIONED, PlatformLog
from .response import answer, error_type_of, report_of
from .runtime_api import RuntimeApi
from .runtime_process import RuntimeProcess
from .runtimes import InvalidEntrypoint, Runtime, label, version_arn
from .spawner import NoRoom
from .turn import Turn
from .variables import own_variables

__all__ = ["ON_DEMAND", "PROVISIONED", "Event", "ExecutionEnvironment", "InvocationResult"]

INIT_LIMIT_S = 10.0
INIT_SHARE = 1.0
# After a turn, what left the process tree at its very end is looked for again.
LATE_S = 0.04
FORK_ERRORS = {
    FileNotFoundError: "no such file or directory",
    PermissionError: "permission denied",
    OSError: "exec format error",
}


class ExecutionEnvironment:
    """One environment of one function version.

    ``credentials`` are the role's temporary credentials as environment variables;
    ``initialization_type`` is what the function sees in AWS_LAMBDA_INITIALIZATION_TYPE;
    ``take_segments`` gets what SDKs send to the X-Ray daemon of a traced function; ``eni`` carries
    the traffic of a function in a VPC.
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
    ) -> None:
        self.version = version
        self.initialization_type = initialization_type
        self.id = secrets.token_hex(16)
        self.idle_since = time.monotonic()
        self.invocations = 0
        self._runtime = runtime
        self._code = task_root
        self._place = host.sandbox.place(task_root, version.handler)
        self._host = host
        self._tmp = host.scratch / self.id
        self._tree: int | None = None
        self._group = group
        self._credentials = credentials
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
        self._turn = Turn()
        self._api = RuntimeApi(self._turn.on_next, self._turn.on_posted, self._turn.on_init_error)
        self._listeners = Listeners(self._api, take_segments, eni, host.endpoint, host.no_daemon)
        self._memory = Watched(
            host.memory, group, version.memory_mb * MB, runtime.overhead_bytes, self._on_over
        )
        group.orphans = lambda: self._process.strays() if self._process else []
        self._process: RuntimeProcess | None = None
        self._init_ms: float | None = None
        self._init_at: tuple[float, float] | None = None
        self._given_at: float | None = None
        self._failed_start = Ending("exit")
        self._used: CpuUsage | None = None
        self._resting: asyncio.Handle | None = None
        self._late: asyncio.TimerHandle | None = None
        self._closed = False

    @property
    def alive(self) -> bool:
        return self._process is not None

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
        await self._open()
        self._platform.init_start(
            label(self._runtime), version_arn(self._runtime, self.version.region)
        )
        started, started_at = time.perf_counter(), time.time()
        ready = await self._start(INIT_SHARE, INIT_LIMIT_S, "init")
        if ready:
            self._init_ms = (time.perf_counter() - started) * 1e3
            self._init_at = (started_at, time.time())
            self._memory.note(self._group.freeze())
            self._memory.stop()
            if self._process is not None:
                self._process.output.drain()
            self._platform.init_report("init", "success", self._init_ms)
        return ready

    async def invoke(self, event: Event) -> InvocationResult:
        """Invoke phase: hand over one event and wait for the end of its turn.

        Right after this returns, and before anything else reaches the environment, it is frozen
        and its log delivered: the caller's answer does not wait for that.
        """
        self._rest_now()
        version = self.version
        began_at = time.time()
        self.invocations += 1
        init_ms, self._init_ms = self._init_ms, None
        init_at, self._init_at = self._init_at, None
        self._given_at = None
        share = share_of(version.memory_mb)
        limit = version.timeout_s
        if self._process is not None and self._has_died(self._process):
            # It died while it was frozen: somebody killed it. AWS, too, starts it again.
            self._end_process()
        started = time.perf_counter()
        # Frozen since its last turn, it has used nothing.
        before = self._used or self._group.usage()
        ready = self.alive
        if not ready:
            # Suppressed init: it counts as duration and runs at the function's own share.
            before = CpuUsage(0.0, 0.0, 0.0)
            ready = await self._start(share, float(limit), "invoke")
            init_at = (began_at, time.time())
        if ready:
            self.logs.begin()
        self._platform.start(event)
        if ready:
            remaining = limit - (time.perf_counter() - started)
            ending = await self._handle(event, share, remaining)
        else:
            ending = self._failed_start
        duration_ms = (time.perf_counter() - started) * 1e3
        ended_at = time.time()
        usage = self._rest_or_end(ending)
        if ending.status == "timeout":
            self._listeners.timed_out()
            duration_ms = max(duration_ms, limit * 1e3)
        moments = Moments(
            began_at, self._given_at, self._turn.posted_at, ended_at, time.time(), init_at
        )
        return self._conclude(event, ending, duration_ms, init_ms, before, usage, moments)

    async def close(self) -> None:
        """Shutdown: end every process of this environment and remove its /tmp."""
        if self._closed:
            return
        self._closed = True
        self._rest_now()
        self._end_process()
        self.logs.finish_output()
        self.logs.deliver()
        self._listeners.close()
        self._group.close()
        if self._tree is not None:
            os.close(self._tree)
            self._tree = None
        if not self._host.sandbox.isolated:
            await asyncio.to_thread(shutil.rmtree, self._tmp, ignore_errors=True)

    # starting and ending the process

    async def _open(self) -> None:
        keys = self.version.layer_keys
        if keys:
            opt = self._host.opt.made(keys) or await asyncio.to_thread(self._host.opt.make, keys)
            self._place = self._host.sandbox.place(self._code, self.version.handler, opt)
        if not self._host.sandbox.isolated:
            self._tmp.mkdir(parents=True, exist_ok=True)
        await self._listeners.open()

    async def _start(self, share: float, limit_s: float, phase: str) -> bool:
        """Start the process and wait until its runtime asks for an event."""
        started = time.perf_counter()
        self._turn.begin_start()
        try:
            await self._spawn(share)
        except InvalidEntrypoint as problem:
            ending = Ending("exit", str(problem), "Runtime.InvalidEntrypoint")
        else:
            ending = await self._turn.wait(limit_s)
        if ending.status == "ready":
            return True
        elapsed_ms = (time.perf_counter() - started) * 1e3
        self._end_process()
        self.logs.finish_output()
        status = "timeout" if ending.status == "timeout" else "error"
        error_type = "" if status == "timeout" else error_type_of(ending, self._turn.init_error)
        self._platform.init_report(phase, status, elapsed_ms, error_type)
        self._failed_start = ending
        return False

    async def _spawn(self, share: float) -> None:
        sandbox = self._host.sandbox
        order = sandbox.order(self.version, self._runtime, self._place, self._environ())
        try:
            spawned = await sandbox.spawner.spawn(order, self._listeners.namespace, self._tree)
        except NoRoom:
            raise
        except OSError as error:
            if (short := shortage(error)) is not None:
                # The host's lack, and not the function's error.
                raise short from error
            words = FORK_ERRORS.get(type(error), FORK_ERRORS[OSError])
            where = order.command[0].replace(str(self._place.task_root), "/var/task")
            where = where.replace(str(self._place.opt), "/opt")
            raise InvalidEntrypoint(f"fork/exec {where}: {words}") from error
        process = RuntimeProcess(spawned, self._on_exit, self.logs.output)
        if self._closed:
            process.kill()
            process.close()
            raise InvalidEntrypoint("The environment was closed while it was starting.")
        self._process = process
        self._tree = process.tree if process.tree is not None else self._tree
        self._host.keeper.add(process.root, self.mark)
        self._group.attach(self._process.pid)
        self._group.run(share)
        self._memory.start()

    def _has_died(self, process: RuntimeProcess) -> bool:
        """Whether no event may be handed to a process.

        One of several threads that is killed cannot be collected until the last of them is gone;
        its first thread is dead by then.
        """
        return self._group.leader_has_ended or process.has_exited

    def _end_process(self) -> None:
        """Kill whatever of this environment runs; the group and the environment stay usable."""
        self._memory.stop()
        self._used = None
        process, self._process = self._process, None
        if process is None:
            return
        self._group.kill()
        process.close()
        self._api.forget()
        self._host.keeper.remove(process.root, self.mark)

    # one turn of the runtime

    async def _handle(self, event: Event, share: float, limit_s: float) -> Ending:
        self._turn.begin_event(event.request_id)
        headers = {
            "Lambda-Runtime-Aws-Request-Id": event.request_id,
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + limit_s) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": event.invoked_arn,
            "Lambda-Runtime-Trace-Id": event.trace_id,
        }
        if event.client_context:
            headers["Lambda-Runtime-Client-Context"] = event.client_context
        self._given_at = time.time()
        self._api.give(headers, event.payload)
        self._group.thaw(share)
        self._memory.start()
        return await self._turn.wait(max(0.0, limit_s))

    def _on_exit(self) -> None:
        if self._memory.over:
            self._on_over()
        elif self._process is not None:
            self._turn.end(Ending("exit", self._process.exit_reason()))

    def _on_over(self) -> None:
        status = "memory" if self._memory.over == "memory" else "exit"
        self._turn.end(Ending(status, "Runtime exited with error: signal: killed"))

    def _rest(self) -> None:
        """Freeze what is ready for the next event, and deliver the log."""
        self._resting = None
        if self._process is not None:
            self._group.freeze()
            self._memory.stop()
            if self._late is None:
                loop = asyncio.get_running_loop()
                self._late = loop.call_later(LATE_S, self._freeze_latecomers)
        self.logs.deliver()

    def _rest_now(self) -> None:
        if self._resting is not None:
            self._resting.cancel()
            self._rest()

    def _freeze_latecomers(self) -> None:
        """Freeze what left its process tree so shortly before that it was not known yet."""
        self._late = None
        is_idle = self._process is not None and self._api.asked
        if is_idle and self._process is not None and self._process.strays():
            self._group.freeze()

    def _rest_or_end(self, ending: Ending) -> CpuUsage:
        """Let a ready environment rest, end a broken one; return what it used until now."""
        self._turn.close_event()
        usage = self._group.usage()
        self._memory.note(self._group.pids())
        if ending.status == "ready":
            self._used = usage
            if self._process is not None:
                self._process.output.drain()
            self._listeners.drain()
        else:
            self._end_process()
        self._resting = asyncio.get_running_loop().call_soon(self._rest)
        self.logs.finish_output()
        self.idle_since = time.monotonic()
        return usage

    def _conclude(
        self,
        event: Event,
        ending: Ending,
        duration_ms: float,
        init_ms: float | None,
        before: CpuUsage,
        after: CpuUsage,
        moments: Moments,
    ) -> InvocationResult:
        turn = self._turn
        payload, function_error = answer(
            event, ending, turn.posted, turn.init_error, self.version.timeout_s
        )
        report = report_of(
            event,
            self.version,
            ending,
            turn.init_error,
            duration_ms,
            init_ms,
            self._memory.peak_bytes,
        )
        self._platform.end(report, len(turn.posted.body) if turn.posted is not None else 0)
        tail = self.logs.tail()
        self.logs.begin()
        told = turn.posted if turn.posted is not None else turn.init_error
        cause = error_cause(told.error_cause) if function_error and told is not None else ""
        return InvocationResult(
            payload,
            function_error,
            self.version.version,
            report,
            tail,
            after.since(before),
            moments,
            cause,
        )

    def _environ(self) -> dict[str, str]:
        found = own_variables(self.version, self._place, self._runtime)
        return {
            **found,
            "AWS_LAMBDA_INITIALIZATION_TYPE": self.initialization_type,
            "AWS_LAMBDA_LOG_GROUP_NAME": self.logs.group,
            "AWS_LAMBDA_LOG_STREAM_NAME": self.logs.name,
            **self._listeners.variables(),
            **({} if self._host.sandbox.isolated else {"TMPDIR": str(self._tmp)}),
            **self._credentials(),
        }
