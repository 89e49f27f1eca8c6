"""Starts environments' processes: the server's end of the spawner process (`sandbox/`).

Where there is no Linux, a process is started from a thread that lives as long as the server.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ...vpc.namespace import Namespace
from .sandbox.order import LARGEST, NOT_RUN, STARTED, Order, number_in
from .sandbox.started import Started

ON_LINUX = sys.platform == "linux"
START_LIMIT_S = 30.0
# So long a full socket is left alone before the order is sent again.
PAUSE_S = 0.002
# The output, the watch of the exit, the file tree, connections to the Runtime API and to others.
DESCRIPTORS_OF_A_START = 12
SPAWNER = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    "from serverless_course.localcloud.lambda_.environment.sandbox.spawner_process import main;"
    "main(int(sys.argv[2]), sys.argv[3], isolated=sys.argv[4] == 'isolated')"
)
SOURCES = Path(__file__).resolve().parents[4]


class NoRoom(OSError):
    """This machine has no room for another process now: it is nobody's error but the host's."""


class Process(Protocol):
    """A started process. ``pid`` is its number here, and its process group's."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...


@dataclass(frozen=True)
class Spawned:
    """A started process and the end of its output pipe that the server reads."""

    process: Process
    output: int


class Spawner:
    """``folder`` is where file trees are put together; ``isolated`` asks for namespaces."""

    def __init__(self, folder: Path, *, isolated: bool) -> None:
        self.isolated = isolated
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.setblocking(False)
        self._control.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LARGEST)
        # In a session of its own: Ctrl-C in a terminal is the server's matter.
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-I", "-S", "-c", SPAWNER, str(SOURCES)),
                *(str(theirs.fileno()), str(folder), "isolated" if isolated else "plain"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL if isolated else None,
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
            env={},
        )
        theirs.close()

    @property
    def pid(self) -> int:
        """The process itself."""
        return self._process.pid

    async def spawn(
        self, order: Order, network: Namespace | None = None, tree: int | None = None
    ) -> Spawned:
        """Start what is ordered, in a network namespace and in an earlier file tree if given.

        Raises `NoRoom` when this machine cannot, and another OSError when the command cannot be
        run.
        """
        given = [network.descriptor] if network is not None else []
        given += [tree] if tree is not None else []
        order = order._replace(has_network=network is not None, has_tree=tree is not None)
        report, theirs = _pair()
        try:
            _look_for_descriptors(theirs.fileno())
            output, write_end = os.pipe()
        except OSError as error:
            report.close()
            theirs.close()
            raise NoRoom(error.errno, error.strerror) from error
        try:
            os.set_blocking(output, False)
            try:
                await self._send(order.encode(), [theirs.fileno(), write_end, *given])
            finally:
                theirs.close()
                os.close(write_end)
            process = await _answer(report)
        except BaseException:
            report.close()
            os.close(output)
            raise
        return Spawned(process, output)

    def close(self) -> None:
        """Let the process end; every environment has ended."""
        self._control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(2.0)
        if self._process.returncode is None:
            self._process.kill()
            self._process.wait()

    async def _send(self, data: bytes, descriptors: list[int]) -> None:
        while True:
            try:
                socket.send_fds(self._control, [data], descriptors)
            except BlockingIOError:
                await asyncio.sleep(PAUSE_S)
            except OSError as error:
                raise NoRoom(error.errno, f"the spawner has ended ({error.strerror})") from error
            else:
                return


async def _answer(report: socket.socket) -> Started:
    """The process that was started. Raises `NoRoom` and OSError as `Spawner.spawn` does."""
    loop = asyncio.get_running_loop()
    readable = loop.create_future()
    loop.add_reader(report, _settle, readable)
    try:
        async with asyncio.timeout(START_LIMIT_S):
            await readable
    except TimeoutError as error:
        raise NoRoom(0, "no process was started in time") from error
    finally:
        loop.remove_reader(report)
    message, descriptors, pid = Started.read(report)
    if message[:1] == STARTED:
        return Started(report, pid, descriptors[0] if descriptors else None)
    if not message:
        raise NoRoom(0, "the spawner has ended")
    number, text = number_in(message), message[5:].decode()
    raise OSError(number, text) if message[:1] == NOT_RUN else NoRoom(number, text)


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _pair() -> tuple[socket.socket, socket.socket]:
    """Where a process's first process reports to: our end, theirs."""
    try:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    except OSError as error:
        raise NoRoom(error.errno, error.strerror) from error
    ours.setblocking(False)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    return ours, theirs


class ThreadSpawner:
    """Starts processes from one thread, without a spawner: where there is no Linux."""

    isolated = False
    pid = 0

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "spawner")

    async def spawn(
        self, order: Order, network: Namespace | None = None, tree: int | None = None
    ) -> Spawned:
        """Start what is ordered. Raises OSError when it cannot be started."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, _start, order)

    def close(self) -> None:
        """Let the thread end; every environment has ended."""
        self._thread.shutdown(wait=False)


AnySpawner = Spawner | ThreadSpawner


def _look_for_descriptors(any_open: int) -> None:
    """Raise OSError where there are too few descriptors for what follows a start.

    A process whose connections nobody can accept would wait until its function's time-out.
    """
    held: list[int] = []
    try:
        for _ in range(DESCRIPTORS_OF_A_START):
            held.append(os.dup(any_open))
    finally:
        for each in held:
            os.close(each)


def _start(order: Order) -> Spawned:
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    try:
        process = subprocess.Popen(
            order.command,
            cwd=order.folder,
            env={**order.environ, "_LAMBDA_TELEMETRY_LOG_FD": str(write_end)},
            stdin=subprocess.DEVNULL,
            stdout=write_end,
            stderr=write_end,
            pass_fds=(write_end,),
            start_new_session=True,
        )
    except BaseException:
        os.close(read_end)
        raise
    finally:
        os.close(write_end)
    return Spawned(process, read_end)
