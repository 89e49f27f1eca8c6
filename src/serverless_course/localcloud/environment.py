"""The execution environment: one operating-system process that handles one event at a time.

Its life is AWS's: Init (at one full vCPU, 10 s at most), Invoke, freeze, thaw, reset after a
crash or a time-out, Shutdown. Source: Lambda Developer Guide, "Understanding the Lambda
execution environment lifecycle" (read 2026).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .function_version import FunctionVersion
from .governor import CpuGroup, CpuUsage
from .governor.bandwidth import share_of
from .governor.group import peak_bytes, resident_bytes
from .log_stream import LogStream
from .orphans import end_orphans
from .report import InvocationReport, init_report_line
from .runtime_api import Posted, RuntimeApi
from .runtimes.python_runtime import PythonRuntime

INIT_LIMIT_S = 10.0
INIT_SHARE = 1.0
MEMORY_WATCH_S = 0.01
MB = 1024 * 1024
ON_DEMAND = "on-demand"
PROVISIONED = "provisioned-concurrency"
READ_BYTES = 16 * 1024
PIPE_BLOCKS = 5


class Keeper(Protocol):
    """Who ends a process group when this server dies."""

    def add(self, pgid: int, mark: str) -> None: ...

    def remove(self, pgid: int, mark: str) -> None: ...


@dataclass(frozen=True)
class Event:
    """One event for a handler, with what the Runtime API's headers carry."""

    request_id: str
    payload: bytes
    invoked_arn: str
    trace_id: str
    client_context: str = ""


@dataclass(frozen=True)
class Outcome:
    """How an invocation ended: the payload, AWS's FunctionError word, the report, the log."""

    payload: bytes
    function_error: str
    report: InvocationReport
    log_tail: str
    usage: CpuUsage


@dataclass(frozen=True)
class Ending:
    """How a runtime's turn ended. ``status``: "ready", "exit", "timeout" or "memory"."""

    status: str
    reason: str = ""


class ExecutionEnvironment:
    """One environment of one function version.

    ``credentials`` are the role's temporary credentials as environment variables; ``endpoint``
    is the embedded cloud's URL, which the function's SDK calls reach; ``initialization_type`` is
    what the function sees in AWS_LAMBDA_INITIALIZATION_TYPE.
    """

    def __init__(
        self,
        version: FunctionVersion,
        runtime: PythonRuntime,
        task_root: Path,
        layer_roots: list[Path],
        scratch: Path,
        group: CpuGroup,
        keeper: Keeper,
        send_logs: Callable[[str, str, list], None],  # type: ignore[type-arg]
        credentials: Callable[[], dict[str, str]],
        endpoint: str,
        initialization_type: str = ON_DEMAND,
    ) -> None:
        self.version = version
        self.initialization_type = initialization_type
        self.id = secrets.token_hex(16)
        self.idle_since = time.monotonic()
        self.invocations = 0
        self._runtime = runtime
        self._task_root = task_root
        self._layer_roots = layer_roots
        self._tmp = scratch / self.id
        self._group = group
        self._keeper = keeper
        self._credentials = credentials
        self._endpoint = endpoint
        as_json = version.log_format == "JSON"
        self.logs = LogStream(
            version.log_group, version.version, self.id, send_logs, as_json=as_json
        )
        self._api = RuntimeApi(self._on_next, self._on_posted, self._on_init_error)
        self._process: subprocess.Popen[bytes] | None = None
        self._pidfd: int | None = None
        self._turn: asyncio.Future[Ending] | None = None
        self._posted: Posted | None = None
        self._init_error: Posted | None = None
        self._current: str | None = None
        self._max_bytes = 0
        self._memory_watch: asyncio.TimerHandle | None = None
        self._init_ms: float | None = None
        self._failed_start = Ending("exit")
        self._output = -1
        self._closed = False

    @property
    def alive(self) -> bool:
        return self._process is not None

    @property
    def mark(self) -> str:
        """What tells this environment's processes from all others."""
        return self.logs.name

    async def initialise(self) -> bool:
        """Init phase of a new environment. Returns whether the runtime is ready for events.

        A failed Init is not an error yet: AWS tries once more within the first invocation.
        """
        await self._open()
        self.logs.platform(
            f"INIT_START Runtime Version: {self._runtime.label}\t"
            f"Runtime Version ARN: {self._runtime.version_arn(self.version.region)}",
            "platform.initStart",
            {"phase": "init", "runtimeVersion": self._runtime.label},
        )
        started = time.perf_counter()
        ready = await self._start(INIT_SHARE, INIT_LIMIT_S, "init")
        if ready:
            self._init_ms = (time.perf_counter() - started) * 1e3
            self._group.freeze()
        return ready

    async def invoke(self, event: Event) -> Outcome:
        """Invoke phase: hand over one event, wait for the end of its turn, freeze."""
        version = self.version
        self.invocations += 1
        self.logs.begin()
        init_ms, self._init_ms = self._init_ms, None
        share = share_of(version.memory_mb)
        limit = version.timeout_s
        if self._process is not None and self._process.poll() is not None:
            # It died while it was frozen: somebody killed it. AWS, too, makes it anew.
            self._end_process()
        started = time.perf_counter()
        before = self._group.usage()
        ready = self.alive
        if not ready:
            # Suppressed init: it counts as duration and runs at the function's own share.
            before = CpuUsage(0.0, 0.0, 0.0)
            ready = await self._start(share, float(limit), "invoke")
        self.logs.platform(
            f"START RequestId: {event.request_id} Version: {version.version}",
            "platform.start",
            {"requestId": event.request_id, "version": version.version},
        )
        if ready:
            remaining = limit - (time.perf_counter() - started)
            ending = await self._handle(event, share, remaining)
        else:
            ending = self._failed_start
        duration_ms = (time.perf_counter() - started) * 1e3
        usage = self._settle(ending)
        if ending.status == "timeout":
            duration_ms = max(duration_ms, limit * 1e3)
        return self._conclude(event, ending, duration_ms, init_ms, before, usage)

    async def close(self) -> None:
        """Shutdown: end every process of this environment and remove its /tmp."""
        if self._closed:
            return
        self._closed = True
        self._end_process()
        self.logs.finish_output()
        self.logs.deliver()
        self._api.close()
        self._group.close()
        await asyncio.to_thread(shutil.rmtree, self._tmp, ignore_errors=True)

    # starting and ending the process

    async def _open(self) -> None:
        self._tmp.mkdir(parents=True, exist_ok=True)
        await self._api.open()

    async def _start(self, share: float, limit_s: float, phase: str) -> bool:
        """Start the process and wait until its runtime asks for an event."""
        started = time.perf_counter()
        self._posted = self._init_error = None
        self._turn = asyncio.get_running_loop().create_future()
        self._spawn(share)
        ending = await self._wait(limit_s)
        if ending.status == "ready":
            return True
        elapsed_ms = (time.perf_counter() - started) * 1e3
        self._drain()
        self._end_process()
        self.logs.finish_output()
        status = "timeout" if ending.status == "timeout" else "error"
        error_type = "" if status == "timeout" else self._error_type(ending)
        self.logs.platform(
            init_report_line(elapsed_ms, phase, status, error_type),
            "platform.initReport",
            {"phase": phase, "status": status, "metrics": {"durationMs": elapsed_ms}},
        )
        self._failed_start = ending
        return False

    def _spawn(self, share: float) -> None:
        read_end, write_end = os.pipe()
        os.set_blocking(read_end, False)
        environ = self._environ()
        environ["_LAMBDA_TELEMETRY_LOG_FD"] = str(write_end)
        self._process = subprocess.Popen(
            self._runtime.command(),
            cwd=self._task_root,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=write_end,
            stderr=write_end,
            pass_fds=(write_end,),
            start_new_session=True,
        )
        os.close(write_end)
        self._keeper.add(self._process.pid, self.mark)
        self._group.attach(self._process.pid)
        self._group.run(share)
        self._output = read_end
        loop = asyncio.get_running_loop()
        loop.add_reader(read_end, self._read_output)
        self._watch_exit(loop, self._process)
        self._watch_memory_later()

    def _watch_exit(
        self, loop: asyncio.AbstractEventLoop, process: subprocess.Popen[bytes]
    ) -> None:
        if hasattr(os, "pidfd_open"):
            self._pidfd = os.pidfd_open(process.pid)
            loop.add_reader(self._pidfd, self._on_exit)
            return
        waiting = loop.run_in_executor(None, process.wait)
        waiting.add_done_callback(lambda _: self._on_exit() if self._process is process else None)

    def _on_exit(self) -> None:
        if self._pidfd is not None:
            asyncio.get_running_loop().remove_reader(self._pidfd)
        if self._process is not None:
            self._process.poll()
        self._finish_turn(Ending("exit", self._exit_reason()))

    def _exit_reason(self) -> str:
        code = self._process.returncode if self._process is not None else None
        if code is None or code == 0:
            return "Runtime exited without providing a reason"
        if code < 0:
            word = "killed" if -code == signal.SIGKILL else signal.Signals(-code).name.lower()
            return f"Runtime exited with error: signal: {word}"
        return f"Runtime exited with error: exit status {code}"

    def _end_process(self) -> None:
        """Kill whatever of this environment runs; the group and the environment stay usable."""
        if self._memory_watch is not None:
            self._memory_watch.cancel()
        process, self._process = self._process, None
        if process is None:
            return
        self._group.kill()
        end_orphans(self.mark)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(2)
        loop = asyncio.get_running_loop()
        if self._pidfd is not None:
            loop.remove_reader(self._pidfd)
            os.close(self._pidfd)
            self._pidfd = None
        self._drain()
        loop.remove_reader(self._output)
        os.close(self._output)
        self._api.forget()
        self._keeper.remove(process.pid, self.mark)

    # one turn of the runtime: from an event (or a start) to the next request for an event

    async def _handle(self, event: Event, share: float, limit_s: float) -> Ending:
        self._posted = None
        self._current = event.request_id
        self._turn = asyncio.get_running_loop().create_future()
        headers = {
            "Lambda-Runtime-Aws-Request-Id": event.request_id,
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + limit_s) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": event.invoked_arn,
            "Lambda-Runtime-Trace-Id": event.trace_id,
        }
        if event.client_context:
            headers["Lambda-Runtime-Client-Context"] = event.client_context
        self._api.give(headers, event.payload)
        self._group.thaw(share)
        self._watch_memory_later()
        return await self._wait(max(0.0, limit_s))

    async def _wait(self, limit_s: float) -> Ending:
        assert self._turn is not None
        alarm = asyncio.get_running_loop().call_later(limit_s, self._finish_turn, Ending("timeout"))
        try:
            return await self._turn
        finally:
            alarm.cancel()

    def _finish_turn(self, ending: Ending) -> None:
        if self._turn is not None and not self._turn.done():
            self._turn.set_result(ending)

    def _on_next(self) -> None:
        self._finish_turn(Ending("ready"))

    def _on_posted(self, request_id: str, posted: Posted) -> bool:
        if request_id != self._current or self._posted is not None:
            return False
        self._posted = posted
        return True

    def _on_init_error(self, posted: Posted) -> None:
        self._init_error = posted

    def _settle(self, ending: Ending) -> CpuUsage:
        """Freeze a ready environment, end a broken one; return what it used until now."""
        self._current = None
        usage = self._group.usage()
        if ending.status == "ready":
            self._group.freeze()
        self._note_memory(exact=True)
        if self._memory_watch is not None:
            self._memory_watch.cancel()
        self._drain()
        self.logs.finish_output()
        if ending.status != "ready":
            self._end_process()
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
    ) -> Outcome:
        payload, function_error = self._answer(event, ending)
        error_type = "" if ending.status in ("ready", "timeout") else self._error_type(ending)
        status = {"ready": "success", "timeout": "timeout"}.get(ending.status, "error")
        memory_mb = self.version.memory_mb
        used_mb = memory_mb if ending.status == "memory" else -(-self._max_bytes // MB)
        report = InvocationReport(
            event.request_id,
            duration_ms,
            memory_mb,
            min(used_mb, memory_mb),
            init_ms,
            status,
            error_type,
        )
        self.logs.platform(
            f"END RequestId: {event.request_id}",
            "platform.runtimeDone",
            {
                "requestId": event.request_id,
                "status": status,
            },
        )
        self.logs.platform(report.line(), "platform.report", report.record())
        used = CpuUsage(
            after.cpu_ms - before.cpu_ms,
            after.held_ms - before.held_ms,
            max(0.0, after.waited_ms - before.waited_ms),
        )
        return Outcome(payload, function_error, report, self.logs.tail(), used)

    def _answer(self, event: Event, ending: Ending) -> tuple[bytes, str]:
        if self._posted is not None:
            if self._posted.too_large:
                return (
                    b'{"errorMessage":"Response payload size exceeded maximum allowed payload '
                    b'size (6291556 bytes).","errorType":"Function.ResponseSizeTooLarge"}',
                    "Unhandled",
                )
            return self._posted.body, "Unhandled" if self._posted.is_error else ""
        request = f"RequestId: {event.request_id} Error: "
        if ending.status == "timeout":
            text = f"{request}Task timed out after {self.version.timeout_s:.2f} seconds"
            return _error_payload("Sandbox.Timedout", text), "Unhandled"
        if self._init_error is not None:
            return self._init_error.body, "Unhandled"
        return _error_payload("Runtime.ExitError", f"{request}{ending.reason}"), "Unhandled"

    def _error_type(self, ending: Ending) -> str:
        if ending.status == "memory":
            return "Runtime.OutOfMemory"
        if self._init_error is not None:
            return self._init_error.error_type or "Runtime.Unknown"
        return "Runtime.ExitError"

    # memory and output

    def _watch_memory(self) -> None:
        """Look at the group's memory every 10 ms; over the limit, end it as Lambda does."""
        if self._process is None:
            return
        if self._note_memory() > self.version.memory_mb * MB:
            self._group.kill()
            reason = "Runtime exited with error: signal: killed"
            self._finish_turn(Ending("memory", reason))
            return
        self._watch_memory_later()

    def _watch_memory_later(self) -> None:
        if self._memory_watch is not None:
            self._memory_watch.cancel()
        loop = asyncio.get_running_loop()
        self._memory_watch = loop.call_later(MEMORY_WATCH_S, self._watch_memory)

    def _note_memory(self, *, exact: bool = False) -> int:
        """Resident bytes of all processes now; remembers the highest."""
        if self._process is None:
            return 0
        read = peak_bytes if exact else resident_bytes
        total = sum(
            read(pid) if pid == self._process.pid else resident_bytes(pid)
            for pid in self._group.pids()
        )
        self._max_bytes = max(self._max_bytes, total)
        return total

    def _read_output(self) -> bool:
        """Take one block of output; false when there is none now. One block at a time, so that
        a function that floods its log does not hold up the others."""
        try:
            data = os.read(self._output, READ_BYTES)
        except (BlockingIOError, OSError):
            return False
        if not data:
            with contextlib.suppress(RuntimeError, ValueError):
                asyncio.get_running_loop().remove_reader(self._output)
            return False
        self.logs.output(data)
        return True

    def _drain(self) -> None:
        for _ in range(PIPE_BLOCKS):
            if not self._read_output():
                return

    # what the function sees

    def _environ(self) -> dict[str, str]:
        version = self.version
        folder = str(self._runtime.folder)
        layers = [str(root / "python") for root in reversed(self._layer_roots)]
        own = dict(version.environment)
        python_path = [own["PYTHONPATH"]] if "PYTHONPATH" in own else []
        return {
            **own,
            "AWS_LAMBDA_FUNCTION_NAME": version.name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(version.memory_mb),
            "AWS_LAMBDA_FUNCTION_VERSION": version.version,
            "AWS_LAMBDA_INITIALIZATION_TYPE": self.initialization_type,
            "AWS_LAMBDA_LOG_GROUP_NAME": self.logs.group,
            "AWS_LAMBDA_LOG_STREAM_NAME": self.logs.name,
            "AWS_LAMBDA_RUNTIME_API": self._api.address,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{version.runtime}",
            "AWS_REGION": version.region,
            "AWS_DEFAULT_REGION": version.region,
            "AWS_ENDPOINT_URL": self._endpoint,
            "AWS_LAMBDA_LOG_FORMAT": version.log_format,
            "AWS_LAMBDA_LOG_LEVEL": version.application_log_level,
            "_HANDLER": version.handler,
            "LAMBDA_TASK_ROOT": str(self._task_root),
            "LAMBDA_RUNTIME_DIR": folder,
            "LANG": "en_US.UTF-8",
            "TZ": own.get("TZ", ":UTC"),
            "PATH": own.get("PATH", "/usr/local/bin:/usr/bin:/bin"),
            "LD_LIBRARY_PATH": own.get("LD_LIBRARY_PATH", f"{self._task_root}:{folder}"),
            "PYTHONPATH": os.pathsep.join([*python_path, *layers, folder]),
            "TMPDIR": str(self._tmp),
            **self._credentials(),
        }


def _error_payload(error_type: str, message: str) -> bytes:
    return (f'{{"errorType":"{error_type}","errorMessage":"{message}"}}').encode()
