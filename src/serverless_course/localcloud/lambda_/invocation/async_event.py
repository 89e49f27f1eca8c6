"""An asynchronous event: what was handed in, the settings it follows, and how it went so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ...wire.errors import ServiceError
from ..environment.invocation import InvocationResult
from ..registry import LATEST, Found, FunctionRecord
from .request import Received

# Defaults of MaximumRetryAttempts and MaximumEventAgeInSeconds (Lambda's API model, 2015-03-31).
MAX_RETRIES = 2
MAX_AGE_S = 21_600


class Condition(StrEnum):
    """Why an event left the queue, as ``requestContext.condition`` says it.

    The first three stand in AWS's documentation or recordings. ZeroReservedConcurrency is what
    other emulators say that AWS sends; for a stopped loop AWS documents no word.
    """

    SUCCESS = "Success"
    RETRIES_EXHAUSTED = "RetriesExhausted"
    AGE_EXCEEDED = "EventAgeExceeded"
    ZERO_CONCURRENCY = "ZeroReservedConcurrency"
    RECURSION = "RecursiveInvocation"


@dataclass(frozen=True, slots=True)
class AsyncSettings:
    """What holds for an event: retries, age in seconds (AWS's), ARNs of where it ends, role."""

    max_retries: int = MAX_RETRIES
    max_age_s: float = MAX_AGE_S
    on_success: str = ""
    on_failure: str = ""
    dead_letter: str = ""
    role: str = ""

    @classmethod
    def of(cls, found: Found) -> AsyncSettings:
        """The settings of the qualifier by which the function was named, as they are now.

        Retries, age and destinations belong to that qualifier ($LATEST for none); dead-letter
        queue and role to the version behind it.
        """
        members = found.configuration.members
        dead_letter = (members.get("DeadLetterConfig") or {}).get("TargetArn") or ""
        config = found.record.event_invoke.get(found.qualifier or LATEST)
        if config is None:
            return cls(dead_letter=dead_letter, role=members["Role"])
        destinations = config.get("DestinationConfig", {})
        return cls(
            config.get("MaximumRetryAttempts", MAX_RETRIES),
            config.get("MaximumEventAgeInSeconds", MAX_AGE_S),
            destinations.get("OnSuccess", {}).get("Destination") or "",
            destinations.get("OnFailure", {}).get("Destination") or "",
            dead_letter,
            members["Role"],
        )


@dataclass(slots=True)
class AsyncEvent:
    """One event in the queue. Its request id and trace header are the same in every attempt.

    ``received`` is the request as the next attempt runs it, ``is_drawn`` whether the version for
    that attempt is drawn. ``accepted`` is a time of the event
    loop, in real seconds. ``attempts`` counts invocations that reached the function,
    ``refusals`` the throttles and system errors since the last of them. ``last`` is how the last
    try ended: the function's own result, or why it was not reached. An event that has left the
    queue has a ``condition``, and ``ended_at`` (UTC, never scaled).
    """

    received: Received
    accepted: float
    settings: AsyncSettings
    is_drawn: bool = True
    attempts: int = 0
    refusals: int = 0
    last: InvocationResult | ServiceError | None = None
    condition: Condition | None = None
    ended_at: datetime | None = None

    @property
    def region(self) -> str:
        """The function's region."""
        return self._record.region

    @property
    def name(self) -> str:
        """The function's name."""
        return self._record.name

    @property
    def qualifier(self) -> str | None:
        """The version or alias by which the function was named; None for a plain name."""
        return self.received.request.found.qualifier

    @property
    def payload(self) -> bytes:
        """The event as it was handed in."""
        return self.received.request.payload

    @property
    def request_id(self) -> str:
        """The request's id."""
        return self.received.request.request_id

    @property
    def trace(self) -> str:
        """The trace header that goes with the event."""
        return self.received.trace

    @property
    def resource(self) -> tuple[str, str, str | None]:
        """The function, and the qualifier by which it was named: what metrics count it for."""
        return self.received.request.found.resource

    @property
    def qualified_arn(self) -> str:
        """The function's ARN with the qualifier by which it was named, or $LATEST."""
        return f"{self._record.arn}:{self.qualifier or LATEST}"

    @property
    def status(self) -> int | None:
        """The HTTP status of the last try: 200 is the function's own result. None without one."""
        if self.last is None:
            return None
        return 200 if isinstance(self.last, InvocationResult) else self.last.status

    @property
    def _record(self) -> FunctionRecord:
        return self.received.request.found.record
