"""Names for AWS's ids: a reader knows `functions-a`, and not `subnet-0b1f…`."""

from __future__ import annotations

import re

from serverless_course.network.network import Network

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
