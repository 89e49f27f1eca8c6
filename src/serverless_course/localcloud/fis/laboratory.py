"""What the actions of experiments do here, and how it is undone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from ..lambda_.registry import FunctionRecord, Registry
from ..moto_seam import network_faults
from ..moto_seam.networks import Networks
from ..vpc.faults import Fault
from ..vpc.view import View
from ..wire.errors import ServiceError

# A subnet with more free addresses than these is not filled: every one is an entry in EC2.
MAX_FILLED = 4096
# Scopes that a network ACL can express here; for the others nobody knows the services' addresses.
BY_ACL = ("all", "vpc")
DOWN = "An experiment of the embedded cloud (local:zone:fail) holds this zone down."
Undo = Callable[[], Awaitable[None]]
Members = dict[str, Any]


class Laboratory:
    """Begins what actions do. ``reclaim`` makes a function Inactive."""

    def __init__(
        self,
        networks: Networks,
        view: View,
        registry: Registry,
        reclaim: Callable[[FunctionRecord], None],
    ) -> None:
        self._networks = networks
        self._view = view
        self._registry = registry
        self._reclaim = reclaim

    async def describe(self, region: str) -> dict[str, list[dict[str, Any]]]:
        """The network, as EC2 describes it now."""
        return await asyncio.to_thread(self._networks.describe, region)

    async def begin(
        self, region: str, action_id: str, parameters: Members, resources: list[str]
    ) -> Undo:
        """Do what an action does; how to undo it. Raises `ServiceError` when it cannot be done."""
        if action_id == "local:subnet:exhaust":
            return await self._exhaust(region, resources)
        if action_id == "local:function:reclaim":
            for arn in resources:
                self._reclaim(self._registry.function(region, arn))
            return _nothing
        if action_id == "aws:network:disrupt-connectivity" and parameters["scope"] in BY_ACL:
            return await self._deny(region, resources, parameters["scope"])
        fault = _fault(region, action_id, parameters, resources)
        if fault is None:
            return _nothing
        if fault.zones:
            there = {
                each["ZoneName"] for each in (await self.describe(region))["AvailabilityZones"]
            }
            if not fault.zones <= there:
                raise ServiceError(
                    "ValidationException",
                    f"There is no zone {', '.join(fault.zones)}. {region} has: "
                    f"{', '.join(sorted(there))}.",
                )
        self._show_zones(fault, DOWN)
        self._view.faults.begin(fault)

        async def heal() -> None:
            self._view.faults.end(fault)
            # Another experiment may hold the same zone down.
            still = self._view.faults.failed_zones(region)
            self._show_zones(replace(fault, zones=fault.zones - still), "")

        return heal

    def _show_zones(self, fault: Fault, message: str) -> None:
        for zone in fault.zones:
            network_faults.show_zone(fault.region, zone, message)

    async def _deny(self, region: str, subnet_ids: list[str], scope: str) -> Undo:
        denied = await asyncio.to_thread(
            network_faults.deny, region, subnet_ids, inside_too=scope == "all"
        )
        self._view.changed()

        async def heal() -> None:
            await asyncio.to_thread(network_faults.allow_again, region, denied)
            self._view.changed()

        return heal

    async def _exhaust(self, region: str, subnet_ids: list[str]) -> Undo:
        networks = self._networks
        for subnet_id in subnet_ids:
            free = networks.free_addresses(region, subnet_id)
            if free > MAX_FILLED:
                raise ServiceError(
                    "ValidationException",
                    f"{subnet_id} has {free} free addresses. The embedded cloud fills subnets "
                    f"with {MAX_FILLED} at most (a /20).",
                )
        made = [await asyncio.to_thread(networks.fill, region, each) for each in subnet_ids]
        self._view.changed()

        async def heal() -> None:
            for interface_id in filter(None, made):
                await asyncio.to_thread(networks.delete_interface, region, interface_id)
            self._view.changed()

        return heal


def _fault(region: str, action_id: str, parameters: Members, resources: list[str]) -> Fault | None:
    named = frozenset(resources)
    if action_id == "aws:network:disrupt-connectivity":
        return Fault(region, subnets=named, scope=parameters["scope"])
    if action_id == "local:zone:fail":
        return Fault(region, zones=frozenset({parameters["availabilityZone"]}))
    if action_id == "local:nat:slow":
        latency_s = int(parameters["latencyMilliseconds"]) / 1000
        return Fault(region, nat_gateways=named, latency_s=latency_s)
    return None


async def _nothing() -> None:
    """There is nothing to undo."""
