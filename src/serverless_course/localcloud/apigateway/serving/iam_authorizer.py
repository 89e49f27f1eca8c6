"""Authorization with AWS_IAM: a request signed for ``execute-api``, and the signer's policies.

Source: API Gateway Developer Guide, "Control access to HTTP APIs with IAM authorization" and
"Control access for invoking an API" (read 2026-11).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from ...iam.account import ACCOUNT_ID
from ...iam.principal import Principal
from ...wire.errors import ServiceError
from ...wire.http import Request
from ...wire.signature import Scope
from .exchange import Exchange

WRONG_SERVICE = "Credential should be scoped to correct service: 'execute-api'."


@dataclass(frozen=True)
class Signatures:
    """``verify`` checks a signature, ``caller`` says whose it is; both raise `ServiceError`.
    ``may_invoke`` says what a signer's policies allow, ``wait`` returns when keys are known."""

    verify: Callable[[Request], Scope]
    caller: Callable[[Scope], Principal]
    may_invoke: Callable[[Request, Scope, str], bool]
    wait: Callable[[Request], Awaitable[None]]


class NotSigned(Exception):
    """There is no signature at all."""


class Denied(Exception):
    """The signature is wrong, or its signer may not do this (``by_policy``). The text is AWS's,
    ``code`` that of a wrong signature."""

    def __init__(self, message: str, code: str = "", *, by_policy: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.by_policy = by_policy


async def authorize(signatures: Signatures, exchange: Exchange, arn: str) -> None:
    """Say in an exchange who signed its request for a route. Raises `NotSigned` or `Denied`."""
    request = exchange.request
    if not request.has_header("authorization") and "X-Amz-Signature=" not in request.query:
        raise NotSigned
    await signatures.wait(request)
    try:
        scope = signatures.verify(request)
        if scope.service != "execute-api":
            raise Denied(WRONG_SERVICE, "InvalidSignatureException")
        principal = signatures.caller(scope)
    except ServiceError as error:
        raise Denied(error.message, error.code) from error
    if not signatures.may_invoke(request, scope, arn):
        raise Denied(
            f"User: {principal.arn} is not authorized to perform: execute-api:Invoke on "
            f"resource: {arn}",
            by_policy=True,
        )
    exchange.authorizer = {
        "iam": {
            "accessKey": scope.access_key_id,
            "accountId": ACCOUNT_ID,
            "callerId": principal.user_id,
            "cognitoIdentity": None,
            "principalOrgId": None,
            "userArn": principal.arn,
            "userId": principal.user_id,
        }
    }
    exchange.context |= {
        "identity.accountId": ACCOUNT_ID,
        "identity.caller": principal.user_id,
        "identity.user": principal.user_id,
        "identity.userArn": principal.arn,
    }
