"""The processes of one environment: its runtime's, its external extensions', and all they start."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from ...wire.exhaustion import shortage
from ..function_version import FunctionVersion
from ..package_files import remove_tree
from .extensions.extension import Extension
from .governor import CpuGroup
from .host import Host
from .listeners import Listeners
from .memory_watch import MB, Watched
from .runtime_process import RuntimeProcess
from .runtimes import InvalidEntrypoint, Runtime, node_sdk
from .runtimes.exec_wrapper import wrapped
from .sandbox.order import Order
from .spawner import NoRoom

EXTENSIONS = "extensions"
# What a runtime has, and an extension has not: Lambda Developer Guide, "Using the Lambda
# Extensions API to create extensions" (read 2026-11).
NOT_FOR_EXTENSIONS = (
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_XRAY_CONTEXT_MISSING",
    "AWS_XRAY_DAEMON_ADDRESS",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
    "_AWS_XRAY_DAEMON_ADDRESS",
    "_AWS_XRAY_DAEMON_PORT",
    "_HANDLER",
)
FORK_ERRORS = {
    FileNotFoundError: "no such file or directory",
    PermissionError: "permission denied",
    OSError: "exec format error",
}
Take = Callable[[bytes], None]


class LaunchError(Exception):
    """An extension could not be started; the text is AWS's own."""


class Processes:
    """``on_exit`` is called when the runtime's process ends, ``on_over`` when too much memory or
    too many processes were taken. ``mark`` tells the environment's processes from all others."""

    def __init__(
        self,
        version: FunctionVersion,
        runtime: Runtime,
        code: Path,
        host: Host,
        group: CpuGroup,
        listeners: Listeners,
        mark: str,
        tmp: Path,
        on_exit: Callable[[], None],
        on_over: Callable[[], None],
    ) -> None:
        self.group = group
        self.runtime: RuntimeProcess | None = None
        self.extensions: dict[str, RuntimeProcess] = {}
        self.memory = Watched(
            host.memory, group, version.memory_mb * MB, runtime.overhead_bytes, on_over
        )
        self.place = host.sandbox.place(code)
        self._version = version
        self._runtime = runtime
        self._code = code
        self._host = host
        self._listeners = listeners
        self._mark = mark
        self._tmp = tmp
        self._tree: int | None = None
        self._on_exit = on_exit
        self._closed = False
        group.orphans = self._beside

    async def open(self) -> None:
        """Lay out ``/opt`` and ``/tmp``."""
        keys = self._version.layer_keys
        if keys:
            opt = self._host.opt.made(keys) or await asyncio.to_thread(self._host.opt.make, keys)
            self.place = self._host.sandbox.place(self._code, opt)
        if not self._host.sandbox.isolated:
            self._tmp.mkdir(parents=True, exist_ok=True)
        if self._version.runtime.startswith("nodejs") and self._runtime.folder is not None:
            await node_sdk.provide(self._runtime.folder, self._code)

    def external_extensions(self) -> list[str]:
        """Names of the files in ``/opt/extensions``, in order."""
        if self.place.opt is None:
            return []
        folder = self.place.files.get(self.place.opt, self.place.opt) / EXTENSIONS
        try:
            return sorted(each.name for each in folder.iterdir() if not each.is_dir())
        except OSError:
            return []

    async def start_runtime(self, environ: Mapping[str, str], share: float, take: Take) -> None:
        """Start the runtime. Raises `InvalidEntrypoint`."""
        order = self._order(environ)
        command = wrapped(order.command, self._version.runtime, self.place, environ)
        order = order._replace(command=command)
        try:
            self.runtime = await self._start(order, self._on_exit, take)
        except OSError as error:
            _raise_shortage(error)
            raise InvalidEntrypoint(self._words(order, error)) from error
        self.group.attach(self.runtime.pid)
        for each in self.extensions.values():
            self.group.join(each.pid)
        self.group.run(share)
        self.memory.start()

    async def start_extension(
        self,
        extension: Extension,
        environ: Mapping[str, str],
        on_exit: Callable[[Extension, str], None],
        take: Take,
    ) -> None:
        """Start an external extension. Raises `LaunchError`."""
        own = {name: value for name, value in environ.items() if name not in NOT_FOR_EXTENSIONS}
        program = f"{self.place.opt}/{EXTENSIONS}/{extension.name}"
        order = self._order(environ)._replace(command=[program], environ=own)
        ended = partial(self._extension_ended, extension, on_exit)
        try:
            self.extensions[extension.name] = await self._start(order, ended, take)
        except OSError as error:
            _raise_shortage(error)
            raise LaunchError(self._words(order, error)) from error

    def running(self) -> list[RuntimeProcess]:
        """The runtime's process, and those of external extensions."""
        runtime = [self.runtime] if self.runtime is not None else []
        return [*runtime, *self.extensions.values()] if self.extensions else runtime

    @property
    def have_died(self) -> bool:
        """Whether no event may be handed to the runtime.

        One of several threads that is killed cannot be collected until the last of them is gone;
        its first thread is dead by then.
        """
        return self.group.leader_has_ended or any(each.has_exited for each in self.running())

    def end(self) -> None:
        """Kill whatever runs; the environment stays usable."""
        self.memory.stop()
        ending = self.running()
        if not ending:
            return
        self.group.kill()
        self.runtime, self.extensions = None, {}
        for each in ending:
            each.close()
            self._host.keeper.remove(each.root, self._mark)

    async def close(self) -> None:
        """Start nothing any more, and remove ``/tmp``; everything was ended."""
        self._closed = True
        self.group.close()
        if self._tree is not None:
            os.close(self._tree)
            self._tree = None
        if not self._host.sandbox.isolated:
            await asyncio.to_thread(remove_tree, self._tmp)

    def refuse_starts(self) -> None:
        """The environment is about to be closed: what is being started ends at once."""
        self._closed = True

    def strays(self) -> list[int]:
        """Processes that have left the runtime's process tree."""
        return self.runtime.strays() if self.runtime is not None else []

    def _beside(self) -> list[int]:
        found = self.strays()
        for each in self.extensions.values():
            found += [each.pid, *each.strays()]
        return found

    def _order(self, environ: Mapping[str, str]) -> Order:
        order = self._host.sandbox.order(self._version, self._runtime, self.place, environ)
        keys = self._version.code_key, *self._version.layer_keys
        return order._replace(obeys_modes=bool(self._host.code.closed(*keys)))

    async def _start(self, order: Order, on_exit: Callable[[], None], take: Take) -> RuntimeProcess:
        spawned = await self._host.sandbox.spawner.spawn(
            order, self._listeners.namespace, self._tree
        )
        process = RuntimeProcess(spawned, on_exit, take)
        self._tree = process.tree if process.tree is not None else self._tree
        if self._closed:
            process.kill()
            process.close()
            raise InvalidEntrypoint("The environment was closed while it was starting.")
        self._host.keeper.add(process.root, self._mark)
        return process

    def _extension_ended(
        self, extension: Extension, on_exit: Callable[[Extension, str], None]
    ) -> None:
        process = self.extensions.get(extension.name)
        if process is not None:
            on_exit(extension, process.ended_with)

    def _words(self, order: Order, error: OSError) -> str:
        words = FORK_ERRORS.get(type(error), FORK_ERRORS[OSError])
        where = order.command[0].replace(str(self.place.task_root), "/var/task")
        where = where.replace(str(self.place.opt), "/opt")
        return f"fork/exec {where}: {words}"


def _raise_shortage(error: OSError) -> None:
    """Raise what is the host's lack, and not the function's error."""
    if (short := shortage(error)) is not None:
        raise short from error
    if isinstance(error, NoRoom):
        raise error
