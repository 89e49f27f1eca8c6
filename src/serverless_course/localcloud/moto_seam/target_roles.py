"""The roles with which EventBridge reaches a rule's targets.

Source: EventBridge User Guide, "Using identity-based policies (IAM policies) for Amazon
EventBridge" (read 2026-11): state machines and streams are reached with a role of the target, which
EventBridge has to be able to assume and which has to allow the call; the words of the refusals:
public error reports of 2019 to 2025.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

SERVICE = "events.amazonaws.com"
# By the target's service: what its role has to allow.
ACTIONS = {
    "firehose": "firehose:PutRecord",
    "kinesis": "kinesis:PutRecord",
    "states": "states:StartExecution",
}


class Roles(Protocol):
    """What is asked of IAM. May be called on any thread."""

    def trusts_service(self, role_arn: str, service: str, source_arn: str = "") -> bool:
        """Whether a service may assume a role for a resource."""

    def role_allows(self, role_arn: str, action: str, resource: str) -> bool:
        """Whether a role's policies allow an action on a resource."""


class TargetRoles:
    """Says which targets may be put, and which are reached."""

    def __init__(self, roles: Roles) -> None:
        self._roles = roles

    def problem(self, targets: Sequence[dict[str, Any]], rule_arn: str) -> str:
        """Why PutTargets refuses these for a rule; empty when it does not."""
        for target in targets:
            arn, role = str(target.get("Arn") or ""), str(target.get("RoleArn") or "")
            if not role and _service(arn) in ACTIONS:
                return f"RoleArn is required for target {arn}."
            if role and not self._roles.trusts_service(role, SERVICE, rule_arn):
                return f"Provided role '{role}' cannot be assumed by principal '{SERVICE}'."
        return ""

    def allow(self, target: dict[str, Any], rule_arn: str) -> bool:
        """Whether the target's role, if it needs one, lets EventBridge reach it now."""
        arn, role = str(target["Arn"]), str(target.get("RoleArn") or "")
        action = ACTIONS.get(_service(arn))
        if action is None:
            return True
        trusted = self._roles.trusts_service(role, SERVICE, rule_arn)
        return trusted and self._roles.role_allows(role, action, arn)


def _service(arn: str) -> str:
    parts = arn.split(":")
    return parts[2] if len(parts) > 5 else ""
