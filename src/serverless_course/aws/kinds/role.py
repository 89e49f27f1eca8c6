"""IAM roles."""

from __future__ import annotations

from collections.abc import Iterable

from serverless_course.aws.cloud import Cloud
from serverless_course.aws.kinds.kind import Instance, Kind, absence_allowed, tag_map


def _roles(cloud: Cloud, _: str) -> Iterable[str]:
    for page in cloud.client("iam").get_paginator("list_roles").paginate():
        yield from (item["RoleName"] for item in page["Roles"])


def _role(cloud: Cloud, name: str) -> list[Instance]:
    with absence_allowed():
        role = cloud.client("iam").get_role(RoleName=name)["Role"]
        return [Instance(name, tag_map(role.get("Tags", [])))]
    return []


def _delete_role(cloud: Cloud, name: str) -> None:
    iam = cloud.client("iam")
    for page in iam.get_paginator("list_attached_role_policies").paginate(RoleName=name):
        for policy in page["AttachedPolicies"]:
            iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
    for page in iam.get_paginator("list_role_policies").paginate(RoleName=name):
        for policy in page["PolicyNames"]:
            iam.delete_role_policy(RoleName=name, PolicyName=policy)
    iam.delete_role(RoleName=name)


ROLE = Kind("IAM role", _roles, _role, _delete_role)
