"""A poller's invocation: synchronous, of the function, version or alias that its mapping names."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..control.registry import Found, Registry

if TYPE_CHECKING:
    from ..invoker import Invoker

# Called before each invocation with the function and the trace header that its event carries, or
# a new one; returns the header to hand on. Here hops are counted, and a recursive loop is stopped
# by raising `ServiceError` (RecursiveInvocationException): its messages stay in their queue.
Hop = Callable[[Found, str], str]
LOOP = "RecursiveInvocationException"


@dataclass(frozen=True)
class Answer:
    """How an invocation ended; ``function_error`` is empty when the function returned."""

    request_id: str
    payload: bytes
    function_error: str
    executed_version: str


def no_hop(found: Found, trace: str) -> str:
    """Hand the trace header on as it is: nobody counts."""
    return trace


class Invocations:
    """Runs batches through the synchronous path of Invoke."""

    def __init__(self, registry: Registry, invoker: Invoker, hop: Hop = no_hop) -> None:
        self._registry = registry
        self._invoker = invoker
        self._hop = hop

    def role(self, region: str, function_arn: str) -> tuple[str, str]:
        """The ARN of the function's execution role, and the function's name.

        Raises `ServiceError` (404) when the function, version or alias is gone.
        """
        found = self._registry.find(region, function_arn)
        return str(found.configuration.members["Role"]), found.record.name

    async def invoke(
        self, region: str, function_arn: str, records: list[dict[str, Any]], trace: str = ""
    ) -> Answer:
        """Hand over a batch and wait for the answer.

        Raises `ServiceError` when the function was not invoked: throttled (429), not Active
        (409), gone (404), or stopped as a recursive loop.
        """
        from ..invoker import trace_header  # noqa: PLC0415 - the invoker imports the control plane

        found = self._registry.find(region, function_arn)
        request_id = str(uuid.uuid4())
        payload = json.dumps({"Records": records}, separators=(",", ":")).encode()
        header = self._hop(found, trace_header(trace))
        executed = await self._invoker.run(found, payload, request_id, header)
        outcome = executed.outcome
        return Answer(request_id, outcome.payload, outcome.function_error, executed.version.version)
