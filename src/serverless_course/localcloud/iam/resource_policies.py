"""Resource-based policies of buckets, queues, topics and secrets: what they say of a caller.

Source: IAM User Guide, "Policy evaluation for requests within a single account" and "AWS JSON
policy elements: Principal" (read 2026-11). A policy that names the caller, or everybody, allows by
itself; one that names the account leaves it to the caller's own policies. An explicit denial counts
for everybody, also for the account's administrator. ``{"AWS": "*"}`` is ``"*"``. A service is named
by its principal, or by the regional one (``states.us-east-1.amazonaws.com``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from .account import ACCOUNT_ID
from .conditions import Context
from .policies import Decision, Statement, statements

ACCOUNT = (f"arn:aws:iam::{ACCOUNT_ID}:root", ACCOUNT_ID)
# The services whose resources have such policies, by the first part of an action.
SERVICES = frozenset({"s3", "sqs", "sns", "secretsmanager"})
# The account's own administrator can always change a policy that locks everybody out.
REPAIRS = frozenset(
    {
        *("s3:DeleteBucketPolicy", "s3:GetBucketPolicy", "s3:PutBucketPolicy"),
        *("secretsmanager:DeleteResourcePolicy", "secretsmanager:PutResourcePolicy"),
        *("sns:SetTopicAttributes", "sqs:SetQueueAttributes", "sqs:RemovePermission"),
    }
)


class ResourcePolicies(Protocol):
    """Where the policies are. May be asked on any thread."""

    def document(self, resource: str) -> str:
        """The policy of the resource with an ARN; empty when it has none."""


def service_names(service: str, region: str) -> tuple[str, ...]:
    """The names of a service's principal, such as ``states.amazonaws.com``, in a region."""
    name = service.removesuffix(".amazonaws.com")
    return (service, f"{name}.{region}.amazonaws.com") if region else (service,)


def region_of(arn: str) -> str:
    """The region in an ARN; empty where there is none."""
    parts = arn.split(":", 5)
    return parts[3] if len(parts) > 5 else ""


def decide_for_caller(
    document: str, names: Iterable[str], action: str, resource: str, context: Context
) -> Decision:
    """What a policy says of a caller with these ARNs: a user, or a session and its role.

    aws:SourceOwner, which a topic's default policy asks for, is absent: callers of the account need
    policies of their own (public error reports: AuthorizationError for SNS:Publish).
    """
    named = _decide(document, "AWS", names, action, resource, context)
    account = _decide(document, "AWS", ACCOUNT, action, resource, context)
    return Decision.DENIED if account is Decision.DENIED else named


def service_may(document: str, service: str, source_arn: str, action: str, resource: str) -> bool:
    """Whether a policy lets a service do an action for a resource of this account.

    ``source_arn``: what the service acts for, such as the topic whose messages SNS delivers; its
    region, or else that of the resource, is the service's.
    """
    context = {
        "aws:principalisawsservice": "true",
        "aws:securetransport": "true",
        "aws:sourceaccount": ACCOUNT_ID,
        "aws:sourcearn": source_arn,
    }
    names = service_names(service, region_of(source_arn) or region_of(resource))
    return _decide(document, "Service", names, action, resource, context) is Decision.ALLOWED


def _decide(
    document: str,
    kind: str,
    names: Iterable[str],
    action: str,
    resource: str,
    context: Context,
) -> Decision:
    names = tuple(names)
    found = [
        statement
        for statement in statements(document)
        if _names(statement, kind, names) and statement.matches(action, resource, context)
    ]
    if any(not statement.allows for statement in found):
        return Decision.DENIED
    return Decision.ALLOWED if found else Decision.NOT_ALLOWED


def _names(statement: Statement, kind: str, names: tuple[str, ...]) -> bool:
    if "*" in statement.principals.get("AWS", ()):
        return not statement.not_principals
    return statement.names(kind, names)
