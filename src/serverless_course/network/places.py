"""Where things stand: VPCs, subnets and network interfaces, as EC2's describe calls return them.

A record holds what the path or a finding looks at; every other member is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

Member = Mapping[str, Any]
IpAddress = IPv4Address | IPv6Address
Prefix = IPv4Network | IPv6Network


def prefix(text: str) -> Prefix:
    """A CIDR block as EC2 prints it; host bits that are set are cut off, as EC2 does."""
    return ip_network(text, strict=False)


# Addresses that have no route on the internet: RFC 1918, and RFC 4193 for IPv6.
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
_PRIVATE_BLOCKS = tuple(prefix(text) for text in _PRIVATE)


def is_private(block: Prefix) -> bool:
    """Whether all of a block is private: nothing on the internet has an address in it."""
    return any(
        block.version == whole.version
        and whole.prefixlen <= block.prefixlen
        and whole.overlaps(block)
        for whole in _PRIVATE_BLOCKS
    )


def name_tag(member: Member) -> str | None:
    """The value of the tag `Name`, or None."""
    for tag in member.get("Tags", ()):
        if tag.get("Key") == "Name":
            return str(tag.get("Value", ""))
    return None


def blocks_internet(member: Member) -> bool:
    """Whether VPC Block Public Access is `block-bidirectional` here.

    In that mode internet gateways and egress-only ones carry nothing; in `block-ingress` NAT
    gateways and egress-only gateways go on (VPC User Guide, "Block public access").
    """
    mode = member.get("BlockPublicAccessStates", {}).get("InternetGatewayBlockMode", "off")
    return bool(mode == "block-bidirectional")


def _blocks(member: Member, version: str) -> tuple[Prefix, ...]:
    """The CIDR blocks of a VPC or subnet that are associated now, the first one first."""
    first = [member["CidrBlock"]] if version == "" and member.get("CidrBlock") else []
    more = [
        block[f"{version}CidrBlock"]
        for block in member.get(f"{version}CidrBlockAssociationSet", ())
        if block.get(f"{version}CidrBlockState", {}).get("State", "associated") == "associated"
    ]
    return tuple(prefix(text) for text in dict.fromkeys(first + more))


@dataclass(frozen=True)
class Vpc:
    """A VPC.

    Attributes:
        id: ``vpc-…``.
        prefixes: its IPv4 CIDR blocks, the primary one first.
        prefixes_v6: its IPv6 CIDR blocks.
        dns_support: enableDnsSupport; None when DescribeVpcAttribute was not among the lists.
        dns_hostnames: enableDnsHostnames; None likewise.
        blocks_internet: VPC Block Public Access is ``block-bidirectional``.
        name: its tag `Name`.
    """

    id: str
    prefixes: tuple[Prefix, ...]
    prefixes_v6: tuple[Prefix, ...] = ()
    dns_support: bool | None = None
    dns_hostnames: bool | None = None
    blocks_internet: bool = False
    name: str | None = None

    @classmethod
    def of(cls, member: Member, attributes: Sequence[Member] = ()) -> Vpc:
        """From a member of `Vpcs`, and the DescribeVpcAttribute answers for this VPC."""
        asked: dict[str, bool | None] = {}
        for answer in attributes:
            for key in ("EnableDnsSupport", "EnableDnsHostnames"):
                if key in answer:
                    asked[key] = answer[key].get("Value")
        return cls(
            id=member["VpcId"],
            prefixes=_blocks(member, ""),
            prefixes_v6=_blocks(member, "Ipv6"),
            dns_support=asked.get("EnableDnsSupport"),
            dns_hostnames=asked.get("EnableDnsHostnames"),
            blocks_internet=blocks_internet(member),
            name=name_tag(member),
        )

    def holds(self, address: IpAddress) -> bool:
        """Whether the address belongs to one of the VPC's blocks."""
        return any(address in block for block in (*self.prefixes, *self.prefixes_v6))


@dataclass(frozen=True)
class Subnet:
    """A subnet.

    Attributes:
        id: ``subnet-…``.
        vpc_id: its VPC.
        zone: name of its Availability Zone, such as ``us-east-1a``.
        prefix: its IPv4 CIDR block; None for an IPv6-only subnet.
        prefixes_v6: its IPv6 CIDR blocks.
        available: AvailableIpAddressCount; None when it was not told.
        maps_public_ip: MapPublicIpOnLaunch. It has no effect on functions.
        blocks_internet: VPC Block Public Access is ``block-bidirectional``.
        name: its tag `Name`.
    """

    id: str
    vpc_id: str
    zone: str
    prefix: Prefix | None
    prefixes_v6: tuple[Prefix, ...] = ()
    available: int | None = None
    maps_public_ip: bool = False
    blocks_internet: bool = False
    name: str | None = None

    @classmethod
    def of(cls, member: Member) -> Subnet:
        """From a member of `Subnets`."""
        return cls(
            id=member["SubnetId"],
            vpc_id=member["VpcId"],
            zone=member.get("AvailabilityZone", ""),
            prefix=prefix(member["CidrBlock"]) if member.get("CidrBlock") else None,
            prefixes_v6=_blocks(member, "Ipv6"),
            available=member.get("AvailableIpAddressCount"),
            maps_public_ip=bool(member.get("MapPublicIpOnLaunch", False)),
            blocks_internet=blocks_internet(member),
            name=name_tag(member),
        )

    def holds(self, address: IpAddress) -> bool:
        """Whether the address belongs to one of the subnet's blocks."""
        blocks = self.prefixes_v6 if self.prefix is None else (self.prefix, *self.prefixes_v6)
        return any(address in block for block in blocks)


@dataclass(frozen=True)
class Interface:
    """An elastic network interface.

    Attributes:
        id: ``eni-…``.
        subnet_id: its subnet.
        group_ids: its security groups.
        addresses: its private IPv4 addresses, the primary one first, and its IPv6 addresses.
        public_address: the public IPv4 address associated with it, or None.
        kind: InterfaceType, such as ``lambda``, ``nat_gateway`` or ``vpc_endpoint``.
        description: its description.
    """

    id: str
    subnet_id: str
    group_ids: tuple[str, ...]
    addresses: tuple[IpAddress, ...]
    public_address: str | None = None
    kind: str = "interface"
    description: str = ""

    @classmethod
    def of(cls, member: Member) -> Interface:
        """From a member of `NetworkInterfaces`."""
        private = [member["PrivateIpAddress"]] if member.get("PrivateIpAddress") else []
        private += [each["PrivateIpAddress"] for each in member.get("PrivateIpAddresses", ())]
        private += [each["Ipv6Address"] for each in member.get("Ipv6Addresses", ())]
        return cls(
            id=member["NetworkInterfaceId"],
            subnet_id=member.get("SubnetId", ""),
            group_ids=tuple(group["GroupId"] for group in member.get("Groups", ())),
            addresses=tuple(ip_address(text) for text in dict.fromkeys(private)),
            public_address=member.get("Association", {}).get("PublicIp"),
            kind=member.get("InterfaceType", "interface"),
            description=member.get("Description", ""),
        )
