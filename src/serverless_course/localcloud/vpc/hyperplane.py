"""Hyperplane interfaces: one for each subnet and set of security groups, shared by functions.

Source: Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC"
(read 2026-11): made when a function is created or updated, which can take minutes; the function
is Pending meanwhile; deleted when no function uses them, which can take up to 20 minutes.
"Announcing improved VPC networking for AWS Lambda functions" (AWS Compute Blog, 3 Sep 2019): the
set-up can take up to 90 seconds. These times run on the scaled clock.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

from ..clock import ScaledClock
from ..lambda_.function_version import FunctionVersion
from ..lambda_.registry import FunctionRecord, Registry
from .ec2 import Ec2, Interface
from .view import View

SET_UP_S = 90.0
# "Up to 20 minutes": half of it stands for what a learner meets (ours).
DELETED_AFTER_S = 10 * 60.0
# Lambda quotas (read 2026-11): network interfaces of a VPC that Lambda may make.
MAX_INTERFACES = 500
# A tag that AWS does not have: it tells a learner what of a VPC this machine enforces.
ISOLATION = "embedded-cloud:isolation"
ISOLATED = "network namespace: code that ignores proxies is cut off"
NOT_ISOLATED = "variables only: code that ignores AWS_ENDPOINT_URL and proxies is not cut off"
Members = dict[str, Any]


class NotConnected(Exception):
    """A function cannot be connected to its VPC: AWS's reason code, and the reason."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Key(NamedTuple):
    """What functions share an interface by."""

    region: str
    subnet_id: str
    group_ids: tuple[str, ...]


class Hyperplane:
    """The interfaces of all functions, and their life. Runs on the event loop."""

    def __init__(
        self,
        ec2: Ec2,
        registry: Registry,
        clock: ScaledClock,
        view: View,
        *,
        isolated: bool,
    ) -> None:
        self._ec2 = ec2
        self._registry = registry
        self._clock = clock
        self._view = view
        self._tags = {ISOLATION: ISOLATED if isolated else NOT_ISOLATED}
        self._made: dict[Key, asyncio.Task[Interface]] = {}
        self._ending: dict[Key, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def connect(self, region: str, function: str, vpc_config: Members) -> None:
        """Make what interfaces are missing for a function. Raises `NotConnected`."""
        keys = keys_of(region, vpc_config)
        for key in keys:
            timer = self._ending.pop(key, None)
            if timer is not None:
                timer.cancel()
        await asyncio.gather(*(asyncio.shield(self._interface(key, function)) for key in keys))

    def of(self, version: FunctionVersion) -> list[Interface]:
        """The interfaces of an Active version, in the order of its subnets."""
        found = []
        for subnet_id in version.subnet_ids:
            task = self._made.get(_key(version.region, subnet_id, version.group_ids))
            if task is not None and task.done() and not task.exception():
                found.append(task.result())
        return found

    def review(self, region: str) -> None:
        """Functions were changed or deleted: what none of them uses ends after a while."""
        wanted = set(self._wanted(region))
        for key in [key for key in self._made if key.region == region]:
            if key in wanted:
                timer = self._ending.pop(key, None)
                if timer is not None:
                    timer.cancel()
            elif key not in self._ending:
                loop = asyncio.get_running_loop()
                delay = self._clock.real_s(DELETED_AFTER_S)
                self._ending[key] = loop.call_later(delay, self._end, key)

    def reclaim(self, record: FunctionRecord) -> None:
        """Take an Inactive function's interfaces away at once, but for those that others use."""
        others = set(self._wanted(record.region))
        for each in (record.latest, *record.versions.values()):
            for key in keys_of(record.region, each.members.get("VpcConfig") or {}):
                if key not in others:
                    self._end(key)

    def close(self) -> None:
        """Stop all waiting."""
        for timer in self._ending.values():
            timer.cancel()
        for task in (*self._made.values(), *self._tasks):
            task.cancel()

    def _wanted(self, region: str) -> Iterator[Key]:
        for record in self._registry.region(region).functions.values():
            for each in (record.latest, *record.versions.values()):
                if each.members.get("State") != "Inactive":
                    yield from keys_of(region, each.members.get("VpcConfig") or {})

    def _interface(self, key: Key, function: str) -> asyncio.Task[Interface]:
        task = self._made.get(key)
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            task = self._made[key] = asyncio.ensure_future(self._make(key, function))
        return task

    async def _make(self, key: Key, function: str) -> Interface:
        await self._clock.sleep(SET_UP_S)
        made = await asyncio.to_thread(self._made_in_ec2, key, function)
        self._view.changed()
        return made

    def _made_in_ec2(self, key: Key, function: str) -> Interface:
        vpc_id = self._ec2.vpc_of(key.region, key.subnet_id)
        if vpc_id is None:
            raise NotConnected("InvalidSubnet", f"The subnet {key.subnet_id} does not exist.")
        for group_id in key.group_ids:
            if self._ec2.vpc_of_group(key.region, group_id) is None:
                raise NotConnected(
                    "InvalidSecurityGroup", f"The security group {group_id} does not exist."
                )
        if self._ec2.count_lambda(key.region, vpc_id) >= MAX_INTERFACES:
            raise NotConnected(
                "EniLimitExceeded",
                "Lambda was not able to create an ENI in the VPC of your function: the limit "
                "for network interfaces has been reached.",
            )
        description = f"AWS Lambda VPC ENI-{function}-{uuid.uuid4()}"
        made = self._ec2.make_interface(
            key.region, key.subnet_id, key.group_ids, description, self._tags
        )
        if made is None:
            raise NotConnected(
                "SubnetOutOfIPAddresses",
                "Lambda was not able to set up VPC access for the function because one or more "
                f"configured subnets has no available IP addresses: {key.subnet_id}.",
            )
        return made

    def _end(self, key: Key) -> None:
        self._ending.pop(key, None)
        made = self._made.pop(key, None)
        if made is None or not made.done() or made.cancelled() or made.exception():
            return
        task = asyncio.ensure_future(self._delete(key.region, made.result().id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _delete(self, region: str, interface_id: str) -> None:
        await asyncio.to_thread(self._ec2.delete_interface, region, interface_id)
        self._view.changed()


def keys_of(region: str, vpc_config: Members) -> list[Key]:
    """The interfaces that a VpcConfig needs; none when it is empty."""
    groups = tuple(vpc_config.get("SecurityGroupIds") or ())
    return [_key(region, subnet_id, groups) for subnet_id in vpc_config.get("SubnetIds") or ()]


def _key(region: str, subnet_id: str, group_ids: tuple[str, ...]) -> Key:
    return Key(region, subnet_id, tuple(sorted(set(group_ids))))
