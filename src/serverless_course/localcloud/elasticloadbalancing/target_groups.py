"""Operations on target groups and their targets: one function each.

Sources: Elastic Load Balancing API reference; User Guide for Application Load Balancers, "Use
Lambda functions as targets" (read 2026-11): health checks are off, and once they are enabled come
every 35 seconds. The words about names, about what a target group of functions cannot have, and
about time-outs: moto 5.2.5.
"""

from __future__ import annotations

import re

from ..wire.errors import ServiceError
from .attributes import OF_GROUPS, defaults
from .balancer import Members, TargetGroup
from .balancing import KINDS, Call, Region
from .load_balancers import check_name
from .paging import page
from .refusals import in_use, invalid, missing_of_several, not_offered

NOUN = KINDS["targetgroup"]
OF_LAMBDA = "cannot be specified for target groups with target type 'lambda'"
DEFAULTS: Members = {
    "HealthCheckEnabled": False,
    "HealthCheckIntervalSeconds": 35,
    "HealthCheckTimeoutSeconds": 30,
    "HealthyThresholdCount": 5,
    "UnhealthyThresholdCount": 2,
    "HealthCheckPath": "/",
    "Matcher": {"HttpCode": "200"},
}
MAX_PER_REGION = 3000
_CODES = re.compile(r"\d{3}(-\d{3})?(,\d{3}(-\d{3})?)*")


def create(call: Call) -> Members:
    """CreateTargetGroup."""
    name, kind = call["Name"], call.get("TargetType") or "instance"
    check_name(name, "Target group")
    if kind != "lambda":
        for member in ("Protocol", "Port", "VpcId"):
            if call.get(member) is None:
                what = "VPC ID" if member == "VpcId" else member.lower()
                raise invalid(f"A {what} must be specified")
        raise not_offered(f"target groups of the type {kind}")
    for member in ("Protocol", "Port", "VpcId", "ProtocolVersion", "TargetControlPort"):
        if call.get(member) is not None:
            raise invalid(f"{'VPC ID' if member == 'VpcId' else member} {OF_LAMBDA}")
    if (call.get("IpAddressType") or "ipv4") != "ipv4":
        raise not_offered(f"the IpAddressType {call['IpAddressType']} of target groups")
    settings = _settings(call, DEFAULTS)
    tags = call.tags()
    for each in call.region.groups.values():
        if each.name == name:
            if (each.settings, each.tags) == (settings, tags):
                return {"TargetGroups": [_shown(each, call.region)]}
            raise ServiceError(
                "DuplicateTargetGroupName",
                f"A target group with the same name '{name}' exists, but with different settings",
            )
    if len(call.region.groups) >= MAX_PER_REGION:
        text = f"You have reached the quota of {MAX_PER_REGION} target groups in a Region"
        raise ServiceError("TooManyTargetGroups", text)
    made = TargetGroup(call.name, name, settings, defaults(OF_GROUPS), tags)
    call.region.groups[made.arn] = made
    return {"TargetGroups": [_shown(made, call.region)]}


def describe(call: Call) -> Members:
    """DescribeTargetGroups."""
    region, every = call.region, list(call.region.groups.values())
    arn, arns, names = (call.get(each) for each in ("LoadBalancerArn", "TargetGroupArns", "Names"))
    if sum(bool(each) for each in (arn, arns, names)) > 1:
        raise invalid(
            "Target group names, target group ARNs, and a load balancer ARN cannot be specified "
            "at the same time"
        )
    if arn:
        balancer = region.balancer(arn)
        every = [each for each in every if balancer in region.users(each)]
    elif arns or names:
        wanted = set(arns or names)
        every = [each for each in every if (each.arn if arns else each.name) in wanted]
        if len(every) < len(wanted):
            raise missing_of_several(NOUN)
    every.sort(key=lambda each: each.name)
    return page("TargetGroups", [_shown(each, region) for each in every], call)


def modify(call: Call) -> Members:
    """ModifyTargetGroup: what is left out stays."""
    group = call.region.group(call["TargetGroupArn"])
    group.settings = _settings(call, group.settings)
    call.balancing.changed(group)
    return {"TargetGroups": [_shown(group, call.region)]}


def delete(call: Call) -> Members:
    """DeleteTargetGroup."""
    group = call.region.group(call["TargetGroupArn"])
    if call.region.users(group):
        text = f"Target group '{group.arn}' is currently in use by a listener or a rule"
        raise in_use(text)
    del call.region.groups[group.arn]
    call.balancing.changed(group)
    return {}


def register(call: Call) -> Members:
    """RegisterTargets: Elastic Load Balancing must be allowed to invoke the function already."""
    group = call.region.group(call["TargetGroupArn"])
    wanted = list(dict.fromkeys(each["Id"] for each in call["Targets"]))
    for each in call["Targets"]:
        for member, what in (("Port", "Port"), ("QuicServerId", "QUIC server ID")):
            if each.get(member) is not None:
                raise invalid(f"{what} {OF_LAMBDA}")
        if each.get("AvailabilityZone") not in (None, "all"):
            raise invalid(f"Availability Zone {OF_LAMBDA}")
    if not wanted:
        raise invalid("At least one target must be specified")
    if len({*wanted, *([group.target] if group.target else [])}) > 1:
        text = f"Target group '{group.arn}' can have one Lambda function as its target"
        raise ServiceError("TooManyTargets", text)
    call.balancing.targets.check(wanted[0], group.arn)
    if group.target != wanted[0]:
        group.target = wanted[0]
        group.registered += 1
        call.balancing.changed(group)
    return {}


def deregister(call: Call) -> Members:
    """DeregisterTargets. A target that is not registered is no error."""
    group = call.region.group(call["TargetGroupArn"])
    if group.target and any(each["Id"] == group.target for each in call["Targets"]):
        group.target = ""
        group.registered += 1
        call.balancing.changed(group)
    return {}


def describe_health(call: Call) -> Members:
    """DescribeTargetHealth."""
    group = call.region.group(call["TargetGroupArn"])
    if call.get("Include"):
        raise not_offered("anomaly detection of targets")
    wanted = [each["Id"] for each in call.get("Targets") or []]
    described = []
    for target in wanted or ([group.target] if group.target else []):
        health = call.balancing.health(group) if target == group.target else UNREGISTERED
        target_of_it = {"Id": target, "AvailabilityZone": "all"}
        described.append({"Target": target_of_it, "TargetHealth": health})
    return {"TargetHealthDescriptions": described}


UNREGISTERED = {
    "State": "unused",
    "Reason": "Target.NotRegistered",
    "Description": "Target is not registered to the target group",
}
OPERATIONS = {
    "CreateTargetGroup": create,
    "DescribeTargetGroups": describe,
    "ModifyTargetGroup": modify,
    "DeleteTargetGroup": delete,
    "RegisterTargets": register,
    "DeregisterTargets": deregister,
    "DescribeTargetHealth": describe_health,
}


def _settings(call: Call, before: Members) -> Members:
    """The settings of health checks, with those of the call."""
    for member in ("HealthCheckProtocol", "HealthCheckPort"):
        if call.get(member) is not None:
            raise invalid(f"{member} {OF_LAMBDA}")
    found = {**before, **{name: call[name] for name in DEFAULTS if call.get(name) is not None}}
    matcher = found["Matcher"]
    if matcher.get("GrpcCode"):
        raise invalid(f"GrpcCode {OF_LAMBDA}")
    if not _CODES.fullmatch(matcher.get("HttpCode") or ""):
        raise invalid(f"Health check matcher HTTP code '{matcher.get('HttpCode')}' is not valid")
    for code in re.findall(r"\d+", matcher["HttpCode"]):
        if not 200 <= int(code) <= 499:
            text = f"Health check matcher HTTP code '{code}' must be within '200-499' inclusive"
            raise invalid(text)
    if not found["HealthCheckPath"].startswith("/"):
        raise invalid(f"Health check path '{found['HealthCheckPath']}' must begin with '/'")
    interval, timeout = found["HealthCheckIntervalSeconds"], found["HealthCheckTimeoutSeconds"]
    if interval < timeout:
        raise invalid(
            f"Health check timeout '{timeout}' must be smaller than or equal to the interval "
            f"'{interval}'"
        )
    return found


def _shown(group: TargetGroup, region: Region) -> Members:
    return {
        "TargetGroupArn": group.arn,
        "TargetGroupName": group.name,
        **group.settings,
        "LoadBalancerArns": [each.arn for each in region.users(group)],
        "TargetType": "lambda",
        "IpAddressType": "ipv4",
    }
