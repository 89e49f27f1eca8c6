"""An IPython shell for a lab's cells: magics and ``await`` work, names can be put back."""

from __future__ import annotations

from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

_OF_THE_SHELL = {"In", "Out", "get_ipython", "exit", "quit", "open"}


class CellError(RuntimeError):
    """A cell raised; the message names the cell and the error."""


class Shell:
    """Runs cells one after another in one namespace."""

    def __init__(self) -> None:
        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.colors = "nocolor"
        self._shell: Any = InteractiveShell.instance(config=config)

    def run(self, cell_id: str, text: str, *, raises: bool = False) -> None:
        """Run one cell.

        Args:
            cell_id: for messages.
            text: the cell's code.
            raises: the cell raises on purpose.

        Raises:
            CellError: the cell raised and should not, or the other way round.
        """
        result = self._shell.run_cell(text, store_history=False)
        error = result.error_before_exec or result.error_in_exec
        if error is not None and not raises:
            raise CellError(f"{type(error).__name__} in cell '{cell_id}': {error}")
        if error is None and raises:
            raise CellError(f"nothing in cell '{cell_id}', which is tagged raises-exception")

    def names(self) -> dict[str, Any]:
        """Return the names that the cells have given so far, with what they stand for."""
        return {
            name: value
            for name, value in self._shell.user_ns.items()
            if not name.startswith("_") and name not in _OF_THE_SHELL
        }

    def restore(self, names: dict[str, Any]) -> None:
        """Let exactly ``names`` be given. What they stand for is not copied."""
        for name in self.names():
            if name not in names:
                del self._shell.user_ns[name]
        self._shell.user_ns.update(names)

    def verdict(self, task: str) -> tuple[str, str]:
        """Return state and message of the last verdict on ``task`` (both empty: none given)."""
        found = self._verdicts().get(task)
        return (str(found.state), str(found.message)) if found else ("", "")

    def forget_verdict(self, task: str) -> None:
        """Forget the verdict on ``task``, so that an old one is not taken for a new one."""
        self._verdicts().pop(task, None)

    def _verdicts(self) -> dict[str, Any]:
        lab = self._shell.user_ns.get("lab")
        if lab is None:
            raise CellError('a lab needs a cell like: lab = Lab("NN-slug")')
        verdicts: dict[str, Any] = lab.verdicts
        return verdicts
