"""What lets a design's packets through: its security groups and its network ACL."""

from __future__ import annotations

from serverless_course.network.design.choices import Choices
from serverless_course.network.design.names import (
    ANYWHERE,
    DATABASE_GROUP,
    ENDPOINT_GROUP,
    FUNCTION_GROUP,
    VPC_ID,
    Member,
)

DATABASE_PORT, HTTPS = 5432, 443
# The rule * of every network ACL.
LAST_RULE = 32767


def security_groups(choices: Choices) -> list[Member]:
    """One for the function, and two that let only the function in."""
    out = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": ANYWHERE}]}]
    return [
        _group(FUNCTION_GROUP, "functions", [], out if choices.open_egress else []),
        _group(DATABASE_GROUP, "database", [_from_function(DATABASE_PORT)], out),
        _group(ENDPOINT_GROUP, "endpoints", [_from_function(HTTPS)], out),
    ]


def network_acls() -> list[Member]:
    """The default network ACL: it lets everything through."""
    entries = [
        {
            "RuleNumber": number,
            "Egress": egress,
            "RuleAction": action,
            "Protocol": "-1",
            "CidrBlock": ANYWHERE,
        }
        for egress in (False, True)
        for number, action in ((100, "allow"), (LAST_RULE, "deny"))
    ]
    return [
        {
            "NetworkAclId": f"acl-{1:017x}",
            "VpcId": VPC_ID,
            "IsDefault": True,
            "Entries": entries,
            "Associations": [],
        }
    ]


def _group(identifier: str, name: str, ingress: list[Member], egress: list[Member]) -> Member:
    return {
        "GroupId": identifier,
        "GroupName": name,
        "VpcId": VPC_ID,
        "IpPermissions": ingress,
        "IpPermissionsEgress": egress,
    }


def _from_function(port: int) -> Member:
    pairs = [{"GroupId": FUNCTION_GROUP}]
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": pairs}
