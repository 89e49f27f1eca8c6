"""Faults of experiments as EC2 shows them: network ACLs that deny, zones that are down.

AWS Fault Injection Service denies a subnet's traffic by a network ACL of its own, tagged
``managedByFIS``, which it takes away at the end (FIS User Guide, "AWS FIS actions reference",
read 2026-11). So whoever looks at the network finds the cause there, as on AWS.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..iam.account import ACCOUNT_ID
from .seam import replace

ANYWHERE = "0.0.0.0/0"
# The number of the rule that denies what no other rule has decided.
LAST_RULE = 32767
TAGS = [{"Key": "managedByFIS", "Value": "true"}]


@dataclass(frozen=True)
class Denied:
    """A subnet, the ACL that it had, and the one that denies its traffic."""

    subnet_id: str
    before: str
    denying: str


def install() -> None:
    """Let new network ACLs have the last rule, as EC2's do."""
    from moto.ec2.models import EC2Backend  # noqa: PLC0415 - moto loads late

    def closed(create: Any) -> Any:
        def create_network_acl(
            backend: Any, vpc_id: str, tags: Any = None, default: bool = False
        ) -> Any:
            made = create(backend, vpc_id, tags, default)
            for egress in (True, False) if not default else ():
                _add(backend, made.id, LAST_RULE, "deny", ANYWHERE, egress=egress)
            return made

        return create_network_acl

    replace(EC2Backend, "create_network_acl", closed)


def deny(region: str, subnet_ids: list[str], *, inside_too: bool) -> list[Denied]:
    """Deny the traffic that leaves these subnets' VPC, or (``inside_too``) the subnets."""
    backend = _backend(region)
    found = []
    for subnet_id in subnet_ids:
        subnet = backend.get_subnet(subnet_id)
        association, before = _association(backend, subnet_id)
        acl = backend.create_network_acl(subnet.vpc_id, tags=TAGS)
        if not inside_too:
            block = backend.get_vpc(subnet.vpc_id).cidr_block
            for egress in (True, False):
                _add(backend, acl.id, 100, "allow", block, egress=egress)
        backend.replace_network_acl_association(association, acl.id)
        found.append(Denied(subnet_id, before, acl.id))
    return found


def allow_again(region: str, denied: list[Denied]) -> None:
    """Give subnets back the ACLs that they had. What was changed or deleted meanwhile stays so."""
    backend = _backend(region)
    for each in reversed(denied):
        held = _association(backend, each.subnet_id)
        if held[1] == each.denying and each.before in backend.network_acls:
            backend.replace_network_acl_association(held[0], each.before)
        acl = backend.network_acls.get(each.denying)
        if acl is not None and not acl._associations:
            backend.delete_network_acl(each.denying)


def show_zone(region: str, zone: str, message: str) -> None:
    """Let DescribeAvailabilityZones say that a zone is down; an empty message: that it is up."""
    for each in _backend(region).describe_availability_zones():
        if each.name == zone:
            each.state = "unavailable" if message else "available"
            each.messages = [{"Message": message}] if message else []


def _association(backend: Any, subnet_id: str) -> tuple[str, str]:
    """A subnet's association and its network ACL; both empty when the subnet is gone."""
    for acl in list(backend.network_acls.values()):
        for association_id, association in list(acl._associations.items()):
            if association.subnet_id == subnet_id:
                return association_id, acl.id
    return "", ""


def _add(backend: Any, acl_id: str, number: int, action: str, block: str, *, egress: bool) -> None:
    backend.create_network_acl_entry(
        acl_id, number, "-1", action, egress, block, None, None, None, None, None
    )


def _backend(region: str) -> Any:
    from moto.ec2.models import ec2_backends  # noqa: PLC0415 - moto loads late

    return ec2_backends[ACCOUNT_ID][region]
