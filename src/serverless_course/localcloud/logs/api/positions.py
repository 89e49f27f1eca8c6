"""Where an event stands among the others, written as AWS writes it: 56 digits.

AWS's event ids and tokens are opaque; here the first 20 digits are the event's time, and the rest
its number.
"""

from __future__ import annotations

from ...moto_seam.log_groups import StoredEvent
from ...wire.errors import ServiceError

# (time in ms, number): what events are sorted by.
Position = tuple[int, int]
_TIME_DIGITS = 20
_DIGITS = 56
INVALID = "The specified nextToken is invalid."


def position(event: StoredEvent) -> Position:
    """What events are sorted by."""
    return event.timestamp, event.number


def written(place: Position) -> str:
    """A position as 56 digits."""
    return f"{place[0]:0{_TIME_DIGITS}d}{place[1]:0{_DIGITS - _TIME_DIGITS}d}"


def read(text: str) -> Position:
    """A position from its digits. Raises `ServiceError` for what is none."""
    if len(text) != _DIGITS or not (text.isascii() and text.isdecimal()):
        raise ServiceError("InvalidParameterException", INVALID)
    return int(text[:_TIME_DIGITS]), int(text[_TIME_DIGITS:])
