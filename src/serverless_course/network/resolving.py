"""What a destination's name leads to: a public address, or an endpoint inside the VPC."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

from serverless_course.network.endpoint_names import endpoint_target, named_endpoint
from serverless_course.network.journey import Address, Destination, Reason, Service
from serverless_course.network.passage import Party
from serverless_course.network.places import IpAddress, Prefix, is_private
from serverless_course.network.targets import ANYWHERE, Target, block_of, label
from serverless_course.network.walk import Walk


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
        endpoint = named_endpoint(walk, destination, vpc is None or vpc.dns_hostnames is not False)
        if endpoint is not None:
            return endpoint_target(walk, endpoint, destination)
    there = ip_address(destination.address) if destination.address is not None else None
    if there is not None and _inside(walk, there):
        words = f"The name of {name} leads to the private address {there}."
        walk.passed("name", str(there), "private address", words)
        return _address_target(walk, there)
    block = ANYWHERE[walk.ip_version] if there is None else block_of(there)
    service = destination if isinstance(destination, Service) else None
    walk.passed(
        "name",
        destination.address or name,
        "public name",
        f"The name of {name} leads to a public IPv{walk.ip_version} address.",
    )
    return Target(_party(walk, name, block, service, by_name=True), there, service)


def _address_target(walk: Walk, there: IpAddress) -> Target:
    """Who holds an address: an interface of the own VPC, or of one that is peered with it."""
    network, own = walk.network, walk.subnet.vpc_id
    inside = _of_own_vpc(walk, there)
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
    party = _party(walk, str(there), block_of(there))
    if interface is not None:
        party = replace(party, group_ids=frozenset(interface.group_ids))
    elif "NetworkInterfaces" not in network.described and _inside(walk, there):
        party = replace(party, group_ids=None)
    return Target(party, there, interface=interface)


def _of_own_vpc(walk: Walk, there: IpAddress) -> bool:
    vpc = walk.network.vpcs.get(walk.subnet.vpc_id)
    return vpc.holds(there) if vpc is not None else walk.subnet.holds(there)


def _inside(walk: Walk, there: IpAddress) -> bool:
    """Whether an address is the own VPC's, or private and so of a network beside it."""
    return _of_own_vpc(walk, there) or is_private(block_of(there))


def _party(
    walk: Walk,
    name: str,
    where: Prefix,
    service: Service | None = None,
    *,
    by_name: bool = False,
) -> Party:
    """The destination as filters see it.

    AWS's own prefix lists are of one service each, so what is called by name is in its service's
    list and in no other. An address is in a list when one of the list's blocks holds it.
    """
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
        known_lists=frozenset(
            each.id
            for each in lists
            if each.prefixes or (by_name and each.name.startswith("com.amazonaws."))
        ),
    )
