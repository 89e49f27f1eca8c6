"""Gateways of a VPC: internet gateways, NAT gateways, peering connections."""

from __future__ import annotations

from dataclasses import dataclass

from serverless_course.network.places import Member, Prefix, name_tag, prefix


@dataclass(frozen=True)
class InternetGateway:
    """An internet gateway, or an egress-only internet gateway (IPv6).

    Attributes:
        id: ``igw-…`` or ``eigw-…``.
        vpc_ids: the VPCs that it is attached to (one at most, on AWS).
    """

    id: str
    vpc_ids: frozenset[str]

    @classmethod
    def of(cls, member: Member) -> InternetGateway:
        """From a member of `InternetGateways` or `EgressOnlyInternetGateways`."""
        # EC2 calls an internet gateway's attachment "available"; the model knows "attached" only.
        return cls(
            id=member.get("InternetGatewayId") or member["EgressOnlyInternetGatewayId"],
            vpc_ids=frozenset(
                each["VpcId"]
                for each in member.get("Attachments", ())
                if each.get("State", "attached") in {"attached", "available"}
            ),
        )


@dataclass(frozen=True)
class NatAddress:
    """One address of a NAT gateway.

    Attributes:
        public: its elastic address; None for a private NAT gateway.
        private: its address in the subnet, or None.
        zone: the zone it serves (regional NAT gateways), or None.
        primary: whether it is the gateway's primary address.
    """

    public: str | None
    private: str | None
    zone: str | None
    primary: bool


@dataclass(frozen=True)
class NatGateway:
    """A NAT gateway.

    Attributes:
        id: ``nat-…``.
        vpc_id: its VPC.
        subnet_id: its subnet; None for a regional one, which has none.
        state: ``pending``, ``failed``, ``available``, ``deleting`` or ``deleted``.
        public: ConnectivityType is ``public``; a private one does not reach the internet.
        regional: AvailabilityMode is ``regional``.
        route_table_id: a regional one's own route table, or None.
        addresses: its addresses that are associated, the primary one first.
        name: its tag `Name`.
    """

    id: str
    vpc_id: str
    subnet_id: str | None
    state: str
    public: bool = True
    regional: bool = False
    route_table_id: str | None = None
    addresses: tuple[NatAddress, ...] = ()
    name: str | None = None

    @classmethod
    def of(cls, member: Member) -> NatGateway:
        """From a member of `NatGateways`."""
        held = [
            NatAddress(
                public=each.get("PublicIp"),
                private=each.get("PrivateIp"),
                zone=each.get("AvailabilityZone"),
                primary=bool(each.get("IsPrimary", False)),
            )
            for each in member.get("NatGatewayAddresses", ())
            if each.get("Status", "succeeded") == "succeeded"
        ]
        return cls(
            id=member["NatGatewayId"],
            vpc_id=member.get("VpcId", ""),
            subnet_id=member.get("SubnetId"),
            state=member.get("State", "available"),
            public=member.get("ConnectivityType", "public") == "public",
            regional=member.get("AvailabilityMode", "zonal") == "regional",
            route_table_id=member.get("RouteTableId"),
            addresses=tuple(sorted(held, key=lambda each: not each.primary)),
            name=name_tag(member),
        )


@dataclass(frozen=True)
class Peering:
    """A VPC peering connection.

    Attributes:
        id: ``pcx-…``.
        requester_vpc_id: one side.
        accepter_vpc_id: the other side.
        state: its status code; ``active`` is the one that carries traffic.
        prefixes: the CIDR blocks of each side, by VPC id.
    """

    id: str
    requester_vpc_id: str
    accepter_vpc_id: str
    state: str
    prefixes: tuple[tuple[str, tuple[Prefix, ...]], ...] = ()

    @classmethod
    def of(cls, member: Member) -> Peering:
        """From a member of `VpcPeeringConnections`."""
        sides = [member.get("RequesterVpcInfo", {}), member.get("AccepterVpcInfo", {})]
        return cls(
            id=member["VpcPeeringConnectionId"],
            requester_vpc_id=sides[0].get("VpcId", ""),
            accepter_vpc_id=sides[1].get("VpcId", ""),
            state=member.get("Status", {}).get("Code", "active"),
            prefixes=tuple((side.get("VpcId", ""), _side(side)) for side in sides),
        )

    def other(self, vpc_id: str) -> str | None:
        """The VPC at the other end, or None when `vpc_id` is at neither."""
        ends = {
            self.requester_vpc_id: self.accepter_vpc_id,
            self.accepter_vpc_id: self.requester_vpc_id,
        }
        return ends.get(vpc_id)


def _side(info: Member) -> tuple[Prefix, ...]:
    blocks = [info["CidrBlock"]] if info.get("CidrBlock") else []
    blocks += [each["CidrBlock"] for each in info.get("CidrBlockSet", ())]
    blocks += [each["Ipv6CidrBlock"] for each in info.get("Ipv6CidrBlockSet", ())]
    return tuple(prefix(text) for text in dict.fromkeys(blocks))
