"""A destination as packets, routes and filters see it."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from serverless_course.network.endpoints import Endpoint
from serverless_course.network.journey import Address, Destination, Internet, Service
from serverless_course.network.passage import Party
from serverless_course.network.places import Interface, IpAddress, Prefix, Subnet, prefix

ANYWHERE = {4: prefix("0.0.0.0/0"), 6: prefix("::/0")}


@dataclass(frozen=True)
class Target:
    """Where the packets are addressed to.

    Attributes:
        party: the destination as filters and routes see it.
        address: its address, or None when it is not known.
        service: the service that is called by its public name, or None.
        endpoint: the interface endpoint that the name leads to, or None.
        endpoint_subnet_id: the subnet of the endpoint's interface that is taken.
        interface: the network interface that holds the address, or None.
    """

    party: Party
    address: IpAddress | None = None
    service: Service | None = None
    endpoint: Endpoint | None = None
    endpoint_subnet_id: str | None = None
    interface: Interface | None = None


def version_of(destination: Destination) -> int:
    """4 or 6: the version of the address that the packets go to.

    Raises:
        ValueError: for an address that is none, or a version other than 4 and 6.
    """
    if isinstance(destination, Address):
        return ip_address(destination.ip).version
    if destination.address is not None:
        return ip_address(destination.address).version
    if destination.ip_version not in ANYWHERE:
        raise ValueError(f"ip_version is 4 or 6, not {destination.ip_version!r}.")
    return destination.ip_version


def label(destination: Destination) -> str:
    """The destination as sentences call it."""
    if isinstance(destination, Service):
        return f"{destination.name} in {destination.region}"
    return destination.host if isinstance(destination, Internet) else destination.ip


def block_of(address: IpAddress) -> Prefix:
    """The block of one address."""
    return ip_network(address)


def subnet_block(subnet: Subnet, ip_version: int) -> Prefix:
    """The block in which an address of the subnet lies, when no more is known of it."""
    blocks = [subnet.prefix] if ip_version == 4 else list(subnet.prefixes_v6)
    return next((block for block in blocks if block is not None), ANYWHERE[ip_version])
