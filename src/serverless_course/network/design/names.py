"""The made-up ids and names of a design: the same for the same choices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from serverless_course.network.design.choices import GATEWAY_SERVICES, Choices

Member = dict[str, Any]
VPC_ID = f"vpc-{1:017x}"
GATEWAY_ID = f"igw-{1:017x}"
FUNCTION_GROUP, DATABASE_GROUP, ENDPOINT_GROUP = (f"sg-{n:017x}" for n in (1, 2, 3))
REGIONAL_NAT_TABLE = f"rtb-{1:017x}"
ANYWHERE = "0.0.0.0/0"
# AWS keeps the first four addresses and the last one of every subnet.
FIRST_FREE = 4


def named(name: str) -> Member:
    """The tag Name."""
    return {"Tags": [{"Key": "Name", "Value": name}]}


def subnet_id(choices: Choices, tier: str, zone: int) -> str:
    """The id of a tier's subnet in a zone, counted from 0."""
    return f"subnet-{choices.tiers.index(tier) * 16 + zone + 1:017x}"


def nat_id(zone: int) -> str:
    """The id of a zone's NAT gateway; a regional one has the first."""
    return f"nat-{zone + 1:017x}"


def gateway_endpoint_id(service: str) -> str:
    """The id of a service's gateway endpoint."""
    return f"vpce-{GATEWAY_SERVICES.index(service) + 1:017x}"


def prefix_list_id(service: str) -> str:
    """The id of a service's prefix list."""
    return f"pl-{GATEWAY_SERVICES.index(service) + 1:08x}"


def letters(choices: Choices) -> Iterator[tuple[int, str]]:
    """Number and letter of each zone."""
    return enumerate(zone[-1] for zone in choices.zone_names)
