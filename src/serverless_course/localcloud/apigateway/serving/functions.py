"""Calls functions for APIs, through the one door.

Source: API Gateway Developer Guide, "Control access to invoke Lambda": the function's policy names
apigateway.amazonaws.com and the API, or the integration has a role of its own (read 2026-11).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Protocol

from ...lambda_.environment.invocation import InvocationResult
from ...lambda_.function_version import parse_reference
from ...lambda_.invocation.door import Door
from ...lambda_.invocation.request import InvocationRequest
from ...lambda_.invocation.resource_policy import allows_service
from ...lambda_.invocation.streams import StreamedInvocation, Streams
from ...lambda_.invocation.waiting import WaitedInvocations
from ...lambda_.registry import Found, Registry
from ...wire.errors import ServiceError
from ..function_uri import function_arn

SERVICE = "apigateway.amazonaws.com"
# Lambda's quota of a synchronous event (Lambda quotas, read 2026-11): 6 MB.
MAX_EVENT_BYTES = 6_291_556


class NoFunction(Exception):
    """There is no such function, or the API may not invoke it. The text says which."""


class TooLarge(Exception):
    """The event is larger than Lambda takes."""


class Roles(Protocol):
    """What is asked of IAM; may have to wait until that is there."""

    def role_allows(self, role_arn: str, action: str, resource: str) -> bool:
        """Whether a role's policies allow an action on an ARN."""

    def trusts_service(self, role_arn: str, service: str, source_arn: str = "") -> bool:
        """Whether a role lets a service assume it."""


class Functions:
    """Belongs to the event loop."""

    def __init__(self, registry: Registry, door: Door, roles: Roles) -> None:
        self._registry = registry
        self._waited = WaitedInvocations(door)
        self._streams = Streams(door)
        self._roles = roles

    async def find(
        self, uri: str, variables: Mapping[str, str], source_arn: str, role: str | None = None
    ) -> Found:
        """The function of an integration's uri, if the API may invoke it. Raises `NoFunction`."""
        arn = function_arn(uri, variables)
        reference = parse_reference(arn)
        if reference is None or reference.region is None:
            raise NoFunction(f"Invalid function ARN: {arn}")
        try:
            found = self._registry.find(reference.region, arn)
        except ServiceError as error:
            raise NoFunction(error.message) from error
        if role:
            allowed = await asyncio.to_thread(self._role_may, role, found.arn, source_arn)
        else:
            allowed = allows_service(found.record, found.qualifier, SERVICE, source_arn)
        if not allowed:
            raise NoFunction(
                "The IAM role configured on the integration or API Gateway doesn't have "
                "permissions to call the integration. Check the permissions and try again."
            )
        return found

    async def call(
        self, found: Found, event: bytes, trace: str, timeout_s: float
    ) -> InvocationResult:
        """Run a function. Raises `TimedOut`, `TooLarge`, or Lambda's `ServiceError`."""
        if len(event) > MAX_EVENT_BYTES:
            raise TooLarge
        return await self._waited.run(found, event, trace, timeout_s)

    def stream(self, found: Found, event: bytes, trace: str) -> StreamedInvocation:
        """Run a function whose response is read while it comes. Raises `TooLarge`, or Lambda's
        `ServiceError`."""
        if len(event) > MAX_EVENT_BYTES:
            raise TooLarge
        return self._streams.start(InvocationRequest(found, event, trace))

    def _role_may(self, role: str, arn: str, source_arn: str) -> bool:
        return self._roles.trusts_service(role, SERVICE, source_arn) and self._roles.role_allows(
            role, "lambda:InvokeFunction", arn
        )
