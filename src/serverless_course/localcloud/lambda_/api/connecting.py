"""A version becomes ready: at once, or when it is connected to its VPC.

Source: Lambda Developer Guide, "Lambda function states" (read 2026-11).
"""

from __future__ import annotations

import asyncio
from typing import Any

from ...vpc.hyperplane import NotConnected
from ...wire.errors import ServiceError
from ..registry import PASSING, Configuration, Found, FunctionRecord
from .plane import SETTLE_S, ControlPlane, revision

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
SETTLED = {"State": "Active", "LastUpdateStatus": "Successful"}


def settle(plane: ControlPlane, record: FunctionRecord, settled: Configuration) -> None:
    """Let a new or changed version become ready in its time."""
    vpc_config = settled.members.get("VpcConfig") or {}
    if vpc_config.get("SubnetIds"):
        plane.later(_connect(plane, record, settled, vpc_config))
    else:
        plane.settle(lambda: activate(plane, record, settled))


def activate(plane: ControlPlane, record: FunctionRecord, settled: Configuration) -> None:
    """A function, a version or an update is ready: Invoke uses it from now on."""
    _forget_passing(settled)
    settled.members |= {**SETTLED, "RevisionId": revision()}
    settled.serving = settled.runnable(record, plane.registry.account_id)
    plane.vpc.review(record.region)
    if record.provisioned:
        plane.engine.provision(record)


def reclaim(plane: ControlPlane, record: FunctionRecord) -> None:
    """What Lambda does with a function in a VPC that was idle for 14 days (an experiment here):
    its interfaces go, and it is Inactive."""
    for each in (record.latest, *record.versions.values()):
        if (each.members.get("VpcConfig") or {}).get("SubnetIds") and each.settled:
            each.members |= {**INACTIVE, "RevisionId": revision()}
            each.serving = None
    plane.vpc.reclaim(record)
    plane.later(plane.engine.forget(record.region, record.name))


def wake(plane: ControlPlane, found: Found) -> None:
    """Somebody invoked an Inactive function: the call fails, and it is connected again."""
    settled = found.configuration
    if settled.members["State"] == "Inactive":
        _forget_passing(settled)
        settled.members |= {**RESTORING, "LastUpdateStatus": "Successful"}
        settle(plane, found.record, settled)


def not_running(members: dict[str, Any]) -> ServiceError | None:
    """AWS's answer (502) to an Invoke of a function without its network; None for others."""
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


# Invoke's error for a Failed function, by the reason of its state.
FAILED_CODES = {
    "SubnetOutOfIPAddresses": "SubnetIPAddressLimitReachedException",
    "EniLimitExceeded": "ENILimitReachedException",
    "InvalidSubnet": "InvalidSubnetIDException",
    "InvalidSecurityGroup": "InvalidSecurityGroupIDException",
}


async def _connect(
    plane: ControlPlane, record: FunctionRecord, settled: Configuration, vpc_config: dict[str, Any]
) -> None:
    await asyncio.sleep(SETTLE_S)
    try:
        await plane.vpc.connect(record.region, record.name, vpc_config)
    except NotConnected as problem:
        _fail(settled, problem)
        return
    if plane.registry.region(record.region).functions.get(record.name) is record:
        activate(plane, record, settled)
    else:
        # It was deleted meanwhile: nobody may need its interfaces any more.
        plane.vpc.review(record.region)


def _fail(settled: Configuration, problem: NotConnected) -> None:
    """A new version is Failed, one that was Inactive is so again; when a change fails, what ran
    before it runs on."""
    members = settled.members
    before = members["State"], members.get("StateReasonCode")
    _forget_passing(settled)
    if before[0] == "Pending":
        restoring = before[1] == RESTORING["StateReasonCode"]
        members |= {
            "State": "Inactive" if restoring else "Failed",
            "StateReason": problem.reason,
            "StateReasonCode": problem.code,
        }
    else:
        members |= {"State": "Active"}
    members |= {
        "LastUpdateStatus": "Failed",
        "LastUpdateStatusReason": problem.reason,
        "LastUpdateStatusReasonCode": problem.code,
        "RevisionId": revision(),
    }


def _forget_passing(settled: Configuration) -> None:
    for name in PASSING:
        settled.members.pop(name, None)
