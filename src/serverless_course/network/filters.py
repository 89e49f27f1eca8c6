"""What lets packets through: security groups (stateful) and network ACLs (stateless)."""

from __future__ import annotations

from dataclasses import dataclass

from serverless_course.network.places import Member, Prefix, name_tag, prefix

ALL_PROTOCOLS = "-1"
_PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}


def _protocol(number_or_name: str) -> str:
    return _PROTOCOLS.get(number_or_name, number_or_name)


@dataclass(frozen=True)
class GroupRule:
    """One permission of a security group.

    Attributes:
        protocol: ``tcp``, ``udp``, … or ``-1`` for all.
        ports: first and last port; None for all.
        prefixes: the addresses it allows.
        prefix_list_ids: the prefix lists it allows.
        group_ids: the security groups whose members it allows.
    """

    protocol: str
    ports: tuple[int, int] | None
    prefixes: tuple[Prefix, ...] = ()
    prefix_list_ids: tuple[str, ...] = ()
    group_ids: tuple[str, ...] = ()

    @classmethod
    def of(cls, member: Member) -> GroupRule:
        """From a member of `IpPermissions` or `IpPermissionsEgress`."""
        ranges = [each["CidrIp"] for each in member.get("IpRanges", ())]
        ranges += [each["CidrIpv6"] for each in member.get("Ipv6Ranges", ())]
        protocol = _protocol(member.get("IpProtocol", ALL_PROTOCOLS))
        first, last = member.get("FromPort"), member.get("ToPort")
        every = protocol == ALL_PROTOCOLS or first is None or last is None or first == -1
        return cls(
            protocol=protocol,
            ports=None if every else (int(first or 0), int(last or 0)),
            prefixes=tuple(prefix(text) for text in ranges),
            prefix_list_ids=tuple(each["PrefixListId"] for each in member.get("PrefixListIds", ())),
            group_ids=tuple(
                each["GroupId"] for each in member.get("UserIdGroupPairs", ()) if "GroupId" in each
            ),
        )

    def covers_port(self, protocol: str, port: int) -> bool:
        """Whether the rule speaks of this protocol and port."""
        if self.protocol not in {ALL_PROTOCOLS, protocol}:
            return False
        return self.ports is None or self.ports[0] <= port <= self.ports[1]


@dataclass(frozen=True)
class SecurityGroup:
    """A security group. It has no deny rules: what no rule allows is dropped.

    Attributes:
        id: ``sg-…``.
        vpc_id: its VPC.
        name: its GroupName; ``default`` is the VPC's own.
        ingress: what it lets in.
        egress: what it lets out.
    """

    id: str
    vpc_id: str
    name: str
    ingress: tuple[GroupRule, ...]
    egress: tuple[GroupRule, ...]

    @classmethod
    def of(cls, member: Member) -> SecurityGroup:
        """From a member of `SecurityGroups`."""
        return cls(
            id=member["GroupId"],
            vpc_id=member.get("VpcId", ""),
            name=member.get("GroupName", ""),
            ingress=tuple(GroupRule.of(rule) for rule in member.get("IpPermissions", ())),
            egress=tuple(GroupRule.of(rule) for rule in member.get("IpPermissionsEgress", ())),
        )


@dataclass(frozen=True)
class AclEntry:
    """One numbered rule of a network ACL.

    Attributes:
        number: its rule number; the lowest that fits decides. 32767 is the rule ``*``.
        egress: whether it is an outbound rule.
        allow: whether it allows.
        protocol: ``tcp``, ``udp``, … or ``-1`` for all.
        ports: first and last port; None for all.
        prefix: the addresses it speaks of.
    """

    number: int
    egress: bool
    allow: bool
    protocol: str
    ports: tuple[int, int] | None
    prefix: Prefix

    @classmethod
    def of(cls, member: Member) -> AclEntry:
        """From a member of a network ACL's `Entries`."""
        ports = member.get("PortRange")
        return cls(
            number=member["RuleNumber"],
            egress=bool(member.get("Egress", False)),
            allow=member.get("RuleAction") == "allow",
            protocol=_protocol(member.get("Protocol", ALL_PROTOCOLS)),
            ports=(ports["From"], ports["To"]) if ports and "From" in ports else None,
            prefix=prefix(member.get("CidrBlock") or member["Ipv6CidrBlock"]),
        )


@dataclass(frozen=True)
class NetworkAcl:
    """A network ACL. It is stateless: answers need a rule of their own.

    Attributes:
        id: ``acl-…``.
        vpc_id: its VPC.
        default: whether it is the VPC's default one.
        entries: its entries by rule number, both directions.
        subnet_ids: the subnets that it guards.
        name: its tag `Name`.
    """

    id: str
    vpc_id: str
    default: bool
    entries: tuple[AclEntry, ...]
    subnet_ids: frozenset[str] = frozenset()
    name: str | None = None

    @classmethod
    def of(cls, member: Member) -> NetworkAcl:
        """From a member of `NetworkAcls`."""
        entries = (AclEntry.of(entry) for entry in member.get("Entries", ()))
        return cls(
            id=member["NetworkAclId"],
            vpc_id=member.get("VpcId", ""),
            default=bool(member.get("IsDefault", False)),
            entries=tuple(sorted(entries, key=lambda entry: (entry.number, entry.egress))),
            subnet_ids=frozenset(
                each["SubnetId"] for each in member.get("Associations", ()) if "SubnetId" in each
            ),
            name=name_tag(member),
        )
