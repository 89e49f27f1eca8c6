"""DescribeLogGroups and ListLogGroups, and the class of a log group.

Source: Amazon CloudWatch Logs API Reference of both (botocore's model, read 2026-11); what is told
of groups found by a part of their names, and the words of refusals: recorded from AWS (localstack,
test_logs_groups, 2026). AWS also gives a token for a next page, which is empty, to who looks for a
part of a name; here there is none.
"""

from __future__ import annotations

from typing import Any

from ...moto_seam.log_groups import LogGroup
from ...wire.errors import ServiceError
from .call import LogsCall
from .paging import page

STANDARD = "STANDARD"
# What tells groups of other accounts apart: there is one account here.
OTHER_ACCOUNTS = ("accountIdentifiers", "includeLinkedAccounts")
# Of ListLogGroups.
BY_CONTENT = ("dataSources", "fieldIndexNames", "logGroupTags")
# What AWS does not tell of groups that were found by a part of their names.
NOT_FOUND_BY_PART = ("storedBytes", "deletionProtectionEnabled")


def describe_log_groups(call: LogsCall) -> dict[str, Any]:
    """The log groups whose names begin with a prefix, or hold a text, or are listed."""
    given = call.parameters
    _refuse_other_accounts(given)
    found, token = page(_chosen(call), given)
    untold = NOT_FOUND_BY_PART if given.get("logGroupNamePattern") else ()
    return {
        "logGroups": [
            {
                **{name: each for name, each in group.described().items() if name not in untold},
                "metricFilterCount": call.groups.metric_filters(call.region, group.name),
                "logGroupClass": STANDARD,
            }
            for group in found
        ],
        "nextToken": token,
    }


def list_log_groups(call: LogsCall) -> dict[str, Any]:
    """The log groups whose names a pattern finds: parts, or ``^`` and a beginning, or several."""
    given = call.parameters
    _refuse_other_accounts(given)
    for member in BY_CONTENT:
        if given.get(member):
            raise ServiceError(
                "InvalidParameterException",
                f"The embedded cloud finds log groups by their names alone. Leave {member} out, "
                "or use an AWS account.",
            )
    parts = str(given.get("logGroupNamePattern", "")).split("|")
    groups = [
        group
        for group in call.groups.log_groups(call.region)
        if any(_finds(part, group.name) for part in parts)
    ]
    if given.get("logGroupClass", STANDARD) != STANDARD:
        groups = []
    found, token = page(groups, given)
    return {
        "logGroups": [
            {"logGroupName": each.name, "logGroupArn": each.arn, "logGroupClass": STANDARD}
            for each in found
        ],
        "nextToken": token,
    }


def _finds(part: str, name: str) -> bool:
    return name.startswith(part[1:]) if part.startswith("^") else part in name


def _refuse_other_accounts(given: dict[str, Any]) -> None:
    for member in OTHER_ACCOUNTS:
        if given.get(member):
            raise ServiceError(
                "InvalidParameterException",
                f"The embedded cloud has one account. Leave {member} out, or use an AWS account.",
            )


def refuse_other_classes(given: dict[str, Any]) -> None:
    """CreateLogGroup: only the Standard class is offered. Raises `ServiceError`."""
    wanted = given.get("logGroupClass", STANDARD)
    if wanted != STANDARD:
        raise ServiceError(
            "InvalidParameterException",
            f"The embedded cloud does not offer log groups of the class {wanted}. "
            "Leave logGroupClass out, or use an AWS account.",
        )


def _chosen(call: LogsCall) -> list[LogGroup]:
    given = call.parameters
    prefix, part = given.get("logGroupNamePrefix", ""), given.get("logGroupNamePattern", "")
    if prefix and part:
        raise ServiceError(
            "InvalidParameterException",
            "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
        )
    if given.get("logGroupClass", STANDARD) != STANDARD:
        return []
    listed = given.get("logGroupIdentifiers")
    groups = call.groups.log_groups(call.region)
    if listed:
        chosen = {call.group(named=name).name for name in listed}
        return [group for group in groups if group.name in chosen]
    return [each for each in groups if each.name.startswith(prefix) and part in each.name]
