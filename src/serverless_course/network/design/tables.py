"""A design's route tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from serverless_course.network.design.choices import Choices
from serverless_course.network.design.names import (
    ANYWHERE,
    GATEWAY_ID,
    VPC_ID,
    Member,
    gateway_endpoint_id,
    letters,
    named,
    prefix_list_id,
    subnet_id,
)


def route_tables(choices: Choices, nats: list[Member]) -> Iterator[Member]:
    """One for the public subnets, one for each zone's functions, and the main one for the rest."""
    out = {"DestinationCidrBlock": ANYWHERE, "GatewayId": GATEWAY_ID, "State": "active"}
    yield _table(choices, 2, "main", [], main=True)
    if choices.nat == "regional":
        yield _table(choices, 1, "regional-nat", [out])
    if choices.public_subnets:
        subnets = [subnet_id(choices, "public", zone) for zone in range(choices.zones)]
        yield _table(choices, 3, "public", [out], subnets)
    endpoints = [
        {
            "DestinationPrefixListId": prefix_list_id(name),
            "GatewayId": gateway_endpoint_id(name),
            "State": "active",
        }
        for name in choices.gateway_endpoints
    ]
    for zone, letter in letters(choices):
        way: list[Member] = []
        if nats:
            nat = nats[min(zone, len(nats) - 1)]["NatGatewayId"]
            way = [{"DestinationCidrBlock": ANYWHERE, "NatGatewayId": nat, "State": "active"}]
        subnet = subnet_id(choices, "functions", zone)
        yield _table(choices, 16 + zone, f"functions-{letter}", [*way, *endpoints], [subnet])


def _table(
    choices: Choices,
    number: int,
    name: str,
    routes: list[Member],
    subnets: Sequence[str] = (),
    main: bool = False,
) -> Member:
    local = {"DestinationCidrBlock": choices.prefix, "GatewayId": "local", "State": "active"}
    associations = [{"SubnetId": subnet, "Main": False} for subnet in subnets]
    return {
        "RouteTableId": f"rtb-{number:017x}",
        "VpcId": VPC_ID,
        "Associations": [*associations, *([{"Main": True}] if main else [])],
        "Routes": [local, *routes],
        **named(f"routes-{name}"),
    }
