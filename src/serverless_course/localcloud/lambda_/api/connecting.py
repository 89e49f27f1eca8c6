"""A version becomes ready: at once, or when it is connected to its VPC.

Source: Lambda Developer Guide, "Lambda function states" (read 2026-11).
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from ...vpc.hyperplane import NotConnected
from ..function_state import DELETING, INACTIVE, READY, RESTORING
from ..registry import PASSING, Configuration, Found, FunctionRecord, revision
from .plane import ControlPlane

log = logging.getLogger(__name__)


def make_ready(plane: ControlPlane, record: FunctionRecord, configuration: Configuration) -> None:
    """Let a new or changed version become ready in its time."""
    vpc_config = configuration.members.get("VpcConfig") or {}
    if vpc_config.get("SubnetIds"):
        plane.later(_connect(plane, record, configuration, vpc_config))
    else:
        plane.finish_later(lambda: activate(plane, record, configuration))


def activate(plane: ControlPlane, record: FunctionRecord, configuration: Configuration) -> None:
    """A function, a version or an update is ready: Invoke uses it from now on."""
    if configuration.members["State"] == DELETING["State"]:
        return
    _forget_passing(configuration)
    configuration.members |= {**READY, "RevisionId": revision()}
    configuration.serving = configuration.runnable(record, plane.registry.account_id)
    plane.vpc.review(record.region)
    if record.provisioned:
        plane.engine.provision(record)


def reclaim(plane: ControlPlane, record: FunctionRecord) -> None:
    """What Lambda does with a function in a VPC that was idle for 14 days (an experiment here):
    its interfaces go, and it is Inactive."""
    for each in (record.latest, *record.versions.values()):
        if (each.members.get("VpcConfig") or {}).get("SubnetIds") and each.is_ready:
            each.members |= {**INACTIVE, "RevisionId": revision()}
            each.serving = None
    plane.vpc.reclaim(record)
    plane.later(plane.engine.forget(record.region, record.name))


def wake(plane: ControlPlane, found: Found) -> None:
    """Somebody invoked an Inactive function: the call fails, and it is connected again."""
    configuration = found.configuration
    if configuration.members["State"] == "Inactive":
        _forget_passing(configuration)
        configuration.members |= {**RESTORING, "LastUpdateStatus": "Successful"}
        make_ready(plane, found.record, configuration)


async def _connect(
    plane: ControlPlane,
    record: FunctionRecord,
    configuration: Configuration,
    vpc_config: dict[str, Any],
) -> None:
    await asyncio.sleep(plane.settle_s)
    try:
        await plane.vpc.connect(record.region, record.name, vpc_config)
    except NotConnected as problem:
        _fail(configuration, problem)
        return
    except Exception:
        log.exception("%s was not connected to its VPC", record.arn)
        reason = "An internal error of the embedded cloud; its log says more."
        _fail(configuration, NotConnected("InternalError", reason))
        return
    if plane.registry.region(record.region).functions.get(record.name) is record:
        activate(plane, record, configuration)
    else:
        # It was deleted meanwhile: nobody may need its interfaces any more.
        plane.vpc.review(record.region)


def _fail(configuration: Configuration, problem: NotConnected) -> None:
    """A new version is Failed, one that was Inactive is so again; when a change fails, what ran
    before it runs on."""
    members = configuration.members
    before = members["State"], members.get("StateReasonCode")
    if before[0] == DELETING["State"]:
        return
    _forget_passing(configuration)
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


def _forget_passing(configuration: Configuration) -> None:
    for name in PASSING:
        configuration.members.pop(name, None)
