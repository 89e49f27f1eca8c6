"""The server process: listens, says when it is ready, ends with its parent, ends cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import errno
import json
import logging
import math
import os
import sys
import tempfile
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil

from .assembly import EmbeddedCloud
from .iam.account import ACCOUNT_ID
from .keeper_process import KeeperProcess
from .lambda_.environment.governor import choose_governor
from .lambda_.environment.sandbox.choose import choose_spawner
from .lambda_.package_files import remove_tree
from .settings import Settings
from .stop_signals import StopSignals
from .wire.connection import HttpProtocol
from .wire.http import Handler, Later, Request, Response
from .wire.loopback import LoopbackListener, MakeProtocol

log = logging.getLogger(__name__)

SWITCH_INTERVAL_S = 0.0005
HOUSEKEEPING_S = 5.0
END_WATCH_S = 1.0
CLOSE_S = 3.0
PR_SET_CHILD_SUBREAPER = 36
MAX_DESCRIPTORS = 65_536
MAX_CONNECTIONS = 1024
BACKLOG = 128
NOT_ISOLATED = (
    "Functions have no namespaces of their own here ({}). They run as you, see your files, and "
    "have their code elsewhere than in /var/task: docs/sandbox.md says what differs from AWS."
)


class CannotStart(Exception):
    """The server cannot start; the text says what to do."""


class Activity:
    """Stands before the handler of requests, and notes when the last one came. ``is_busy`` says
    whether one is being answered."""

    def __init__(self, handler: Handler, is_busy: Callable[[], bool]) -> None:
        self._handler = handler
        self._is_busy = is_busy
        self._loop = asyncio.get_running_loop()
        self.last_s = self._loop.time()

    def note(self) -> None:
        """A request has come."""
        self.last_s = self._loop.time()

    def __call__(self, request: Request) -> Response | Later | Awaitable[Response]:
        self.note()
        return self._handler(request)

    def idle_s(self) -> float:
        """Seconds since the last request came, or was last seen being answered."""
        if self._is_busy():
            self.note()
        return self._loop.time() - self.last_s


def serve(settings: Settings) -> None:
    """Run until told to stop. Raises `CannotStart` with what to do.

    When it returns, threads may still be busy: the process is to end without waiting for them.
    """
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    # Whatever a library prints is no line of this server: standard output is for the ready line.
    sys.stdout = sys.stderr
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    _allow_descriptors()
    state = _state_folder(settings)
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(_serve(settings, state))
    finally:
        remove_tree(state)


async def _serve(settings: Settings, state: Path) -> None:
    try:
        governor = choose_governor(settings.governor)
    except ValueError as error:
        raise CannotStart(str(error)) from error
    loop = asyncio.get_running_loop()
    cloud: EmbeddedCloud
    activity: Activity | None = None

    def protocol(on_lost: Callable[[HttpProtocol], None]) -> HttpProtocol:
        gateway = cloud.gateway
        return HttpProtocol(
            activity or gateway, on_lost=on_lost, refusal=gateway.refusal, allow=gateway.allow
        )

    server = _listen(settings.port, protocol)
    port = server.port
    signals = StopSignals()
    watched = (os.getppid(), os.dup(0)) if settings.until_stdin_closes else ()
    keeper = KeeperProcess(signals.unread, *watched)
    keeper.scratch(state)
    if governor.folder is not None:
        keeper.folder(governor.folder)
    spawner, why_not = await choose_spawner(settings.sandbox, state)
    cloud = EmbeddedCloud(settings, state, governor, keeper, port, spawner)
    if settings.until_idle_s is not None:

        def is_busy() -> bool:
            fronts = cloud.apis, cloud.balancing.front
            return server.is_busy or any(each.ports.is_busy() for each in fronts)

        activity = Activity(cloud.gateway, is_busy)
        cloud.apis.on_request = cloud.balancing.front.on_request = activity.note

    loading = threading.Thread(target=cloud.load, daemon=True)
    loading.start()
    stop = asyncio.Event()
    signals.listen(loop, stop.set)
    background = [
        *(asyncio.ensure_future(watch) for watch in watches_for_the_end(settings, activity, stop)),
        asyncio.ensure_future(
            keep_house(
                cloud.fleets.end_idle,
                cloud.collect_orphans,
                min(HOUSEKEEPING_S, settings.idle_end_s[0] / 4),
            )
        ),
        asyncio.ensure_future(cloud.schedules.run()),
        asyncio.ensure_future(cloud.lifecycle.run()),
        asyncio.ensure_future(cloud.alarm_watch.run()),
    ]
    _say_ready(settings, cloud, governor.name, "none" if why_not else "namespaces")
    if why_not:
        print(NOT_ISOLATED.format(why_not), file=sys.stderr, flush=True)
    await stop.wait()
    keeper.ending()
    server.stop_accepting()
    for task in background:
        task.cancel()
    # What is not closed by then the keeper ends.
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(cloud.close(), CLOSE_S)
    server.close()
    governor.close()
    keeper.close()


def _allow_descriptors() -> None:
    """Use as many descriptors as this user may: each environment takes about ten."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not on every system

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MAX_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


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


def _listen(port: int, protocol: MakeProtocol) -> LoopbackListener:
    try:
        return LoopbackListener(
            protocol,
            _most_connections(),
            port=port,
            swept=True,
            new_per_s=math.inf,
            backlog=BACKLOG,
        )
    except (OSError, OverflowError) as error:
        number = getattr(error, "errno", None)
        why = "is taken by another program"
        if number != errno.EADDRINUSE:
            said = os.strerror(number) if number else "a port is a number from 0 to 65535"
            why = f"cannot be used ({said})"
        raise CannotStart(
            f"Port {port} {why}. Choose another with --port, or leave it out to get a free one."
        ) from error


def _most_connections() -> int:
    """How many connections are open at once: half of the descriptors are for the rest."""
    if sys.platform == "win32":
        return MAX_CONNECTIONS
    import resource  # noqa: PLC0415 - not on every system

    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if allowed == resource.RLIM_INFINITY:
        return MAX_CONNECTIONS
    return max(16, min(MAX_CONNECTIONS, allowed // 2))


def _say_ready(settings: Settings, cloud: EmbeddedCloud, governor: str, sandbox: str) -> None:
    gateway = cloud.gateway
    line = {
        "ready": True,
        "endpoint": cloud.endpoint,
        "region": settings.region,
        "access_key_id": gateway.learner.access_key_id,
        "secret_access_key": gateway.learner.secret_access_key,
        "account_id": ACCOUNT_ID,
        "clock_factor": settings.clock_factor,
        "governor": governor,
        "sandbox": sandbox,
        "vpc_isolation": cloud.isolation,
        "cores": os.cpu_count() or 1,
        "pid": os.getpid(),
    }
    print(json.dumps(line), file=sys.__stdout__, flush=True)


def watches_for_the_end(
    settings: Settings, activity: Activity | None, stop: asyncio.Event
) -> list[Awaitable[None]]:
    """What sets ``stop`` in time, as the settings ask for."""
    found: list[Awaitable[None]] = []
    if settings.until_stdin_closes:
        found.append(_with_parent(stop))
    if settings.until_process_ends is not None:
        found.append(_with_process(stop, settings.until_process_ends))
    if settings.until_idle_s is not None and activity is not None:
        found.append(_when_idle(stop, activity, settings.until_idle_s))
    return found


async def _with_parent(stop: asyncio.Event) -> None:
    """End with the parent: its end of our standard input closes, or it is our parent no more."""
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
            await asyncio.wait_for(closed.wait(), END_WATCH_S)
    stop.set()


async def _with_process(stop: asyncio.Event, pid: int) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        # Another process that has its number by now is not it.
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            await asyncio.sleep(END_WATCH_S)
    stop.set()


async def _when_idle(stop: asyncio.Event, activity: Activity, limit_s: float) -> None:
    while (left_s := limit_s - activity.idle_s()) > 0:
        # An answer that takes long, such as a stream, is seen while it goes on.
        await asyncio.sleep(min(left_s, END_WATCH_S))
    stop.set()


async def keep_house(
    end_idle: Callable[[], Awaitable[None]], collect: Callable[[], object], every_s: float
) -> None:
    """Until it is cancelled, every ``every_s`` seconds: end idle environments, and collect the
    orphans that became our children. What fails is logged, and done again the next time."""
    while True:
        await asyncio.sleep(every_s)
        try:
            await end_idle()
        except Exception:
            log.exception("idle environments were not ended")
        try:
            collect()
        except Exception:
            log.exception("orphans were not collected")
