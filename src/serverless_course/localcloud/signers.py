"""Who signs requests: the learner, IAM users, sessions of roles; and what each of them may do."""

from __future__ import annotations

import asyncio
import secrets

from .iam.account import ACCOUNT_ID
from .iam.authorization import Authorizer
from .iam.principal import USER, Principal
from .moto_seam import Services
from .wire.errors import ServiceError
from .wire.http import Request
from .wire.signature import Credential, Scope, verify


class Signers:
    """Knows every key. ``learner`` is the start-up key, ``administrator`` whose it is."""

    def __init__(self, services: Services, authorizer: Authorizer) -> None:
        self.learner = Credential("AKIA" + secrets.token_hex(8).upper(), secrets.token_urlsafe(30))
        self.administrator = administrator(self.learner)
        self._services = services
        self._authorizer = authorizer

    def find(self, access_key_id: str) -> Credential | None:
        """The credential of a key; None for none. Raises `ServiceError` for an expired one."""
        if access_key_id == self.learner.access_key_id:
            return self.learner
        principal = self._services.identity.principal(access_key_id)
        if principal is None:
            return None
        if principal.expired:
            raise ServiceError(
                "ExpiredTokenException",
                "The security token included in the request is expired",
                403,
            )
        return principal.credential

    def verify(self, request: Request) -> Scope:
        """Check a request's signature. Raises `ServiceError`."""
        return verify(request, self.find)

    def principal(self, scope: Scope) -> Principal:
        """Who signed. Raises `ServiceError` for a key that is gone."""
        if scope.access_key_id == self.learner.access_key_id:
            return self.administrator
        found = self._services.identity.principal(scope.access_key_id)
        if found is None:
            raise ServiceError(
                "UnrecognizedClientException",
                "The security token included in the request is invalid.",
                403,
            )
        return found

    async def wait(self, request: Request) -> None:
        """Another's key than the learner's is looked up in IAM, which has to be there first."""
        if self.learner.access_key_id not in request.header("authorization"):
            await self.wait_for_services()

    async def wait_for_services(self) -> None:
        """Return when moto is there."""
        if not self._services.loaded:
            await asyncio.to_thread(self._services.wait)

    def may_use_url(self, request: Request, scope: Scope, action: str, arn: str) -> bool:
        """Whether a signer may do an action on a function through its URL."""
        principal = self.principal(scope)
        return principal is self.administrator or self._authorizer.may_use_url(
            principal, request, scope, action, arn
        )

    def may_invoke_api(self, request: Request, scope: Scope, arn: str) -> bool:
        """Whether a signer may call a route of an API."""
        principal = self.principal(scope)
        return principal is self.administrator or self._authorizer.may_invoke_api(
            principal, request, scope, arn
        )


def administrator(credential: Credential) -> Principal:
    """Who the learner is: an IAM user who may do everything, and is not in moto's IAM."""
    name = "administrator"
    arn = f"arn:aws:iam::{ACCOUNT_ID}:user/{name}"
    return Principal(credential, USER, arn, "AIDA" + secrets.token_hex(8).upper(), name)
