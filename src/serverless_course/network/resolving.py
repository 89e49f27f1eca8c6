"""What a destination's name leads to: a public address, or an endpoint inside the VPC."""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network

from serverless_course.network.endpoints import Endpoint
from serverless_course.network.journey import Address, Destination, Internet, Reason, Service
from serverless_course.network.passage import Party
from serverless_course.network.places import (
    Interface,
    IpAddress,
    Prefix,
    Subnet,
    prefix,
)
from serverless_course.network.walk import Walk

_ANYWHERE = {4: prefix("0.0.0.0/0"), 6: prefix("::/0")}


@dataclass(frozen=True)
class Target:
    """Where the packets are addressed to.

    Attributes:
        party: the destination as filters and routes see it.
        address: its address, or None when it is not known.
        service: the service that is called by its public name, or None.
        endpoint: the interface endpoint that the name leads to, or None.
        endpoint_subnet_id: the subnet of the endpoint's interface that is taken.
        interface: the network interface that holds the address, or None.
    """

    party: Party
    address: IpAddress | None = None
    service: Service | None = None
    endpoint: Endpoint | None = None
    endpoint_subnet_id: str | None = None
    interface: Interface | None = None


def version_of(destination: Destination) -> int:
    """4 or 6: the version of the address that the packets go to.

    Raises:
        ValueError: for an address that is none, or a version other than 4 and 6.
    """
    if isinstance(destination, Address):
        return ip_address(destination.ip).version
    if destination.address is not None:
        return ip_address(destination.address).version
    if destination.ip_version not in _ANYWHERE:
        raise ValueError(f"ip_version is 4 or 6, not {destination.ip_version!r}.")
    return destination.ip_version


def label(destination: Destination) -> str:
    """The destination as sentences call it."""
    if isinstance(destination, Service):
        return f"{destination.name} in {destination.region}"
    return destination.host if isinstance(destination, Internet) else destination.ip


def resolve(walk: Walk, destination: Destination) -> Target:
    """Where a destination lies.

    Sources: AWS PrivateLink Guide, "Private DNS names" (with private DNS the service's own name
    resolves to the endpoint's private addresses inside the VPC; it needs enableDnsSupport and
    enableDnsHostnames) and VPC User Guide, "DNS attributes for your VPC".
    """
    if isinstance(destination, Address):
        return _address_target(walk, ip_address(destination.ip))
    name = label(destination)
    vpc = walk.network.vpcs.get(walk.subnet.vpc_id)
    if vpc is not None and vpc.dns_support is False:
        raise walk.stop(
            "name",
            vpc.id,
            "enableDnsSupport: false",
            f"enableDnsSupport of {vpc.id} is off, so nothing resolves the name of {name}.",
            Reason.NAME_NOT_RESOLVED,
            "Turn it on with modify_vpc_attribute.",
        )
    if isinstance(destination, Service):
        endpoint = _named_endpoint(walk, destination, vpc is None or vpc.dns_hostnames is not False)
        if endpoint is not None:
            return _endpoint_target(walk, endpoint, destination)
    there = ip_address(destination.address) if destination.address is not None else None
    block = _ANYWHERE[walk.ip_version] if there is None else _block(there)
    service = destination if isinstance(destination, Service) else None
    walk.passed(
        "name",
        destination.address or name,
        "public name",
        f"The name of {name} leads to a public IPv{walk.ip_version} address.",
    )
    return Target(_party(walk, name, block, service), there, service)


def _address_target(walk: Walk, there: IpAddress) -> Target:
    """Who holds an address: an interface of the own VPC, or of one that is peered with it."""
    network, own = walk.network, walk.subnet.vpc_id
    inside = network.vpcs[own].holds(there) if own in network.vpcs else walk.subnet.holds(there)
    peers = {each.other(own) for each in network.peerings.values()}
    candidates = {own} if inside else peers
    interface = next(
        (
            each
            for each in network.interfaces.values()
            if there in each.addresses
            and each.subnet_id in network.subnets
            and network.subnets[each.subnet_id].vpc_id in candidates
        ),
        None,
    )
    party = _party(walk, str(there), _block(there))
    if interface is not None:
        party = replace(party, group_ids=frozenset(interface.group_ids))
    elif "NetworkInterfaces" not in network.described and (inside or is_private(_block(there))):
        party = replace(party, group_ids=None)
    return Target(party, there, interface=interface)


def _block(address: IpAddress) -> Prefix:
    return ip_network(address)


def subnet_block(subnet: Subnet, ip_version: int) -> Prefix:
    """The block in which an address of the subnet lies, when no more is known of it."""
    blocks = [subnet.prefix] if ip_version == 4 else list(subnet.prefixes_v6)
    return next((block for block in blocks if block is not None), _ANYWHERE[ip_version])


def _party(walk: Walk, name: str, where: Prefix, service: Service | None = None) -> Party:
    lists = walk.network.prefix_lists.values()
    wanted = f"com.amazonaws.{service.region}.{service.name}" if service else None
    own = [
        block
        for each in lists
        if each.name == wanted
        for block in each.prefixes
        if block.version == where.version
    ]
    # A service's prefix list tells where its address is, as far as it needs to be known.
    party = Party(name, tuple(own) if own and where.prefixlen == 0 else (where,))
    holding = (
        each
        for each in lists
        if each.name == wanted or any(party.within(block) for block in each.prefixes)
    )
    return replace(
        party,
        prefix_list_ids=frozenset(each.id for each in holding),
        known_lists=frozenset(each.id for each in lists),
    )


def _named_endpoint(walk: Walk, service: Service, hostnames: bool) -> Endpoint | None:
    """The interface endpoint that the service's own name leads to, or None."""
    for endpoint in walk.network.endpoints.values():
        if (
            endpoint.kind != "Interface"
            or endpoint.vpc_id != walk.subnet.vpc_id
            or not endpoint.serves(service.name, service.region)
        ):
            continue
        why = (
            f"is {endpoint.state}"
            if endpoint.state != "available"
            else "has private DNS off"
            if not endpoint.private_dns
            else f"needs enableDnsHostnames, which is off in {endpoint.vpc_id}"
            if not hostnames
            else None
        )
        if why is None:
            return endpoint
        walk.passed(
            "endpoint",
            endpoint.id,
            "private DNS",
            f"{endpoint.id} {why}, so the service's own name does not lead to it.",
        )
    return None


def _endpoint_target(walk: Walk, endpoint: Endpoint, service: Service) -> Target:
    """The interface of the endpoint that is taken.

    AWS's resolver answers with the addresses of all the healthy interfaces. Which of them the
    caller takes is ours: the one in the caller's own zone, else the first by zone.
    """
    subnets = [
        walk.network.subnets[each] for each in endpoint.subnet_ids if each in walk.network.subnets
    ]
    healthy = [each for each in subnets if each.zone not in walk.failed_zones]
    if not healthy:
        if subnets:
            walk.zone_up("endpoint", endpoint.id, subnets[0].zone, f"{endpoint.id}")
        raise walk.absent("endpoint", endpoint.id, "Subnets", "its subnets")
    subnet = min(healthy, key=lambda each: (each.zone != walk.subnet.zone, each.zone, each.id))
    known = (
        address
        for each in endpoint.interface_ids
        if (interface := walk.network.interfaces.get(each)) and interface.subnet_id == subnet.id
        for address in interface.addresses
        if address.version == walk.ip_version
    )
    address = next(known, None)
    block = _block(address) if address is not None else subnet_block(subnet, walk.ip_version)
    walk.passed(
        "name",
        endpoint.id,
        "private DNS",
        f"Private DNS of {endpoint.id} leads the name of {label(service)} to its interface in "
        f"{subnet.id} ({subnet.zone}).",
    )
    party = Party(
        endpoint.id,
        (block,),
        frozenset(endpoint.group_ids),
        known_lists=frozenset(walk.network.prefix_lists),
    )
    return Target(party, address, service, endpoint, subnet.id)
