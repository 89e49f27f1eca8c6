"""What CloudWatch is told of executions: the namespace AWS/States, by StateMachineArn.

Source: AWS Step Functions Developer Guide, "Monitoring Step Functions metrics using Amazon
CloudWatch" (read 2026-11): a redriven execution counts under names of its own. Under which further
dimensions versions and aliases are counted, and the metrics of activities, of invoked functions and
of other services, are left out.
"""

from __future__ import annotations

from typing import Any

from . import redrive
from .outlets import Outlets

ENDED = {
    "SUCCEEDED": "ExecutionsSucceeded",
    "FAILED": "ExecutionsFailed",
    "TIMED_OUT": "ExecutionsTimedOut",
    "ABORTED": "ExecutionsAborted",
}


def started(outlets: Outlets, execution: Any) -> None:
    """An execution begins, or goes on after a redrive."""
    redriven = redrive.of(execution).date
    name = "ExecutionsRedriven" if redriven else "ExecutionsStarted"
    _put(outlets, execution, name, redriven or execution.start_date, 1.0, "Count")


def ended(outlets: Outlets, execution: Any) -> None:
    """An execution has ended: how, and after how long, both at the time of its end."""
    at = execution.stop_date
    name = ENDED.get(str(execution.exec_status))
    if name is None or at is None:
        return
    name = name.replace("Executions", "RedrivenExecutions") if redrive.of(execution).date else name
    _put(outlets, execution, name, at, 1.0, "Count")
    took_ms = (at - execution.start_date).total_seconds() * 1000
    _put(outlets, execution, "ExecutionTime", at, max(took_ms, 0.0), "Milliseconds")


def _put(outlets: Outlets, execution: Any, name: str, at: Any, value: float, unit: str) -> None:
    machine = str(execution.state_machine_arn)
    outlets.count(str(execution.region_name), name, machine, at.timestamp(), value, unit)
