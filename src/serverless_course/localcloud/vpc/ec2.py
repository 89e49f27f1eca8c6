"""What functions' networks ask of EC2."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Interface:
    """A network interface that Lambda made. ``zone`` is the availability zone's name."""

    id: str
    subnet_id: str
    group_ids: tuple[str, ...]
    vpc_id: str
    zone: str
    address: str


class Ec2(Protocol):
    """EC2 of every region. May be asked on any thread."""

    def describe(self, region: str) -> dict[str, list[dict[str, Any]]]:
        """The lists of EC2's describe calls, by the names that boto3 gives them."""

    def vpc_of(self, region: str, subnet_id: str) -> str | None:
        """The VPC of a subnet, or None when there is no such subnet."""

    def vpc_of_group(self, region: str, group_id: str) -> str | None:
        """The VPC of a security group, or None when there is no such group."""

    def count_lambda(self, region: str, vpc_id: str) -> int:
        """How many interfaces of Lambda's a VPC has."""

    def make_interface(
        self,
        region: str,
        subnet_id: str,
        group_ids: tuple[str, ...],
        description: str,
        tags: dict[str, str],
    ) -> Interface | None:
        """Make an interface of Lambda's; None when the subnet has no free address."""

    def delete_interface(self, region: str, interface_id: str) -> None:
        """Delete an interface of Lambda's, if it is still there."""
