"""IAM and STS. Source: Service Authorization Reference of each (read 2026-11)."""

from __future__ import annotations

from .need import ANY, Asked, Need

KINDS = (
    ("UserName", "user/{}"),
    ("GroupName", "group/{}"),
    ("InstanceProfileName", "instance-profile/{}"),
    ("PolicyName", "policy/{}"),
)
STS = frozenset(
    {
        "AssumeRole",
        "AssumeRoleWithSAML",
        "AssumeRoleWithWebIdentity",
        "DecodeAuthorizationMessage",
        "GetAccessKeyInfo",
        "GetCallerIdentity",
        "GetFederationToken",
        "GetSessionToken",
    }
)


def identities(asked: Asked) -> list[Need]:
    """IAM: the role, user, group or policy. STS: the role to assume."""
    if asked.operation in STS:
        return [_assumed(asked)]
    action = f"iam:{asked.operation}"
    attached = asked.text("PolicyArn")
    context = {"iam:policyarn": attached} if attached else {}
    if asked.text("RoleName"):
        return [Need(action, asked.names.role_arn(asked.text("RoleName")), context)]
    for parameter, form in KINDS:
        if asked.text(parameter):
            path = asked.text("Path").strip("/") if asked.operation.startswith("Create") else ""
            name = f"{path}/{asked.text(parameter)}" if path else asked.text(parameter)
            return [Need(action, f"arn:aws:iam::{asked.account}:{form.format(name)}", context)]
    return [Need(action, attached or ANY)]


def _assumed(asked: Asked) -> Need:
    keys = {
        "sts:externalid": asked.text("ExternalId"),
        "sts:rolesessionname": asked.text("RoleSessionName"),
    }
    context = {key: value for key, value in keys.items() if value}
    return Need(f"sts:{asked.operation}", asked.text("RoleArn") or ANY, context)
