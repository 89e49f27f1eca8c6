"""Lambda authorizers: a function says whether a request may go on, for a while.

Source: API Gateway Developer Guide, "Control access to HTTP APIs with AWS Lambda authorizers" and
"Use API Gateway Lambda authorizers" (read 2026-11). How long an answer is kept is one of AWS's long
waits, and runs on the scaled clock.
"""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from ...clock import ScaledClock
from ...iam.policies import Decision, decide
from ...lambda_.invocation.waiting import TimedOut
from ...wire.errors import ServiceError
from .functions import Functions, NoFunction, TooLarge
from .refused import Refused

MAX_KEPT = 10_000
SERVICE_ACTION = "execute-api:Invoke"


class BadAuthorizer(Exception):
    """The authorizer's function failed, or what it answers says nothing."""


class SaysUnauthorized(Exception):
    """The authorizer's function has failed with the word Unauthorized: the answer is a 401."""


@dataclass(frozen=True)
class Verdict:
    """What an authorizer's function said. ``policy`` is a document, or None for a simple answer."""

    allowed: bool
    policy: str | None
    context: dict[str, Any]
    principal: str = ""
    usage_key: str = ""

    def allows(self, arn: str) -> bool:
        """Whether it lets a request for a route go on."""
        return self.allowed if self.policy is None else self.says(arn) is Decision.ALLOWED

    def says(self, arn: str) -> Decision:
        """What its policy says of a request for a route."""
        return decide((self.policy or "",), SERVICE_ACTION, arn, {})


class FunctionAuthorizers:
    """Asks functions, and keeps their answers. Belongs to the event loop."""

    def __init__(self, functions: Functions, clock: ScaledClock) -> None:
        self._functions = functions
        self._clock = clock
        self._kept: OrderedDict[tuple[Any, ...], tuple[float, Verdict]] = OrderedDict()

    def kept(self, key: tuple[Any, ...]) -> Verdict | None:
        """What was answered for this key before, while it counts."""
        found = self._kept.get(key)
        if found is None or found[0] < time.monotonic():
            return None
        return found[1]

    async def ask(
        self,
        uri: str,
        variables: dict[str, str],
        role: str | None,
        arn: str,
        event: dict[str, Any],
        trace: str,
        timeout_s: float,
        *,
        simple: bool = False,
    ) -> Verdict:
        """Ask a function. ``arn`` is the authorizer's. Raises `BadAuthorizer`,
        `SaysUnauthorized`."""
        try:
            found = await self._functions.find(uri, variables, arn, role)
            payload = json.dumps(event).encode()
            result = await self._functions.call(found, payload, trace, timeout_s)
        except (NoFunction, TimedOut, TooLarge, ServiceError) as error:
            raise BadAuthorizer(str(error) or type(error).__name__) from error
        if result.function_error:
            if _message(result.payload) == "Unauthorized":
                raise SaysUnauthorized
            raise BadAuthorizer("The authorizer function failed")
        return read_verdict(result.payload, simple=simple)

    def keep(self, key: tuple[Any, ...], verdict: Verdict, ttl_s: int) -> None:
        """Let a verdict count for ``ttl_s`` seconds of AWS's."""
        self._kept[key] = (time.monotonic() + self._clock.real_s(ttl_s), verdict)
        self._kept.move_to_end(key)
        while len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)


def read_verdict(payload: bytes, *, simple: bool) -> Verdict:
    """An authorizer's answer. Raises `BadAuthorizer`."""
    try:
        answer = json.loads(payload)
    except ValueError as error:
        raise BadAuthorizer("The authorizer answers with no JSON") from error
    if not isinstance(answer, dict):
        raise BadAuthorizer("The authorizer answers with no object")
    context = answer.get("context") or {}
    if not isinstance(context, dict):
        raise BadAuthorizer("The authorizer's context is no object")
    if simple:
        if not isinstance(answer.get("isAuthorized"), bool):
            raise BadAuthorizer("The authorizer does not say isAuthorized")
        return Verdict(answer["isAuthorized"], None, context)
    policy, principal = answer.get("policyDocument"), answer.get("principalId")
    if not isinstance(policy, dict) or not isinstance(policy.get("Statement"), (list, dict)):
        raise BadAuthorizer("The authorizer answers with no policyDocument")
    if not isinstance(principal, str):
        raise BadAuthorizer("The authorizer does not say principalId")
    usage_key = answer.get("usageIdentifierKey") or ""
    return Verdict(False, json.dumps(policy), context, principal, str(usage_key))


def _message(payload: bytes) -> str:
    try:
        return str(json.loads(payload).get("errorMessage", ""))
    except (ValueError, AttributeError):
        return ""


def internal(error: Exception) -> Refused:
    """The answer of an HTTP API when its authorizer does not work."""
    return Refused(500, "Internal Server Error", str(error))
