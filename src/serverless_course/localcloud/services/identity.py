"""IAM and STS in moto: credentials, and what a role's policies allow."""

from __future__ import annotations

import json
from typing import Any

from ..signature import Credential
from .application import ACCOUNT_ID

PARTITION = "aws"
SESSION_S = 12 * 3600


def credential(access_key_id: str) -> Credential | None:
    """The credential behind an access key that IAM or STS gave out, or None."""
    from moto.iam.models import iam_backends  # noqa: PLC0415 - moto loads late
    from moto.sts.models import sts_backends  # noqa: PLC0415

    assumed = sts_backends[ACCOUNT_ID][PARTITION].get_assumed_role_from_access_key(access_key_id)
    if assumed is not None:
        return Credential(access_key_id, assumed.secret_access_key, assumed.session_token)
    for user in iam_backends[ACCOUNT_ID][PARTITION].users.values():
        for key in user.access_keys:
            if key.access_key_id == access_key_id and key.status == "Active":
                return Credential(access_key_id, key.secret_access_key)
    return None


def role_credentials(role_arn: str, session_name: str, region: str) -> dict[str, str]:
    """Temporary credentials of a role, as environment variables."""
    from moto.sts.models import sts_backends  # noqa: PLC0415 - moto loads late

    assumed = sts_backends[ACCOUNT_ID][PARTITION].assume_role(
        region_name=region,
        role_session_name=session_name,
        role_arn=role_arn,
        policy="",
        duration=SESSION_S,
        external_id="",
    )
    return {
        "AWS_ACCESS_KEY_ID": assumed.access_key_id,
        "AWS_SECRET_ACCESS_KEY": assumed.secret_access_key,
        "AWS_SESSION_TOKEN": assumed.session_token,
    }


def trusts(role_arn: str, service: str) -> bool:
    """Whether a role exists and its trust policy lets a service assume it."""
    role = _role(role_arn)
    if role is None:
        return False
    document = json.loads(role.assume_role_policy_document)
    return any(_lets_assume(statement, service) for statement in _as_list(document["Statement"]))


def role_allows(role_arn: str, action: str, resource: str) -> bool:
    """Whether a role's policies allow an action on an ARN, and none of them denies it."""
    from moto.iam.access_control import IAMPolicy, PermissionResult  # noqa: PLC0415 - loads late

    role = _role(role_arn)
    if role is None:
        return False
    documents: list[Any] = [*role.policies.values()]
    documents += list(role.managed_policies.values())
    results = [IAMPolicy(each).is_action_permitted(action, resource) for each in documents]
    return PermissionResult.PERMITTED in results and PermissionResult.DENIED not in results


def _role(role_arn: str) -> Any:
    from moto.iam.models import iam_backends  # noqa: PLC0415 - moto loads late

    for role in iam_backends[ACCOUNT_ID][PARTITION].roles.values():
        if role.arn == role_arn:
            return role
    return None


def _lets_assume(statement: dict[str, Any], service: str) -> bool:
    services = _as_list(statement.get("Principal", {}).get("Service", []))
    return (
        statement.get("Effect") == "Allow"
        and "sts:AssumeRole" in _as_list(statement.get("Action", []))
        and service in services
    )


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
