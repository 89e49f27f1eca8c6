"""Records of a queue that go to a function together. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from .settings import EVENT_FRAME_BYTES, MAX_EVENT_BYTES


@dataclass
class Batch:
    """Records that go to the function together. ``until``: when the queue shows them again."""

    records: list[dict[str, Any]]
    size: int
    until: float

    @property
    def groups(self) -> set[str]:
        """The FIFO message groups in it."""
        return {group for each in self.records if (group := group_of(each))}

    @property
    def trace(self) -> str:
        """The trace header that a message carries; one with a lineage before one without."""
        found = [each["attributes"].get("AWSTraceHeader", "") for each in self.records]
        return max(found, key=lambda text: ("Lineage=" in text, bool(text)), default="")


def group_of(record: dict[str, Any]) -> str:
    """The FIFO message group of a record; empty on a standard queue."""
    return str(record["attributes"].get("MessageGroupId", ""))


def size_of(record: dict[str, Any]) -> int:
    """Bytes of a record in the event, with the comma after it."""
    return len(json.dumps(record, separators=(",", ":"))) + 1


def parts_of(batch: Batch) -> list[Batch]:
    """The batch, cut where it would be larger than an event may be."""
    if batch.size + EVENT_FRAME_BYTES <= MAX_EVENT_BYTES:
        return [batch]
    parts = [Batch([], EVENT_FRAME_BYTES, batch.until)]
    for record in batch.records:
        size = size_of(record)
        if parts[-1].records and parts[-1].size + size > MAX_EVENT_BYTES:
            parts.append(Batch([], EVENT_FRAME_BYTES, batch.until))
        parts[-1].records.append(record)
        parts[-1].size += size
    return parts
