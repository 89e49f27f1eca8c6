"""The server's end of the keeper: it says what is to be ended should the server die."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path


class KeeperProcess:
    """The other end of `keeper.py`: tells it what to end should this server die.

    ``signals`` is a descriptor with the signals that this server has not read; ``parent`` the
    process whose end is this server's as well, or 0, and ``standard_input`` a descriptor of which
    the same holds, or -1.
    """

    def __init__(self, signals: int, parent: int = 0, standard_input: int = -1) -> None:
        self._pgids: set[int] = set()
        program = str(Path(__file__).with_name("keeper.py"))
        self._process = subprocess.Popen(
            [sys.executable, "-S", "-E", program, str(signals), str(parent), str(standard_input)],
            stdin=subprocess.PIPE,
            start_new_session=True,
            pass_fds=tuple(each for each in (signals, standard_input) if each >= 0),
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

    def ending(self) -> None:
        """The server ends now: the keeper ends it, should that take too long."""
        self._say("!\n")

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
