"""All load balancers and target groups of all regions, and how a call finds them.

Belongs to the event loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..wire.errors import ServiceError
from .balancer import Listener, LoadBalancer, Members, Rule, TargetGroup, target_groups_of
from .refusals import invalid, missing

KINDS = {
    "loadbalancer": "load balancer",
    "listener": "listener",
    "listener-rule": "listener rule",
    "targetgroup": "target group",
}


class Addresses(Protocol):
    """Where load balancers are reached."""

    def open(self, balancer: LoadBalancer, port: int) -> str:
        """Give a port of a load balancer an address on this machine, or find the one it has:
        ``127.0.0.1:PORT``."""

    def close(self, balancer: LoadBalancer, port: int | None = None) -> None:
        """A port's address is free again; without a port all of the load balancer's."""


class Networks(Protocol):
    """What is asked of EC2."""

    def vpc_of(self, region: str, subnet_id: str) -> str | None:
        """The VPC of a subnet, or None when there is no such subnet."""

    def zone_of(self, region: str, subnet_id: str) -> str | None:
        """The Availability Zone of a subnet."""

    def vpc_of_group(self, region: str, group_id: str) -> str | None:
        """The VPC of a security group, or None when there is no such group."""

    def has_internet_gateway(self, region: str, vpc_id: str) -> bool:
        """Whether an internet gateway is attached to a VPC."""

    def default_group(self, region: str, vpc_id: str) -> str:
        """The id of a VPC's default security group."""

    def admits(self, region: str, group_ids: Iterable[str], port: int, address: str) -> bool:
        """Whether security groups let TCP from an address in to a port."""


class Targets(Protocol):
    """What is asked of Lambda."""

    def check(self, function_arn: str, group_arn: str) -> None:
        """Refuse a function that is not there or may not be invoked for a target group. Raises
        `ServiceError`."""


@dataclass
class Region:
    """What one region has."""

    balancers: dict[str, LoadBalancer] = field(default_factory=dict)
    groups: dict[str, TargetGroup] = field(default_factory=dict)

    def balancer(self, arn: str) -> LoadBalancer:
        """A load balancer by its ARN. Raises `ServiceError`, as all of these do."""
        found = self.balancers.get(_checked(arn, "loadbalancer"))
        if found is None:
            raise missing("load balancer", arn)
        return found

    def group(self, arn: str) -> TargetGroup:
        """A target group."""
        found = self.groups.get(_checked(arn, "targetgroup"))
        if found is None:
            raise missing("target group", arn)
        return found

    def listener(self, arn: str) -> tuple[LoadBalancer, Listener]:
        """A listener and whose it is."""
        _checked(arn, "listener")
        for balancer in self.balancers.values():
            if arn in balancer.listeners:
                return balancer, balancer.listeners[arn]
        raise missing("listener", arn)

    def rule(self, arn: str) -> tuple[LoadBalancer, Listener, Rule]:
        """A rule and whose it is."""
        _checked(arn, "listener-rule")
        for balancer in self.balancers.values():
            for listener in balancer.listeners.values():
                for rule in listener.rules:
                    if rule.arn == arn:
                        return balancer, listener, rule
        raise missing("rule", arn)

    def tagged(self, arn: str) -> LoadBalancer | Listener | Rule | TargetGroup:
        """Whatever bears tags, by its ARN."""
        kind = _kind(arn)
        if kind == "loadbalancer":
            return self.balancer(arn)
        if kind == "targetgroup":
            return self.group(arn)
        if kind == "listener":
            return self.listener(arn)[1]
        if kind == "listener-rule":
            return self.rule(arn)[2]
        raise invalid(f"'{arn}' is not a valid ARN")

    def users(self, group: TargetGroup) -> list[LoadBalancer]:
        """The load balancers that forward to a target group: none, or one."""
        return [
            balancer
            for balancer in self.balancers.values()
            if any(group.arn in target_groups_of(rule.actions) for rule in balancer.rules)
        ]


@dataclass
class Balancing:
    """What every operation works with. ``changed`` is told of a target group whose health checks
    may have to begin or to end."""

    addresses: Addresses
    networks: Networks
    targets: Targets
    changed: Callable[[TargetGroup], None]
    health: Callable[[TargetGroup], Members]
    regions: dict[str, Region] = field(default_factory=dict)

    def region(self, name: str) -> Region:
        """What a region has."""
        return self.regions.setdefault(name, Region())


@dataclass(frozen=True)
class Call:
    """One call of the API: where, and with which parameters."""

    balancing: Balancing
    name: str
    given: Members

    @property
    def region(self) -> Region:
        """What its region has."""
        return self.balancing.region(self.name)

    def __getitem__(self, name: str) -> Any:
        return self.given[name]

    def get(self, name: str) -> Any:
        """A parameter; None when it was left out."""
        return self.given.get(name)

    def tags(self) -> dict[str, str]:
        """The tags of a thing that is made. Raises DuplicateTagKeys, TooManyTags."""
        return tags_of(self.get("Tags") or [])

    def changed(self, arns: Iterable[str]) -> None:
        """Rules that forward to these target groups have changed."""
        for arn in arns:
            if arn in self.region.groups:
                self.balancing.changed(self.region.groups[arn])


def tags_of(listed: list[Members]) -> dict[str, str]:
    """Tags from a list of keys and values. Raises `ServiceError`."""
    found: dict[str, str] = {}
    for each in listed:
        if each["Key"] in found:
            text = f"Tag key was specified more than once: {each['Key']}"
            raise ServiceError("DuplicateTagKeys", text)
        found[each["Key"]] = each.get("Value") or ""
    return found


def _kind(arn: str) -> str:
    parts = arn.split(":", 5)
    return parts[5].partition("/")[0] if len(parts) == 6 else ""


def _checked(arn: str, kind: str) -> str:
    if not arn.startswith("arn:") or _kind(arn) != kind:
        raise invalid(f"'{arn}' is not a valid {KINDS[kind]} ARN")
    return arn
