"""IAM and STS. Source: Service Authorization Reference of each (read 2026-11)."""

from __future__ import annotations

from .need import ANY, Asked, Need, passed_role

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
# What is created belongs to a user that is there.
WITHIN_USER = frozenset({"CreateAccessKey", "CreateLoginProfile"})
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
    attached, boundary = asked.text("PolicyArn"), asked.text("PermissionsBoundary")
    keys = {"iam:policyarn": attached, "iam:permissionsboundary": boundary}
    context = {key: value for key, value in keys.items() if value}
    passed = []
    if asked.operation == "AddRoleToInstanceProfile":
        passed = passed_role(asked.names.role_arn(asked.text("RoleName")), "ec2.amazonaws.com")
    for word, parameter, form in KINDS:
        name = asked.text(parameter)
        if word in asked.operation and name:
            return [Need(action, _arn(asked, parameter, form, name), context), *passed]
    return [Need(action, attached or ANY)]


def _arn(asked: Asked, parameter: str, form: str, name: str) -> str:
    if not asked.operation.startswith("Create"):
        found = {
            "RoleName": asked.names.role_arn,
            "UserName": asked.names.user_arn,
            "GroupName": asked.names.group_arn,
        }.get(parameter)
        if found is not None:
            return found(name)
    elif asked.operation in WITHIN_USER:
        return asked.names.user_arn(name)
    path = asked.text("Path").strip("/")
    return f"arn:aws:iam::{asked.account}:{form.format(f'{path}/{name}' if path else name)}"


def _assumed(asked: Asked) -> Need:
    keys = {
        "sts:externalid": asked.text("ExternalId"),
        "sts:rolesessionname": asked.text("RoleSessionName"),
    }
    context = {key: value for key, value in keys.items() if value}
    return Need(f"sts:{asked.operation}", asked.text("RoleArn") or ANY, context)
