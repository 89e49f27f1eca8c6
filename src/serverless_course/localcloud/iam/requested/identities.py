"""IAM and STS. Source: Service Authorization Reference of each (read 2026-11)."""

from __future__ import annotations

from .need import ANY, Asked, Need

# By what an operation speaks of: the parameter that names it, and its ARN. Order counts:
# AddUserToGroup changes the group, AddRoleToInstanceProfile the profile.
KINDS = (
    ("InstanceProfile", "InstanceProfileName", "instance-profile/{}"),
    ("Group", "GroupName", "group/{}"),
    ("Role", "RoleName", "role/{}"),
    ("User", "UserName", "user/{}"),
    ("AccessKey", "UserName", "user/{}"),
    ("LoginProfile", "UserName", "user/{}"),
    ("MFA", "UserName", "user/{}"),
    ("Policy", "PolicyName", "policy/{}"),
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
    for word, parameter, form in KINDS:
        name = asked.text(parameter)
        if word in asked.operation and name:
            return [Need(action, _arn(asked, parameter, form, name), context)]
    return [Need(action, attached or ANY)]


def _arn(asked: Asked, parameter: str, form: str, name: str) -> str:
    if parameter == "RoleName":
        return asked.names.role_arn(name)
    path = asked.text("Path").strip("/") if asked.operation.startswith("Create") else ""
    return f"arn:aws:iam::{asked.account}:{form.format(f'{path}/{name}' if path else name)}"


def _assumed(asked: Asked) -> Need:
    keys = {
        "sts:externalid": asked.text("ExternalId"),
        "sts:rolesessionname": asked.text("RoleSessionName"),
    }
    context = {key: value for key, value in keys.items() if value}
    return Need(f"sts:{asked.operation}", asked.text("RoleArn") or ANY, context)
