"""A Map Run fails when more of its children failed than it tolerates: the interpreter never looks.

Source: AWS Step Functions Developer Guide, "Setting failure thresholds for Distributed Map states"
(read 2026-11): no failure is tolerated unless the state says so, and of a count and a percentage
either can be exceeded. The cause: as reported in public. Ours: it is looked at when all children
have ended, and a 0 beside another threshold is as one that is not there.
"""

from __future__ import annotations

import importlib
from typing import Any

from .repair import replace

COMPONENT = (
    "localstack.services.stepfunctions.asl.component.state.state_execution.state_map.iteration."
    "distributed_iteration_component"
)
CAUSE = "The specified tolerated failure threshold was exceeded"


def install() -> None:
    """Put this into the interpreter. It must be loaded."""
    component = importlib.import_module(COMPONENT)
    replace(component.DistributedIterationComponent, "_map_run", _within_threshold)


def exceeded(failed: int, total: int, count: int, percentage: float) -> bool:
    """Whether ``failed`` of ``total`` children are more than a count or a percentage tolerates."""
    by_count = failed > count and (count > 0 or percentage == 0)
    by_percentage = percentage > 0 and failed * 100 > percentage * total
    return by_count or by_percentage


def _within_threshold(known: Any) -> Any:
    def map_run(self: Any, env: Any, eval_input: Any) -> None:
        known(self, env, eval_input)
        record = eval_input.map_run_record
        children = record.execution_counter
        failed = children.failed.get() + children.timed_out.get()
        tolerated = record.tolerated_failure_count, record.tolerated_failure_percentage
        if exceeded(failed, children.total.get(), *tolerated):
            raise _failure(env)

    return map_run


def _failure(env: Any) -> Any:
    from localstack.aws.api.stepfunctions import HistoryEventType  # noqa: PLC0415 - loads late
    from localstack.services.stepfunctions.asl.component.common.error_name import (  # noqa: PLC0415
        failure_event,
        states_error_name,
        states_error_name_type,
    )

    kind = states_error_name_type.StatesErrorNameType.StatesExceedToleratedFailureThreshold
    details: Any = {"mapRunFailedEventDetails": {"error": kind.to_name(), "cause": CAUSE}}
    return failure_event.FailureEventException(
        failure_event.FailureEvent(
            env=env,
            error_name=states_error_name.StatesErrorName(typ=kind),
            event_type=HistoryEventType.MapRunFailed,
            event_details=details,
        )
    )
