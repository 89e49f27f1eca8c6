"""A journey's words: where traffic starts, where it wants to go, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Source:
    """Where traffic starts: the network interface of a function.

    Attributes:
        subnet_id: its subnet.
        group_ids: its security groups; at least one.
        address: its private IPv4 address, when it is known. Without it, the subnet's whole block
            stands for it: a rule fits when it covers the block.
        dual_stack: Ipv6AllowedForDualStack of its VpcConfig.
        kind: what it is in words; it begins the sentences of the verdict.
    """

    subnet_id: str
    group_ids: tuple[str, ...]
    address: str | None = None
    dual_stack: bool = False
    kind: str = "function"


@dataclass(frozen=True)
class Address:
    """A destination known by its address, in this VPC or anywhere.

    Attributes:
        ip: an IPv4 or IPv6 address.
        port: 1 to 65535.
        protocol: ``tcp`` or ``udp``.
    """

    ip: str
    port: int
    protocol: str = "tcp"


@dataclass(frozen=True)
class Service:
    """An AWS service, called by its own public name.

    Attributes:
        name: as endpoints' service names end: ``dynamodb``, ``s3``, ``sqs``, ``sts``, ``logs``,
            ``monitoring`` (CloudWatch), ``states`` (Step Functions), …
        region: AWS Region.
        port: 443.
        action: the IAM action, such as ``sqs:SendMessage``, for an endpoint's policy; without it
            only a policy that lets nothing through is noticed.
        ip_version: 4 or 6; an IPv6 call needs the service's dual-stack name.
        address: the public address its name resolves to, when it is known. Without it only rules
            that speak of all addresses, or of the service's prefix list, can be judged.
    """

    name: str
    region: str
    port: int = 443
    action: str | None = None
    ip_version: int = 4
    address: str | None = None


@dataclass(frozen=True)
class Internet:
    """A host on the internet, called by name.

    Attributes:
        host: its name.
        port: 1 to 65535.
        protocol: ``tcp`` or ``udp``.
        ip_version: 4 or 6: which of its addresses is used.
        address: the address its name resolves to, when it is known.
    """

    host: str
    port: int = 443
    protocol: str = "tcp"
    ip_version: int = 4
    address: str | None = None


Destination = Address | Service | Internet


class Behaviour(StrEnum):
    """What the caller meets."""

    DELIVERED = "delivered"
    """The packets arrive, and the answers come back."""
    DROPPED = "dropped"
    """Nothing comes back: the call hangs until somebody's time-out."""
    REFUSED = "refused"
    """An answer comes at once: AccessDenied by an endpoint's policy, or "network is unreachable"
    for IPv6 without an IPv6 address."""
    UNKNOWN = "unknown"
    """It cannot be told from what was described; nothing is guessed."""


class Reason(StrEnum):
    """Why a journey ends as it does."""

    DELIVERED = "delivered"
    ZONE_FAILED = "zone failed"
    NAME_NOT_RESOLVED = "name not resolved"
    NO_IPV6 = "no IPv6"
    NO_ROUTE = "no route"
    NO_ROUTE_BACK = "no route back"
    BLACKHOLE_ROUTE = "blackhole route"
    GROUP_EGRESS = "security group: egress"
    GROUP_INGRESS = "security group: ingress"
    ACL_DENIES = "network ACL"
    ACL_DENIES_RETURN = "network ACL: return traffic"
    NO_PUBLIC_ADDRESS = "no public address"
    GATEWAY_NOT_ATTACHED = "gateway not attached"
    NAT_NOT_AVAILABLE = "NAT gateway not available"
    NAT_IN_PRIVATE_SUBNET = "NAT gateway in a private subnet"
    NAT_IS_PRIVATE = "NAT gateway is private"
    NAT_WITHOUT_ADDRESS = "NAT gateway without a public address"
    ENDPOINT_NOT_AVAILABLE = "endpoint not available"
    ENDPOINT_POLICY = "endpoint policy"
    PEERING_NOT_ACTIVE = "peering not active"
    NOT_TRANSITIVE = "peering is not transitive"
    NOBODY_THERE = "nobody at that address"
    PUBLIC_ACCESS_BLOCKED = "public access blocked"
    ADDRESS_NOT_KNOWN = "address not known"
    NOT_DESCRIBED = "not described"
    NOT_FOLLOWED = "not followed"


@dataclass(frozen=True)
class Hop:
    """One thing that was looked at on the way.

    Attributes:
        kind: ``source``, ``name``, ``security-group``, ``network-acl``, ``route-table``, ``nat``,
            ``internet-gateway``, ``egress-only-gateway``, ``endpoint``, ``peering``,
            ``interface``, ``destination`` or ``unknown``.
        id: id of the resource, or a plain word such as ``local``.
        looked_at: what decided: a route, a rule, a state.
        words: one sentence.
        passed: False for the hop where the journey ends early: always the last one.
    """

    kind: str
    id: str
    looked_at: str
    words: str
    passed: bool = True


@dataclass(frozen=True)
class Verdict:
    """How the journey ends.

    Attributes:
        behaviour: what the caller meets.
        reason: why.
        words: one or two sentences that name the culprit and what to do next.
        through: by which way it left: ``nat-…``, ``vpce-…``, ``eigw-…``, ``pcx-…`` or ``local``;
            None when it was stopped before a way out was chosen.
        dropped_at: id of the hop where it ended; None when it was delivered.
        outside_address: the public address that the destination sees, or None when it sees a
            private one or nothing.
    """

    behaviour: Behaviour
    reason: Reason
    words: str
    through: str | None = None
    dropped_at: str | None = None
    outside_address: str | None = None

    @property
    def delivered(self) -> bool:
        """Whether the packets arrive and the answers come back."""
        return self.behaviour is Behaviour.DELIVERED


@dataclass(frozen=True)
class Path:
    """A journey: what was looked at, hop by hop, and how it ended.

    Attributes:
        source: where it starts.
        destination: where it wants to go.
        hops: in the order in which a packet meets them; answers' hops come last.
        verdict: how it ends.
    """

    source: Source
    destination: Destination
    hops: tuple[Hop, ...]
    verdict: Verdict
