"""Language runtimes: what runs a handler inside an execution environment."""

from __future__ import annotations

import subprocess
from pathlib import Path

from .node_runtime import node_runtimes
from .provided_runtime import NAMES, ProvidedRuntime
from .python_runtime import PythonRuntime, other_interpreters, other_runtime
from .runtime import InvalidEntrypoint, Place, Runtime, label, version_arn

__all__ = ["InvalidEntrypoint", "Place", "Runtime", "Runtimes", "label", "version_arn"]


class Runtimes:
    """The runtimes that this machine can run, by AWS's identifiers.

    What costs time to find out (does that interpreter start? which version is it?) is found out
    when it is first asked for. A deprecated runtime runs as long as the machine has it: AWS
    moves the dates from which it refuses them, so none is written down here.
    """

    def __init__(self, found: list[Runtime], state_dir: Path | None = None) -> None:
        self._found: dict[str, Runtime] = {runtime.name: runtime for runtime in found}
        self._state_dir = state_dir
        self._pythons: dict[str, Path] | None = None
        self._looked_for_node = False
        self._compiling: list[subprocess.Popen[bytes]] = []
        if state_dir is not None:
            for name in NAMES:
                self._found[name] = ProvidedRuntime(name)
            for runtime in found:
                if isinstance(runtime, PythonRuntime):
                    self._compile(runtime)

    @property
    def names(self) -> list[str]:
        """Their identifiers, in order."""
        for name in list(self._other_pythons()):
            self.has(name)
        self._look_for_node()
        return sorted(self._found, key=_in_order)

    def has(self, name: str) -> bool:
        """Whether this machine can run a runtime."""
        if name in self._found:
            return True
        if name.startswith("nodejs"):
            self._look_for_node()
        elif name.startswith("python"):
            self._look_for_python(name)
        return name in self._found

    def named(self, name: str) -> Runtime:
        """The runtime of that identifier. Raises KeyError."""
        self.has(name)
        return self._found[name]

    def close(self) -> None:
        """End what still runs in the background."""
        for process in self._compiling:
            process.kill()
            process.wait()

    def _other_pythons(self) -> dict[str, Path]:
        """Interpreters that were not tried yet."""
        if self._pythons is None:
            self._pythons = dict(other_interpreters()) if self._state_dir is not None else {}
        return self._pythons

    def _look_for_python(self, name: str) -> None:
        program = self._other_pythons().pop(name, None)
        if program is None or self._state_dir is None:
            return
        runtime = other_runtime(name, program, self._state_dir)
        if runtime is not None:
            self._found[name] = runtime
            self._compile(runtime)

    def _compile(self, runtime: PythonRuntime) -> None:
        if (process := runtime.compile()) is not None:
            self._compiling.append(process)

    def _look_for_node(self) -> None:
        if not self._looked_for_node and self._state_dir is not None:
            self._looked_for_node = True
            self._found |= {each.name: each for each in node_runtimes(self._state_dir)}


def _in_order(name: str) -> tuple[str, list[int]]:
    family = name.rstrip("0123456789.x")
    return family, [int(part) for part in name.removeprefix(family).split(".") if part.isdigit()]
