"""VPC endpoints, as DescribeVpcEndpoints returns them."""

from __future__ import annotations

from dataclasses import dataclass

from serverless_course.network.places import Member, name_tag


@dataclass(frozen=True)
class Endpoint:
    """A VPC endpoint.

    Attributes:
        id: ``vpce-…``.
        vpc_id: its VPC.
        service_name: such as ``com.amazonaws.us-east-1.dynamodb``.
        kind: VpcEndpointType: ``Gateway``, ``Interface``, or a type that is not followed.
        state: its state in small letters; ``available`` is the one that carries traffic.
        subnet_ids: an interface endpoint's subnets, one in each of its zones.
        group_ids: an interface endpoint's security groups.
        interface_ids: its network interfaces.
        route_table_ids: a gateway endpoint's route tables.
        private_dns: whether the service's own name leads to the endpoint inside the VPC.
        policy: its policy document (JSON), or None: full access.
        name: its tag `Name`.
    """

    id: str
    vpc_id: str
    service_name: str
    kind: str = "Gateway"
    state: str = "available"
    subnet_ids: tuple[str, ...] = ()
    group_ids: tuple[str, ...] = ()
    interface_ids: tuple[str, ...] = ()
    route_table_ids: frozenset[str] = frozenset()
    private_dns: bool = False
    policy: str | None = None
    name: str | None = None

    @classmethod
    def of(cls, member: Member) -> Endpoint:
        """From a member of `VpcEndpoints`."""
        # With this option of S3's interface endpoints the name leads to them from outside the
        # VPC only (botocore's model: DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint).
        outside_only = member.get("DnsOptions", {}).get(
            "PrivateDnsOnlyForInboundResolverEndpoint", False
        )
        return cls(
            id=member["VpcEndpointId"],
            vpc_id=member.get("VpcId", ""),
            service_name=member.get("ServiceName", ""),
            kind=member.get("VpcEndpointType", "Gateway"),
            state=member.get("State", "available").lower(),
            subnet_ids=tuple(member.get("SubnetIds", ())),
            group_ids=tuple(group["GroupId"] for group in member.get("Groups", ())),
            interface_ids=tuple(member.get("NetworkInterfaceIds", ())),
            route_table_ids=frozenset(member.get("RouteTableIds", ())),
            private_dns=bool(member.get("PrivateDnsEnabled", False)) and not outside_only,
            policy=member.get("PolicyDocument"),
            name=name_tag(member),
        )

    def serves(self, service: str, region: str) -> bool:
        """Whether it is an endpoint of that service, by the last part of its service name."""
        return self.service_name == f"com.amazonaws.{region}.{service}"
