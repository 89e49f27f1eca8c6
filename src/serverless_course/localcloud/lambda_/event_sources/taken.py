"""What of a queue is taken: groups that a function has, messages that are being deleted.

A FIFO queue gives out a group's next message as soon as it has deleted the one before, which may
be before the poller hears of the deletion. So a group is free when its function has answered, and
not when the deletion has ended: whoever receives the next message meanwhile may hand it over.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Set
from typing import Any

from .batch import group_of


class Taken:
    """The groups and messages of one mapping. Used on one event loop."""

    def __init__(self) -> None:
        self._groups: set[str] = set()
        self._leaving: set[str] = set()
        self._left: set[str] = set()

    def has(self, record: dict[str, Any]) -> bool:
        """Whether a received record must not be handed over: it came too early, or once more."""
        return group_of(record) in self._groups or record["messageId"] in self._leaving

    def receiving(self) -> None:
        """A receive begins: it cannot give what was deleted before it."""
        self._leaving -= self._left
        self._left.clear()

    def hold(self, groups: set[str]) -> Hold:
        """A batch with these groups goes to the function."""
        self._groups |= groups
        return Hold(self._groups, set(groups))

    @contextlib.contextmanager
    def leaving(self, messages: set[str]) -> Iterator[None]:
        """These messages are being deleted."""
        self._leaving |= messages
        try:
            yield
        finally:
            self._left |= messages


class Hold:
    """The groups of one batch, each let go of once: then another batch may hold it."""

    def __init__(self, taken: set[str], held: set[str]) -> None:
        self._taken = taken
        self._held = held

    def free(self, but: Set[str] = frozenset()) -> None:
        """Let go of all groups except those in ``but``."""
        freed = self._held - but
        self._held -= freed
        self._taken -= freed
