"""RedriveExecution, and what an execution tells of it.

Source: AWS Step Functions API Reference, RedriveExecution and DescribeExecution, and Developer
Guide, "Restarting state machine executions with redrive" (read 2026-11). Ours: the text of
ExecutionNotRedrivable, which is the reason that DescribeExecution gives, and the event that
ExecutionRedriven follows, which is the last one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ..wire.errors import ServiceError
from . import endings
from .progress import Progress

PERIOD_S = 14 * 24 * 3600.0
MAX_OPEN_S = 365 * 24 * 3600.0
# One for ExecutionRedriven and one for at least one more event.
MAX_EVENTS = 24_999
TOKENS = 10
TOKENS_ARE_KEPT_S = 15 * 60.0
NOT_DONE = (
    "The embedded cloud does not redrive an execution that stands in a distributed Map state whose "
    "Map Run was started: start the state machine again with the same input."
)

_lock = threading.Lock()


@dataclass
class Redrives:
    """How often and when an execution was redriven; ``tokens`` are the last client tokens."""

    count: int = 0
    date: datetime | None = None
    tokens: dict[str, datetime] = field(default_factory=dict)


def of(execution: Any) -> Redrives:
    """The redrives of an execution."""
    found = getattr(execution, "redrives", None)
    if not isinstance(found, Redrives):
        found = execution.redrives = Redrives()
    return found


def told(execution: Any, aws_s: Callable[[float], float], *, deleted: bool) -> dict[str, Any]:
    """The members of DescribeExecution about redrives; ``aws_s`` turns seconds here into AWS's."""
    redrives = of(execution)
    reason = refusal(execution, aws_s, deleted=deleted)
    status = "NOT_REDRIVABLE" if reason else "REDRIVABLE"
    found: dict[str, Any] = {"redriveCount": redrives.count, "redriveStatus": status}
    if redrives.date:
        found["redriveDate"] = redrives.date
    return {**found, "redriveStatusReason": reason} if reason else found


def refusal(execution: Any, aws_s: Callable[[float], float], *, deleted: bool) -> str:
    """Why an execution cannot be redriven; empty when it can."""
    status, now = str(execution.exec_status), datetime.now(UTC)
    if deleted:
        return "State machine is in DELETING status"
    if status in ("RUNNING", "SUCCEEDED"):
        return f"Execution is {status} and cannot be redriven"
    if len(execution.exec_worker.env.event_manager.get_event_history()) >= MAX_EVENTS:
        return "Execution history event limit exceeded"
    if aws_s((now - execution.start_date).total_seconds()) > MAX_OPEN_S:
        return "Execution has exceeded the max execution time"
    stopped = execution.stop_date
    if stopped is not None and aws_s((now - stopped).total_seconds()) > PERIOD_S:
        return "Execution redrivable period exceeded"
    return ""


def redrive(
    execution: Any,
    token: str,
    aws_s: Callable[[float], float],
    begun: Callable[[Any], None],
    *,
    deleted: bool,
) -> datetime:
    """Let an unsuccessful execution go on, and return when; ``begun`` is told before it does.

    Raises `ServiceError`.
    """
    with _lock:
        redrives, now = of(execution), datetime.now(UTC)
        used = redrives.tokens.get(token)
        if used is not None and aws_s((now - used).total_seconds()) < TOKENS_ARE_KEPT_S:
            return used
        reason = refusal(execution, aws_s, deleted=deleted)
        if reason:
            raise ServiceError("ExecutionNotRedrivable", reason)
        progress: Progress = execution.exec_worker.env.progress
        if progress.in_map_run():
            raise ServiceError("NotImplemented", NOT_DONE, 501)
        redrives.count, redrives.date = redrives.count + 1, now
        if token:
            redrives.tokens[token] = now
            for old in list(redrives.tokens)[:-TOKENS]:
                del redrives.tokens[old]
        # Every part runs again when their results were too much.
        progress.take_up(all_parts=execution.error == "States.DataLimitExceeded")
        _go_on(execution, progress, redrives, begun)
        return now


def _go_on(
    execution: Any, progress: Progress, redrives: Redrives, begun: Callable[[Any], None]
) -> None:
    before = execution.exec_worker.env
    worker = execution._get_start_execution_worker()
    env = worker.env = worker._get_evaluation_environment()
    env.event_manager = before.event_manager
    env.event_manager.execution = env
    env.map_run_record_pool_manager = before.map_run_record_pool_manager
    env.progress = progress
    env.event_history_context.source_event_id = before.event_manager.get_event_history()[-1]["id"]
    context = env.states.context_object.context_object_data["Execution"]
    context["RedriveCount"] = redrives.count
    context["RedriveTime"] = execution._to_serialized_date(redrives.date)
    endings.begin(env)
    execution.exec_worker = worker
    execution.exec_status, execution.stop_date = "RUNNING", None
    execution.error = execution.cause = execution.output = None
    begun(execution)
    execution.publish_execution_status_change_event()
    threading.Thread(target=_run, args=(worker, redrives.count), daemon=True).start()


def _run(worker: Any, count: int) -> None:
    from localstack.aws.api.stepfunctions import HistoryEventType  # noqa: PLC0415 - loads late

    env = worker.env
    program = worker._get_evaluation_entrypoint()
    details: Any = {"executionRedrivenEventDetails": {"redriveCount": count}}
    kind = HistoryEventType.ExecutionRedriven
    env.event_manager.add_event(env.event_history_context, kind, details)
    program.eval(env)
    worker._execution_communication.terminated()
