"""The policies of a user, a group or a role in moto's IAM, each with the name that IAM's policy
simulator gives it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ..iam.account import ACCOUNT_ID
from ..wire.errors import ServiceError
from .identity import PARTITION, Identity, default_version

EVERYTHING = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    }
)


@dataclass(frozen=True)
class Owner:
    """``policies`` and ``boundary`` have a name and a document each; ``kind`` is user, group or
    role."""

    arn: str
    kind: str
    policies: tuple[tuple[str, str], ...]
    boundary: tuple[str, str] | None


def owner_of(arn: str, identity: Identity) -> Owner:
    """Who has an ARN. Raises `ServiceError` (NoSuchEntity, InvalidInput)."""
    administrator = identity.administrator
    if administrator is not None and administrator.arn == arn:
        return Owner(arn, "user", (("AdministratorAccess", EVERYTHING),), None)
    kind = arn.rpartition(":")[2].partition("/")[0]
    if not arn.startswith("arn:aws:iam::") or kind not in ("user", "group", "role"):
        raise ServiceError("InvalidInput", f"Invalid Entity Arn: {arn}")
    iam = _iam()
    owners = {"user": iam.users, "group": iam.groups, "role": iam.roles}[kind]
    for each in list(owners.values()):
        if each.arn == arn:
            return Owner(arn, kind, _policies(each, kind, iam), _boundary(each, kind, iam))
    name = arn.rpartition("/")[2]
    raise ServiceError("NoSuchEntity", f"The {kind} with name {name} cannot be found.", 404)


def is_policy(document: str) -> bool:
    """Whether a text is a policy document: an object with statements."""
    try:
        read = json.loads(document)
    except ValueError:
        return False
    return isinstance(read, dict) and isinstance(read.get("Statement"), (dict, list))


def _policies(owner: Any, kind: str, iam: Any) -> tuple[tuple[str, str], ...]:
    found = [
        (f"{kind}_{owner.name}_{name}", document if isinstance(document, str) else _text(document))
        for name, document in list(owner.policies.items())
    ]
    found += [(each.name, default_version(each)) for each in list(owner.managed_policies.values())]
    if kind == "user":
        for group in list(iam.groups.values()):
            if owner in group.users:
                found += _policies(group, "group", iam)
    return tuple(found)


def _boundary(owner: Any, kind: str, iam: Any) -> tuple[str, str] | None:
    arn = None
    if kind == "role":
        arn = owner.permissions_boundary_arn
    elif kind == "user":
        arn = (getattr(owner, "permissions_boundary", None) or {}).get("PermissionsBoundaryArn")
    policy = iam.managed_policies.get(arn) if arn else None
    return (policy.name, default_version(policy)) if policy is not None else None


def _text(document: Any) -> str:
    return json.dumps(document)


def _iam() -> Any:
    from moto.iam.models import iam_backends  # noqa: PLC0415 - moto loads late

    return iam_backends[ACCOUNT_ID][PARTITION]
