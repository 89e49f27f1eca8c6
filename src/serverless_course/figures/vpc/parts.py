"""What stands in a VPC, by name, and where its routes lead: in the words of the drawing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from serverless_course.network.endpoints import Endpoint
from serverless_course.network.gateways import NatGateway
from serverless_course.network.network import Network
from serverless_course.network.places import Subnet
from serverless_course.network.routes import Route

# Resource ids of EC2: 8 or 17 hexadecimal digits after what it is.
ID = re.compile(r"\b[a-z]+-(?:[0-9a-f]{17}|[0-9a-f]{8})\b")


def names(network: Network) -> dict[str, str]:
    """Name tags, descriptions of interfaces, and the names of security groups, by id."""
    tagged = (
        network.vpcs,
        network.subnets,
        network.route_tables,
        network.nat_gateways,
        network.endpoints,
        network.network_acls,
    )
    found = {each.id: each.name for held in tagged for each in held.values() if each.name}
    found |= {each.id: each.description for each in network.interfaces.values() if each.description}
    found |= dict.fromkeys(network.internet_gateways, "the internet gateway")
    return found | {group.id: group.name for group in network.security_groups.values()}


def by_name(words: str, network: Network) -> str:
    """A sentence with names in place of the ids that have one."""
    known = names(network)
    return ID.sub(lambda found: known.get(found[0], found[0]), words)


# What these are for is shown by the function, the gateway or the endpoint itself.
SHOWN_BY_OTHERS = ("lambda", "nat_gateway", "regional_nat_gateway", "vpc_endpoint")
GONE = ("deleted", "failed", "rejected", "expired")

Functions = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Part:
    """Something that stands in a subnet, or across zones.

    Attributes:
        id: AWS's id, a function's name, or an address.
        kind: `nat`, `endpoint`, `function` or `address`.
        text: what the drawing says of it.
    """

    id: str
    kind: str
    text: str


def subnets_of(function: Mapping[str, Any]) -> tuple[str, ...]:
    """The subnets of a function's VpcConfig; empty without one."""
    return tuple((function.get("VpcConfig") or {}).get("SubnetIds") or ())


def service_of(endpoint: Endpoint) -> str:
    """The service's short name: `s3` of `com.amazonaws.us-east-1.s3`."""
    return endpoint.service_name.split(".", 3)[-1]


def alive(state: str) -> bool:
    """Whether something still stands, or will soon."""
    return state.lower() not in GONE


def nats_of(network: Network, vpc_id: str) -> list[NatGateway]:
    """The NAT gateways of a VPC that still stand."""
    return [n for n in network.nat_gateways.values() if n.vpc_id == vpc_id and alive(n.state)]


def route_words(route: Route, network: Network) -> str:
    """A route as `0.0.0.0/0 → NAT nat-a`."""
    endpoint = network.endpoints.get(route.target)
    if endpoint:
        return f"{service_of(endpoint)} → gateway endpoint"
    nat = network.nat_gateways.get(route.target)
    target = f"NAT {nat.name or nat.id}" if nat else route.target
    words = "internet gateway" if route.kind == "internet" else target or "nothing"
    return f"{route.destination} → {words}" + (" (blackhole)" if route.blackhole else "")


def nat_part(nat: NatGateway) -> Part:
    """A NAT gateway with its name, its state if it is not available, and its public address."""
    words = ["NAT" if nat.subnet_id else "regional NAT gateway", nat.name or nat.id]
    words += [] if nat.state == "available" else [f"({nat.state})"]
    words += [each.public for each in nat.addresses[:1] if each.public and nat.subnet_id]
    return Part(nat.id, "nat", " ".join(words))


def parts_of(
    subnet: Subnet,
    network: Network,
    functions: Functions,
    wanted: Iterable[str],
    names: Mapping[str, str],
) -> Iterable[Part]:
    """What stands in a subnet; arguments as for `view.view`."""
    for nat in nats_of(network, subnet.vpc_id):
        if nat.subnet_id == subnet.id:
            yield nat_part(nat)
    for endpoint in network.endpoints.values():
        if subnet.id in endpoint.subnet_ids and alive(endpoint.state):
            yield Part(endpoint.id, "endpoint", f"endpoint {service_of(endpoint)}")
    for function in functions:
        if subnet.id in subnets_of(function):
            groups = function["VpcConfig"].get("SecurityGroupIds") or ()
            held = [network.security_groups.get(each) for each in groups]
            words = ", ".join(g.name if g else i for g, i in zip(held, groups, strict=True))
            name = function["FunctionName"]
            yield Part(name, "function", f"λ {name} [{words or 'no group'}]")
    known: dict[str, str] = {}
    for interface in network.interfaces.values():
        if interface.kind not in SHOWN_BY_OTHERS and interface.subnet_id == subnet.id:
            known |= {str(ip): interface.description for ip in interface.addresses[:1]}
    for address in wanted:
        known.setdefault(address, "address")
    for address, name in (known | dict(names)).items():
        if subnet.holds(ip_address(address)):
            yield Part(address, "address", f"{name} {address}".strip())
