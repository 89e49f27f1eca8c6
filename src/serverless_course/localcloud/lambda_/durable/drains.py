"""Functions and versions that are deleted when the last of their executions has ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .execution import Execution

# Region, function, and one version; None for all.
Drained = tuple[str, str, str | None]


class Drains:
    """What is being drained, with what follows when nothing of it runs."""

    def __init__(self) -> None:
        self._then: dict[Drained, Callable[[], None]] = {}

    def begin(
        self, drained: Drained, executions: Iterable[Execution], then: Callable[[], None]
    ) -> bool:
        """Whether any execution runs, so that ``then`` is called when the last has ended."""
        if not any(_is_of(each, drained) and each.is_running for each in executions):
            return False
        self._then[drained] = then
        return True

    def has(self, region: str, function: str, version: str) -> bool:
        """Whether a version is being drained: nothing new of it is started."""
        return bool({(region, function, None), (region, function, version)} & self._then.keys())

    def ended(self, execution: Execution, executions: Iterable[Execution]) -> None:
        """An execution has ended: it may have been the last one."""
        running = [each for each in executions if each.is_running] if self._then else []
        for drained in [each for each in self._then if _is_of(execution, each)]:
            if not any(_is_of(each, drained) for each in running):
                self._then.pop(drained)()


def _is_of(execution: Execution, drained: Drained) -> bool:
    region, function, version = drained
    where = execution.region, execution.function
    return where == (region, function) and version in (None, execution.version)
