"""The governors that let the Linux kernel do the work: cgroup v2 and cgroup v1 quotas.

Both set a quota for each period of 20 ms. How coarsely it is kept (overrun until the next
tick) is the host kernel's: with CONFIG_HZ=250, as here and on AWS, ticks are 4 ms apart.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

from .bandwidth import PERIOD_MS
from .group import CpuGroup, CpuUsage, cpu_seconds, send_signal

PERIOD_US = int(PERIOD_MS * 1000)
SMALLEST_QUOTA_US = 1000
KILL_ROUNDS = 50
V1_ROOT = Path("/sys/fs/cgroup/cpu")
V2_ROOT = Path("/sys/fs/cgroup")


class CgroupGroup(CpuGroup):
    """What both versions share: a folder for each environment, removed at its end."""

    quota_file = ""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        folder.mkdir(parents=True)
        self._folder = folder
        self._share: float | None = None

    def attach(self, pid: int) -> None:
        super().attach(pid)
        self.join(pid)

    def join(self, pid: int) -> None:
        # It may have ended already.
        with contextlib.suppress(ProcessLookupError):
            (self._folder / "cgroup.procs").write_text(str(pid))

    def run(self, share: float) -> None:
        if share != self._share:
            self._write_quota(max(SMALLEST_QUOTA_US, round(PERIOD_US * share)))
            self._share = share

    def rest(self) -> None:
        """Nothing to do: the kernel accounts only for what runs."""

    def usage(self) -> CpuUsage:
        held = self._held_ms()
        waited = self._leader_waited_ms()
        return CpuUsage(self._cpu_ms(), held, max(0.0, waited - held))

    def pids(self) -> list[int]:
        try:
            found = [int(line) for line in (self._folder / "cgroup.procs").read_text().split()]
        except OSError:
            return []
        return sorted(found, key=lambda pid: pid != self.pid)

    def thaw(self, share: float) -> None:
        self.run(share)
        self._continue()

    def kill(self) -> None:
        """Nothing leaves a cgroup: kill until it is empty."""
        for _ in range(KILL_ROUNDS):
            self._stop()
            pids = self.pids()
            if not pids:
                return
            for pid in pids:
                send_signal(pid, signal.SIGKILL)
            time.sleep(0.002)

    def close(self) -> None:
        super().close()
        for _ in range(100):
            try:
                self._folder.rmdir()
            except FileNotFoundError:
                return
            except OSError:
                time.sleep(0.005)
            else:
                return

    def _write_quota(self, quota_us: int) -> None:
        raise NotImplementedError

    def _held_ms(self) -> float:
        raise NotImplementedError

    def _cpu_ms(self) -> float:
        return sum(seconds for pid in self.pids() if (seconds := cpu_seconds(pid))) * 1e3

    def _stat(self, key: str) -> float:
        try:
            for line in (self._folder / "cpu.stat").read_text().splitlines():
                name, _, value = line.partition(" ")
                if name == key:
                    return float(value)
        except OSError:
            pass
        return 0.0


class CgroupV1Group(CgroupGroup):
    """cgroup v1: ``cpu.cfs_quota_us`` in the cpu hierarchy."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        (folder / "cpu.cfs_period_us").write_text(str(PERIOD_US))

    def _write_quota(self, quota_us: int) -> None:
        (self._folder / "cpu.cfs_quota_us").write_text(str(quota_us))

    def _held_ms(self) -> float:
        return self._stat("throttled_time") / 1e6


class CgroupV2Group(CgroupGroup):
    """cgroup v2: ``cpu.max`` in a delegated subtree."""

    def _write_quota(self, quota_us: int) -> None:
        (self._folder / "cpu.max").write_text(f"{quota_us} {PERIOD_US}")

    def _held_ms(self) -> float:
        return self._stat("throttled_usec") / 1e3

    def _cpu_ms(self) -> float:
        return self._stat("usage_usec") / 1e3


def v1_parent() -> Path | None:
    """A folder of the v1 cpu hierarchy in which this user can make groups, or None."""
    return _usable(V1_ROOT / _own_path("cpu"), "cpu.cfs_quota_us")


def v2_parent() -> Path | None:
    """A delegated v2 folder whose children have the cpu controller, or None."""
    own = V2_ROOT / _own_path("")
    try:
        enabled = (own / "cgroup.subtree_control").read_text().split()
    except OSError:
        return None
    return _usable(own, "cpu.max") if "cpu" in enabled else None


def _own_path(controller: str) -> str:
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return "none"
    for line in lines:
        _, names, path = line.split(":", 2)
        if controller in names.split(","):
            return path.lstrip("/")
    return "none"


def _usable(parent: Path, quota_file: str) -> Path | None:
    trial = parent / f"course-trial-{os.getpid()}"
    try:
        trial.mkdir()
    except OSError:
        return None
    try:
        return parent if os.access(trial / quota_file, os.W_OK) else None
    finally:
        trial.rmdir()
