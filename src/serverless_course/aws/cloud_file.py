"""The file that tells kernels of a cloud that they share: where it is, and its credentials.

It is in the course's folder for state, one for each JupyterLab and Region, and only its owner may
read it. Whatever in it is not as it must be counts as no cloud at all.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import stat
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from serverless_course.aws.embedded import Ready, server_version

FOLDER = "clouds"
PRIVATE = 0o600
# A process's start, as two readings of it may differ, in seconds.
SAME_START_S = 1.0


@dataclass(frozen=True)
class Noted:
    """A server that runs. ``started``: when, in seconds since 1970."""

    ready: Ready
    started: float

    def runs(self) -> bool:
        """Whether that very process is alive, not one that has its number by now."""
        try:
            process = psutil.Process(self.ready.pid)
            alive = process.status() != psutil.STATUS_ZOMBIE
            return alive and abs(process.create_time() - self.started) < SAME_START_S
        except psutil.Error:
            return False


class CloudFile:
    """The file of one shared cloud.

    Args:
        state: the course's folder for state.
        region: the Region that the cloud plays.
        owner: process id of the JupyterLab whose kernels share it; None when there is none.
    """

    def __init__(self, state: Path, region: str, owner: int | None) -> None:
        self.folder = state / FOLDER
        name = f"{region}-{owner or 'shared'}"
        self.path = self.folder / f"{name}.json"
        self.log = self.folder / f"{name}.log"
        self._lock = self.folder / f"{name}.lock"

    def read(self) -> Noted | None:
        """The server that the file tells of, when it runs and its code is that of this course."""
        try:
            with open(self.path, encoding="utf-8") as file:
                found = os.fstat(file.fileno())
                if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
                    return None
                text = file.read()
            told = json.loads(text)
            noted = Noted(Ready.parse(json.dumps(told["ready"])), float(told["started"]))
            if told["code"] != server_version():
                return None
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return noted if noted.runs() else None

    def write(self, ready: Ready) -> Noted:
        """Note a server. Raises OSError where that cannot be done.

        The file is whole and private from its first moment on.
        """
        started = psutil.Process(ready.pid).create_time()
        told = {
            "ready": {"ready": True, **asdict(ready)},
            "started": started,
            "code": server_version(),
        }
        new = self.path.with_suffix(f".{secrets.token_hex(4)}")
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "w") as file:
            json.dump(told, file)
        os.replace(new, self.path)
        return Noted(ready, started)

    def forget(self) -> None:
        """Delete what is left of a server that has ended."""
        for path in (self.path, self.log):
            path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One kernel at a time: two that start at once must not start two servers."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._lock, os.O_RDWR | os.O_CREAT, PRIVATE)
        try:
            _lock(handle)
            yield
        finally:
            os.close(handle)


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        return
    import fcntl  # noqa: PLC0415 - not on every system

    # A file system without locks, as some over a network are, is no reason to have no cloud.
    with contextlib.suppress(OSError):
        fcntl.flock(handle, fcntl.LOCK_EX)


def forget_ended(folder: Path) -> None:
    """Delete the files of JupyterLabs that no longer run: their servers ended with them."""
    for path in folder.glob("*.json"):
        owner = path.stem.rpartition("-")[2]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            for each in folder.glob(f"{path.stem}.*"):
                each.unlink(missing_ok=True)
