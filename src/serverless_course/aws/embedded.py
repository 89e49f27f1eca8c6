"""The embedded cloud as a command: started on demand, ended with this process.

This is the only module outside ``localcloud`` that knows how the command is called, and it knows
nothing else of it: the command line and the one JSON line that it prints when it is ready.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

READY_LIMIT_S = 20.0
STOP_LIMIT_S = 5.0
MODULE = "serverless_course.localcloud"

STOPPED = (
    "The embedded cloud has stopped. Run the first cell again (Lab(...)) to start a new one; "
    "what you deployed in it is gone."
)


class EmbeddedCloudError(RuntimeError):
    """The embedded cloud did not start, or has stopped; the message says what to do."""


@dataclass(frozen=True)
class Ready:
    """The line that the embedded cloud prints when it can answer.

    Attributes:
        endpoint: URL for ``endpoint_url``.
        region: AWS Region that it plays.
        access_key_id: made at start, good for this server only.
        secret_access_key: made at start, good for this server only.
        account_id: the account that it plays.
        clock_factor: how many times faster the waits run that AWS makes long.
        governor: what holds functions to their CPU share.
        cores: CPUs of the host.
        pid: process id of the server.
    """

    endpoint: str
    region: str
    access_key_id: str
    secret_access_key: str
    account_id: str
    clock_factor: float
    governor: str
    cores: int
    pid: int

    @classmethod
    def parse(cls, line: str) -> Ready:
        """Read the ready line.

        Raises:
            ValueError: when it is not that line.
        """
        try:
            found = json.loads(line)
            if found["ready"] is not True:
                raise ValueError("not ready")
            return cls(
                endpoint=str(found["endpoint"]),
                region=str(found["region"]),
                access_key_id=str(found["access_key_id"]),
                secret_access_key=str(found["secret_access_key"]),
                account_id=str(found["account_id"]),
                clock_factor=float(found["clock_factor"]),
                governor=str(found["governor"]),
                cores=int(found["cores"]),
                pid=int(found["pid"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"not a ready line: {line[:200]!r}") from error


def server_command(options: Sequence[str]) -> list[str]:
    """The command line of a server with these options."""
    # -P: a learner's file in the working directory must not shadow a module of the server.
    return [sys.executable, "-P", "-m", MODULE, *options]


def server_version() -> str:
    """Changes when the embedded cloud's code does, its place, or the Python that runs it."""
    code = Path(__file__).parents[1] / MODULE.rpartition(".")[2]
    digest = hashlib.sha256(f"{sys.executable} {sys.version} {code}".encode())
    for path in sorted(code.rglob("*")):
        if path.suffix in (".py", ".mjs"):
            about = path.stat()
            digest.update(f"{path} {about.st_size} {about.st_mtime_ns}".encode())
    return digest.hexdigest()


class EmbeddedCloud:
    """A running embedded cloud.

    Args:
        region: AWS Region that it plays.
        command: the command line; without it, ``python -m serverless_course.localcloud``.
        limit_s: seconds to wait for the ready line.
        log: a file, private to its owner, for what the server says. With one the server does not
            end with this process.

    Raises:
        EmbeddedCloudError: when it does not become ready in time.
    """

    def __init__(
        self,
        region: str = "us-east-1",
        *,
        command: Sequence[str] | None = None,
        limit_s: float = READY_LIMIT_S,
        log: Path | None = None,
    ) -> None:
        self._owner = os.getpid()
        self._errors: deque[str] = deque(maxlen=40)
        self._log = log
        line = command or server_command(["--until-stdin-closes", "--region", region])
        try:
            with _private(log) as written:
                self._process = subprocess.Popen(
                    line,
                    stdin=subprocess.PIPE if log is None else subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE if written is None else written,
                    text=True,
                    # Its own session: Ctrl-C in a notebook interrupts the cell and not the cloud.
                    start_new_session=True,
                    env={k: v for k, v in os.environ.items() if not k.startswith("AWS_")},
                )
        except OSError as error:
            raise EmbeddedCloudError(_advice(f"The command could not run: {error}")) from error
        try:
            self.ready = self._wait(limit_s)
        except BaseException:
            self.stop(limit_s=0.2)
            raise

    def _wait(self, limit_s: float) -> Ready:
        lines: queue.Queue[str] = queue.Queue()
        err = _read_on(self._process.stderr, self._errors.append)
        _read_on(self._process.stdout, lines.put, at_end="")
        try:
            first = lines.get(timeout=limit_s)
        except queue.Empty:
            raise EmbeddedCloudError(
                _advice(f"It was not ready after {limit_s:g} s.{self._said()}")
            ) from None
        if not first:
            err.join(timeout=1)
            code = self._exit_code()
            ended = "closed its output" if code is None else f"ended with status {code}"
            raise EmbeddedCloudError(_advice(f"It {ended}.{self._said()}"))
        try:
            return Ready.parse(first)
        except ValueError as error:
            raise EmbeddedCloudError(_advice(f"It answered something else: {error}.")) from error

    def _said(self) -> str:
        if self._log is not None:
            self._errors.extend(self._log.read_text(errors="replace").splitlines(keepends=True))
        text = "".join(self._errors).strip()
        return f" It said: {text}" if text else ""

    def _exit_code(self) -> int | None:
        try:
            return self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return None

    @property
    def running(self) -> bool:
        """Whether the server is alive and belongs to this process."""
        return self._owner == os.getpid() and self._process.poll() is None

    def reap(self) -> None:
        """Take note of the server's end, if it has ended: else it stays listed as a process."""
        if self._owner == os.getpid():
            self._process.poll()

    def check(self, *, settle_s: float = 0.0) -> None:
        """Raise if the server has stopped.

        Args:
            settle_s: seconds to allow for a server that is ending right now: a connection breaks
                a moment before the process is gone.

        Raises:
            EmbeddedCloudError: it has stopped.
        """
        if settle_s and self.running:
            try:
                self._process.wait(timeout=settle_s)
            except subprocess.TimeoutExpired:
                return
        if not self.running:
            raise EmbeddedCloudError(STOPPED)

    def stop(self, *, limit_s: float = STOP_LIMIT_S) -> None:
        """End the server: close its standard input, and kill it if that is not enough.

        Args:
            limit_s: seconds that it has to end by itself.
        """
        if self._owner != os.getpid():
            return
        self.release()
        try:
            self._process.wait(timeout=limit_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def release(self) -> None:
        """Close this process's end of the server's standard input."""
        if self._process.stdin is not None:
            # The other end may be gone, which is what closing is for.
            with contextlib.suppress(OSError):
                self._process.stdin.close()


@contextlib.contextmanager
def _private(path: Path | None) -> Iterator[int | None]:
    """A descriptor of a new file that only its owner may read; None without a path."""
    if path is None:
        yield None
        return
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)


def _advice(reason: str) -> str:
    return (
        f"The embedded cloud did not start. {reason}\n"
        "What to do: run this cell again. If it fails again, run "
        "'python -m serverless_course.localcloud' in a terminal and read what it prints, or set "
        "AWS_ENDPOINT_URL to another AWS-compatible server."
    )


def _read_on(stream: IO[str] | None, take: Any, *, at_end: str | None = None) -> threading.Thread:
    """Hand each line of `stream` to `take` from a thread: no full pipe may stop the server."""

    def run() -> None:
        with stream or contextlib.nullcontext(()) as lines:
            for line in lines:
                take(line)
        if at_end is not None:
            take(at_end)

    thread = threading.Thread(target=run, daemon=True, name="embedded-cloud-output")
    thread.start()
    return thread


_started: list[EmbeddedCloud] = []
_lock = threading.Lock()


def embedded_cloud(region: str = "us-east-1") -> EmbeddedCloud:
    """The embedded cloud of this process: the running one, or a new one.

    Args:
        region: AWS Region that a new one plays.

    Raises:
        EmbeddedCloudError: when it does not start.
    """
    with _lock:
        if _started and _started[-1].running and _started[-1].ready.region == region:
            return _started[-1]
        _stop_all()
        _started.append(EmbeddedCloud(region))
        return _started[-1]


def _stop_all() -> None:
    while _started:
        _started.pop().stop()


def _release_in_child() -> None:
    # A forked child holds a copy of the pipe: the server would live as long as the child.
    for cloud in _started:
        cloud.release()
    _started.clear()


atexit.register(_stop_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_release_in_child)
