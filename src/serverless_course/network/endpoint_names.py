"""Private DNS: when a service's own name leads to an interface endpoint, and to which interface."""

from __future__ import annotations

from serverless_course.network.endpoints import Endpoint
from serverless_course.network.journey import Behaviour, Reason, Service
from serverless_course.network.passage import Party
from serverless_course.network.targets import Target, block_of, label, subnet_block
from serverless_course.network.walk import Walk


def named_endpoint(walk: Walk, service: Service, hostnames: bool) -> Endpoint | None:
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
        if why is None and walk.ip_version == 6:
            raise walk.stop(
                "endpoint",
                endpoint.id,
                "IPv6",
                f"The name of {label(service)} leads to {endpoint.id}, whose IPv6 addresses are "
                "not followed from here.",
                Reason.NOT_FOLLOWED,
                behaviour=Behaviour.UNKNOWN,
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


def endpoint_target(walk: Walk, endpoint: Endpoint, service: Service) -> Target:
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
        if address.version == walk.ip_version and subnet.holds(address)
    )
    address = next(known, None)
    block = block_of(address) if address is not None else subnet_block(subnet, walk.ip_version)
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
