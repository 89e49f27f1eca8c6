"""An event of a log stream, as it is written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LogEvent:
    """``at_ms``: milliseconds since the epoch; ``message`` ends in a newline."""

    at_ms: int
    message: str
