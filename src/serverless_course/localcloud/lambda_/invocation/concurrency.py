"""Concurrency: how many environments of a function, and of all functions, may be busy at once.

Source: Lambda Developer Guide, "Understanding Lambda function scaling" (read 2026-11).
"""

from __future__ import annotations

from ...wire.errors import ServiceError
from ..account_concurrency import always_unreserved
from ..registry import FunctionRecord, Region


class RegionConcurrency:
    """The busy on-demand environments of one region. ``limit`` is the account's quota there."""

    def __init__(self, region: Region, limit: int) -> None:
        self._region = region
        self._limit = limit
        # With less than this running, the account's limit cannot be reached.
        self._always_unreserved = always_unreserved(limit)
        self._busy: dict[str, int] = {}
        self._busy_unreserved = 0

    def busy(self, name: str) -> int:
        """On-demand invocations of a function that run now, over all its versions."""
        return self._busy.get(name, 0)

    def enter(self, record: FunctionRecord) -> bool:
        """Count an invocation that begins; give what is returned to `leave`.

        Raises a throttle (429) with AWS's reason at a limit.
        """
        running = self._busy.get(record.name, 0)
        reserved = record.reserved
        if reserved is not None:
            if running >= reserved - _provisioned(record):
                raise throttled("ReservedFunctionConcurrentInvocationLimitExceeded")
        elif (
            self._busy_unreserved >= self._always_unreserved
            and self._busy_unreserved >= self._room()
        ):
            raise throttled("ConcurrentInvocationLimitExceeded")
        self._busy[record.name] = running + 1
        unreserved = reserved is None
        self._busy_unreserved += unreserved
        return unreserved

    def leave(self, record: FunctionRecord, unreserved: bool) -> None:
        """The invocation has ended."""
        self._busy[record.name] -= 1
        if not self._busy[record.name]:
            del self._busy[record.name]
        self._busy_unreserved -= unreserved

    def claimed(self) -> int:
        """What reservations and provisioned concurrency take of the account's limit."""
        return sum(
            record.reserved if record.reserved is not None else _provisioned(record)
            for record in tuple(self._region.functions.values())
        )

    def _room(self) -> int:
        """What is left of the account's limit for functions without a reservation."""
        return self._limit - self.claimed()


def _provisioned(record: FunctionRecord) -> int:
    return sum(
        config["AllocatedProvisionedConcurrentExecutions"] for config in record.provisioned.values()
    )


def throttled(reason: str, message: str = "Rate Exceeded.") -> ServiceError:
    """AWS's answer to a call over a concurrency limit."""
    return ServiceError(
        "TooManyRequestsException",
        message,
        429,
        fields={"Reason": reason, "Type": "User"},
    )
