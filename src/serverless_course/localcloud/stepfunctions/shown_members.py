"""Members of answers that the interpreter leaves out.

As recorded from AWS (localstack's test_sfn_api, 2023 and 2024): ListExecutions has redriveCount, a
description of a state machine always has tracingConfiguration.
"""

from __future__ import annotations

from typing import Any

from . import redrive

WITH_TRACING = frozenset({"DescribeStateMachine", "DescribeStateMachineForExecution"})


def of(operation: str, answer: Any, store: Any) -> Any:
    """An answer with the members that it lacks; ``store`` is the interpreter's, of a region."""
    if operation in WITH_TRACING:
        tracing = answer.get("tracingConfiguration") or {"enabled": False}
        return {**answer, "tracingConfiguration": tracing}
    if operation == "ListExecutions":
        shown = [_with_redrives(each, store) for each in answer["executions"]]
        return {**answer, "executions": shown}
    return answer


def _with_redrives(item: Any, store: Any) -> dict[str, Any]:
    execution = store.executions.get(item["executionArn"])
    if execution is None:
        return dict(item)
    redrives = redrive.of(execution)
    date = {"redriveDate": redrives.date} if redrives.date else {}
    return {**item, "redriveCount": redrives.count, **date}
