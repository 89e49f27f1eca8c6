"""Which resources a template's target means: by ARN, by tags, by filters.

Source: FIS User Guide, "Targets for AWS FIS" (read 2026-11).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

from .actions import FUNCTION, NAT_GATEWAY, SUBNET, invalid

_MODE = re.compile(r"ALL|COUNT\((\d+)\)|PERCENT\((\d+)\)")
# What a filter's path, or a parameter of aws:ec2:subnet, looks at.
PATHS = {
    "AvailabilityZone": "AvailabilityZone",
    "VpcId": "VpcId",
    "SubnetId": "SubnetId",
    "availabilityZoneIdentifier": "AvailabilityZone",
    "vpc": "VpcId",
}
IDS = {SUBNET: ("Subnets", "SubnetId"), NAT_GATEWAY: ("NatGateways", "NatGatewayId")}
Describe = Callable[[], dict[str, list[dict[str, Any]]]]


def check(name: str, target: dict[str, Any]) -> None:
    """Refuse a target that cannot mean anything. Raises ValidationException."""
    kind = target["resourceType"]
    if kind not in (SUBNET, FUNCTION, NAT_GATEWAY):
        raise invalid(f"Target {name}: the embedded cloud has no targets of type {kind}.")
    if not _MODE.fullmatch(target["selectionMode"]):
        raise invalid(f"Target {name}: selectionMode is ALL, COUNT(n) or PERCENT(n).")
    ways = [target.get(way) for way in ("resourceArns", "resourceTags", "parameters", "filters")]
    if not any(ways):
        raise invalid(f"Target {name} must name ARNs, tags or parameters.")
    if kind == FUNCTION and not target.get("resourceArns"):
        raise invalid(f"Target {name}: functions are named by their ARNs here.")
    wanted = [each["path"] for each in target.get("filters") or []]
    wanted += list(target.get("parameters") or {})
    for path in wanted:
        if kind != SUBNET or path not in PATHS:
            raise invalid(f"Target {name}: {path} is no filter here; subnets have {list(PATHS)}.")


def resolve(target: dict[str, Any], describe: Describe) -> list[str]:
    """The ids (functions: the ARNs) of the resources that a target means now."""
    arns = target.get("resourceArns") or []
    if target["resourceType"] == FUNCTION:
        return _select(target["selectionMode"], list(arns))
    listed, member = IDS[target["resourceType"]]
    found = [each for each in describe()[listed] if _matches(target, each, member)]
    return _select(target["selectionMode"], [str(each[member]) for each in found])


def _matches(target: dict[str, Any], resource: dict[str, Any], member: str) -> bool:
    arns = target.get("resourceArns") or []
    if arns and resource[member] not in [arn.rpartition("/")[2] for arn in arns]:
        return False
    tags = {tag["Key"]: tag["Value"] for tag in resource.get("Tags", ())}
    if not (target.get("resourceTags") or {}).items() <= tags.items():
        return False
    conditions = [(each["path"], each["values"]) for each in target.get("filters") or []]
    conditions += [(path, [value]) for path, value in (target.get("parameters") or {}).items()]
    return all(
        resource.get(PATHS[path]) in values
        or (PATHS[path] == "AvailabilityZone" and resource.get("AvailabilityZoneId") in values)
        for path, values in conditions
    )


def _select(mode: str, found: list[str]) -> list[str]:
    match = _MODE.fullmatch(mode)
    assert match is not None
    if match[1]:
        return random.sample(found, min(int(match[1]), len(found)))
    if match[2]:
        return random.sample(found, len(found) * int(match[2]) // 100)
    return found
