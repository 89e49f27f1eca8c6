"""A Choice state that matches nothing fails with States.NoChoiceMatched.

Source: AWS Step Functions Developer Guide, "Handling errors in Step Functions workflows" (read
2026-11); the interpreter fails with an error of its own. The cause: as reported in public.
"""

from __future__ import annotations

from typing import Any

from .repair import replace

CAUSE = "Failed to transition out of the state. The state does not point to a next state."


def install() -> None:
    """Put this into the interpreter. It must be loaded."""
    from localstack.services.stepfunctions.asl.component.state.state_choice import (  # noqa: PLC0415
        state_choice,
    )

    replace(state_choice.StateChoice, "_eval_state", _with_name)


def _with_name(known: Any) -> Any:
    def eval_state(self: Any, env: Any) -> None:
        try:
            known(self, env)
        except RuntimeError as error:
            if not str(error.args[0]).startswith("No branching option"):
                raise
            raise _failure(self, env) from error

    return eval_state


def _failure(state: Any, env: Any) -> Any:
    from localstack.aws.api.stepfunctions import HistoryEventType  # noqa: PLC0415 - loads late
    from localstack.services.stepfunctions.asl.component.common.error_name import (  # noqa: PLC0415
        failure_event,
        states_error_name,
        states_error_name_type,
    )
    from localstack.services.stepfunctions.asl.eval.event.event_detail import (  # noqa: PLC0415
        EventDetails,
    )

    kind = states_error_name_type.StatesErrorNameType.StatesNoChoiceMatched
    entered = env.event_history_context.source_event_id
    cause = (
        f"An error occurred while executing the state '{state.name}' (entered at the event id "
        f"#{entered}). {CAUSE}"
    )
    told: Any = {"error": kind.to_name(), "cause": cause}
    return failure_event.FailureEventException(
        failure_event.FailureEvent(
            env=env,
            error_name=states_error_name.StatesErrorName(typ=kind),
            event_type=HistoryEventType.ExecutionFailed,
            event_details=EventDetails(executionFailedEventDetails=told),
        )
    )
