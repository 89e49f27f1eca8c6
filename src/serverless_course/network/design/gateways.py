"""A design's ways to the internet: its internet gateway and its NAT gateways."""

from __future__ import annotations

from collections.abc import Iterator

from serverless_course.network.design.choices import Choices
from serverless_course.network.design.names import (
    FIRST_FREE,
    GATEWAY_ID,
    REGIONAL_NAT_TABLE,
    VPC_ID,
    Member,
    letters,
    named,
    nat_id,
    subnet_id,
)

# The public addresses stand in a block that is kept for documentation (RFC 5737).
ELASTIC = "203.0.113."


def internet_gateways(choices: Choices) -> list[Member]:
    """The internet gateway, where something needs one."""
    if not choices.public_subnets and choices.nat == "none":
        return []
    attached = [{"VpcId": VPC_ID, "State": "available"}]
    return [{"InternetGatewayId": GATEWAY_ID, "Attachments": attached}]


def nat_gateways(choices: Choices) -> Iterator[Member]:
    """The NAT gateways that were chosen, each with an elastic address."""
    if choices.nat == "regional":
        each_zone = [
            _address(zone) | {"AvailabilityZone": name}
            for zone, name in enumerate(choices.zone_names)
        ]
        yield {
            "NatGatewayId": nat_id(0),
            "VpcId": VPC_ID,
            "State": "available",
            "ConnectivityType": "public",
            "AvailabilityMode": "regional",
            "RouteTableId": REGIONAL_NAT_TABLE,
            "NatGatewayAddresses": each_zone,
            **named("nat-regional"),
        }
        return
    number = {"none": 0, "one": 1, "one a zone": choices.zones}[choices.nat]
    for zone, letter in list(letters(choices))[:number]:
        private = str(choices.block("public", zone)[FIRST_FREE])
        yield {
            "NatGatewayId": nat_id(zone),
            "VpcId": VPC_ID,
            "SubnetId": subnet_id(choices, "public", zone),
            "State": "available",
            "ConnectivityType": "public",
            "AvailabilityMode": "zonal",
            "NatGatewayAddresses": [_address(zone) | {"PrivateIp": private}],
            **named(f"nat-{letter}"),
        }


def _address(zone: int) -> Member:
    return {
        "AllocationId": f"eipalloc-{zone + 1:017x}",
        "PublicIp": f"{ELASTIC}{zone + 10}",
        "IsPrimary": True,
        "Status": "succeeded",
    }
