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
    """Those of the database, of the function, of the interface endpoints, of the NAT gateways."""
    yield _interface(choices, 1, ("data", 0), 0, "interface", "database", DATABASE_GROUP)
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


def database_address(choices: Choices) -> str:
    """The address of the design's database, in the first zone."""
    return str(choices.block("data", 0)[FIRST_FREE])


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
