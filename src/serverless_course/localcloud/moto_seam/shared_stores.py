"""moto's stores are read on one thread while another writes: a reading gets through.

moto loops over its dicts, and Python ends a loop over a dict that another thread changes
("mutated during iteration"): PutEvents, ListSecrets, DescribeParameters and others answered 500
when somebody wrote at the same moment. Two means: the rules of a bus, which each event loops over,
are looped over as they were when the loop began; and a call that only reads is made again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

from .watchers import wrap

Answer = TypeVar("Answer")
# How often a call that only reads is made, before its error is told.
TRIES = 10
READS = ("BatchGet", "Describe", "Filter", "Get", "Head", "List", "Query", "Scan", "Search")
# What moto raises when something goes away, or comes, while it looks.
TORN = (RuntimeError, KeyError, IndexError, AttributeError, TypeError)


class SteadyDict(OrderedDict[Any, Any]):
    """A dict whose views are lists: what is added or removed meanwhile does not disturb a loop."""

    def keys(self) -> Any:
        return list(super().keys())

    def values(self) -> Any:
        return list(super().values())

    def items(self) -> Any:
        return list(super().items())


def install() -> None:
    """Give moto's event buses steady dicts. Once for a process is enough."""
    from moto.events.models import EventBus  # noqa: PLC0415 - moto loads late

    wrap(EventBus, "__init__", _steady_rules)


def read_again(operation: str, answer: Callable[[], Answer]) -> Answer:
    """What ``answer`` returns; for an operation that only reads, after some tries if it must be.

    Raises what ``answer`` raises: at once for an operation that changes something.
    """
    for _ in range(TRIES - 1 if operation.startswith(READS) else 0):
        try:
            return answer()
        except TORN:
            continue
    return answer()


def _steady_rules(original: Any, bus: Any, *arguments: Any, **named: Any) -> None:
    original(bus, *arguments, **named)
    bus.rules = SteadyDict(bus.rules)
