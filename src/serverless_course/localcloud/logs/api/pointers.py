"""``@ptr``: what names one log event, for GetLogRecord."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...iam.account import ACCOUNT_ID
from ...moto_seam.log_groups import LogGroup, StoredEvent
from ...wire.errors import ServiceError
from ..insights import Event
from .positions import Position, read, written


@dataclass(frozen=True)
class Pointer:
    """A log event: its place, its stream, its group."""

    place: Position
    stream: str
    group: str

    def __str__(self) -> str:
        text = f"{written(self.place)}:{self.stream}:{self.group}"
        return base64.b64encode(text.encode()).decode()


def pointer(text: str) -> Pointer:
    """A pointer from its text. Raises `ServiceError` for what is none."""
    try:
        place, stream, group = base64.b64decode(text, validate=True).decode().split(":", 2)
        return Pointer(read(place), stream, group)
    except (ServiceError, binascii.Error, ValueError) as error:
        raise ServiceError(
            "InvalidParameterException", "The specified log record pointer is invalid."
        ) from error


def insights_events(group: LogGroup, events: Iterable[StoredEvent]) -> Iterator[Event]:
    """Stored events as Logs Insights sees them."""
    log = f"{ACCOUNT_ID}:{group.name}"
    for at, number, message, ingestion_time, stream in events:
        yield Event(at, number, message, ingestion_time, stream, log)


def pointer_to(event: Event) -> str:
    """The pointer to an event."""
    place = (event.timestamp, event.number)
    return str(Pointer(place, event.log_stream, event.log.partition(":")[2]))
