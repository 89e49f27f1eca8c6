"""One embedded cloud for all kernels of a JupyterLab.

A kernel that is started again, and the lesson and its lab side by side, are in one cloud: what was
deployed survives the kernel. The first kernel that needs the cloud starts it as a process of its
own, which ends with JupyterLab, or after twelve hours without a request. Outside of JupyterLab
each process has a cloud of its own (`embedded_cloud`), so that scripts and tests leave nothing.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from serverless_course.aws.cloud_file import CloudFile, Noted, forget_ended
from serverless_course.aws.embedded import (
    STOPPED,
    EmbeddedCloud,
    EmbeddedCloudError,
    Ready,
    server_command,
)

# Set by tools/start_lab.py: the process id of JupyterLab. jupyter_client tells a kernel its parent.
JUPYTERLAB = "COURSE_JUPYTERLAB"
PARENT = "JPY_PARENT_PID"
WISH = "COURSE_CLOUD"
WISHES = ("", "own", "shared")
IDLE_LIMIT_S = 12 * 3600
LOOK_S = 0.02


@dataclass(frozen=True)
class Owner:
    """The JupyterLab with which a shared cloud ends; ``pid`` None when there is none."""

    pid: int | None

    @classmethod
    def of(cls, env: Mapping[str, str]) -> Owner | None:
        """Whose cloud this process shares; None when it has one of its own.

        It is shared by kernels that JupyterLab itself started, as ``make lab`` starts it, and by
        whatever has ``COURSE_CLOUD=shared``. ``COURSE_CLOUD=own`` parts a kernel from the others.
        """
        wish = env.get(WISH, "").strip().lower()
        jupyterlab = env.get(JUPYTERLAB, "")
        known = int(jupyterlab) if jupyterlab.isdecimal() else None
        if wish == "own":
            return None
        if wish == "shared":
            return cls(known if known is not None and psutil.pid_exists(known) else None)
        return cls(known) if known is not None and env.get(PARENT) == jupyterlab else None


class SharedCloud:
    """A running cloud that other kernels use as well.

    Attributes:
        ready: how to reach it.
        is_new: whether this kernel has started it.
    """

    def __init__(self, noted: Noted, process: EmbeddedCloud | None = None) -> None:
        self.ready: Ready = noted.ready
        self.is_new = process is not None
        self._noted = noted
        self._process = process

    @property
    def running(self) -> bool:
        """Whether the server is alive."""
        if self._process is not None:
            # Whoever started it must also take note of its end.
            self._process.reap()
        return self._noted.runs()

    def check(self, *, settle_s: float = 0.0) -> None:
        """Raise if the server has stopped.

        Args:
            settle_s: seconds to allow for a server that is ending right now; 0 is a quick look.

        Raises:
            EmbeddedCloudError: it has stopped.
        """
        if not settle_s:
            try:
                os.kill(self.ready.pid, 0)
            except OSError:
                raise EmbeddedCloudError(STOPPED) from None
            return
        until = time.monotonic() + settle_s
        while self.running:
            if time.monotonic() >= until:
                return
            time.sleep(LOOK_S)
        raise EmbeddedCloudError(STOPPED)

    def stop(self) -> None:
        """End the server, for every kernel that uses it."""
        if self.running:
            os.kill(self.ready.pid, signal.SIGTERM)
            while self.running:
                time.sleep(LOOK_S)


_found: dict[Path, SharedCloud] = {}


def has_started_one() -> bool:
    """Whether this process has started a shared cloud, rather than found one."""
    return any(cloud.is_new for cloud in _found.values())


def shared_cloud(
    region: str,
    owner: Owner,
    state: Path,
    *,
    command: Callable[[Sequence[str]], Sequence[str]] = server_command,
) -> SharedCloud:
    """The cloud of a JupyterLab in a Region: the running one, or a new one.

    Args:
        region: AWS Region that a new one plays.
        owner: with whom it ends.
        state: the course's folder for state.
        command: gives the command line, from the options.

    Raises:
        EmbeddedCloudError: it does not start, or nothing can be written to ``state``.
    """
    file = CloudFile(state.absolute(), region, owner.pid)
    known = _found.get(file.path)
    if known is not None and known.running:
        return known
    options = ["--region", region, "--until-idle", str(IDLE_LIMIT_S)]
    if owner.pid is not None:
        options += ["--until-process-ends", str(owner.pid)]
    try:
        with file.locked():
            noted = file.read()
            if noted is not None:
                cloud = SharedCloud(noted)
            else:
                forget_ended(file.folder)
                process = EmbeddedCloud(region, command=command(options), log=file.log)
                cloud = SharedCloud(file.write(process.ready), process)
    except OSError as error:
        raise EmbeddedCloudError(
            f"The cloud that the kernels of this JupyterLab share cannot be noted in {file.folder} "
            f"({error.strerror}). Set COURSE_STATE_DIR to a folder of your own and start again, "
            "or set COURSE_CLOUD=own for a cloud of this kernel's own."
        ) from error
    _found[file.path] = cloud
    return cloud
