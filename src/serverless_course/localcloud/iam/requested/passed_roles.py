"""The roles that a request hands to a service, wherever it holds them.

Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service" (read 2026-11);
which members hold roles: botocore's models, where their names end in Role or RoleArn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .need import Need, passed_role

# By IAM prefix: the service that a role is passed to (iam:PassedToService). The services that are
# left out take no roles but as their own resources (IAM, STS) or of other accounts.
TAKERS = {
    "cloudformation": "cloudformation.amazonaws.com",
    "cloudwatch": "streams.metrics.cloudwatch.amazonaws.com",
    "dynamodb": "application-autoscaling.amazonaws.com",
    "ec2": "ec2.amazonaws.com",
    "ecr": "ecr.amazonaws.com",
    "events": "events.amazonaws.com",
    "firehose": "firehose.amazonaws.com",
    "kinesis": "kinesis.amazonaws.com",
    "logs": "logs.amazonaws.com",
    "secretsmanager": "secretsmanager.amazonaws.com",
    "sns": "sns.amazonaws.com",
    "ssm": "ssm.amazonaws.com",
    "states": "states.amazonaws.com",
}
# EC2 flow logs name their role otherwise.
_ROLE = re.compile(r"role(_?arn)?$|deliverlogspermissionarn$", re.IGNORECASE)
# The name of an entry of a map in a form, whose value stands beside it.
_ENTRY = re.compile(r"(.*\.)key$")


def passed_roles(prefix: str, operation: str, parameters: Any) -> list[Need]:
    """iam:PassRole for each role in a request's parameters."""
    service = TAKERS.get(prefix)
    if service is None or (prefix == "dynamodb" and operation not in SCALING):
        return []
    found: list[Need] = []
    for role in dict.fromkeys(_roles(parameters)):
        found += passed_role(role, service)
    return found


# The operations of DynamoDB that take roles; others hold items, whose members may have any name.
SCALING = frozenset({"UpdateGlobalTableSettings", "UpdateTableReplicaAutoScaling"})


def _roles(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting += each
        elif isinstance(each, dict):
            for name, member in each.items():
                if isinstance(member, str):
                    yield from _role_in(each, str(name), member)
                else:
                    waiting.append(member)


def _role_in(members: dict[str, Any], name: str, value: str) -> Iterator[str]:
    entry = _ENTRY.match(name)
    if entry and _ROLE.search(value):
        named = members.get(f"{entry[1]}value")
        if isinstance(named, str) and named:
            yield named
    elif name == "AttributeName" and _ROLE.search(value):
        named = members.get("AttributeValue")
        if isinstance(named, str) and named:
            yield named
    elif value and _ROLE.search(name):
        yield value
