"""Authorization: what a signed request may do, by the policies of who signed it.

Source: IAM User Guide, "Policy evaluation logic" (read 2026-11). The learner's start-up key is the
account's administrator and is not checked. A function's credentials, an assumed role's and an IAM
user's are, for every service. Counted are identity-based policies, permissions boundaries of roles
and session policies; of resource-based policies a function's own, a role's trust policy, and those
of buckets, queues, topics and secrets (`resource_policies`).

Condition keys that are known: aws:CurrentTime, EpochTime, PrincipalAccount, PrincipalArn,
PrincipalTag/…, PrincipalType, RequestedRegion, ResourceAccount, SecureTransport (loopback stands
for TLS), SourceIp, SourceVpc, SourceVpce, userid, UserAgent, username, ViaAWSService,
VpcSourceIp; lambda:SourceFunctionArn; and those that a request's own parameters give
(`requested`): s3:prefix, iam:PassedToService, sts:ExternalId and so on. Every other key is
absent (`conditions` says what that means).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

from ..wire.errors import ServiceError
from ..wire.http import Request
from ..wire.plain_request import speaks_form
from ..wire.signature import Scope
from ..wire.vpc_source import VpcSource
from .account import ACCOUNT_ID
from .conditions import Context
from .policies import Decision, decide
from .principal import USER, Policies, Principal
from .requested import UNKNOWN, Names, Need, Operation, needs
from .resource_policies import REPAIRS, SERVICES, ResourcePolicies, decide_for_caller

ALWAYS_ALLOWED = frozenset({"sts:GetCallerIdentity", "sts:GetSessionToken"})
# Services of the JSON protocols answer an AccessDeniedException with status 400, not 403 (as the
# SDKs' error reports show); the code differs as well.
CODES = {
    "ec2": ("UnauthorizedOperation", 403),
    "elasticloadbalancing": ("AccessDenied", 403),
    "iam": ("AccessDenied", 403),
    "monitoring": ("AccessDenied", 403),
    "s3": ("AccessDenied", 403),
    "sns": ("AuthorizationError", 403),
    "sqs": ("AccessDenied", 403),
    "sts": ("AccessDenied", 403),
}
DENIED_BY_RESOURCE = " with an explicit deny in a resource-based policy"
NO_POLICY = " because no identity-based policy allows the {action} action"
# IAM User Guide, "Access denied error messages" (read 2026-11).
NO_ENDPOINT_POLICY = " because no VPC endpoint policy allows the {action} action"
# Whether a function's own policy grants an action to one of its callers, in a context.
GrantedByFunction = Callable[[str, str, tuple[str, ...], Context], bool]


class Identity(Protocol):
    """What IAM knows of who signs. May be asked on any thread."""

    def policies(self, principal: Principal) -> Policies:
        """The policies that count for a principal now."""

    def trusts_principal(self, role_arn: str, principal: Principal, context: Context) -> str:
        """How a role trusts a caller: ``by name``, through its ``account``, or not: empty."""


class Authorizer:
    """Checks requests. May be called on any thread, save for Lambda's, on the event loop's."""

    def __init__(
        self,
        identity: Identity,
        names: Names,
        granted_by_function: GrantedByFunction,
        resource_policies: ResourcePolicies,
    ) -> None:
        self._identity = identity
        self._names = names
        self._resource_policies = resource_policies
        self._granted_by_function = granted_by_function

    def check(
        self,
        principal: Principal,
        request: Request,
        scope: Scope,
        operation: Operation | None = None,
    ) -> None:
        """Refuse what the caller's policies do not allow. Raises `ServiceError` in AWS's words.

        ``operation`` is what the request is, where that was read before.
        """
        policies = self._identity.policies(principal)
        base = known_of(principal, request, scope)
        for need in needs(request, scope, ACCOUNT_ID, self._names, operation):
            if request.vpc_source is not None and request.vpc_source.endpoint_denies:
                raise denied(principal, need, NO_ENDPOINT_POLICY, scope.service, request)
            if need.action in ALWAYS_ALLOWED:
                continue
            context = {**base, **need.context}
            if need.action == "sts:AssumeRole":
                self._check_assuming(principal, policies, need, context)
                continue
            reason = refusal(policies, need, context)
            if need.action.endswith(f":{UNKNOWN}"):
                reason = f"{NO_POLICY}, which the embedded cloud does not know"
            by_resource = self._by_resource(principal, need, context)
            if by_resource is Decision.DENIED:
                raise denied(principal, need, DENIED_BY_RESOURCE, scope.service, request)
            if by_resource is Decision.ALLOWED and "identity-based policy allows" in reason:
                continue
            if reason and not self._granted(principal, need, reason, context):
                raise denied(principal, need, reason, scope.service, request)

    def may_use_url(
        self, principal: Principal, request: Request, scope: Scope, action: str, arn: str
    ) -> bool:
        """Whether a caller may do an action on a function whose URL needs AWS_IAM."""
        url = {"lambda:functionurlauthtype": "AWS_IAM", "lambda:invokedviafunctionurl": "true"}
        context = {**known_of(principal, request, scope), **url}
        need = Need(action, arn)
        reason = refusal(self._identity.policies(principal), need, context)
        return not reason or self._granted(principal, need, reason, context)

    def may_invoke_api(
        self, principal: Principal, request: Request, scope: Scope, arn: str
    ) -> bool:
        """Whether a caller's policies allow execute-api:Invoke on a route of an API."""
        context = known_of(principal, request, scope)
        need = Need("execute-api:Invoke", arn)
        return not refusal(self._identity.policies(principal), need, context)

    def check_administrator(
        self, principal: Principal, request: Request, scope: Scope, operation: Operation
    ) -> None:
        """The administrator may do everything that no resource's policy denies, but a role has to
        trust whoever assumes it."""
        if scope.service not in SERVICES | {"sts"}:
            return
        for need in needs(request, scope, ACCOUNT_ID, self._names, operation):
            context = {**known_of(principal, request, scope), **need.context}
            by_resource = self._by_resource(principal, need, context)
            if by_resource is Decision.DENIED and need.action not in REPAIRS:
                raise denied(principal, need, DENIED_BY_RESOURCE, scope.service, request)
            trusted = self._identity.trusts_principal
            if need.action == "sts:AssumeRole" and not trusted(need.resource, principal, context):
                raise denied(principal, need, " ", scope.service, request)

    def _by_resource(self, principal: Principal, need: Need, context: dict[str, Any]) -> Decision:
        if need.action.partition(":")[0] not in SERVICES:
            return Decision.NOT_ALLOWED
        document = self._resource_policies.document(need.resource)
        if not document:
            return Decision.NOT_ALLOWED
        names = principal.identities
        return decide_for_caller(document, names, need.action, need.resource, context)

    def _check_assuming(
        self, principal: Principal, policies: Policies, need: Need, context: dict[str, Any]
    ) -> None:
        how = self._identity.trusts_principal(need.resource, principal, context)
        reason = refusal(policies, need, context)
        if not how or "explicit deny" in reason:
            raise denied(principal, need, reason if how else " ", "sts")
        if reason and how != "by name":
            raise denied(principal, need, reason, "sts")

    def _granted(
        self, principal: Principal, need: Need, reason: str, context: dict[str, Any]
    ) -> bool:
        return (
            need.action.startswith("lambda:")
            and "identity-based policy allows" in reason
            and self._granted_by_function(need.resource, need.action, principal.identities, context)
        )


def refusal(policies: Policies, need: Need, context: dict[str, Any]) -> str:
    """Why policies do not allow something, in AWS's words; empty when they do.

    Source: IAM User Guide, "Access denied error messages" (read 2026-11).
    """
    kinds = (
        ("an identity-based policy", policies.identity),
        ("a permissions boundary", policies.boundary),
        ("a session policy", policies.session),
    )
    decisions = [
        (kind, decide(documents, need.action, need.resource, context))
        for kind, documents in kinds
        if documents is not None
    ]
    for kind, decision in decisions:
        if decision is Decision.DENIED:
            return f" with an explicit deny in {kind}"
    for kind, decision in decisions:
        if decision is Decision.NOT_ALLOWED:
            return NO_POLICY.replace("identity-based policy", kind.partition(" ")[2])
    return ""


def denied(
    principal: Principal, need: Need, reason: str, service: str, request: Request | None = None
) -> ServiceError:
    """AWS's refusal, in the code and the status of the service that refuses."""
    action, resource = shown(need, service)
    where = f" on resource: {resource}" if resource else ""
    why = reason.rstrip().format(action=action)
    text = f"User: {principal.arn} is not authorized to perform: {action}{where}{why}"
    speaks_json = request is not None and bool(request.header("x-amz-target"))
    if service in CODES:
        code, status = CODES[service]
    elif request is not None and speaks_form(request):
        code, status = "AccessDenied", 403
    else:
        code, status = "AccessDeniedException", 400 if speaks_json else 403
    compatible = service in ("sqs", "monitoring")
    headers = {"x-amzn-query-error": f"{code};Sender"} if compatible else None
    return ServiceError(code, text, status, headers=headers)


def shown(need: Need, service: str) -> tuple[str, str]:
    """Action and resource as the service itself writes them in a refusal.

    SQS writes the action in small letters, SNS its own name in capitals, S3 puts the resource in
    quotation marks, and most leave the resource away where an action has none.
    """
    action = need.action
    if service == "sqs":
        action = action.lower()
    elif service == "sns":
        action = action.replace("sns:", "SNS:", 1)
    if need.resource == "*":
        return action, "*" if service == "lambda" else ""
    return action, f'"{need.resource}"' if service == "s3" else need.resource


def known_of(principal: Principal, request: Request, scope: Scope) -> dict[str, Any]:
    """The condition keys that every request gives, in lower case."""
    now = time.time()
    found = {
        "aws:currenttime": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:epochtime": str(int(now)),
        "aws:principalaccount": ACCOUNT_ID,
        "aws:principalarn": principal.role_arn or principal.arn,
        "aws:principaltype": principal.kind,
        "aws:requestedregion": scope.region,
        "aws:resourceaccount": ACCOUNT_ID,
        "aws:securetransport": "true",
        "aws:useragent": request.header("user-agent"),
        "aws:userid": principal.user_id,
        "aws:viaawsservice": "false",
    }
    found |= (request.vpc_source or VpcSource(request.peer[0])).condition_keys()
    if principal.kind == USER:
        found["aws:username"] = principal.name
    if principal.source_function_arn:
        found["lambda:sourcefunctionarn"] = principal.source_function_arn
    for key, value in principal.tags.items():
        found[f"aws:principaltag/{key.lower()}"] = value
    return found
