"""Checkpoints change operations as in AWS's testing SDK: random updates go through both."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from aws_durable_execution_sdk_python.lambda_service import OperationUpdate
from aws_durable_execution_sdk_python_testing.checkpoint.transformer import (
    CheckpointRequestDispatcher,
)
from aws_durable_execution_sdk_python_testing.checkpoint.validators.checkpoint import (
    CheckpointValidator,
)
from aws_durable_execution_sdk_python_testing.exceptions import InvalidParameterValueException
from aws_durable_execution_sdk_python_testing.execution import Execution as TheirExecution
from aws_durable_execution_sdk_python_testing.model import StartDurableExecutionInput
from hypothesis import given, settings
from hypothesis import strategies as st

from serverless_course.localcloud.lambda_.durable.checkpoint_rules import check
from serverless_course.localcloud.lambda_.durable.execution import Execution
from serverless_course.localcloud.lambda_.durable.transitions import apply, ready
from serverless_course.localcloud.wire.errors import ServiceError

ARN = "arn:aws:lambda:us-east-1:123456789012:function:f:1/durable-execution/n/e"


@st.composite
def updates(draw: st.DrawFn) -> dict[str, Any]:
    """An update of one of a few operations, right or wrong."""
    kind = draw(st.sampled_from(["STEP", "CONTEXT", "WAIT", "CALLBACK"]))
    actions = ["START", "START", "SUCCEED", "FAIL", "RETRY", "CANCEL"]
    made: dict[str, Any] = {
        "Id": draw(st.sampled_from("abcd")),
        "Type": kind,
        "Action": draw(st.sampled_from(actions)),
    }
    # The testing SDK forgets the parent when an update leaves it out, so none does.
    if made["Id"] in "cd":
        made["ParentId"] = "a"
    if made["Action"] in ("SUCCEED", "RETRY") and draw(st.booleans()):
        made["Payload"] = "1"
    if made["Action"] in ("FAIL", "RETRY") and draw(st.booleans()):
        made["Error"] = {"ErrorMessage": "m", "ErrorType": "E"}
    if made["Action"] == "RETRY" and draw(st.integers(0, 4)):
        made["StepOptions"] = {"NextAttemptDelaySeconds": 5}
    if kind == "WAIT" and made["Action"] == "START":
        made["WaitOptions"] = {"WaitSeconds": 9}
    return made


class Theirs:
    """An execution of the testing SDK."""

    def __init__(self) -> None:
        start = StartDurableExecutionInput("123456789012", "f", "1", "n", 60, 1)
        self.execution = TheirExecution(ARN, start, [])
        self.dispatcher = CheckpointRequestDispatcher()

    def checkpoint(self, batch: list[dict[str, Any]]) -> str:
        """Why a batch is refused; empty when it was applied."""
        theirs = [OperationUpdate.from_dict(each) for each in batch]
        try:
            CheckpointValidator.validate_input(theirs, self.execution)
            execution, now = self.execution, datetime.now(UTC)
            self.dispatcher.apply_updates(execution, theirs, None, execution.touch_operation, now)
        except InvalidParameterValueException as refusal:
            return str(refusal)
        return ""

    def pauses_end(self) -> None:
        """The pause of every step that is to be tried again is over."""
        for each in list(self.execution.operations):
            if each.status.value == "PENDING":
                self.execution.complete_retry(each.operation_id)

    def operations(self) -> dict[str, Any]:
        """Type, status, parent, attempts, result and error of each operation."""
        return {
            each.operation_id: (
                each.operation_type.value,
                each.status.value,
                each.parent_id,
                each.step_details.attempt if each.step_details else None,
                each.step_details.result if each.step_details else None,
                bool(each.step_details and each.step_details.error),
            )
            for each in self.execution.operations
        }


class Ours:
    """An execution of the embedded cloud."""

    def __init__(self) -> None:
        config = {"ExecutionTimeout": 60, "RetentionPeriodInDays": 1}
        self.execution = Execution(ARN, "n", "us-east-1", "f", "1", "", "{}", config, "")

    def checkpoint(self, batch: list[dict[str, Any]]) -> str:
        """Why a batch is refused; empty when it was applied."""
        try:
            check(self.execution, batch)
        except ServiceError as refusal:
            return refusal.message
        for each in batch:
            apply(self.execution, each, lambda seconds: seconds)
        return ""

    def pauses_end(self) -> None:
        """The pause of every step that is to be tried again is over."""
        for each in list(self.execution.operations.values()):
            if each["Status"] == "PENDING":
                ready(self.execution, each)

    def operations(self) -> dict[str, Any]:
        """Type, status, parent, attempts, result and error of each operation."""
        return {
            each["Id"]: (
                each["Type"],
                each["Status"],
                each.get("ParentId"),
                each.get("StepDetails", {}).get("Attempt"),
                each.get("StepDetails", {}).get("Result"),
                "Error" in each.get("StepDetails", {}),
            )
            for each in self.execution.operations.values()
            if each["Type"] != "EXECUTION"
        }


@settings(max_examples=400, deadline=None)
@given(st.lists(st.lists(updates(), min_size=1, max_size=3), max_size=12))
def test_both_refuse_and_change_the_same(batches: list[list[dict[str, Any]]]) -> None:
    theirs, ours = Theirs(), Ours()
    for batch in batches:
        kinds = {(each["Id"], each["Type"]) for each in batch}
        if len(kinds) > len({each["Id"] for each in batch}):
            # The testing SDK does not look at types within a batch; here they are refused.
            assert ours.checkpoint(batch)
            continue
        assert ours.checkpoint(batch) == theirs.checkpoint(batch), batch
        assert ours.operations() == theirs.operations(), batch
        theirs.pauses_end()
        ours.pauses_end()


@pytest.mark.parametrize("number", [1, 2])
def test_an_execution_ends_by_its_last_update(number: int) -> None:
    batch = [{"Id": f"x{n}", "Type": "EXECUTION", "Action": "SUCCEED"} for n in range(number)]
    batch += [{"Id": "a", "Type": "STEP", "Action": "START"}] if number == 1 else []
    refusal = Ours().checkpoint(batch)
    assert refusal == Theirs().checkpoint(batch) != ""
