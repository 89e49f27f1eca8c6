"""The server process: puts the parts together, says when it is ready, ends cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import errno
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from .code_store import CodeStore
from .fleet import IDLE_END_S
from .gateway import Gateway
from .governor import choose_governor
from .http import HttpProtocol
from .invoker import Invoker
from .log_writer import LogWriter
from .orphans import collect_orphans
from .runtimes.python_runtime import own_runtime
from .services import ACCOUNT_ID, Services
from .workshop import Workshop

SWITCH_INTERVAL_S = 0.0005
HOUSEKEEPING_S = 5.0
PARENT_WATCH_S = 1.0
PR_SET_CHILD_SUBREAPER = 36


class CannotStart(Exception):
    """The server cannot start; the text says what to do."""


@dataclass(frozen=True)
class Settings:
    """How to start. ``port`` 0 takes a free one; ``clock_factor`` speeds up AWS's long waits.

    ``idle_end_s``: an environment ends when it was idle for a time between these, in seconds.
    """

    port: int = 0
    region: str = "us-east-1"
    clock_factor: float = 60.0
    governor: str = "auto"
    state_dir: Path | None = None
    until_stdin_closes: bool = False
    max_environments: int = 64
    pure_runtime_client: bool | None = None
    idle_end_s: tuple[float, float] = IDLE_END_S


class KeeperProcess:
    """The other end of `keeper.py`: tells it what to end should this server die."""

    def __init__(self) -> None:
        self._pgids: set[int] = set()
        self._process = subprocess.Popen(
            [sys.executable, "-S", "-E", str(Path(__file__).with_name("keeper.py"))],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def add(self, pgid: int, mark: str) -> None:
        """A process group was started."""
        self._pgids.add(pgid)
        self._say(f"+ {pgid} {mark}\n")

    def remove(self, pgid: int, mark: str) -> None:
        """A process group has ended."""
        self._pgids.discard(pgid)
        self._say(f"- {pgid} {mark}\n")

    @property
    def known(self) -> set[int]:
        """Children of this server that somebody waits for."""
        return {self._process.pid, *self._pgids}

    def folder(self, path: Path) -> None:
        """A cgroup folder to remove at the end."""
        self._say(f"= {path}\n")

    def close(self) -> None:
        """The server ends in order: let the keeper end as well."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self._process.wait(10)

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            os.write(self._process.stdin.fileno(), line.encode())


def serve(settings: Settings) -> None:
    """Run until told to stop. Raises `CannotStart` with what to do."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    state = _state_folder(settings)
    try:
        asyncio.run(_serve(settings, state))
    finally:
        shutil.rmtree(state, ignore_errors=True)


async def _serve(settings: Settings, state: Path) -> None:
    try:
        governor = choose_governor(settings.governor)
    except ValueError as error:
        raise CannotStart(str(error)) from error
    pure = settings.pure_runtime_client
    runtime = own_runtime(state) if pure is None else own_runtime(state, pure_client=pure)
    code = CodeStore(state / "code")
    services = Services(code)
    logs = LogWriter(services)
    loop = asyncio.get_running_loop()
    gateway: Gateway

    server = await _listen(loop, settings.port, lambda request: gateway(request))  # noqa: PLW0108 - made below
    port = server.sockets[0].getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}"
    keeper = KeeperProcess()
    if governor.folder is not None:
        keeper.folder(governor.folder)
    workshop = Workshop(
        runtime, code, governor, keeper, logs, services, state / "environments", endpoint
    )
    invoker = Invoker(services, workshop, settings.max_environments, settings.idle_end_s)
    gateway = Gateway(services, invoker, logs, [runtime.name])
    gateway.host = f"127.0.0.1:{port}"

    loading = threading.Thread(target=services.load, args=(endpoint,), daemon=True)
    loading.start()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    watches = [
        asyncio.ensure_future(_watch_parent(stop, settings.until_stdin_closes)),
        asyncio.ensure_future(_keep_house(invoker, keeper, settings)),
    ]
    _say_ready(settings, endpoint, gateway, governor.name)
    await stop.wait()
    server.close()
    for watch in watches:
        watch.cancel()
    await invoker.close()
    gateway.close()
    governor.close()
    keeper.close()


def _state_folder(settings: Settings) -> Path:
    try:
        if settings.state_dir is not None:
            settings.state_dir.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix="serverless-course-", dir=settings.state_dir))
    except OSError as error:
        where = settings.state_dir or tempfile.gettempdir()
        raise CannotStart(
            f"The embedded cloud cannot write to {where} ({error.strerror}). "
            "Give it a folder you may write to: --state-dir FOLDER."
        ) from error


async def _listen(loop: asyncio.AbstractEventLoop, port: int, handler) -> asyncio.Server:  # type: ignore[no-untyped-def]
    try:
        return await loop.create_server(lambda: HttpProtocol(handler), "127.0.0.1", port)
    except (OSError, OverflowError) as error:
        number = getattr(error, "errno", None)
        why = "is taken by another program"
        if number != errno.EADDRINUSE:
            said = os.strerror(number) if number else "a port is a number from 0 to 65535"
            why = f"cannot be used ({said})"
        raise CannotStart(
            f"Port {port} {why}. Choose another with --port, or leave it out to get a free one."
        ) from error


def _say_ready(settings: Settings, endpoint: str, gateway: Gateway, governor: str) -> None:
    line = {
        "ready": True,
        "endpoint": endpoint,
        "region": settings.region,
        "access_key_id": gateway.learner.access_key_id,
        "secret_access_key": gateway.learner.secret_access_key,
        "account_id": ACCOUNT_ID,
        "clock_factor": settings.clock_factor,
        "governor": governor,
        "cores": os.cpu_count() or 1,
        "pid": os.getpid(),
    }
    print(json.dumps(line), flush=True)


async def _watch_parent(stop: asyncio.Event, until_stdin_closes: bool) -> None:
    """End with the parent: its end of our standard input closes, or it is our parent no more."""
    if not until_stdin_closes:
        return
    parent = os.getppid()
    closed = asyncio.Event()
    loop = asyncio.get_running_loop()

    def read() -> None:
        try:
            data = os.read(0, 1024)
        except OSError:
            data = b""
        if not data:
            loop.remove_reader(0)
            closed.set()

    loop.add_reader(0, read)
    while not closed.is_set() and os.getppid() == parent:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(closed.wait(), PARENT_WATCH_S)
    stop.set()


async def _keep_house(invoker: Invoker, keeper: KeeperProcess, settings: Settings) -> None:
    """Now and then: end idle environments, collect orphans that became our children."""
    while True:
        await asyncio.sleep(min(HOUSEKEEPING_S, settings.idle_end_s[0] / 4))
        await invoker.end_idle()
        collect_orphans(keeper.known)
