"""What a VPC for a function and its database can be made of; what AWS would refuse is refused."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Literal

from serverless_course.network.addresses import RESERVED_BY_AWS

Nat = Literal["none", "one", "one a zone", "regional"]
NATS: tuple[Nat, ...] = ("none", "one", "one a zone", "regional")
GATEWAY_SERVICES = ("s3", "dynamodb")
MOST_ZONES = 3
# IPv4 blocks of VPCs and subnets (VPC User Guide, "VPC CIDR blocks", read 2026-11).
LARGEST_BLOCK, SMALLEST_BLOCK = 16, 28


@dataclass(frozen=True)
class Choices:
    """What a design is made of.

    Attributes:
        region: AWS Region.
        zones: how many Availability Zones, 1 to 3.
        prefix: the VPC's IPv4 block, /16 to /28.
        subnet_length: prefix length of every subnet, up to 28.
        public_subnets: whether each zone has a public subnet.
        nat: no NAT gateway, one for all zones, one in each, or a regional one.
        gateway_endpoints: of `s3` and `dynamodb`.
        interface_endpoints: services such as `secretsmanager`; each has one in every zone.
        open_egress: whether the function's security group lets everything out; else nothing.

    Raises:
        ValueError: AWS would refuse it, or it does not fit; the message says what to choose.
    """

    region: str = "us-east-1"
    zones: int = 2
    prefix: str = "10.0.0.0/16"
    subnet_length: int = 24
    public_subnets: bool = True
    nat: Nat = "none"
    gateway_endpoints: tuple[str, ...] = ()
    interface_endpoints: tuple[str, ...] = ()
    open_egress: bool = True

    def __post_init__(self) -> None:
        """Check every choice, and how they fit together."""
        if not 1 <= self.zones <= MOST_ZONES:
            raise ValueError(f"A design has 1 to {MOST_ZONES} zones, not {self.zones}.")
        self._check_blocks()
        if self.nat not in NATS:
            raise ValueError(f"nat is one of {', '.join(NATS)}, not {self.nat!r}.")
        # A regional NAT gateway needs none (AWS Networking blog, 19 November 2025).
        if self.nat in ("one", "one a zone") and not self.public_subnets:
            raise ValueError(
                "A zonal NAT gateway stands in a public subnet: choose public subnets, "
                "or a regional NAT gateway, which needs none."
            )
        unknown = sorted(set(self.gateway_endpoints) - set(GATEWAY_SERVICES))
        if unknown:
            raise ValueError(f"Gateway endpoints are for s3 and dynamodb, not {unknown[0]}.")

    def _check_blocks(self) -> None:
        try:
            block = IPv4Network(self.prefix)
        except ValueError as error:
            raise ValueError(f"{self.prefix!r} is no IPv4 block: {error}.") from error
        if not LARGEST_BLOCK <= block.prefixlen <= SMALLEST_BLOCK:
            raise ValueError(f"A VPC's block is between /16 and /28, not /{block.prefixlen}.")
        if not block.prefixlen <= self.subnet_length <= SMALLEST_BLOCK:
            raise ValueError(
                f"A subnet of {block} is between /{block.prefixlen} and /28, "
                f"not /{self.subnet_length}."
            )
        # The function's interface, and one for each interface endpoint, beside AWS's five.
        held = 1 + len(self.interface_endpoints)
        if held > (1 << (32 - self.subnet_length)) - RESERVED_BY_AWS:
            raise ValueError(f"A /{self.subnet_length} has no room for {held} interfaces.")
        room = 1 << (self.subnet_length - block.prefixlen)
        needed = self.zones * len(self.tiers)
        if needed > room:
            raise ValueError(
                f"{block} has room for {room} subnets of /{self.subnet_length}, and this design "
                f"has {needed}: choose smaller subnets or a larger VPC."
            )

    @property
    def tiers(self) -> tuple[str, ...]:
        """The kinds of subnets in each zone."""
        return ("public", "functions", "data") if self.public_subnets else ("functions", "data")

    @property
    def zone_names(self) -> tuple[str, ...]:
        """The zones' names."""
        return tuple(self.region + letter for letter in "abc"[: self.zones])

    def block(self, tier: str, zone: int) -> IPv4Network:
        """The block of a tier's subnet in a zone, counted from 0."""
        whole = IPv4Network(self.prefix)
        step = 1 << (32 - self.subnet_length)
        at = int(whole.network_address) + step * (self.tiers.index(tier) * self.zones + zone)
        return IPv4Network((at, self.subnet_length))
