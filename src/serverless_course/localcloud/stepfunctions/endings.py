"""An execution ends once, and a stop is never lost, whenever it comes.

The interpreter wakes a waiting state by an event that it clears at once: a stop between two states
was slept through. A stop before the first state was dropped, or left a history without an end; an
error after a stop told of a failed execution. On AWS a stopped execution is ABORTED (Step Functions
API Reference, StopExecution, read 2026-11).
"""

from __future__ import annotations

from typing import Any

from .repair import replace

ENDINGS = ("set_ended", "set_error", "set_timed_out", "set_stop")


def install() -> None:
    """Put this into the interpreter. It must be loaded."""
    from localstack.services.stepfunctions.asl.component.eval_component import (  # noqa: PLC0415
        EvalComponent,
    )
    from localstack.services.stepfunctions.asl.component.program.program import (  # noqa: PLC0415
        Program,
    )
    from localstack.services.stepfunctions.asl.eval.environment import (  # noqa: PLC0415
        Environment,
    )

    def to_its_end(known: Any) -> Any:
        """A program that was stopped before it began still writes its last event."""

        def evaluate(self: Any, env: Any) -> None:
            if isinstance(self, Program):
                self._eval_body(env)
            else:
                known(self, env)

        return evaluate

    replace(EvalComponent, "eval", to_its_end)
    for name in ENDINGS:
        replace(Environment, name, _once)
    for name in ("next_state_name", "next_field_name"):
        replace(Environment, name, _unless_ended)


def begin(env: Any) -> None:
    """An execution runs from its start on: it can be stopped before its first state."""
    from localstack.services.stepfunctions.asl.eval.program_state import (  # noqa: PLC0415
        ProgramRunning,
    )

    made: Any = ProgramRunning
    env._program_state = made()


def _once(known: Any) -> Any:
    def end(self: Any, *given: Any, **named: Any) -> None:
        with self._state_mutex:
            if self._program_state is None or self.is_running():
                known(self, *given, **named)
            if self._program_state is not None and not self.is_running():
                # It stays set: whoever begins to wait later sees it too.
                self.program_state_event.set()

    return end


def _unless_ended(known: Any) -> Any:
    def set_next(self: Any, name: str) -> None:
        with self._state_mutex:
            if self._program_state is None or self.is_running():
                known.fset(self, name)

    return property(known.fget, set_next)
