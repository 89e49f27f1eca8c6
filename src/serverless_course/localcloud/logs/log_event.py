"""An event of a log stream, as it is written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LogEvent:
    """``at_ms``: milliseconds since the epoch; ``message`` ends in a newline."""

    at_ms: int
    message: str


# Who writes without a role: vended logs, which the service itself delivers (CloudWatch Logs User
# Guide, "Enable logging from AWS services", read 2026-11).
DELIVERY = "delivery.logs.amazonaws.com"
