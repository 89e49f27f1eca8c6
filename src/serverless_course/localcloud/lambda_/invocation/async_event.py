"""An asynchronous event: what was handed in, the settings it follows, and how it went so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ..registry import LATEST, Found
from ..tracing import Segment

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


@dataclass(frozen=True, slots=True)
class Answer:
    """How the last try ended. ``status`` is the HTTP status; 200 is the function's own answer.

    ``message`` says why when the function was not reached.
    """

    status: int
    executed_version: str = ""
    function_error: str = ""
    payload: bytes = b""
    message: str = ""


@dataclass(slots=True)
class AsyncEvent:
    """One event in the queue. Its request id and trace header are the same in every attempt.

    ``accepted`` and ``deadline`` are times of the event loop, in real seconds.
    ``attempts`` counts invocations that reached the function, ``refusals`` the throttles and
    system errors since the last of them.
    """

    region: str
    name: str
    qualifier: str | None
    function_arn: str
    payload: bytes
    request_id: str
    trace: str
    accepted: float
    settings: AsyncSettings
    attempts: int = 0
    refusals: int = 0
    answer: Answer | None = None
    segment: Segment | None = None

    @property
    def key(self) -> tuple[str, str]:
        """The function: region and name."""
        return (self.region, self.name)

    @property
    def resource(self) -> tuple[str, str, str | None]:
        """The function, and the qualifier by which it was named: what metrics count it for."""
        return (self.region, self.name, self.qualifier)

    @property
    def qualified_arn(self) -> str:
        """The function's ARN with the qualifier by which it was named, or $LATEST."""
        return f"{self.function_arn}:{self.qualifier or LATEST}"


@dataclass(frozen=True, slots=True)
class Ended:
    """An event that left the queue, why, and when (UTC, never scaled)."""

    event: AsyncEvent
    condition: Condition
    at: datetime


@dataclass(slots=True)
class AsyncCounters:
    """What happened to one function's asynchronous events since the server's start.

    What CloudWatch's metrics of the same names count: ``received`` is AsyncEventsReceived,
    ``dropped`` AsyncEventsDropped (every event that left without success, dead-lettered or not),
    ``dead_letter_errors`` DeadLetterErrors, ``destination_failures``
    DestinationDeliveryFailures, ``recursions`` RecursiveInvocationsDropped.
    """

    received: int = 0
    attempts: int = 0
    throttles: int = 0
    system_errors: int = 0
    succeeded: int = 0
    dropped: int = 0
    recursions: int = 0
    dead_lettered: int = 0
    dead_letter_errors: int = 0
    destination_deliveries: int = 0
    destination_failures: int = 0
