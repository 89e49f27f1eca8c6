"""Limits of state machines that the interpreter leaves out: no execution runs or grows endlessly.

Source: Step Functions Developer Guide, "Step Functions service quotas" and "Intrinsic functions"
(read 2026-11): 25,000 events in an execution's history, and then it fails; 1,000 elements of
States.ArrayRange, which it counts when it has made them.
"""

from __future__ import annotations

import importlib
from typing import Any

from . import progress
from .repair import replace

FUNCTIONS = "localstack.services.stepfunctions.asl.component.intrinsic.function.statesfunction"
MAX_EVENTS = 25_000
MAX_ELEMENTS = 1_000
TOO_LONG = f"The execution reached the maximum number of history events ({MAX_EVENTS})."


def install() -> None:
    """Give the interpreter these limits. It must be loaded."""
    array_range: Any = importlib.import_module(f"{FUNCTIONS}.array.array_range")
    from localstack.services.stepfunctions.asl.eval.environment import Environment  # noqa: PLC0415
    from localstack.services.stepfunctions.asl.eval.event.event_manager import EventManager  # noqa: PLC0415

    replace(array_range.ArrayRange, "_eval_body", _bounded)
    replace(Environment, "__init__", _known_to_its_history)
    replace(EventManager, "add_event", _counted)


def _bounded(known: Any) -> Any:
    def eval_body(self: Any, env: Any) -> None:
        self.argument_list.eval(env=env)
        first, last, step = given = env.stack[-1]
        env.stack.pop()
        numbers = all(
            isinstance(each, (int, float)) and not isinstance(each, bool) for each in given
        )
        if not numbers or round(step) == 0:
            raise ValueError(f"States.ArrayRange needs three integers, not {given}.")
        found = range(round(first), round(last) + (1 if step > 0 else -1), round(step))
        if len(found) > MAX_ELEMENTS:
            raise ValueError(f"Arrays cannot contain more than {MAX_ELEMENTS} items.")
        env.stack.append(list(found))

    return eval_body


def _still_runs(manager: Any) -> bool:
    execution = getattr(manager, "execution", None)
    return execution is not None and bool(execution.is_running())


def _known_to_its_history(known: Any) -> Any:
    """The first environment of an execution is the one that can end it."""

    def init(self: Any, *given: Any, **named: Any) -> None:
        known(self, *given, **named)
        if getattr(self.event_manager, "execution", None) is None:
            self.event_manager.execution = self

    return init


def _counted(known: Any) -> Any:
    def add_event(
        self: Any,
        context: Any,
        event_type: Any,
        event_details: Any = None,
        *more: Any,
        **named: Any,
    ) -> Any:
        if progress.entered_before(context, event_type):
            return context.last_published_event_id
        count = len(self._history_event_list)
        kind = str(getattr(event_type, "value", event_type))
        ends = kind.startswith("Execution")
        if kind == "ExecutionFailed" and _still_runs(self):
            # A state told it before its execution does, which tells the place as well.
            return context.last_published_event_id
        if count >= MAX_EVENTS - 1 and not ends:
            execution = getattr(self, "execution", None)
            if execution is not None and execution.is_running():
                from localstack.aws.api.stepfunctions import (  # noqa: PLC0415 - loads late
                    ExecutionFailedEventDetails,
                )

                execution.set_error(
                    ExecutionFailedEventDetails(error="States.Runtime", cause=TOO_LONG)
                )
            return context.last_published_event_id
        return known(self, context, event_type, event_details, *more, **named)

    return add_event
