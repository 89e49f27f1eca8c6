"""The server's end of the keeper: it says what is to be ended should the server die."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path


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
    def pid(self) -> int:
        """The keeper's own process."""
        return self._process.pid

    @property
    def known(self) -> set[int]:
        """Children of this server that somebody waits for."""
        return {self._process.pid, *self._pgids}

    def folder(self, path: Path) -> None:
        """A cgroup folder to remove at the end."""
        self._say(f"= {path}\n")

    def scratch(self, path: Path) -> None:
        """A folder of files to remove at the end."""
        self._say(f"~ {path}\n")

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
