"""Language runtimes: what runs a handler inside an execution environment."""

from __future__ import annotations

from .python_runtime import PythonRuntime


class Runtimes:
    """The runtimes that this machine can run, by AWS's identifiers."""

    def __init__(self, found: list[PythonRuntime]) -> None:
        self._found = {runtime.name: runtime for runtime in found}

    @property
    def names(self) -> list[str]:
        """Their identifiers, in order."""
        return sorted(self._found)

    def has(self, name: str) -> bool:
        """Whether this machine can run a runtime."""
        return name in self._found

    def named(self, name: str) -> PythonRuntime:
        """The runtime of that identifier. Raises KeyError."""
        return self._found[name]
