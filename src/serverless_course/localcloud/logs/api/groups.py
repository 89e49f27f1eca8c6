"""DescribeLogGroups, and the class of a log group.

Source: Amazon CloudWatch Logs API Reference, "DescribeLogGroups" (botocore's model, read 2026-11).
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


def describe_log_groups(call: LogsCall) -> dict[str, Any]:
    """The log groups whose names begin with a prefix, or hold a text, or are listed."""
    given = call.parameters
    for member in OTHER_ACCOUNTS:
        if given.get(member):
            raise ServiceError(
                "InvalidParameterException",
                f"The embedded cloud has one account. Leave {member} out, or use an AWS account.",
            )
    found, token = page(_chosen(call), given)
    return {
        "logGroups": [
            {
                **group.described(),
                "metricFilterCount": call.groups.metric_filters(call.region, group.name),
                "logGroupClass": STANDARD,
            }
            for group in found
        ],
        "nextToken": token,
    }


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
            "logGroupNamePrefix and logGroupNamePattern are mutually exclusive parameters.",
        )
    if given.get("logGroupClass", STANDARD) != STANDARD:
        return []
    listed = given.get("logGroupIdentifiers")
    groups = call.groups.log_groups(call.region)
    if listed:
        chosen = {call.group(named=name).name for name in listed}
        return [group for group in groups if group.name in chosen]
    return [each for each in groups if each.name.startswith(prefix) and part in each.name]
