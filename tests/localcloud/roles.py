"""Roles and users with the policies that a test needs, and clients that act as them."""

from __future__ import annotations

import json
import secrets
from typing import Any

from running_cloud import WRITE_LOGS, RunningCloud

ACCOUNT = "123456789012"
REGION = "us-east-1"
ARN = f"arn:aws:{{}}:{REGION}:{ACCOUNT}:{{}}"


def policy(*statements: dict[str, Any]) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions: Any, resources: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def deny(actions: Any, resources: Any = "*", **more: Any) -> dict[str, Any]:
    return {**allow(actions, resources, **more), "Effect": "Deny"}


def trust(principal: Any, **more: Any) -> str:
    """A trust policy."""
    return policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more})


def of_service(name: str) -> dict[str, str]:
    return {"Service": f"{name}.amazonaws.com"}


OF_ACCOUNT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


def role(cloud: RunningCloud, *statements: dict[str, Any], principal: Any = None) -> str:
    """A role that Lambda may assume, with an inline policy of these statements; its ARN."""
    iam = cloud.client("iam")
    name = f"r-{secrets.token_hex(5)}"
    document = trust(principal or of_service("lambda"))
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    change(cloud, str(arn), *statements)
    return str(arn)


def change(cloud: RunningCloud, role_arn: str, *statements: dict[str, Any]) -> None:
    """Give a role these statements in place of what it had."""
    if statements:
        cloud.client("iam").put_role_policy(
            RoleName=role_arn.rpartition("/")[2],
            PolicyName="test",
            PolicyDocument=policy(*statements),
        )


def writing_role(cloud: RunningCloud, *statements: dict[str, Any]) -> str:
    """A function's role that may write logs, and what the statements say."""
    arn = role(cloud, *statements)
    name = arn.rpartition("/")[2]
    cloud.client("iam").attach_role_policy(RoleName=name, PolicyArn=WRITE_LOGS)
    return arn


class Acting:
    """Clients with the credentials of an assumed role or a user."""

    def __init__(self, cloud: RunningCloud, key: str, secret: str, token: str | None) -> None:
        self._cloud = cloud
        self._given = {"access_key": key, "secret_key": secret, "token": token}

    def client(self, service: str, **settings: Any) -> Any:
        return self._cloud.client(service, **self._given, **settings)


def acting_as(cloud: RunningCloud, *statements: dict[str, Any], **session: Any) -> Acting:
    """A learner who has assumed a role with these statements."""
    return assume(cloud, role(cloud, *statements, principal=OF_ACCOUNT), **session)


def assume(cloud: RunningCloud, role_arn: str, **session: Any) -> Acting:
    given = cloud.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="tester", **session)[
        "Credentials"
    ]
    return Acting(cloud, given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


def acting_user(cloud: RunningCloud, *statements: dict[str, Any]) -> tuple[Acting, str, str]:
    """An IAM user with an access key: clients, the user's name, the key's id."""
    iam = cloud.client("iam")
    name = f"u-{secrets.token_hex(5)}"
    iam.create_user(UserName=name)
    if statements:
        iam.put_user_policy(UserName=name, PolicyName="test", PolicyDocument=policy(*statements))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    acting = Acting(cloud, key["AccessKeyId"], key["SecretAccessKey"], None)
    return acting, name, key["AccessKeyId"]
