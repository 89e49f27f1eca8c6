"""A design's VPC endpoints, and the prefix lists of those that are gateways."""

from __future__ import annotations

from collections.abc import Iterator

from serverless_course.network.design.choices import Choices
from serverless_course.network.design.names import (
    ENDPOINT_GROUP,
    VPC_ID,
    Member,
    gateway_endpoint_id,
    named,
    prefix_list_id,
    subnet_id,
)


def endpoints(choices: Choices) -> Iterator[Member]:
    """Gateway endpoints on the route tables of the functions, interface endpoints beside them."""
    for service in choices.gateway_endpoints:
        yield _endpoint(choices, gateway_endpoint_id(service), service) | {
            "VpcEndpointType": "Gateway",
            "RouteTableIds": [f"rtb-{16 + zone:017x}" for zone in range(choices.zones)],
        }
    for number, service in enumerate(choices.interface_endpoints):
        yield _endpoint(choices, interface_endpoint_id(number), service) | {
            "VpcEndpointType": "Interface",
            "SubnetIds": [subnet_id(choices, "functions", zone) for zone in range(choices.zones)],
            "NetworkInterfaceIds": [
                interface_id(choices, number, zone) for zone in range(choices.zones)
            ],
            "Groups": [{"GroupId": ENDPOINT_GROUP, "GroupName": "endpoints"}],
            "PrivateDnsEnabled": True,
        }


def prefix_lists(choices: Choices) -> list[Member]:
    """A prefix list for each gateway endpoint; the blocks in it are AWS's business."""
    return [
        {
            "PrefixListId": prefix_list_id(service),
            "PrefixListName": f"com.amazonaws.{choices.region}.{service}",
            "Cidrs": [],
        }
        for service in choices.gateway_endpoints
    ]


def interface_endpoint_id(number: int) -> str:
    """The id of the interface endpoint with this place among the chosen, from 0."""
    return f"vpce-{number + 16:017x}"


def interface_id(choices: Choices, number: int, zone: int) -> str:
    """The id of an endpoint's interface in a zone."""
    return f"eni-{64 + number * len(choices.zone_names) + zone:017x}"


def _endpoint(choices: Choices, identifier: str, service: str) -> Member:
    return {
        "VpcEndpointId": identifier,
        "VpcId": VPC_ID,
        "ServiceName": f"com.amazonaws.{choices.region}.{service}",
        "State": "available",
        **named(f"endpoint-{service}"),
    }
