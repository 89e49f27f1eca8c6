"""Network interfaces in moto, where EC2's own rules are missing.

moto 5.2.5 gives interfaces addresses outside their subnets, keeps
a deleted NAT gateway's interface and its elastic address, gives out elastic addresses of the
loopback network, and lets groups and subnets be deleted that are in use.
Source: EC2 API reference and VPC User Guide (read 2026-11).
"""

from __future__ import annotations

import ipaddress
import random
from typing import Any

from .seam import replace

# EC2 keeps the first four addresses of a subnet and the last (VPC User Guide, "Subnet sizing").
KEPT_AT_START = 4
# Public addresses that nobody on the Internet has (RFC 5737).
DOCUMENTATION = ("203.0.113.", "198.51.100.", "192.0.2.")


def install() -> None:
    """Give moto EC2's rules for interfaces."""
    from moto.ec2.models import EC2Backend, elastic_ip_addresses  # noqa: PLC0415 - moto loads late

    def in_subnet(create: Any) -> Any:
        def create_network_interface(
            backend: Any, subnet: Any, private_ip_address: Any, *args: Any, **settings: Any
        ) -> Any:
            if isinstance(subnet, str):
                subnet = backend.get_subnet(subnet)
            chosen = private_ip_address
            if isinstance(chosen, list):
                chosen = chosen[0] if chosen else None
            several = settings.get("private_ip_addresses") or (args[0] if args else None)
            if not several and not (chosen and _is_in(chosen, subnet)):
                free = free_addresses(backend, subnet)
                if not free:
                    raise refused(
                        "InsufficientFreeAddressesInSubnet",
                        "The specified subnet does not have enough free addresses to satisfy "
                        "the request.",
                    )
                chosen = free[0]
            return create(backend, subnet, chosen, *args, **settings)

        return create_network_interface

    def own_only(delete: Any) -> Any:
        def delete_network_interface(backend: Any, eni_id: str) -> Any:
            eni = backend.enis.get(eni_id)
            if eni is not None and eni.requester_managed:
                raise refused(
                    "InvalidParameterValue",
                    f"Network interface '{eni_id}' is currently in use.",
                )
            return delete(backend, eni_id)

        return delete_network_interface

    def unused_only(delete: Any) -> Any:
        def delete_security_group(backend: Any, name: Any = None, group_id: Any = None) -> Any:
            group = group_id and backend.get_security_group_from_id(group_id)
            if group and any(group in eni.group_set for eni in list(backend.enis.values())):
                raise _violation(f"resource {group_id} has a dependent object")
            return delete(backend, name, group_id)

        return delete_security_group

    def empty_only(delete: Any) -> Any:
        def delete_subnet(backend: Any, subnet_id: str) -> Any:
            if any(eni.subnet.id == subnet_id for eni in list(backend.enis.values())):
                raise _violation(
                    f"The subnet '{subnet_id}' has dependencies and cannot be deleted."
                )
            return delete(backend, subnet_id)

        return delete_subnet

    replace(EC2Backend, "create_network_interface", in_subnet)
    replace(EC2Backend, "delete_network_interface", own_only)
    replace(EC2Backend, "delete_security_group", unused_only)
    replace(EC2Backend, "delete_subnet", empty_only)
    replace(elastic_ip_addresses, "random_ip", lambda _: public_address)


def public_address() -> str:
    """An elastic address that nobody on the Internet has."""
    from moto.ec2.models import ec2_backends  # noqa: PLC0415 - moto loads late

    taken = {
        address.public_ip
        for regions in list(ec2_backends.values())
        for backend in list(regions.values())
        for address in list(backend.addresses)
    }
    free = [
        f"{prefix}{number}"
        for prefix in DOCUMENTATION
        for number in range(1, 255)
        if f"{prefix}{number}" not in taken
    ]
    return random.choice(free[:254] or free)  # noqa: S311 - an address is no secret


def owned_by(eni: Any, kind: str, description: str) -> None:
    """Show an interface as one that an AWS service made and uses."""
    eni.interface_type = kind
    eni.description = description
    eni.requester_managed = True
    eni.status = "in-use"


def free_addresses(backend: Any, subnet: Any) -> list[str]:
    """The free private addresses of a subnet, the lowest first."""
    taken = {
        item.get("PrivateIpAddress")
        for eni in list(backend.enis.values())
        if eni.subnet.id == subnet.id
        for item in eni.private_ip_addresses
    }
    cidr = subnet.cidr
    taken |= set(subnet._subnet_ips)
    numbers = range(KEPT_AT_START, cidr.num_addresses - 1)
    addresses = (str(cidr.network_address + number) for number in numbers)
    return [address for address in addresses if address not in taken]


def _is_in(address: str, subnet: Any) -> bool:
    try:
        return ipaddress.ip_address(address) in subnet.cidr
    except ValueError:
        return False


def _violation(text: str) -> Exception:
    from moto.ec2.exceptions import DependencyViolationError  # noqa: PLC0415 - moto loads late

    return DependencyViolationError(text)


def refused(code: str, text: str) -> Exception:
    """An error of EC2."""
    from moto.ec2.exceptions import EC2ClientError  # noqa: PLC0415 - moto loads late

    return EC2ClientError(code, text)
