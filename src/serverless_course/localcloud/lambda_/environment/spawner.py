"""Starts environments' processes, on one thread that lives as long as the server.

A parent-death signal (`runtimes/python/bootstrap.py`) is sent when the *thread* that started a
process ends, so this must not be a thread that comes and goes. It also wears the `signal_filter`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ...vpc.namespace import Namespace, inside
from .signal_filter import protect

GB = 1024 * 1024 * 1024
# Lambda quotas (read 2026-11): file descriptors of an environment.
MAX_FILES = 1024
# What a function may ask for beyond its memory without ever touching it, such as the stacks of
# 1,024 threads of 8 MB each. Only an allocation that no environment could hold fails at once;
# what is touched beyond the memory size is the memory watch's matter.
UNTOUCHED_BYTES = 10 * GB


@dataclass(frozen=True)
class Spawned:
    """A started process and the end of its output pipe that the server reads."""

    process: subprocess.Popen[bytes]
    output: int


class Spawner:
    """``protected`` are processes that functions may send no signals to."""

    def __init__(self, protected: list[int]) -> None:
        self._thread = ThreadPoolExecutor(1, "spawner", protect, (protected,))

    async def spawn(
        self,
        command: list[str],
        folder: Path,
        environ: dict[str, str],
        memory_bytes: int,
        namespace: Namespace | None = None,
    ) -> Spawned:
        """Start a command in a session of its own, in a network namespace if one is given.

        Raises OSError when it cannot be started.
        """

        def start() -> Spawned:
            with inside(namespace.descriptor if namespace else None):
                return _start(command, folder, environ, memory_bytes)

        return await asyncio.get_running_loop().run_in_executor(self._thread, start)

    def close(self) -> None:
        """Let the thread end; every environment has ended."""
        self._thread.shutdown(wait=False)


def _start(command: list[str], folder: Path, environ: dict[str, str], memory_bytes: int) -> Spawned:
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**environ, "_LAMBDA_TELEMETRY_LOG_FD": str(write_end)},
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
    _limit(process.pid, memory_bytes)
    return Spawned(process, read_end)


def _limit(pid: int, memory_bytes: int) -> None:
    """No core files, AWS's number of open files, and a bound on what can be asked for."""
    if sys.platform != "linux":
        return
    import resource  # noqa: PLC0415 - not on every system

    for limit, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, MAX_FILES),
        (resource.RLIMIT_DATA, memory_bytes + UNTOUCHED_BYTES),
    ):
        # It may have ended already, and a lower limit of the user's stays.
        with contextlib.suppress(OSError, ValueError):
            resource.prlimit(pid, limit, (most, most))
