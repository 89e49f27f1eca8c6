"""How much of a log stream is kept: moto keeps everything in memory, and a flood has no end.

CloudWatch Logs keeps everything; here the oldest events of a stream go when there are too many.
"""

from __future__ import annotations

from typing import Any

MOST_EVENTS = 100_000
MOST_CHARACTERS = 32 * 1024 * 1024


class Retention:
    """Counts what each stream holds. ``stream`` is moto's, with its list of ``events``."""

    def __init__(self) -> None:
        self._characters: dict[str, int] = {}

    def added(self, arn: str, stream: Any, characters: int) -> None:
        """So much was added to a stream: drop the oldest half of what it holds when too much."""
        held = self._characters.get(arn, 0) + characters
        events = stream.events
        if len(events) > MOST_EVENTS or held > MOST_CHARACTERS:
            held = sum(len(event.message) for event in events)
            drop = 0
            while drop < len(events) and (
                len(events) - drop > MOST_EVENTS // 2 or held > MOST_CHARACTERS // 2
            ):
                held -= len(events[drop].message)
                drop += 1
            del events[:drop]
        self._characters[arn] = held
