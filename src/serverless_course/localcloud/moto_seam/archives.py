"""EventBridge's archives: what they hold in bytes, and their list.

Source: as recorded from AWS (localstack's test_archive_and_replay, 2024): an event counts for its
source, its detail type, its detail and its time as text, 159 bytes for the recorded one; an event
bus that is not there is told. A detail is counted as Python writes it: what was sent is not kept.
"""

from __future__ import annotations

import json
from typing import Any

from ..wire.errors import ServiceError
from .pages import page
from .watchers import wrap

TIME = len("2024-05-21T13:15:50Z")


def install() -> None:
    """Put it into moto. Once for a process is enough."""
    from moto.events.models import Archive, EventsBackend  # noqa: PLC0415 - moto loads late
    from moto.events.responses import EventsHandler  # noqa: PLC0415

    wrap(Archive, "describe_short", _described)
    wrap(EventsBackend, "list_archives", _listed)
    wrap(EventsHandler, "list_archives", page("Archives", "ArchiveName"))


def _described(original: Any, archive: Any) -> Any:
    return original(archive) | {"SizeBytes": sum(map(_size, archive.events))}


def _size(event: dict[str, Any]) -> int:
    texts = [event["source"], event["detail-type"], json.dumps(event["detail"])]
    return TIME + sum(len(text.encode()) for text in [*texts, *event["resources"]])


def _listed(
    original: Any, backend: Any, prefix: str | None, source_arn: str | None, state: str | None
) -> Any:
    bus = str(source_arn or "").rpartition("/")[2]
    if source_arn and bus not in backend.event_buses:
        raise ServiceError("ResourceNotFoundException", f"Event bus {bus} does not exist.")
    return original(backend, prefix, source_arn, state)
