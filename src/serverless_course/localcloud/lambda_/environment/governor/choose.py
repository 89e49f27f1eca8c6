"""Which governor this machine allows, and a factory for its groups."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .cgroups import (
    CgroupGroup,
    CgroupV1Group,
    CgroupV2Group,
    v1_parent,
    v2_parent,
)
from .group import CpuGroup
from .signals import SignalGroup, Ticker

NAMES = ("cgroup2", "cgroup1", "signals")


@dataclass
class Governor:
    """A named maker of groups. ``folder`` is the server's own cgroup folder, if it has one."""

    name: str
    make: Callable[[], CpuGroup]
    folder: Path | None = field(default=None)

    def close(self) -> None:
        """Remove the server's cgroup folder; every environment has ended."""
        if self.folder is not None:
            with contextlib.suppress(OSError):
                self.folder.rmdir()


def choose_governor(wanted: str = "auto") -> Governor:
    """The governor of that name, or with ``auto`` the one that stays nearest to AWS here.

    ``auto`` takes the signal governor: its account keeps to 4 ms ticks on any kernel, and in
    ``make bench`` it follows AWS's published staircase more closely than the kernel's quotas.
    Raises ValueError, with what to do, when this machine does not allow the wanted one.
    """
    if wanted in ("auto", "signals"):
        ticker = Ticker()
        return Governor("signals", lambda: SignalGroup(ticker))
    if wanted == "cgroup1":
        return _in_cgroups(wanted, v1_parent(), CgroupV1Group)
    if wanted == "cgroup2":
        return _in_cgroups(wanted, v2_parent(), CgroupV2Group)
    raise ValueError(f"No governor is called {wanted!r}. Choose one of: auto, {', '.join(NAMES)}.")


def available_governors() -> list[str]:
    """The names that `choose_governor` accepts on this machine."""
    found = ["signals"]
    if v1_parent():
        found.insert(0, "cgroup1")
    if v2_parent():
        found.insert(0, "cgroup2")
    return found


def _in_cgroups(name: str, parent: Path | None, kind: type[CgroupGroup]) -> Governor:
    if parent is None:
        raise ValueError(
            f"This machine does not let this user make {name} CPU groups. "
            "Choose --governor signals, which needs no rights."
        )
    folder = parent / f"serverless-course-{os.getpid()}"
    return Governor(name, lambda: kind(folder / secrets.token_hex(6)), folder)
