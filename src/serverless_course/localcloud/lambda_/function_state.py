"""A function's states: the members that tell of them, and what is refused meanwhile.

Source: Lambda Developer Guide, "Lambda function states" (read 2026-11).
"""

from __future__ import annotations

from typing import Any

from ..wire.errors import ServiceError

CREATING = {
    "State": "Pending",
    "StateReason": "The function is being created.",
    "StateReasonCode": "Creating",
}
RESTORING = {
    "State": "Pending",
    "StateReason": "The function is being restored.",
    "StateReasonCode": "Restoring",
}
INACTIVE = {
    "State": "Inactive",
    "StateReason": "The function is idle: its network interfaces were reclaimed.",
    "StateReasonCode": "Idle",
}
READY = {"State": "Active", "LastUpdateStatus": "Successful"}
UPDATING = {
    "LastUpdateStatus": "InProgress",
    "LastUpdateStatusReason": "The function is being created.",
    "LastUpdateStatusReasonCode": "Creating",
}
# The codes are the service model's; the words are ours.
DELETING = {
    "State": "Deleting",
    "StateReason": "The function is deleted when its running durable executions have ended.",
    "StateReasonCode": "DrainingDurableExecutions",
}
# Invoke's error for a Failed function, by the reason of its state.
FAILED_CODES = {
    "SubnetOutOfIPAddresses": "SubnetIPAddressLimitReachedException",
    "EniLimitExceeded": "ENILimitReachedException",
    "InvalidSubnet": "InvalidSubnetIDException",
    "InvalidSecurityGroup": "InvalidSecurityGroupIDException",
}


def not_ready(state: str) -> ServiceError:
    """AWS's answer to a call on a function that is not Active yet (409)."""
    return ServiceError(
        "ResourceConflictException",
        "The operation cannot be performed at this time. The function is currently in the "
        f"following state: {state}",
        409,
        fields={"Type": "User"},
    )


def not_running(members: dict[str, Any]) -> ServiceError | None:
    """AWS's answer (502) to an Invoke of a function without its network; None for others.

    ``members`` are those of FunctionConfiguration.
    """
    if members["State"] == "Inactive":
        return ServiceError(
            "ResourceNotReadyException",
            "The function is inactive and its VPC connection is no longer available. Wait for "
            "the VPC connection to reestablish and try again.",
            502,
        )
    code = FAILED_CODES.get(members.get("StateReasonCode", ""))
    if members["State"] != "Failed" or code is None:
        return None
    return ServiceError(code, members["StateReason"], 502)
