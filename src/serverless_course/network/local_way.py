"""Within a VPC: to a network interface, past its subnet's ACL and its security groups."""

from __future__ import annotations

from collections.abc import Iterable

from serverless_course.network.checks import crosses_acl, enters_groups
from serverless_course.network.endpoint_way import policy_allows
from serverless_course.network.journey import Behaviour, Reason, Verdict
from serverless_course.network.passage import Party
from serverless_course.network.places import Subnet
from serverless_course.network.routes import Route
from serverless_course.network.targets import Target
from serverless_course.network.walk import Walk


def local(walk: Walk, target: Target, route: Route) -> Verdict:
    """The local route: to an interface endpoint, or to whatever holds the address."""
    if target.endpoint is not None and target.endpoint_subnet_id is not None:
        endpoint = target.endpoint
        walk.through = endpoint.id
        subnet = walk.network.subnet(target.endpoint_subnet_id)
        enter(walk, target.party, subnet, endpoint.group_ids, endpoint.id)
        policy_allows(walk, target, endpoint)
        service = target.service.name if target.service else endpoint.service_name
        return walk.arrived(
            service, f"Packets reach {service} through {endpoint.id}, without leaving the VPC."
        )
    walk.through = "local"
    subnet, group_ids, interface_id = holder(walk, target, walk.subnet.vpc_id)
    enter(walk, target.party, subnet, group_ids, interface_id)
    return walk.arrived(
        target.party.label, f"Packets reach {target.party.label} ({interface_id}) within the VPC."
    )


def holder(walk: Walk, target: Target, vpc_id: str) -> tuple[Subnet, tuple[str, ...], str]:
    """Subnet, security groups and id of the interface that holds the target's address."""
    interface, there = target.interface, target.party
    if interface is not None:
        return walk.network.subnet(interface.subnet_id), interface.group_ids, interface.id
    if "NetworkInterfaces" not in walk.network.described:
        raise walk.stop(
            "destination",
            there.label,
            "NetworkInterfaces",
            f"Who holds {there.label} cannot be seen: NetworkInterfaces were not described.",
            Reason.NOT_DESCRIBED,
            behaviour=Behaviour.UNKNOWN,
        )
    inside = walk.network.subnets_of(vpc_id)
    subnet = next((each for each in inside if target.address and each.holds(target.address)), None)
    if subnet is not None and subnet.prefix is not None and target.address is not None:
        offset = int(target.address) - int(subnet.prefix.network_address)
        if target.address.version == 4 and 1 <= offset <= 3:
            raise walk.stop(
                "destination",
                there.label,
                "reserved by AWS",
                f"{there.label} is one of the addresses that AWS keeps in {subnet.id} for its "
                "router and resolver.",
                Reason.NOT_FOLLOWED,
                behaviour=Behaviour.UNKNOWN,
            )
    raise walk.stop(
        "destination",
        there.label,
        f"interfaces of {subnet.id if subnet else vpc_id}",
        f"No network interface of {vpc_id} holds {there.label}.",
        Reason.NOBODY_THERE,
        "Look the address up with describe_network_interfaces.",
    )


def enter(
    walk: Walk, there: Party, subnet: Subnet, group_ids: Iterable[str], interface_id: str
) -> None:
    """Reach an interface, and let its answers come back.

    Packets between two interfaces of one subnet do not cross its border, where network ACLs
    stand (VPC User Guide, "Network ACLs").
    """
    crosses = subnet.id != walk.subnet.id
    if crosses:
        crosses_acl(walk, walk.subnet.id, there, egress=True)
    walk.zone_up("interface", interface_id, subnet.zone, interface_id)
    if crosses:
        crosses_acl(walk, subnet.id, walk.here, egress=False)
    enters_groups(walk, group_ids, interface_id)
    if crosses:
        crosses_acl(walk, subnet.id, walk.here, egress=True, answer=True)
        crosses_acl(walk, walk.subnet.id, there, egress=False, answer=True)
