"""IAM and STS in moto: who signed, which policies count, and which roles trust whom."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC
from typing import Any

from ..iam.account import ACCOUNT_ID
from ..iam.policies import Decision, decide, trust
from ..iam.principal import ASSUMED_ROLE, USER, Policies, Principal
from ..iam.resource_policies import region_of, service_names
from ..wire.signature import Credential
from .seam import replace

PARTITION = "aws"
SESSION_S = 12 * 3600
SESSION_NAME_CHARACTERS = 64
# A session's name has two characters at least: what Lambda makes of a function's name of one
# (recorded from AWS, localstack's test_assume_role, 2024).
SHORT_SESSION = "{}@lambda_function"
ACCOUNT_ROOT = f"arn:aws:iam::{ACCOUNT_ID}:root"


def session_of(function: str) -> str:
    """The name of a role session for a function."""
    name = SHORT_SESSION.format(function) if len(function) == 1 else function
    return name[:SESSION_NAME_CHARACTERS]


class Identity:
    """The account's principals. ``wait`` returns when moto is loaded: every method calls it first.

    May be used on any thread. ``administrator`` owns the key that is not in IAM.
    """

    def __init__(self, wait: Callable[[], None]) -> None:
        self.administrator: Principal | None = None
        self._wait = wait
        self._sessions: dict[str, Principal] = {}
        self._role_ids: dict[str, str] = {}

    def principal(self, access_key_id: str) -> Principal | None:
        """Who owns an access key that IAM or STS gave out; None for an unknown or inactive key."""
        self._wait()
        session = self._sessions.get(access_key_id)
        if session is not None:
            return session if self._lives(session) else None
        key = _iam().access_keys.get(access_key_id)
        if key is None:
            return None
        if key.user_name is not None:
            return self._user(key)
        assumed = _sts().get_assumed_role_from_access_key(access_key_id)
        if assumed is None:
            return None
        return self._remember(assumed, "", assumed.expiration.replace(tzinfo=UTC).timestamp())

    def policies(self, principal: Principal) -> Policies:
        """The policies that count for a principal now; a deleted role or user has none."""
        self._wait()
        if principal.kind == USER:
            user = _iam().users.get(principal.name)
            if user is None or user.arn != principal.arn:
                return Policies(())
            bound = getattr(user, "permissions_boundary", None) or {}
            limit = bound.get("PermissionsBoundaryArn")
            documents = tuple(_user_documents(principal.name))
            return Policies(documents, (_managed(limit),) if limit else None)
        role = self._role(principal.role_arn)
        if role is None or not self._lives(principal):
            return Policies(())
        boundary = role.permissions_boundary_arn
        session = [principal.session_policy] if principal.session_policy else []
        session += [_managed(arn) for arn in principal.session_policy_arns]
        return Policies(
            tuple(_documents(role)),
            (_managed(boundary),) if boundary else None,
            tuple(session) if session else None,
        )

    def role_allows(self, role_arn: str, action: str, resource: str) -> bool:
        """Whether a role's policies allow an action, such as ``sqs:SendMessage``, on an ARN."""
        self._wait()
        role = self._role(role_arn)
        if role is None:
            return False
        boundary = role.permissions_boundary_arn
        context = {"aws:principalarn": role_arn, "aws:securetransport": "true"}
        return all(
            decide(documents, action, resource, context) is Decision.ALLOWED
            for documents in (
                tuple(_documents(role)),
                (_managed(boundary),) if boundary else None,
            )
            if documents is not None
        )

    def role_credentials(
        self, role_arn: str, session_name: str, region: str, source_function_arn: str = ""
    ) -> dict[str, str]:
        """Temporary credentials of a role, as environment variables."""
        given = self.assume_role(role_arn, session_name, region, source_function_arn)
        return {
            "AWS_ACCESS_KEY_ID": given.access_key_id,
            "AWS_SECRET_ACCESS_KEY": given.secret_access_key,
            "AWS_SESSION_TOKEN": given.session_token or "",
        }

    def assume_role(
        self, role_arn: str, session_name: str, region: str, source_function_arn: str = ""
    ) -> Credential:
        """Temporary credentials of a role, as a service assumes it."""
        self._wait()
        assumed = _sts().assume_role(
            region_name=region,
            role_session_name=session_of(session_name),
            role_arn=role_arn,
            policy="",
            duration=SESSION_S,
            external_id="",
        )
        # A service renews what it has assumed: these do not expire.
        return self._remember(assumed, source_function_arn, expires_at=None).credential

    def trusts_service(self, role_arn: str, service: str, source_arn: str = "") -> bool:
        """Whether a role exists and lets a service, such as ``fis.amazonaws.com``, assume it for a
        resource: aws:SourceArn, where it is known; aws:SourceAccount is this account's. A role may
        name the service's principal, or that of the resource's region."""
        self._wait()
        role = self._role(role_arn)
        if role is None:
            return False
        document = _text(role.assume_role_policy_document)
        context = {"aws:sourceaccount": ACCOUNT_ID}
        if source_arn:
            context["aws:sourcearn"] = source_arn
        names = service_names(service, region_of(source_arn))
        return trust(document, "Service", names, context) is Decision.ALLOWED

    def may_assume(self, role_arn: str, other_arn: str) -> bool:
        """Whether a role may assume another one: the other trusts it, by name or through the
        account, and its own policies allow it as well.

        Step Functions asks for both (Step Functions Developer Guide, "Accessing resources in other
        AWS accounts", read 2026-11).
        """
        self._wait()
        role, other = self._role(role_arn), self._role(other_arn)
        if role is None or other is None:
            return False
        document = _text(other.assume_role_policy_document)
        context = {"aws:principalarn": role_arn, "aws:principalaccount": ACCOUNT_ID}
        by_name = trust(document, "AWS", (role_arn,), context)
        account = trust(document, "AWS", (ACCOUNT_ROOT, ACCOUNT_ID), context)
        if Decision.DENIED in (by_name, account):
            return False
        allowed = self.role_allows(role_arn, "sts:AssumeRole", other_arn)
        return allowed and Decision.ALLOWED in (by_name, account)

    def trusts_principal(self, role_arn: str, principal: Principal, context: Any) -> str:
        """How a role trusts a caller: ``by name``, through its ``account``, or not at all: "".

        Source: IAM User Guide, "Policy evaluation for requests within a single account" (read
        2026-11): a role that names the caller itself needs no identity-based policy beside it.
        """
        self._wait()
        role = self._role(role_arn)
        if role is None:
            return ""
        document = _text(role.assume_role_policy_document)
        by_name = trust(document, "AWS", principal.identities, context)
        if by_name is not Decision.NOT_ALLOWED:
            return "by name" if by_name is Decision.ALLOWED else ""
        account = trust(document, "AWS", (ACCOUNT_ROOT, ACCOUNT_ID), context)
        return "account" if account is Decision.ALLOWED else ""

    def role_arn(self, name: str) -> str:
        """The ARN of a role, with its path; without one when there is no such role."""
        self._wait()
        return _arn_of(_iam().roles, "role", name)

    def user_arn(self, name: str) -> str:
        """The ARN of a user, with its path; without one when there is no such user."""
        self._wait()
        return _arn_of(_iam().users, "user", name)

    def group_arn(self, name: str) -> str:
        """The ARN of a group, with its path; without one when there is no such group."""
        self._wait()
        return _arn_of(_iam().groups, "group", name)

    def _lives(self, session: Principal) -> bool:
        """Whether a session's role is the one that it was assumed from: a role that was deleted
        and made again under its name is another one. A service assumes the new one by itself."""
        if session.expires_at is None:
            return True
        role = self._role(session.role_arn)
        return role is not None and session.user_id.partition(":")[0] == role.id

    def _remember(
        self, assumed: Any, source_function_arn: str, expires_at: float | None
    ) -> Principal:
        role = self._role(assumed.role_arn)
        found = Principal(
            Credential(assumed.access_key_id, assumed.secret_access_key, assumed.session_token),
            ASSUMED_ROLE,
            str(assumed.arn),
            str(assumed.user_id),
            assumed.role_arn.rpartition("/")[2],
            assumed.role_arn,
            assumed.policy or "",
            expires_at,
            source_function_arn,
            _tags(role),
            getattr(assumed, "policy_arns", ()),
        )
        self._sessions[assumed.access_key_id] = found
        return found

    def _user(self, key: Any) -> Principal | None:
        user = _iam().users.get(key.user_name)
        if user is None or key.status != "Active":
            return None
        credential = Credential(key.access_key_id, key.secret_access_key)
        return Principal(credential, USER, str(user.arn), str(user.id), user.name)

    def _role(self, role_arn: str) -> Any:
        roles = _iam().roles
        role = roles.get(self._role_ids.get(role_arn))
        if role is not None and role.arn == role_arn:
            return role
        for role in list(roles.values()):
            if role.arn == role_arn:
                self._role_ids[role_arn] = role.id
                return role
        return None


def install(identity: Identity) -> None:
    """Let GetCallerIdentity know the administrator, whose key is not in moto's IAM."""
    from moto.sts.models import STSBackend  # noqa: PLC0415 - moto loads late

    def make(known: Any) -> Any:
        def get_caller_identity(self: Any, access_key_id: str, region: str) -> Any:
            administrator = identity.administrator
            if administrator and administrator.credential.access_key_id == access_key_id:
                return administrator.user_id, administrator.arn, ACCOUNT_ID
            return known(self, access_key_id, region)

        return get_caller_identity

    replace(STSBackend, "get_caller_identity", make)


def _iam() -> Any:
    from moto.iam.models import iam_backends  # noqa: PLC0415 - moto loads late

    return iam_backends[ACCOUNT_ID][PARTITION]


def _sts() -> Any:
    from moto.sts.models import sts_backends  # noqa: PLC0415 - moto loads late

    return sts_backends[ACCOUNT_ID][PARTITION]


def _user_documents(name: str) -> list[str]:
    user = _iam().users.get(name)
    if user is None:
        return []
    found = _documents(user)
    for group in list(_iam().groups.values()):
        if user in group.users:
            found += _documents(group)
    return found


def _documents(owner: Any) -> list[str]:
    """Inline and attached documents of a role, a user or a group."""
    inline = [_text(document) for document in list(owner.policies.values())]
    return inline + [default_version(policy) for policy in list(owner.managed_policies.values())]


def _managed(policy_arn: str) -> str:
    policy = _iam().managed_policies.get(policy_arn)
    return default_version(policy) if policy is not None else ""


def default_version(policy: Any) -> str:
    """The document of a managed policy that counts."""
    return next((_text(item.document) for item in policy.versions if item.is_default), "")


def _tags(role: Any) -> dict[str, str]:
    tags = getattr(role, "tags", None) or {}
    listed = tags.values() if isinstance(tags, dict) else tags
    return {tag["Key"]: tag["Value"] for tag in listed}


def _arn_of(owners: Any, kind: str, name: str) -> str:
    for each in list(owners.values()):
        if each.name == name:
            return str(each.arn)
    return f"arn:aws:iam::{ACCOUNT_ID}:{kind}/{name}"


def _text(document: Any) -> str:
    return document if isinstance(document, str) else json.dumps(document)
