"""What a checkpoint may say.

The rules and words are those of AWS's testing SDK (aws-durable-execution-sdk-python-testing 1.4.0,
checkpoint validators, read 2026-11), which follows the service.
"""

from __future__ import annotations

import json
from typing import Any

from ...wire.errors import ServiceError
from .execution import Execution, Operation

Update = dict[str, Any]

ACTIONS = {
    "STEP": {"START", "FAIL", "RETRY", "SUCCEED"},
    "CONTEXT": {"START", "FAIL", "SUCCEED"},
    "WAIT": {"START", "CANCEL"},
    "CALLBACK": {"START"},
    "CHAINED_INVOKE": {"START"},
    "EXECUTION": {"SUCCEED", "FAIL"},
}
MAX_ERROR_BYTES = 32_768
MAX_CHAINED_BYTES = 1_048_576
# Lambda quotas (fact sheet, 2026-11): 3,000 operations and 100 MB for one execution.
MAX_OPERATIONS = 3000
MAX_WRITTEN_BYTES = 100 * 1024 * 1024


def check(execution: Execution, updates: list[Update]) -> None:
    """Refuse updates that do not fit the execution. Raises InvalidParameterValueException."""
    ending = [each for each in updates if each["Type"] == "EXECUTION"]
    if len(ending) > 1:
        raise invalid("Cannot checkpoint multiple EXECUTION updates.")
    if ending and updates[-1]["Type"] != "EXECUTION":
        raise invalid("EXECUTION checkpoint must be the last update.")
    before: dict[str, Update] = {}
    started: dict[str, str] = {}
    for update in updates:
        _check_repeated(before.get(update["Id"]), update)
        _check_parent(execution, started, update.get("ParentId"))
        if update["Action"] == "START":
            started[update["Id"]] = update["Type"]
        before[update["Id"]] = update
    for update in updates:
        _check_one(execution, update)
    _check_amount(execution, updates)


def size_of(update: Update) -> int:
    """Bytes that an update adds to the execution's data: its payload and its error."""
    error = update.get("Error")
    return len((update.get("Payload") or "").encode()) + (len(json.dumps(error)) if error else 0)


def invalid(text: str) -> ServiceError:
    """A refusal of a checkpoint."""
    return ServiceError("InvalidParameterValueException", text)


def _check_repeated(last: Update | None, update: Update) -> None:
    if last is None:
        return
    if last["Type"] != update["Type"]:
        raise invalid("Inconsistent operation type.")
    follows = last["Action"] == "START" and update["Action"] != "START"
    if not (last["Type"] in ("STEP", "CONTEXT") and follows):
        raise invalid("Cannot checkpoint multiple operations with the same ID.")


def _check_parent(execution: Execution, started: dict[str, str], parent: str | None) -> None:
    if parent is None:
        return
    known = execution.operations.get(parent)
    if started.get(parent, known["Type"] if known else "") != "CONTEXT":
        raise invalid("Invalid parent operation id.")


def _check_one(execution: Execution, update: Update) -> None:
    now = execution.operations.get(update["Id"])
    names = (
        ("Type", "type"),
        ("SubType", "subtype"),
        ("Name", "name"),
        ("ParentId", "parent operation id"),
    )
    for member, told in names:
        given = update.get(member)
        if now is not None and given is not None and given != now.get(member):
            what = told if member == "ParentId" else f"operation {told}"
            raise invalid(f"Inconsistent {what}.")
    if len(json.dumps(update.get("Error") or {})) > MAX_ERROR_BYTES:
        raise invalid(f"Error object size must be less than {MAX_ERROR_BYTES} bytes.")
    if update["Action"] not in ACTIONS[update["Type"]]:
        raise invalid("Invalid action for the given operation type.")
    if update["Action"] == "START":
        _check_start(now, update)
    else:
        _check_change(now, update)


def _check_start(now: Operation | None, update: Update) -> None:
    kind = update["Type"]
    if kind == "STEP":
        if now is not None and now["Status"] != "READY":
            raise invalid("Invalid current STEP state to start.")
        return
    if now is not None:
        exists = {"CHAINED_INVOKE": "operation that already exists"}.get(kind, "that already exist")
        raise invalid(f"Cannot start a {kind} {exists}.")
    if kind == "WAIT" and not update.get("WaitOptions"):
        raise invalid("Invalid WaitOptions for the given action.")
    if kind == "CHAINED_INVOKE":
        if not update.get("ChainedInvokeOptions"):
            raise invalid("Update for CHAINED_INVOKE operation requires ChainedInvokeOptions.")
        if update["ChainedInvokeOptions"].get("TenantId"):
            raise invalid("The embedded cloud does not offer tenant isolation.")
        if len((update.get("Payload") or "").encode()) > MAX_CHAINED_BYTES:
            raise invalid(
                "CHAINED_INVOKE input payload size must be less than or equal to "
                f"{MAX_CHAINED_BYTES} bytes."
            )


def _check_change(now: Operation | None, update: Update) -> None:
    kind, action = update["Type"], update["Action"]
    status = now["Status"] if now else None
    if kind == "WAIT" and status != "STARTED":
        raise invalid("Cannot cancel a WAIT that does not exist or has already completed.")
    if kind == "CONTEXT" and status not in (None, "STARTED"):
        raise invalid("Invalid current CONTEXT state to close.")
    if kind == "STEP":
        if status is None:
            return
        if status not in ("STARTED", "READY"):
            told = "re-attempt" if action == "RETRY" else "close"
            raise invalid(f"Invalid current STEP state to {told}.")
        if action == "RETRY" and not update.get("StepOptions"):
            raise invalid("Invalid StepOptions for the given action.")
    if action == "FAIL" and update.get("Payload") is not None:
        raise invalid("Cannot provide a Payload for FAIL action.")
    if action == "SUCCEED" and update.get("Error") is not None:
        raise invalid("Cannot provide an Error for SUCCEED action.")
    both = update.get("Error") is not None and update.get("Payload") is not None
    if action == "RETRY" and both:
        raise invalid("Cannot provide both error and payload to RETRY a STEP.")


def _check_amount(execution: Execution, updates: list[Update]) -> None:
    new = {each["Id"] for each in updates if each["Type"] != "EXECUTION"}
    if len(new | execution.operations.keys()) - 1 > MAX_OPERATIONS:
        raise invalid(f"A durable execution may have {MAX_OPERATIONS} operations at most.")
    if execution.written + sum(map(size_of, updates)) > MAX_WRITTEN_BYTES:
        raise invalid(f"A durable execution may write {MAX_WRITTEN_BYTES} bytes at most.")
