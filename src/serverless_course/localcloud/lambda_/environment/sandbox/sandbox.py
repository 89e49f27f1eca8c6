"""Where functions run on this machine: in namespaces of their own, or as the server's user."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from ...function_version import FunctionVersion
from ..runtimes import Place, Runtime
from ..spawner import AnySpawner
from .order import Order
from .view import Shown, View, hidden_folders, shown

TASK, OPT, RUNTIME = Path("/var/task"), Path("/opt"), Path("/var/runtime")
MB = 1024 * 1024


class Sandbox:
    """What every environment's processes are started with. ``state`` is the server's folder."""

    def __init__(self, spawner: AnySpawner, state: Path, protected: list[int]) -> None:
        self.spawner = spawner
        self._hidden = hidden_folders(state)
        self._protected = protected
        self._shown: dict[str, Shown] = {}
        self._empty = state / "empty"
        self._empty.mkdir(exist_ok=True)

    @property
    def isolated(self) -> bool:
        """Whether functions have namespaces of their own."""
        return self.spawner.isolated

    def place(self, task_root: Path, opt: Path | None = None) -> Place:
        """Where a function finds itself whose code and layers lie in these folders here."""
        if not self.isolated:
            return Place(task_root, opt)
        files = {TASK: task_root, OPT: opt or self._empty}
        return Place(TASK, OPT if opt else None, RUNTIME, files)

    def order(
        self, version: FunctionVersion, runtime: Runtime, place: Place, environ: Mapping[str, str]
    ) -> Order:
        """What starts a runtime there. Raises `InvalidEntrypoint`."""
        command, variables, view = runtime.command(place), dict(environ), View([], [], [])
        if self.isolated:
            found = self._seen(runtime)
            view = found.view
            if command[0] == str(runtime.program):
                command[0] = found.program
            if found.libraries:
                own = variables.get("LD_LIBRARY_PATH", "")
                variables["LD_LIBRARY_PATH"] = f"{found.libraries}:{own}".rstrip(":")
        return Order(
            command,
            variables,
            str(place.task_root),
            version.memory_mb * MB,
            view.binds,
            view.links,
            view.masks,
            str(place.files.get(TASK, "")),
            str(place.files.get(OPT, "")),
            version.tmp_mb * MB,
            [*self._protected, self.spawner.pid, -self.spawner.pid],
        )

    def _seen(self, runtime: Runtime) -> Shown:
        found = self._shown.get(runtime.name)
        if found is None:
            found = shown(runtime.program, runtime.folder, runtime.caches, self._hidden)
            self._shown[runtime.name] = found
        return found


def protected_pids(keeper: int) -> list[int]:
    """What a function may not aim at: the server, its keeper, who started it, everybody."""
    return [os.getpid(), -os.getpgrp(), keeper, -keeper, os.getppid(), -1]
