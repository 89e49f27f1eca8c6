"""IAM's and STS's own rules, which moto leaves out: sizes of policies, boundaries of users, session
policies by ARN, parts of ARNs in policies of identities.

Sources: IAM User Guide, "IAM and AWS STS quotas": white space does not count; "IAM JSON policy
elements: Resource": no wildcard in the service segment (both read 2026-11); the words of the
refusals from public error reports of 2018 to 2026. That an account is digits, wildcards, ``aws``
or nothing, so no policy variable and no placeholder, is as reported in 2026.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from .seam import add, replace

# Characters of all inline policies of one identity together.
INLINE = {"role": 10_240, "user": 2_048, "group": 5_120}
MANAGED, TRUST, SESSION = 6_144, 2_048, 2_048
SESSION_POLICIES = 10
OLD_VERSION, VERSION = "2008-10-17", "2012-10-17"
# Parameters of AssumeRole that would change what the session may do, and are not kept.
NOT_KEPT = ("Tags", "TransitiveTagKeys", "SourceIdentity", "SerialNumber", "ProvidedContexts")


SERVICE, ACCOUNT = 2, 4
VENDOR = "Resource vendor must be fully qualified and cannot contain regexes."
_ACCOUNT = re.compile(r"[0-9*?]*|aws")


def install() -> None:
    """Give moto's IAM and STS these rules."""
    from moto.iam.models import IAMBackend  # noqa: PLC0415 - moto loads late
    from moto.iam.policy_validation import BaseIAMPolicyValidator  # noqa: PLC0415
    from moto.iam.responses import IamResponse  # noqa: PLC0415
    from moto.sts.responses import TokenResponse  # noqa: PLC0415

    replace(BaseIAMPolicyValidator, "_validate_resource_format", _checked_parts)
    for kind, most in INLINE.items():
        replace(IAMBackend, f"put_{kind}_policy", _inline(kind, most))
    for name, place in (("create_policy", 2), ("create_policy_version", 1)):
        replace(IAMBackend, name, _sized(place, MANAGED, "PolicySize", "policy_document"))
    for name, document in (
        ("create_role", "assume_role_policy_document"),
        ("update_assume_role_policy", "policy_document"),
    ):
        replace(IAMBackend, name, _sized(1, TRUST, "ACLSizePerRole", document))
    replace(IamResponse, "create_user", _with_boundary)
    add(IamResponse, "put_user_permissions_boundary", _put_boundary)
    add(IamResponse, "delete_user_permissions_boundary", _delete_boundary)
    replace(TokenResponse, "assume_role", _session)


def _checked_parts(known: Any) -> Any:
    def validate_resource_format(self: Any, resource: str) -> None:
        known(self, resource)
        parts = resource.split(":", 5)
        if self._resource_error or len(parts) <= SERVICE:
            return
        if set(parts[SERVICE]) & set("*?"):
            self._resource_error = VENDOR
        elif len(parts) > ACCOUNT + 1 and not _ACCOUNT.fullmatch(parts[ACCOUNT]):
            # moto says "The policy failed legacy parsing" for whatever is raised here.
            raise ValueError(resource)

    return validate_resource_format


def size_of(document: str) -> int:
    """How large IAM takes a policy to be: its characters without white space."""
    return len("".join(document.split()))


def _limit(text: str) -> Exception:
    from moto.iam.exceptions import LimitExceededException  # noqa: PLC0415 - moto loads late

    return LimitExceededException(text)


def _inline(kind: str, most: int) -> Callable[[Any], Any]:
    def make(known: Any) -> Any:
        def put_policy(self: Any, owner: str, policy_name: str, policy_json: str) -> Any:
            found = getattr(self, f"get_{kind}")(owner)
            others = [text for name, text in found.policies.items() if name != policy_name]
            if size_of(policy_json) + sum(map(size_of, others)) > most:
                raise _limit(f"Maximum policy size of {most} bytes exceeded for {kind} {owner}")
            answer = known(self, owner, policy_name, _in_this_version(policy_json))
            found.policies[policy_name] = policy_json
            return answer

        return put_policy

    return make


def _in_this_version(document: str) -> str:
    """An inline policy as moto takes it: IAM takes one of 2008, or without a version, as well.

    Source: SAM's policy templates, which have no Version and go into roles' inline policies.
    """
    try:
        found = json.loads(document)
    except ValueError:
        return document
    if isinstance(found, dict) and found.get("Version", OLD_VERSION) == OLD_VERSION:
        return json.dumps({**found, "Version": VERSION})
    return document


def _sized(place: int, most: int, quota: str, name: str) -> Callable[[Any], Any]:
    """A document that is the argument at ``place``, or of that ``name``."""

    def make(known: Any) -> Any:
        def checked(self: Any, *given: Any, **named: Any) -> Any:
            document = named[name] if name in named else given[place]
            if size_of(str(document or "")) > most:
                raise _limit(f"Cannot exceed quota for {quota}: {most}")
            return known(self, *given, **named)

        return checked

    return make


def _with_boundary(known: Any) -> Any:
    def create_user(self: Any) -> Any:
        arn = self._get_param("PermissionsBoundary")
        if arn:
            self.backend.get_policy(arn)
        answer = known(self)
        if arn:
            _set_boundary(self.backend.get_user(self._get_param("UserName")), arn)
        return answer

    return create_user


def _put_boundary(response: Any) -> Any:
    from moto.core.responses import EmptyResult  # noqa: PLC0415 - moto loads late

    user = response.backend.get_user(response._get_param("UserName"))
    arn = response._get_param("PermissionsBoundary")
    response.backend.get_policy(arn)
    _set_boundary(user, arn)
    return EmptyResult()


def _delete_boundary(response: Any) -> Any:
    from moto.core.responses import EmptyResult  # noqa: PLC0415 - moto loads late

    user = response.backend.get_user(response._get_param("UserName"))
    user.permissions_boundary = None
    return EmptyResult()


def _set_boundary(user: Any, arn: str) -> None:
    # moto writes the member PermissionsBoundary of a user from this attribute.
    user.permissions_boundary = {
        "PermissionsBoundaryType": "PermissionsBoundaryPolicy",
        "PermissionsBoundaryArn": arn,
    }


def _session(known: Any) -> Any:
    """AssumeRole with its session policies, inline and by ARN."""
    from moto.iam.models import iam_backends  # noqa: PLC0415 - moto loads late
    from moto.sts.exceptions import STSClientError, STSValidationError  # noqa: PLC0415

    def assume_role(self: Any) -> Any:
        for name in NOT_KEPT:
            if self._get_param(name):
                text = f"The embedded cloud does not offer {name} of AssumeRole. Leave it out."
                raise STSClientError("NotImplemented", text)
        inline = self._get_param("Policy") or ""
        listed = [str(each.get("arn") or "") for each in self._get_param("PolicyArns") or []]
        if len(inline) > SESSION:
            raise STSValidationError(
                f"1 validation error detected: Value '{inline}' at 'policy' failed to satisfy "
                f"constraint: Member must have length less than or equal to {SESSION}"
            )
        if len(listed) > SESSION_POLICIES:
            raise STSValidationError(
                f"Cannot exceed quota for ManagedPoliciesPerSession: {SESSION_POLICIES}"
            )
        known_policies = iam_backends[self.current_account][self.partition].managed_policies
        for arn in listed:
            if arn not in known_policies:
                raise STSValidationError(f"The policy {arn} does not exist or is not attachable.")
        answer = known(self)
        answer.result["Credentials"].policy_arns = tuple(listed)
        return answer

    return assume_role
