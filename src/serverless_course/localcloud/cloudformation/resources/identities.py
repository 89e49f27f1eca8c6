"""IAM's resource types."""

from __future__ import annotations

import json
from typing import Any

from .base import (
    Made,
    Properties,
    ResourceType,
    Work,
    changed,
    listed,
    picked,
    stamp,
    unless_gone,
)


def text(document: Any) -> str:
    """A policy document as IAM's API takes it."""
    return document if isinstance(document, str) else json.dumps(document)


class Role(ResourceType):
    """AWS::IAM::Role."""

    name = "AWS::IAM::Role"
    done = frozenset(
        {
            *("AssumeRolePolicyDocument", "Description", "ManagedPolicyArns", "Path", "RoleName"),
            *("MaxSessionDuration", "PermissionsBoundary", "Policies", "Tags"),
        }
    )

    def create(self, work: Work, given: Properties) -> Made:
        """CreateRole, and its policies."""
        client, name = work.client("iam"), given.get("RoleName") or work.name()
        made = client.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=text(given["AssumeRolePolicyDocument"]),
            Tags=work.tag_list(given),
            **picked(given, "Description", "MaxSessionDuration", "Path", "PermissionsBoundary"),
        )["Role"]
        work.begin(name)
        put_policies(client, "role", name, {}, given)
        return Made(name, {"Arn": made["Arn"], "RoleId": made["RoleId"]})

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """UpdateAssumeRolePolicy, UpdateRole, and its policies."""
        client, name = work.client("iam"), made.physical_id
        if changed(old, new, "AssumeRolePolicyDocument"):
            client.update_assume_role_policy(
                RoleName=name, PolicyDocument=text(new["AssumeRolePolicyDocument"])
            )
        if changed(old, new, "Description", "MaxSessionDuration"):
            client.update_role(
                RoleName=name,
                Description=new.get("Description", ""),
                MaxSessionDuration=new.get("MaxSessionDuration", 3600),
            )
        if changed(old, new, "PermissionsBoundary"):
            if new.get("PermissionsBoundary"):
                client.put_role_permissions_boundary(
                    RoleName=name, PermissionsBoundary=new["PermissionsBoundary"]
                )
            else:
                client.delete_role_permissions_boundary(RoleName=name)
        work.retag(
            *(old, new),
            lambda tags: client.tag_role(RoleName=name, Tags=listed(tags)),
            lambda keys: client.untag_role(RoleName=name, TagKeys=keys),
        )
        put_policies(client, "role", name, old, new)
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteRole, after its own policies."""
        client, name = work.client("iam"), made.physical_id
        put_policies(client, "role", name, given, {})
        client.delete_role(RoleName=name)


class Policy(ResourceType):
    """AWS::IAM::Policy: one document, put into roles, users and groups."""

    name = "AWS::IAM::Policy"
    HOLDERS = (("Roles", "role"), ("Users", "user"), ("Groups", "group"))
    done = frozenset({"Groups", "PolicyDocument", "PolicyName", "Roles", "Users"})

    def create(self, work: Work, given: Properties) -> Made:
        """PutRolePolicy and its like."""
        self._put(work.client("iam"), given)
        return Made(work.name(128), {})

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """Put where it belongs now, delete where it no longer does."""
        client = work.client("iam")
        self._put(client, new)
        same = old["PolicyName"] == new["PolicyName"]
        for plural, kind in self.HOLDERS:
            kept = (new.get(plural) or []) if same else []
            self._take(client, kind, [e for e in old.get(plural) or [] if e not in kept], old)
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteRolePolicy and its like."""
        for plural, kind in self.HOLDERS:
            self._take(work.client("iam"), kind, given.get(plural) or [], given)

    def _put(self, client: Any, given: Properties) -> None:
        for plural, kind in self.HOLDERS:
            for name in given.get(plural) or []:
                getattr(client, f"put_{kind}_policy")(
                    PolicyName=given["PolicyName"],
                    PolicyDocument=text(given["PolicyDocument"]),
                    **{f"{kind.capitalize()}Name": name},
                )

    @staticmethod
    def _take(client: Any, kind: str, names: list[str], given: Properties) -> None:
        for name in names:
            unless_gone(
                getattr(client, f"delete_{kind}_policy"),
                PolicyName=given["PolicyName"],
                **{f"{kind.capitalize()}Name": name},
            )


class RolePolicy(ResourceType):
    """AWS::IAM::RolePolicy."""

    name = "AWS::IAM::RolePolicy"
    done = frozenset({"PolicyDocument", "PolicyName", "RoleName"})

    def create(self, work: Work, given: Properties) -> Made:
        """PutRolePolicy."""
        work.client("iam").put_role_policy(
            PolicyDocument=text(given.get("PolicyDocument") or {}),
            **picked(given, "PolicyName", "RoleName"),
        )
        return Made(f"{given['PolicyName']}|{given['RoleName']}")

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """PutRolePolicy again."""
        self.create(work, new)
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteRolePolicy."""
        work.client("iam").delete_role_policy(**picked(given, "PolicyName", "RoleName"))


class ManagedPolicy(ResourceType):
    """AWS::IAM::ManagedPolicy."""

    name = "AWS::IAM::ManagedPolicy"
    done = frozenset(
        {
            *("Description", "Groups", "ManagedPolicyName", "Path", "PolicyDocument", "Roles"),
            "Users",
        }
    )

    def create(self, work: Work, given: Properties) -> Made:
        """CreatePolicy, and attach it."""
        client = work.client("iam")
        made = client.create_policy(
            PolicyName=given.get("ManagedPolicyName") or work.name(128),
            PolicyDocument=text(given["PolicyDocument"]),
            **picked(given, "Description", "Path"),
        )["Policy"]
        work.begin(made["Arn"])
        self._attach(client, made["Arn"], {}, given)
        return Made(made["Arn"], self._told(client, made["Arn"]))

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """CreatePolicyVersion as the default one; the oldest goes when there are five."""
        client, arn = work.client("iam"), made.physical_id
        if changed(old, new, "PolicyDocument"):
            versions = client.list_policy_versions(PolicyArn=arn)["Versions"]
            others = [each for each in versions if not each["IsDefaultVersion"]]
            if len(versions) >= 5:
                oldest = min(others, key=lambda each: each["CreateDate"])
                client.delete_policy_version(PolicyArn=arn, VersionId=oldest["VersionId"])
            client.create_policy_version(
                PolicyArn=arn, PolicyDocument=text(new["PolicyDocument"]), SetAsDefault=True
            )
        self._attach(client, arn, old, new)
        return Made(arn, self._told(client, arn))

    @staticmethod
    def _told(client: Any, arn: str) -> dict[str, Any]:
        found = client.get_policy(PolicyArn=arn)["Policy"]
        return {
            "PolicyArn": arn,
            "UpdateDate": stamp(found["UpdateDate"]),
            **picked(found, "AttachmentCount", "DefaultVersionId", "IsAttachable", "PolicyId"),
            "PermissionsBoundaryUsageCount": found.get("PermissionsBoundaryUsageCount", 0),
        }

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeletePolicy, after what it is attached to and its versions."""
        client, arn = work.client("iam"), made.physical_id
        self._attach(client, arn, given, {})
        for each in client.list_policy_versions(PolicyArn=arn)["Versions"]:
            if not each["IsDefaultVersion"]:
                client.delete_policy_version(PolicyArn=arn, VersionId=each["VersionId"])
        client.delete_policy(PolicyArn=arn)

    @staticmethod
    def _attach(client: Any, arn: str, old: Properties, new: Properties) -> None:
        for plural, kind in Policy.HOLDERS:
            before, after = old.get(plural) or [], new.get(plural) or []
            for name in after:
                if name not in before:
                    getattr(client, f"attach_{kind}_policy")(
                        PolicyArn=arn, **{f"{kind.capitalize()}Name": name}
                    )
            for name in before:
                if name not in after:
                    unless_gone(
                        getattr(client, f"detach_{kind}_policy"),
                        PolicyArn=arn,
                        **{f"{kind.capitalize()}Name": name},
                    )


class User(ResourceType):
    """AWS::IAM::User."""

    name = "AWS::IAM::User"
    done = frozenset(
        {"ManagedPolicyArns", "Path", "PermissionsBoundary", "Policies", "Tags", "UserName"}
    )
    replaces = frozenset({"Path", "PermissionsBoundary", "Tags"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateUser, and its policies."""
        client, name = work.client("iam"), given.get("UserName") or work.name()
        made = client.create_user(
            UserName=name,
            Tags=work.tag_list(given),
            **picked(given, "Path", "PermissionsBoundary"),
        )["User"]
        work.begin(name)
        put_policies(client, "user", name, {}, given)
        return Made(name, {"Arn": made["Arn"]})

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """Its policies."""
        put_policies(work.client("iam"), "user", made.physical_id, old, new)
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteUser, after its own policies."""
        client = work.client("iam")
        put_policies(client, "user", made.physical_id, given, {})
        client.delete_user(UserName=made.physical_id)


def put_policies(client: Any, kind: str, name: str, old: Properties, new: Properties) -> None:
    """The inline and the managed policies of a ``role`` or a ``user``."""
    holder = {f"{kind.capitalize()}Name": name}
    before = {each["PolicyName"]: each["PolicyDocument"] for each in old.get("Policies") or []}
    after = {each["PolicyName"]: each["PolicyDocument"] for each in new.get("Policies") or []}
    for policy in sorted(set(before) - set(after)):
        unless_gone(getattr(client, f"delete_{kind}_policy"), **holder, PolicyName=policy)
    for policy, document in after.items():
        if before.get(policy) != document:
            getattr(client, f"put_{kind}_policy")(
                **holder, PolicyName=policy, PolicyDocument=text(document)
            )
    managed, wanted = old.get("ManagedPolicyArns") or [], new.get("ManagedPolicyArns") or []
    for arn in managed:
        if arn not in wanted:
            unless_gone(getattr(client, f"detach_{kind}_policy"), **holder, PolicyArn=arn)
    for arn in wanted:
        if arn not in managed:
            getattr(client, f"attach_{kind}_policy")(**holder, PolicyArn=arn)


TYPES = (Role(), Policy(), RolePolicy(), ManagedPolicy(), User())
