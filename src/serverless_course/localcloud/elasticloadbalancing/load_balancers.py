"""Operations on load balancers.

Source: Elastic Load Balancing API reference (read 2026-11): CreateLoadBalancer is idempotent, and
DeleteLoadBalancer of one that is gone succeeds. The words about names, zones, groups and gateways:
public error reports, 2016 to 2026.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from ..wire.errors import ServiceError
from .attributes import OF_BALANCERS, PROTECTION, defaults
from .balancer import LoadBalancer, Members, target_groups_of
from .balancing import KINDS, Call
from .paging import page
from .refusals import invalid, misconfigured, missing_of_several, not_offered, not_permitted

NOUN = KINDS["loadbalancer"]
MAX_NAME = 32
MIN_ZONES = 2
MAX_GROUPS = 5
MAX_PER_REGION = 50
NOT_DONE = ("CustomerOwnedIpv4Pool", "EnablePrefixForIpv6SourceNat", "IpamPools")
_NAME = re.compile(r"[A-Za-z0-9-]+")


def create(call: Call) -> Members:
    """CreateLoadBalancer."""
    name, scheme = call["Name"], call.get("Scheme") or "internet-facing"
    _check_offered(call)
    check_name(name, f"The {NOUN}")
    if name.startswith("internal-"):
        raise invalid(f"The load balancer name '{name}' cannot begin with 'internal-'")
    vpc_id, zones = _zones(call)
    networks = call.balancing.networks
    if scheme == "internet-facing" and not networks.has_internet_gateway(call.name, vpc_id):
        raise ServiceError("InvalidSubnet", f"VPC {vpc_id} has no internet gateway")
    groups = _groups(call, vpc_id) or [networks.default_group(call.name, vpc_id)]
    tags = call.tags()
    for each in call.region.balancers.values():
        if each.name == name:
            same = (each.scheme, each.zones, each.groups, each.tags)
            if same == (scheme, zones, groups, tags):
                return {"LoadBalancers": [each.shown()]}
            raise ServiceError(
                "DuplicateLoadBalancerName",
                f"A load balancer with the same name '{name}' exists, but with different settings",
            )
    if len(call.region.balancers) >= MAX_PER_REGION:
        text = f"You have reached the quota of {MAX_PER_REGION} load balancers in a Region"
        raise ServiceError("TooManyLoadBalancers", text)
    attributes = defaults(OF_BALANCERS)
    made = LoadBalancer(
        call.name, name, scheme, vpc_id, zones, groups, datetime.now(UTC), attributes, tags
    )
    made.dns_name = call.balancing.addresses.open(made, 80)
    call.region.balancers[made.arn] = made
    return {"LoadBalancers": [made.shown("provisioning")]}


def describe(call: Call) -> Members:
    """DescribeLoadBalancers."""
    arns, names = call.get("LoadBalancerArns"), call.get("Names")
    every = list(call.region.balancers.values())
    if arns and names:
        raise invalid("Load balancer names and ARNs cannot be specified at the same time")
    if arns:
        known = call.region.balancers
        if any(arn not in known for arn in arns):
            raise missing_of_several(NOUN)
        every = [known[arn] for arn in dict.fromkeys(arns)]
    elif names:
        gone = [name for name in names if all(each.name != name for each in every)]
        if gone:
            raise ServiceError(
                "LoadBalancerNotFound", f"Load balancers '[{', '.join(gone)}]' not found"
            )
        every = [each for each in every if each.name in names]
    return page("LoadBalancers", [each.shown() for each in every], call)


def delete(call: Call) -> Members:
    """DeleteLoadBalancer, with its listeners and rules."""
    arn = call["LoadBalancerArn"]
    try:
        balancer = call.region.balancer(arn)
    except ServiceError as error:
        if error.code == "LoadBalancerNotFound":
            return {}
        raise
    if balancer.attributes[PROTECTION] == "true":
        text = f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
        raise not_permitted(text)
    del call.region.balancers[arn]
    call.balancing.addresses.close(balancer)
    call.changed(arn for rule in balancer.rules for arn in target_groups_of(rule.actions))
    return {}


def set_subnets(call: Call) -> Members:
    """SetSubnets."""
    balancer = call.region.balancer(call["LoadBalancerArn"])
    _check_offered(call)
    vpc_id, zones = _zones(call)
    if vpc_id != balancer.vpc_id:
        raise misconfigured(
            f"The subnets must be in the VPC of the load balancer, {balancer.vpc_id}"
        )
    balancer.zones = zones
    return {"AvailabilityZones": balancer.shown_zones, "IpAddressType": "ipv4"}


def set_security_groups(call: Call) -> Members:
    """SetSecurityGroups."""
    balancer = call.region.balancer(call["LoadBalancerArn"])
    if call.get("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"):
        raise invalid(
            "'EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic' is not supported for load "
            "balancers with the type 'application'"
        )
    groups = _groups(call, balancer.vpc_id)
    if not groups:
        raise invalid("At least one security group must be specified")
    balancer.groups = groups
    return {"SecurityGroupIds": groups}


def set_ip_address_type(call: Call) -> Members:
    """SetIpAddressType: ``ipv4`` is the one that there is."""
    call.region.balancer(call["LoadBalancerArn"])
    _check_offered(call)
    return {"IpAddressType": "ipv4"}


OPERATIONS = {
    "CreateLoadBalancer": create,
    "DescribeLoadBalancers": describe,
    "DeleteLoadBalancer": delete,
    "SetSubnets": set_subnets,
    "SetSecurityGroups": set_security_groups,
    "SetIpAddressType": set_ip_address_type,
}


def check_name(name: str, whose: str) -> None:
    """Refuse a name of a load balancer or a target group. Raises `ServiceError`."""
    start = f"{whose} name '{name}'"
    if len(name) > MAX_NAME:
        raise invalid(f"{start} cannot be longer than '{MAX_NAME}' characters")
    if not _NAME.fullmatch(name):
        text = "can only contain characters that are alphanumeric characters and hyphens(-)"
        raise invalid(f"{start} {text}")
    if name.startswith("-") or name.endswith("-"):
        raise invalid(f"{start} cannot begin or end with a hyphen(-)")


def _check_offered(call: Call) -> None:
    if (call.get("Type") or "application") != "application":
        raise not_offered(f"load balancers of the type {call['Type']}")
    if (call.get("IpAddressType") or "ipv4") != "ipv4":
        raise not_offered(f"the IpAddressType {call['IpAddressType']} of load balancers")
    for name in NOT_DONE:
        if call.get(name):
            raise not_offered(f"the parameter {name} of load balancers")


def _zones(call: Call) -> tuple[str, dict[str, str]]:
    """The VPC, and a subnet for each zone."""
    subnets, mapped = call.get("Subnets") or [], call.get("SubnetMappings") or []
    if subnets and mapped:
        raise invalid("You can specify either subnets or subnet mappings, but not both")
    for each in mapped:
        for name in each:
            if name != "SubnetId":
                text = f"'{name}' is not supported for load balancers with the type 'application'"
                raise misconfigured(text)
        subnets = [*subnets, each.get("SubnetId") or ""]
    networks = call.balancing.networks
    zones: dict[str, str] = {}
    vpcs: set[str] = set()
    for subnet in subnets:
        vpc_id = networks.vpc_of(call.name, subnet)
        if vpc_id is None:
            raise ServiceError("SubnetNotFound", f"The subnet ID '{subnet}' does not exist")
        zone = networks.zone_of(call.name, subnet) or ""
        if zone in zones:
            raise misconfigured(
                "A load balancer cannot be attached to multiple subnets in the same Availability "
                "Zone"
            )
        zones[zone] = subnet
        vpcs.add(vpc_id)
    if len(vpcs) > 1:
        raise misconfigured("All subnets must belong to the same VPC")
    if len(zones) < MIN_ZONES:
        raise invalid("At least two subnets in two different Availability Zones must be specified")
    return vpcs.pop(), zones


def _groups(call: Call, vpc_id: str) -> list[str]:
    groups = list(dict.fromkeys(call.get("SecurityGroups") or []))
    networks = call.balancing.networks
    if any(networks.vpc_of_group(call.name, each) != vpc_id for each in groups):
        raise misconfigured("One or more security groups are invalid")
    if len(groups) > MAX_GROUPS:
        text = f"You can specify at most {MAX_GROUPS} security groups for a load balancer"
        raise misconfigured(text)
    return groups
