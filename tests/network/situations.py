"""Network situations, each written by hand with what must come of it, and why.

A situation changes the network of `described.two_zones`. `why` says what AWS's documentation says;
the pages are those of the VPC User Guide (VPC), the AWS PrivateLink Guide (PL), the VPC Peering
Guide (PEER) and the Lambda Developer Guide (LAMBDA), as they stood in 2025 and 2026.
"""

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

from serverless_course.network import (
    Address,
    Behaviour,
    Destination,
    Internet,
    Reason,
    Service,
    Source,
)
from tests.network import described as make
from tests.network.described import Described

A, B = "us-east-1a", "us-east-1b"
FUNCTION = Source("subnet-private-a", ("sg-function",), "10.0.10.50")
CHECKIP = Internet("checkip.amazonaws.com", 443)
DYNAMODB = Service("dynamodb", "us-east-1")
SQS = Service("sqs", "us-east-1", action="sqs:SendMessage")
DATABASE = Address("10.0.11.20", 5432)
NEIGHBOUR = Address("10.0.10.20", 5432)

DELIVERED, DROPPED = Behaviour.DELIVERED, Behaviour.DROPPED
REFUSED, UNKNOWN = Behaviour.REFUSED, Behaviour.UNKNOWN


def _nothing(described: Described) -> None:
    """The network as it is."""


@dataclass(frozen=True)
class Situation:
    """What is changed, what is tried, what must come of it, and why."""

    name: str
    why: str
    behaviour: Behaviour
    reason: Reason
    culprit: str
    change: Callable[[Described], None] = _nothing
    to: Destination = CHECKIP
    source: Source = FUNCTION
    through: str | None = None
    outside: str | None = None
    failed_zones: frozenset[str] = frozenset()


SITUATIONS: list[Situation] = []


def _add(
    name: str,
    why: str,
    behaviour: Behaviour,
    reason: Reason,
    culprit: str,
    *,
    to: Destination = CHECKIP,
    source: Source = FUNCTION,
    through: str | None = None,
    outside: str | None = None,
    failed: tuple[str, ...] = (),
) -> Callable[[Callable[[Described], None]], Callable[[Described], None]]:
    def keep(change: Callable[[Described], None]) -> Callable[[Described], None]:
        SITUATIONS.append(
            Situation(
                name,
                why,
                behaviour,
                reason,
                culprit,
                change,
                to,
                source,
                through,
                outside,
                frozenset(failed),
            )
        )
        return change

    return keep


# --- Routes -------------------------------------------------------------------------------------

_add(
    "a private subnet with a NAT gateway",
    "VPC, NAT gateways: the destination sees the gateway's elastic address",
    DELIVERED,
    Reason.DELIVERED,
    "nat-a",
    through="nat-a",
    outside="198.51.100.10",
)(_nothing)


@_add(
    "no route to the internet",
    "VPC, Route tables: only the local route is left, and it covers the VPC alone",
    DROPPED,
    Reason.NO_ROUTE,
    "rtb-private-a",
)
def no_route(described: Described) -> None:
    make.replace_routes(described, "rtb-private-a")


@_add(
    "a subnet without an association takes the main route table",
    "VPC, Subnet route tables: the main one holds for subnets without a table of their own",
    DROPPED,
    Reason.NO_ROUTE,
    "rtb-main",
)
def main_table(described: Described) -> None:
    make.find(described, "RouteTables", "rtb-private-a")["Associations"] = []


@_add(
    "the main route table has the way out",
    "VPC, Subnet route tables: the main one holds for subnets without a table of their own",
    DELIVERED,
    Reason.DELIVERED,
    "nat-b",
    through="nat-b",
    outside="198.51.100.11",
)
def main_with_nat(described: Described) -> None:
    main_table(described)
    make.replace_routes(described, "rtb-main", make.route("0.0.0.0/0", NatGatewayId="nat-b"))


@_add(
    "a blackhole route",
    "VPC, Route tables: the state blackhole says that the target is gone",
    DROPPED,
    Reason.BLACKHOLE_ROUTE,
    "0.0.0.0/0",
)
def blackhole(described: Described) -> None:
    make.routes(described, "rtb-private-a")[1]["State"] = "blackhole"


@_add(
    "the most specific route wins, even to a worse gateway",
    "VPC, Route priority: the longest prefix is taken",
    UNKNOWN,
    Reason.NOT_FOLLOWED,
    "tgw-1",
    to=Internet("partner.example", 443, address="203.0.113.9"),
    through="tgw-1",
)
def longest_prefix(described: Described) -> None:
    make.routes(described, "rtb-private-a").append(
        make.route("203.0.113.0/24", TransitGatewayId="tgw-1")
    )


@_add(
    "a shorter prefix does not matter",
    "VPC, Route priority: the longest prefix is taken",
    DELIVERED,
    Reason.DELIVERED,
    "nat-a",
    to=Internet("partner.example", 443, address="203.0.113.9"),
    through="nat-a",
    outside="198.51.100.10",
)
def shorter_prefix(described: Described) -> None:
    make.replace_routes(
        described,
        "rtb-private-a",
        make.route("0.0.0.0/0", TransitGatewayId="tgw-1"),
        make.route("203.0.113.0/24", NatGatewayId="nat-a"),
    )


@_add(
    "a virtual private gateway is not followed",
    "ours: what is behind it is not among EC2's lists",
    UNKNOWN,
    Reason.NOT_FOLLOWED,
    "vgw-1",
    to=Address("192.168.7.7", 443),
    through="vgw-1",
)
def vpn(described: Described) -> None:
    make.routes(described, "rtb-private-a").append(make.route("192.168.0.0/16", GatewayId="vgw-1"))


@_add(
    "a NAT instance's interface is not followed",
    "ours: what an instance does with packets is not among EC2's lists",
    UNKNOWN,
    Reason.NOT_FOLLOWED,
    "eni-instance",
    through="eni-instance",
)
def nat_instance(described: Described) -> None:
    make.replace_routes(
        described, "rtb-private-a", make.route("0.0.0.0/0", NetworkInterfaceId="eni-instance")
    )


@_add(
    "a private address behind no route of its own goes to the NAT gateway and no further",
    "RFC 1918: private addresses have no route on the internet",
    DROPPED,
    Reason.NO_ROUTE,
    "192.168.7.7",
    to=Address("192.168.7.7", 443),
    through="nat-a",
)
def on_premises_without_route(described: Described) -> None:
    _nothing(described)


# --- Public subnets and internet gateways -------------------------------------------------------

_add(
    "a function in a public subnet",
    "LAMBDA, Internet access for VPC-connected functions: a public subnet gives no public address",
    DROPPED,
    Reason.NO_PUBLIC_ADDRESS,
    "igw-1",
    source=Source("subnet-public-a", ("sg-function",)),
    through="igw-1",
)(_nothing)


@_add(
    "a public subnet that gives public addresses still gives none to a function",
    "LAMBDA, Internet access for VPC-connected functions; VPC: MapPublicIpOnLaunch is of instances",
    DROPPED,
    Reason.NO_PUBLIC_ADDRESS,
    "subnet-public-a",
    source=Source("subnet-public-a", ("sg-function",)),
    through="igw-1",
)
def maps_public(described: Described) -> None:
    make.find(described, "Subnets", "subnet-public-a")["MapPublicIpOnLaunch"] = True


@_add(
    "an internet gateway that is not attached",
    "VPC, Internet gateways: it must be attached to the VPC",
    DROPPED,
    Reason.GATEWAY_NOT_ATTACHED,
    "igw-1",
    through="nat-a",
)
def detached(described: Described) -> None:
    described["InternetGateways"][0]["Attachments"] = []


@_add(
    "VPC Block Public Access in both directions",
    "VPC, Block public access: block-bidirectional stops NAT gateways as well",
    DROPPED,
    Reason.PUBLIC_ACCESS_BLOCKED,
    "nat-a",
    through="nat-a",
)
def blocked(described: Described) -> None:
    described["Vpcs"][0]["BlockPublicAccessStates"] = {
        "InternetGatewayBlockMode": "block-bidirectional"
    }


@_add(
    "VPC Block Public Access of what comes in",
    "VPC, Block public access: block-ingress lets NAT gateways go on",
    DELIVERED,
    Reason.DELIVERED,
    "nat-a",
    through="nat-a",
    outside="198.51.100.10",
)
def blocked_ingress(described: Described) -> None:
    described["Vpcs"][0]["BlockPublicAccessStates"] = {"InternetGatewayBlockMode": "block-ingress"}


# --- NAT gateways -------------------------------------------------------------------------------


@_add(
    "a NAT gateway in a private subnet",
    "VPC, NAT gateways: a public one is made in a public subnet",
    DROPPED,
    Reason.NAT_IN_PRIVATE_SUBNET,
    "subnet-private-b",
    through="nat-a",
)
def nat_in_private(described: Described) -> None:
    make.find(described, "NatGateways", "nat-a")["SubnetId"] = "subnet-private-b"


@_add(
    "a NAT gateway whose subnet has only the local route",
    "VPC, NAT gateways: its subnet's route table must lead to an internet gateway",
    DROPPED,
    Reason.NAT_IN_PRIVATE_SUBNET,
    "rtb-public",
    through="nat-a",
)
def nat_without_route(described: Described) -> None:
    make.replace_routes(described, "rtb-public")


@_add(
    "a NAT gateway that is still pending",
    "VPC, NAT gateways: only the state available processes traffic",
    DROPPED,
    Reason.NAT_NOT_AVAILABLE,
    "pending",
    through="nat-a",
)
def nat_pending(described: Described) -> None:
    make.find(described, "NatGateways", "nat-a")["State"] = "pending"


@_add(
    "a NAT gateway that was deleted",
    "VPC, NAT gateways: a deleted one stays visible for about an hour",
    DROPPED,
    Reason.NAT_NOT_AVAILABLE,
    "deleted",
    through="nat-a",
)
def nat_deleted(described: Described) -> None:
    make.find(described, "NatGateways", "nat-a")["State"] = "deleted"


@_add(
    "a route to a NAT gateway that is not there any more",
    "VPC, Route tables: EC2 calls such a route a blackhole",
    DROPPED,
    Reason.BLACKHOLE_ROUTE,
    "nat-a does not exist any more",
)
def nat_gone(described: Described) -> None:
    described["NatGateways"] = [
        each for each in described["NatGateways"] if each["NatGatewayId"] != "nat-a"
    ]


@_add(
    "NAT gateways were not described",
    "ours: of a list that was not given nothing is known",
    UNKNOWN,
    Reason.NOT_DESCRIBED,
    "NatGateways were not described",
)
def nats_not_described(described: Described) -> None:
    del described["NatGateways"]


@_add(
    "a private NAT gateway",
    "VPC, NAT gateways: a private one drops what an internet gateway would get",
    DROPPED,
    Reason.NAT_IS_PRIVATE,
    "private NAT gateway",
    through="nat-a",
)
def private_nat(described: Described) -> None:
    nat = make.find(described, "NatGateways", "nat-a")
    nat["ConnectivityType"] = "private"
    for key in ("AllocationId", "AssociationId", "PublicIp"):
        del nat["NatGatewayAddresses"][0][key]


@_add(
    "a NAT gateway whose elastic address failed",
    "VPC, NAT gateways: a public one answers by its elastic address",
    DROPPED,
    Reason.NAT_WITHOUT_ADDRESS,
    "elastic address",
    through="nat-a",
)
def nat_address_failed(described: Described) -> None:
    make.find(described, "NatGateways", "nat-a")["NatGatewayAddresses"][0]["Status"] = "failed"


@_add(
    "a NAT gateway answers by its primary address",
    "BC, NatGatewayAddress.IsPrimary; which of several a connection takes is AWS's",
    DELIVERED,
    Reason.DELIVERED,
    "198.51.100.10",
    through="nat-a",
    outside="198.51.100.10",
)
def second_address(described: Described) -> None:
    nat = make.find(described, "NatGateways", "nat-a")
    first = nat["NatGatewayAddresses"][0]
    second = {**first, "PublicIp": "198.51.100.99", "IsPrimary": False}
    nat["NatGatewayAddresses"] = [second, first]


@_add(
    "a subnet with a NAT gateway under VPC Block Public Access",
    "VPC, Block public access: block-bidirectional holds for a subnet's gateways",
    DROPPED,
    Reason.PUBLIC_ACCESS_BLOCKED,
    "nat-a",
    through="nat-a",
)
def nat_subnet_blocked(described: Described) -> None:
    make.find(described, "Subnets", "subnet-public-a")["BlockPublicAccessStates"] = {
        "InternetGatewayBlockMode": "block-bidirectional"
    }


@_add(
    "a NAT gateway in another zone",
    "VPC, NAT gateways: it works, as long as its zone does",
    DELIVERED,
    Reason.DELIVERED,
    "nat-b",
    through="nat-b",
    outside="198.51.100.11",
)
def nat_elsewhere(described: Described) -> None:
    make.replace_routes(described, "rtb-private-a", make.route("0.0.0.0/0", NatGatewayId="nat-b"))


_add(
    "a NAT gateway in a zone that failed",
    "VPC, NAT gateways: if its zone is down, the others that share it lose the internet",
    DROPPED,
    Reason.ZONE_FAILED,
    "us-east-1b",
    through="nat-b",
    failed=(B,),
)(nat_elsewhere)


@_add(
    "a regional NAT gateway keeps to the caller's zone",
    "VPC, Regional NAT gateways: one gateway, addresses in several zones, no public subnet",
    DELIVERED,
    Reason.DELIVERED,
    "nat-r",
    through="nat-r",
    outside="198.51.100.20",
)
def regional(described: Described) -> None:
    described["Subnets"] = [each for each in described["Subnets"] if "private" in each["SubnetId"]]
    described["NatGateways"] = [
        make.regional_nat("nat-r", {B: "198.51.100.21", A: "198.51.100.20"})
    ]
    for letter in "ab":
        make.replace_routes(
            described, f"rtb-private-{letter}", make.route("0.0.0.0/0", NatGatewayId="nat-r")
        )


@_add(
    "a regional NAT gateway that has not come to the caller's zone yet",
    "VPC, Regional NAT gateways: until it expands, packets go to another zone",
    DELIVERED,
    Reason.DELIVERED,
    "nat-r",
    through="nat-r",
    outside="198.51.100.21",
)
def regional_elsewhere(described: Described) -> None:
    regional(described)
    described["NatGateways"] = [make.regional_nat("nat-r", {B: "198.51.100.21"})]


@_add(
    "a regional NAT gateway without an internet gateway",
    "VPC, Regional NAT gateways: its route table leads to the VPC's internet gateway",
    DROPPED,
    Reason.NAT_IN_PRIVATE_SUBNET,
    "nat-r",
    through="nat-r",
)
def regional_without_gateway(described: Described) -> None:
    regional(described)
    described["InternetGateways"] = []


# --- Security groups ----------------------------------------------------------------------------


@_add(
    "a security group without egress rules",
    "VPC, Security groups: what no rule allows is dropped",
    DROPPED,
    Reason.GROUP_EGRESS,
    "sg-function",
)
def no_egress(described: Described) -> None:
    make.find(described, "SecurityGroups", "sg-function")["IpPermissionsEgress"] = []


@_add(
    "egress for another port only",
    "VPC, Security group rules: protocol and port range",
    DROPPED,
    Reason.GROUP_EGRESS,
    "TCP 443",
)
def wrong_port(described: Described) -> None:
    make.find(described, "SecurityGroups", "sg-function")["IpPermissionsEgress"] = [
        make.permission(port=80, cidr="0.0.0.0/0")
    ]


@_add(
    "the rules of two groups add up",
    "VPC, Security groups: the rules of all groups of an interface are taken together",
    DELIVERED,
    Reason.DELIVERED,
    "nat-a",
    source=Source("subnet-private-a", ("sg-function", "sg-default")),
    through="nat-a",
    outside="198.51.100.10",
)
def two_groups(described: Described) -> None:
    no_egress(described)


@_add(
    "egress to the prefix list of DynamoDB, called through NAT",
    "VPC, Security group rules: a rule may name a prefix list",
    DELIVERED,
    Reason.DELIVERED,
    "nat-a",
    to=DYNAMODB,
    through="nat-a",
    outside="198.51.100.10",
)
def egress_to_list(described: Described) -> None:
    make.find(described, "SecurityGroups", "sg-function")["IpPermissionsEgress"] = [
        make.permission(prefix_list="pl-dynamodb")
    ]


_add(
    "egress to the prefix list of DynamoDB, and an address in it",
    "VPC, Security group rules: a rule may name a prefix list",
    DELIVERED,
    Reason.DELIVERED,
    "nat-a",
    to=Address("52.94.1.1", 443),
    through="nat-a",
    outside="198.51.100.10",
)(egress_to_list)

_add(
    "egress to the prefix list of DynamoDB, and a call to somewhere else",
    "VPC, Security group rules: a rule may name a prefix list",
    DROPPED,
    Reason.GROUP_EGRESS,
    "checkip.amazonaws.com",
)(egress_to_list)


@_add(
    "egress to some addresses, and a name whose address is not known",
    "ours: nothing is guessed",
    UNKNOWN,
    Reason.ADDRESS_NOT_KNOWN,
    "sg-function",
)
def egress_to_some(described: Described) -> None:
    make.find(described, "SecurityGroups", "sg-function")["IpPermissionsEgress"] = [
        make.permission(cidr="203.0.113.0/24")
    ]


_add(
    "egress to some addresses, and one of them",
    "VPC, Security group rules: a rule allows a CIDR block",
    DELIVERED,
    Reason.DELIVERED,
    "nat-a",
    to=Address("203.0.113.9", 443),
    through="nat-a",
    outside="198.51.100.10",
)(egress_to_some)


_add(
    "a database in another zone that lets the function's group in",
    "VPC, Security group rules: a rule may name another group",
    DELIVERED,
    Reason.DELIVERED,
    "eni-db-b",
    to=DATABASE,
    through="local",
)(_nothing)


@_add(
    "a database whose group names another group",
    "VPC, Security group rules: a rule may name another group, and then means its members",
    DROPPED,
    Reason.GROUP_INGRESS,
    "sg-data",
    to=DATABASE,
    through="local",
)
def wrong_group(described: Described) -> None:
    make.find(described, "SecurityGroups", "sg-data")["IpPermissions"] = [
        make.permission(port=5432, group="sg-default")
    ]


@_add(
    "a database that lets the function's subnet in",
    "VPC, Security group rules: a rule allows a CIDR block",
    DELIVERED,
    Reason.DELIVERED,
    "eni-db-b",
    to=DATABASE,
    through="local",
)
def subnet_allowed(described: Described) -> None:
    make.find(described, "SecurityGroups", "sg-data")["IpPermissions"] = [
        make.permission(port=5432, cidr="10.0.10.0/24")
    ]


@_add(
    "egress to the database's group only",
    "VPC, Security group rules: an egress rule may name the target's group",
    DELIVERED,
    Reason.DELIVERED,
    "eni-db-b",
    to=DATABASE,
    through="local",
)
def egress_to_group(described: Described) -> None:
    make.find(described, "SecurityGroups", "sg-function")["IpPermissionsEgress"] = [
        make.permission(port=5432, group="sg-data")
    ]


_add(
    "a database called by a name that leads to its private address",
    "VPC, DNS: the name of a resource in the VPC resolves to its private address",
    DELIVERED,
    Reason.DELIVERED,
    "eni-db-b",
    to=Internet("shop.cluster.us-east-1.rds.amazonaws.com", 5432, address="10.0.11.20"),
    through="local",
)(_nothing)

_add(
    "the interface of a NAT gateway itself",
    "ours: what a gateway does with packets that are addressed to it is not followed",
    UNKNOWN,
    Reason.NOT_FOLLOWED,
    "eni-nat-b",
    to=Address("10.0.1.10", 443),
    through="local",
)(_nothing)

_add(
    "the wrong port of the database",
    "VPC, Security group rules: protocol and port range",
    DROPPED,
    Reason.GROUP_INGRESS,
    "TCP 3306",
    to=Address("10.0.11.20", 3306),
    through="local",
)(_nothing)

_add(
    "an address that nobody holds",
    "ours: no interface holds it, so nothing answers",
    DROPPED,
    Reason.NOBODY_THERE,
    "10.0.11.77",
    to=Address("10.0.11.77", 5432),
    through="local",
)(_nothing)

_add(
    "an address that AWS keeps",
    "VPC, Subnet CIDR blocks: the first addresses are the router's and the resolver's",
    UNKNOWN,
    Reason.NOT_FOLLOWED,
    "10.0.11.2",
    to=Address("10.0.11.2", 53, "udp"),
    through="local",
)(_nothing)


@_add(
    "interfaces were not described",
    "ours: of a list that was not given nothing is known",
    UNKNOWN,
    Reason.NOT_DESCRIBED,
    "NetworkInterfaces were not described",
    to=DATABASE,
    through="local",
)
def interfaces_not_described(described: Described) -> None:
    del described["NetworkInterfaces"]


_add(
    "the database's zone failed",
    "ours: what stands in a failed zone does not answer",
    DROPPED,
    Reason.ZONE_FAILED,
    "eni-db-b",
    to=DATABASE,
    through="local",
    failed=(B,),
)(_nothing)

_add(
    "the function's own zone failed",
    "ours: what stands in a failed zone does not send",
    DROPPED,
    Reason.ZONE_FAILED,
    "us-east-1a",
    failed=(A,),
)(_nothing)


# --- Network ACLs -------------------------------------------------------------------------------


@_add(
    "a network ACL that denies 443 out",
    "VPC, Network ACLs: rules are taken in the order of their numbers",
    DROPPED,
    Reason.ACL_DENIES,
    "outbound rule 90",
    through="nat-a",
)
def acl_denies(described: Described) -> None:
    deny = make.acl_entry(90, "deny", egress=True, protocol="6", ports=(443, 443))
    make.guard(described, "acl-own", [deny, *deepcopy(make.ALL)], "subnet-private-a")


@_add(
    "a subnet without an ACL of its own takes the VPC's default one",
    "VPC, Network ACLs: a subnet without an association has the default network ACL",
    DROPPED,
    Reason.ACL_DENIES,
    "acl-default",
    through="nat-a",
)
def default_acl(described: Described) -> None:
    described["NetworkAcls"] = [make.acl("acl-default", [], (), default=True)]


@_add(
    "a deny after an allow does not matter",
    "VPC, Network ACLs: the first rule that fits decides",
    DELIVERED,
    Reason.DELIVERED,
    "nat-a",
    through="nat-a",
    outside="198.51.100.10",
)
def late_deny(described: Described) -> None:
    deny = make.acl_entry(110, "deny", egress=True, protocol="6", ports=(443, 443))
    make.guard(described, "acl-own", [deny, *deepcopy(make.ALL)], "subnet-private-a")


@_add(
    "a network ACL without a rule for the answers",
    "VPC, Network ACLs: stateless, so answers to ephemeral ports need a rule",
    DROPPED,
    Reason.ACL_DENIES_RETURN,
    "inbound rule *",
    through="nat-a",
)
def no_return(described: Described) -> None:
    make.guard(
        described, "acl-own", [make.acl_entry(100, "allow", egress=True)], "subnet-private-a"
    )


@_add(
    "a network ACL that lets answers in by their ephemeral ports",
    "VPC, Network ACLs, Ephemeral ports: Lambda functions and NAT gateways use 1024-65535",
    DELIVERED,
    Reason.DELIVERED,
    "nat-a",
    through="nat-a",
    outside="198.51.100.10",
)
def ephemeral(described: Described) -> None:
    entries = [
        make.acl_entry(100, "allow", egress=True, protocol="6", ports=(443, 443)),
        make.acl_entry(100, "allow", egress=False, protocol="6", ports=(1024, 65535)),
    ]
    make.guard(described, "acl-own", entries, "subnet-private-a")


@_add(
    "a network ACL that lets some ephemeral ports in",
    "VPC, Network ACLs, Ephemeral ports: Lambda functions use 1024-65535",
    UNKNOWN,
    Reason.ACL_DENIES_RETURN,
    "some pass",
    through="nat-a",
)
def some_ephemeral(described: Described) -> None:
    entries = [
        make.acl_entry(100, "allow", egress=True),
        make.acl_entry(100, "allow", egress=False, protocol="6", ports=(32768, 60999)),
    ]
    make.guard(described, "acl-own", entries, "subnet-private-a")


@_add(
    "the ACL of the NAT gateway's subnet does not let the private subnet in",
    "VPC, NAT gateways: the ACL of its subnet counts for what it gets and sends",
    DROPPED,
    Reason.ACL_DENIES,
    "acl-public",
    through="nat-a",
)
def nat_acl_in(described: Described) -> None:
    entries = [
        make.acl_entry(90, "deny", egress=False, cidr="10.0.10.0/24"),
        *deepcopy(make.ALL),
    ]
    make.guard(described, "acl-public", entries, "subnet-public-a")


@_add(
    "the ACL of the NAT gateway's subnet forgets the internet's answers",
    "VPC, NAT gateways: answers come in to ports 1024-65535 of the gateway",
    DROPPED,
    Reason.ACL_DENIES_RETURN,
    "acl-public",
    through="nat-a",
)
def nat_acl_return(described: Described) -> None:
    entries = [
        make.acl_entry(100, "allow", egress=False, cidr="10.0.0.0/16"),
        make.acl_entry(100, "allow", egress=True),
    ]
    make.guard(described, "acl-public", entries, "subnet-public-a")


@_add(
    "an ACL does not stand between two interfaces of one subnet",
    "VPC, Network ACLs: they guard what enters and leaves a subnet",
    DELIVERED,
    Reason.DELIVERED,
    "eni-db-a",
    to=NEIGHBOUR,
    through="local",
)
def same_subnet(described: Described) -> None:
    make.guard(described, "acl-closed", [], "subnet-private-a")


@_add(
    "the database subnet's ACL lets nothing back",
    "VPC, Network ACLs: stateless, so answers need an outbound rule there",
    DROPPED,
    Reason.ACL_DENIES_RETURN,
    "acl-data",
    to=DATABASE,
    through="local",
)
def data_return(described: Described) -> None:
    entries = [make.acl_entry(100, "allow", egress=False, cidr="10.0.0.0/16")]
    make.guard(described, "acl-data", entries, "subnet-private-b")


@_add(
    "a deny of another port does not matter",
    "VPC, Network ACLs: a rule fits by protocol, address and port range",
    DELIVERED,
    Reason.DELIVERED,
    "nat-a",
    through="nat-a",
    outside="198.51.100.10",
)
def deny_of_other_port(described: Described) -> None:
    deny = make.acl_entry(90, "deny", egress=True, protocol="6", ports=(80, 80))
    make.guard(described, "acl-own", [deny, *deepcopy(make.ALL)], "subnet-private-a")


_add(
    "the function's own ACL lets no answers of the database in",
    "VPC, Network ACLs: stateless, so answers need an inbound rule here",
    DROPPED,
    Reason.ACL_DENIES_RETURN,
    "acl-own",
    to=DATABASE,
    through="local",
)(no_return)


@_add(
    "the ACL of the NAT gateway's subnet lets nothing out to the internet",
    "VPC, NAT gateways: the ACL of its subnet counts for what it gets and sends",
    DROPPED,
    Reason.ACL_DENIES,
    "out of subnet-public-a",
    through="nat-a",
)
def nat_acl_out(described: Described) -> None:
    entries = [
        make.acl_entry(100, "allow", egress=False),
        make.acl_entry(100, "allow", egress=True, cidr="10.0.0.0/16"),
    ]
    make.guard(described, "acl-public", entries, "subnet-public-a")


@_add(
    "the ACL of the NAT gateway's subnet keeps the answers from the private subnet",
    "VPC, NAT gateways: the ACL of its subnet counts for what it gets and sends",
    DROPPED,
    Reason.ACL_DENIES_RETURN,
    "answers to the function out of subnet-public-a",
    through="nat-a",
)
def nat_acl_back(described: Described) -> None:
    deny = make.acl_entry(90, "deny", egress=True, cidr="10.0.10.0/24")
    make.guard(described, "acl-public", [deny, *deepcopy(make.ALL)], "subnet-public-a")


# --- Endpoints ----------------------------------------------------------------------------------


@_add(
    "DynamoDB through a gateway endpoint",
    "PL, Gateway endpoints: the prefix list's route is more specific than the default route",
    DELIVERED,
    Reason.DELIVERED,
    "vpce-dynamodb",
    to=DYNAMODB,
    through="vpce-dynamodb",
)
def dynamodb_endpoint(described: Described) -> None:
    described["VpcEndpoints"] = [
        make.gateway_endpoint("vpce-dynamodb", "dynamodb", ("rtb-private-a",))
    ]
    make.routes(described, "rtb-private-a").append(
        make.route("pl-dynamodb", GatewayId="vpce-dynamodb")
    )


@_add(
    "DynamoDB through a gateway endpoint, without any NAT gateway",
    "PL, Gateway endpoints: neither an internet gateway nor a NAT gateway is needed",
    DELIVERED,
    Reason.DELIVERED,
    "vpce-dynamodb",
    to=DYNAMODB,
    through="vpce-dynamodb",
)
def endpoint_alone(described: Described) -> None:
    dynamodb_endpoint(described)
    described["NatGateways"] = []
    make.replace_routes(
        described, "rtb-private-a", make.route("pl-dynamodb", GatewayId="vpce-dynamodb")
    )


_add(
    "another Region's DynamoDB does not go through the endpoint",
    "PL, Gateway endpoints: same Region only",
    DROPPED,
    Reason.NO_ROUTE,
    "dynamodb in eu-west-1",
    to=Service("dynamodb", "eu-west-1"),
)(endpoint_alone)

_add(
    "another service does not go through DynamoDB's endpoint",
    "PL, Gateway endpoints: a prefix list is of one service",
    DROPPED,
    Reason.NO_ROUTE,
    "s3 in us-east-1",
    to=Service("s3", "us-east-1"),
)(endpoint_alone)

_add(
    "an address of DynamoDB, by its prefix list",
    "VPC, Route priority: the prefix list's block is longer than the default route's",
    DELIVERED,
    Reason.DELIVERED,
    "vpce-dynamodb",
    to=Address("52.94.1.1", 443),
    through="vpce-dynamodb",
)(dynamodb_endpoint)


@_add(
    "a gateway endpoint that is another route table's",
    "PL, Gateway endpoints: it serves the subnets whose route tables are associated with it",
    DELIVERED,
    Reason.DELIVERED,
    "nat-a",
    to=DYNAMODB,
    through="nat-a",
    outside="198.51.100.10",
)
def endpoint_of_other_table(described: Described) -> None:
    described["VpcEndpoints"] = [
        make.gateway_endpoint("vpce-dynamodb", "dynamodb", ("rtb-private-b",))
    ]
    make.routes(described, "rtb-private-b").append(
        make.route("pl-dynamodb", GatewayId="vpce-dynamodb")
    )


@_add(
    "a gateway endpoint that is being deleted",
    "BC, VpcEndpoint.State: only available carries traffic",
    DROPPED,
    Reason.ENDPOINT_NOT_AVAILABLE,
    "deleting",
    to=DYNAMODB,
    through="vpce-dynamodb",
)
def endpoint_deleting(described: Described) -> None:
    dynamodb_endpoint(described)
    described["VpcEndpoints"][0]["State"] = "deleting"


@_add(
    "an ACL that lets nothing out to a gateway endpoint",
    "PL, Gateway endpoints: the service's addresses are public, so the ACL must allow them",
    DROPPED,
    Reason.ACL_DENIES,
    "acl-own",
    to=DYNAMODB,
    through="vpce-dynamodb",
)
def endpoint_acl_out(described: Described) -> None:
    dynamodb_endpoint(described)
    inside = [
        make.acl_entry(100, "allow", egress=True, cidr="10.0.0.0/16"),
        make.acl_entry(100, "allow", egress=False),
    ]
    make.guard(described, "acl-own", inside, "subnet-private-a")


@_add(
    "an ACL that lets no answers of a gateway endpoint in",
    "PL, Gateway endpoints: the service's addresses are public, so the ACL must allow them",
    DROPPED,
    Reason.ACL_DENIES_RETURN,
    "acl-own",
    to=DYNAMODB,
    through="vpce-dynamodb",
)
def endpoint_acl_back(described: Described) -> None:
    dynamodb_endpoint(described)
    no_return(described)


@_add(
    "a gateway endpoint whose policy denies everything",
    "PL, Endpoint policies: refused with AccessDenied, not dropped",
    REFUSED,
    Reason.ENDPOINT_POLICY,
    "AccessDenied",
    to=DYNAMODB,
    through="vpce-dynamodb",
)
def policy_denies(described: Described) -> None:
    dynamodb_endpoint(described)
    deny = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
    described["VpcEndpoints"][0]["PolicyDocument"] = json.dumps({"Statement": [deny]})


@_add(
    "the function's group does not let HTTPS out to the gateway endpoint",
    "PL, Gateway endpoints: security groups must allow traffic to the prefix list",
    DROPPED,
    Reason.GROUP_EGRESS,
    "sg-function",
    to=DYNAMODB,
)
def endpoint_without_egress(described: Described) -> None:
    dynamodb_endpoint(described)
    make.find(described, "SecurityGroups", "sg-function")["IpPermissionsEgress"] = [
        make.permission(cidr="10.0.0.0/16")
    ]


@_add(
    "SQS through an interface endpoint",
    "PL, Private DNS: the service's own name leads to the endpoint's private addresses",
    DELIVERED,
    Reason.DELIVERED,
    "vpce-sqs",
    to=SQS,
    through="vpce-sqs",
)
def sqs_endpoint(described: Described) -> None:
    described["VpcEndpoints"] = [
        make.interface_endpoint(
            "vpce-sqs",
            "sqs",
            {"subnet-private-a": "eni-sqs-a", "subnet-private-b": "eni-sqs-b"},
            ("sg-endpoint",),
        )
    ]
    described["NetworkInterfaces"] += [
        make.interface(
            "eni-sqs-a", "subnet-private-a", "10.0.10.30", ("sg-endpoint",), "vpc_endpoint"
        ),
        make.interface(
            "eni-sqs-b", "subnet-private-b", "10.0.11.30", ("sg-endpoint",), "vpc_endpoint"
        ),
    ]
    described["NatGateways"] = []
    for letter in "ab":
        make.replace_routes(described, f"rtb-private-{letter}")


@_add(
    "an interface endpoint whose group does not let the function in",
    "PL, Interface endpoints: its security group must allow HTTPS from the caller",
    DROPPED,
    Reason.GROUP_INGRESS,
    "sg-endpoint",
    to=SQS,
    through="vpce-sqs",
)
def endpoint_group(described: Described) -> None:
    sqs_endpoint(described)
    make.find(described, "SecurityGroups", "sg-endpoint")["IpPermissions"] = [
        make.permission(port=443, cidr="10.0.99.0/24")
    ]


@_add(
    "an interface endpoint with private DNS off, and no NAT gateway",
    "PL, Private DNS: without it the service's own name stays public",
    DROPPED,
    Reason.NO_ROUTE,
    "rtb-private-a",
    to=SQS,
)
def private_dns_off(described: Described) -> None:
    sqs_endpoint(described)
    described["VpcEndpoints"][0]["PrivateDnsEnabled"] = False


@_add(
    "an interface endpoint with private DNS off, and a NAT gateway",
    "PL, Private DNS: without it the service's own name stays public",
    DELIVERED,
    Reason.DELIVERED,
    "nat-a",
    to=SQS,
    through="nat-a",
    outside="198.51.100.10",
)
def private_dns_off_with_nat(described: Described) -> None:
    nats, tables = described["NatGateways"], deepcopy(described["RouteTables"])
    private_dns_off(described)
    described["NatGateways"], described["RouteTables"] = nats, tables


@_add(
    "private DNS needs enableDnsHostnames",
    "PL, Private DNS: enableDnsHostnames and enableDnsSupport must be true",
    DROPPED,
    Reason.NO_ROUTE,
    "rtb-private-a",
    to=SQS,
)
def hostnames_off(described: Described) -> None:
    sqs_endpoint(described)
    described["VpcAttributes"][1]["EnableDnsHostnames"]["Value"] = False


@_add(
    "enableDnsSupport is off",
    "VPC, DNS attributes: without it the VPC's resolver does not answer",
    DROPPED,
    Reason.NAME_NOT_RESOLVED,
    "enableDnsSupport",
)
def dns_off(described: Described) -> None:
    described["VpcAttributes"][0]["EnableDnsSupport"]["Value"] = False


_add(
    "an interface endpoint lives on in the other zone",
    "PL, Interface endpoints: an interface in each of its zones; names lead to the healthy ones",
    DELIVERED,
    Reason.DELIVERED,
    "vpce-sqs",
    to=SQS,
    through="vpce-sqs",
    failed=(B,),
)(sqs_endpoint)


@_add(
    "S3's interface endpoint that only resolvers outside the VPC are led to",
    "BC, DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint",
    DROPPED,
    Reason.NO_ROUTE,
    "rtb-private-a",
    to=Service("s3", "us-east-1"),
)
def s3_for_outside(described: Described) -> None:
    sqs_endpoint(described)
    endpoint = described["VpcEndpoints"][0]
    endpoint["ServiceName"] = "com.amazonaws.us-east-1.s3"
    endpoint["DnsOptions"] = {"PrivateDnsOnlyForInboundResolverEndpoint": True}


@_add(
    "an interface endpoint whose only zone failed",
    "PL, Interface endpoints: choose subnets in several zones",
    DROPPED,
    Reason.ZONE_FAILED,
    "us-east-1b",
    to=SQS,
    failed=(B,),
)
def endpoint_zone(described: Described) -> None:
    sqs_endpoint(described)
    described["VpcEndpoints"][0]["SubnetIds"] = ["subnet-private-b"]
    described["VpcEndpoints"][0]["NetworkInterfaceIds"] = ["eni-sqs-b"]


@_add(
    "an interface endpoint whose policy allows another action only",
    "PL, Endpoint policies: what no statement allows is refused",
    REFUSED,
    Reason.ENDPOINT_POLICY,
    "sqs:SendMessage",
    to=SQS,
    through="vpce-sqs",
)
def endpoint_policy_other(described: Described) -> None:
    sqs_endpoint(described)
    allow = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": ["sqs:ReceiveMessage", "sqs:Get*"],
        "Resource": "*",
    }
    described["VpcEndpoints"][0]["PolicyDocument"] = json.dumps({"Statement": [allow]})


@_add(
    "an endpoint that is not there yet",
    "BC, VpcEndpoint.State: pending",
    DROPPED,
    Reason.NO_ROUTE,
    "rtb-private-a",
    to=SQS,
)
def endpoint_pending(described: Described) -> None:
    sqs_endpoint(described)
    described["VpcEndpoints"][0]["State"] = "pending"


# --- Peering ------------------------------------------------------------------------------------

PEERED = Address("10.1.0.20", 5432)


@_add(
    "a database in a peered VPC",
    "PEER: both sides have a route, and the group lets the function's addresses in",
    DELIVERED,
    Reason.DELIVERED,
    "pcx-1",
    to=PEERED,
    through="pcx-1",
)
def peered(described: Described) -> None:
    described["Vpcs"].append(make.vpc("vpc-data", "10.1.0.0/16"))
    described["Subnets"].append(make.subnet("subnet-data", "10.1.0.0/24", A, "vpc-data"))
    table = make.route_table(
        "rtb-data", [make.route("10.0.0.0/16", VpcPeeringConnectionId="pcx-1")], ("subnet-data",)
    )
    table["VpcId"] = "vpc-data"
    table["Routes"][0]["DestinationCidrBlock"] = "10.1.0.0/16"
    described["RouteTables"].append(table)
    described["SecurityGroups"].append(
        make.group("sg-peer", [make.permission(port=5432, cidr="10.0.0.0/16")], [])
    )
    described["NetworkInterfaces"].append(
        make.interface("eni-peer", "subnet-data", "10.1.0.20", ("sg-peer",))
    )
    described["VpcPeeringConnections"] = [make.peering("pcx-1", "vpc-data", "10.1.0.0/16")]
    make.routes(described, "rtb-private-a").append(
        make.route("10.1.0.0/16", VpcPeeringConnectionId="pcx-1")
    )


@_add(
    "a peering connection that nobody accepted",
    "PEER: only the status active carries traffic",
    DROPPED,
    Reason.PEERING_NOT_ACTIVE,
    "pending-acceptance",
    to=PEERED,
    through="pcx-1",
)
def peering_pending(described: Described) -> None:
    peered(described)
    described["VpcPeeringConnections"][0]["Status"]["Code"] = "pending-acceptance"


@_add(
    "no route back from the peered VPC",
    "PEER, Update your route tables: both sides need a route",
    DROPPED,
    Reason.NO_ROUTE_BACK,
    "rtb-data",
    to=PEERED,
    through="pcx-1",
)
def no_route_back(described: Described) -> None:
    peered(described)
    make.routes(described, "rtb-data").pop()


@_add(
    "the internet through a peered VPC",
    "PEER: not transitive, and no way through the other VPC's gateways",
    DROPPED,
    Reason.NOT_TRANSITIVE,
    "pcx-1",
    through="pcx-1",
)
def through_peer(described: Described) -> None:
    peered(described)
    make.replace_routes(
        described, "rtb-private-a", make.route("0.0.0.0/0", VpcPeeringConnectionId="pcx-1")
    )


@_add(
    "a peered VPC of another account, which is not described",
    "ours: of what was not described nothing is known",
    UNKNOWN,
    Reason.NOT_DESCRIBED,
    "vpc-theirs",
    to=Address("10.2.0.20", 5432),
    through="pcx-2",
)
def their_vpc(described: Described) -> None:
    described["VpcPeeringConnections"] = [make.peering("pcx-2", "vpc-theirs", "10.2.0.0/16")]
    make.routes(described, "rtb-private-a").append(
        make.route("10.2.0.0/16", VpcPeeringConnectionId="pcx-2")
    )


# --- IPv6 ---------------------------------------------------------------------------------------

DUAL = Source("subnet-private-a", ("sg-function",), dual_stack=True)
OVER_V6 = Internet("ipv6.example", 443, ip_version=6)


@_add(
    "IPv6 through an egress-only internet gateway",
    "LAMBDA, IPv6 support (12 Oct 2023); VPC, Egress-only internet gateways",
    DELIVERED,
    Reason.DELIVERED,
    "eigw-1",
    to=OVER_V6,
    source=DUAL,
    through="eigw-1",
)
def dual_stack(described: Described) -> None:
    described["Vpcs"] = [make.vpc(make.VPC, "10.0.0.0/16", "2600:1f18:1234::/56")]
    make.find(described, "Subnets", "subnet-private-a")["Ipv6CidrBlockAssociationSet"] = [
        {
            "Ipv6CidrBlock": "2600:1f18:1234:10::/64",
            "Ipv6CidrBlockState": {"State": "associated"},
        }
    ]
    described["EgressOnlyInternetGateways"] = [
        {
            "EgressOnlyInternetGatewayId": "eigw-1",
            "Attachments": [{"State": "attached", "VpcId": make.VPC}],
        }
    ]
    make.routes(described, "rtb-private-a").append(
        make.route("::/0", EgressOnlyInternetGatewayId="eigw-1")
    )
    make.find(described, "SecurityGroups", "sg-function")["IpPermissionsEgress"].append(
        make.EVERYTHING_V6
    )
    for number, egress in ((101, False), (101, True)):
        described["NetworkAcls"][0]["Entries"].append(
            make.acl_entry(number, "allow", egress=egress, cidr="::/0")
        )


@_add(
    "the internet gateway lets out what the network ACL forgets for IPv6",
    "VPC, Network ACLs: IPv4 and IPv6 have rules of their own",
    DROPPED,
    Reason.ACL_DENIES,
    "acl-default",
    to=OVER_V6,
    source=DUAL,
    through="eigw-1",
)
def acl_without_v6(described: Described) -> None:
    dual_stack(described)
    described["NetworkAcls"][0]["Entries"] = [*deepcopy(make.ALL), *deepcopy(make.LAST)]


@_add(
    "an ACL that forgets the answers by IPv6",
    "VPC, Network ACLs: IPv4 and IPv6 have rules of their own, and answers need one",
    DROPPED,
    Reason.ACL_DENIES_RETURN,
    "acl-default",
    to=OVER_V6,
    source=DUAL,
    through="eigw-1",
)
def acl_without_v6_answers(described: Described) -> None:
    dual_stack(described)
    described["NetworkAcls"][0]["Entries"] = [
        entry
        for entry in described["NetworkAcls"][0]["Entries"]
        if entry["Egress"] or "Ipv6CidrBlock" not in entry
    ]


@_add(
    "VPC Block Public Access and an egress-only internet gateway",
    "VPC, Block public access: block-bidirectional stops egress-only internet gateways as well",
    DROPPED,
    Reason.PUBLIC_ACCESS_BLOCKED,
    "eigw-1",
    to=OVER_V6,
    source=DUAL,
    through="eigw-1",
)
def v6_blocked(described: Described) -> None:
    dual_stack(described)
    blocked(described)


@_add(
    "IPv6 addresses behind a NAT gateway (NAT64) are not followed",
    "ours: VPC, NAT64 and DNS64 are not modelled",
    UNKNOWN,
    Reason.NOT_FOLLOWED,
    "nat-a",
    to=Address("64:ff9b::cb00:7109", 443),
    source=DUAL,
    through="nat-a",
)
def nat64(described: Described) -> None:
    dual_stack(described)
    make.routes(described, "rtb-private-a").append(make.route("64:ff9b::/96", NatGatewayId="nat-a"))


_add(
    "IPv6 without Ipv6AllowedForDualStack",
    "LAMBDA, IPv6 support: off unless Ipv6AllowedForDualStack is set",
    REFUSED,
    Reason.NO_IPV6,
    "Ipv6AllowedForDualStack",
    to=OVER_V6,
)(dual_stack)

_add(
    "IPv6 from a subnet without an IPv6 block",
    "LAMBDA, IPv6 support: all subnets of the function need an IPv6 block",
    REFUSED,
    Reason.NO_IPV6,
    "subnet-private-a has no IPv6 block",
    to=OVER_V6,
    source=DUAL,
)(_nothing)


@_add(
    "IPv6 by an internet gateway",
    "ours: AWS's Lambda guide says nothing of it",
    UNKNOWN,
    Reason.NOT_FOLLOWED,
    "igw-1",
    to=OVER_V6,
    source=DUAL,
    through="igw-1",
)
def v6_by_internet_gateway(described: Described) -> None:
    dual_stack(described)
    make.routes(described, "rtb-private-a").pop()
    make.routes(described, "rtb-private-a").append(make.route("::/0", GatewayId="igw-1"))
