"""A design's network interfaces: each takes an address of its subnet."""

from __future__ import annotations

from collections.abc import Iterator

from serverless_course.network.design.choices import Choices
from serverless_course.network.design.endpoints import interface_id
from serverless_course.network.design.names import (
    DATABASE_GROUP,
    ENDPOINT_GROUP,
    FIRST_FREE,
    FUNCTION_GROUP,
    VPC_ID,
    Member,
    subnet_id,
)


def interfaces(choices: Choices) -> Iterator[Member]:
    """Those of database and standby, function, interface endpoints and zonal NAT gateways."""
    for zone, name in zip(range(choices.zones), ("database", "standby"), strict=False):
        yield _interface(choices, 1 + zone, ("data", zone), 0, "interface", name, DATABASE_GROUP)
    zonal = {"one": 1, "one a zone": choices.zones}.get(choices.nat, 0)
    for zone in range(zonal):
        yield _interface(choices, 32 + zone, ("public", zone), 0, "nat_gateway", "NAT gateway")
    for zone in range(choices.zones):
        # One Hyperplane interface for each subnet and set of groups (Lambda Developer Guide).
        place = ("functions", zone)
        yield _interface(choices, 48 + zone, place, 0, "lambda", "function", FUNCTION_GROUP)
        for number, service in enumerate(choices.interface_endpoints):
            yield _interface(
                choices, 0, place, number + 1, "vpc_endpoint", service, ENDPOINT_GROUP
            ) | {"NetworkInterfaceId": interface_id(choices, number, zone)}


def database_address(choices: Choices, zone: int = 0) -> str:
    """The address of the database in the first zone (0), or of its standby in the second (1).

    An RDS Multi-AZ DB instance has a standby in another zone, and its name leads to the standby
    after a failover (Amazon RDS User Guide, "Multi-AZ DB instance deployments", read 2026-11).
    """
    return str(choices.block("data", zone)[FIRST_FREE])


def _interface(
    choices: Choices,
    number: int,
    place: tuple[str, int],
    rank: int,
    kind: str,
    description: str,
    group: str | None = None,
) -> Member:
    return {
        "NetworkInterfaceId": f"eni-{number:017x}",
        "VpcId": VPC_ID,
        "SubnetId": subnet_id(choices, *place),
        "PrivateIpAddress": str(choices.block(*place)[FIRST_FREE + rank]),
        "InterfaceType": kind,
        "Description": description,
        "Groups": [{"GroupId": group}] if group else [],
        "Status": "in-use",
    }
