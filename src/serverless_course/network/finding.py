"""What a finding is, and the functions that findings are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from serverless_course.network.journey import Source
from serverless_course.network.network import Network
from serverless_course.network.places import Subnet


class Severity(StrEnum):
    """How much a finding matters; the gravest first."""

    BREAKS = "breaks"
    """Something does not work as it stands."""
    RISK = "risk"
    """It works until something fails or grows."""
    COST = "cost"
    """It works, and could cost less."""
    NOTE = "note"
    """Worth knowing; it changes nothing today."""


@dataclass(frozen=True)
class Finding:
    """One finding.

    Attributes:
        code: a short stable name, such as ``single-zone``.
        severity: how much it matters.
        resource_ids: the ids it is about, the culprit first; names of functions last.
        what: one sentence: what is there.
        why: one sentence: why it matters.
        next_step: one sentence: what to do.
    """

    code: str
    severity: Severity
    resource_ids: tuple[str, ...]
    what: str
    why: str
    next_step: str


@dataclass(frozen=True)
class PlacedFunction:
    """A function in a VPC, by its VpcConfig.

    Attributes:
        name: FunctionName.
        subnets: its subnets.
        group_ids: its security groups.
        dual_stack: Ipv6AllowedForDualStack.
    """

    name: str
    subnets: tuple[Subnet, ...]
    group_ids: tuple[str, ...]
    dual_stack: bool = False

    @property
    def zones(self) -> tuple[str, ...]:
        """The zones it is in, sorted."""
        return tuple(sorted({subnet.zone for subnet in self.subnets}))

    def source(self, subnet: Subnet) -> Source:
        """The function's interface in one of its subnets."""
        return Source(subnet.id, self.group_ids, dual_stack=self.dual_stack)


def placed(network: Network, functions: Iterable[Mapping[str, Any]]) -> tuple[PlacedFunction, ...]:
    """The functions that are in a VPC; those without subnets are left out.

    Raises:
        UnknownResource: a LookupError, for a subnet or group that is not there.
        ValueError: for a function with subnets and without security groups.
    """
    found = []
    for function in functions:
        config = function.get("VpcConfig") or function
        name = str(function.get("FunctionName", "function"))
        subnets = tuple(network.subnet(each) for each in config.get("SubnetIds") or ())
        groups = tuple(config.get("SecurityGroupIds") or ())
        if not subnets:
            continue
        if not groups:
            raise ValueError(f"Function {name} has subnets and no SecurityGroupIds.")
        for group in groups:
            network.security_group(group)
        dual_stack = bool(config.get("Ipv6AllowedForDualStack", False))
        found.append(PlacedFunction(name, subnets, groups, dual_stack))
    return tuple(found)
