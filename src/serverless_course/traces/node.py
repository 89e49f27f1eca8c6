"""One segment or subsegment of a trace, with those that hang from it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from serverless_course.traces.intervals import gaps

State = Literal["ok", "error", "throttle", "fault"]

# What Lambda calls the start of an execution environment: the first in the form of old, the second
# in today's (X-Ray Developer Guide, "AWS Lambda and AWS X-Ray", read 2026-11).
COLD_START_NAMES = frozenset({"Initialization", "Init"})
OVERHEAD = "Overhead"


@dataclass(frozen=True)
class Cause:
    """The first exception of a segment: its type and its message, empty where not told."""

    type: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.type, self.message) if part)


@dataclass(eq=False)
class Node:
    """A segment or subsegment. Times are seconds since the epoch.

    Attributes:
        id: 16 hexadecimal digits.
        name: the name of the service, or of the part of the work.
        kind: ``"segment"`` or ``"subsegment"``.
        start_s: when it began.
        end_s: when it ended. Of one in progress, the end of what is known of it.
        namespace: of subsegments: ``"aws"`` for a call with an AWS SDK, ``"remote"`` for another
            downstream call, None for work within the service.
        origin: of segments: the AWS resource, as ``AWS::Lambda::Function``.
        operation: the API operation of an AWS call.
        resource: the table, queue, topic or function of an AWS call.
        status: HTTP status of the response.
        error: a 4xx; ``throttle`` a 429; ``fault`` a 5xx or an exception.
        cause: the first exception.
        annotations: what one can filter traces by.
        in_progress: no end was sent (yet).
        inferred: X-Ray made the segment from its caller's subsegment; nobody sent it.
        orphan: the parent it names is not in the trace, or is its own descendant.
        children: by start, then by id.
    """

    id: str
    name: str
    kind: Literal["segment", "subsegment"]
    start_s: float
    end_s: float
    parent_id: str | None = None
    namespace: str | None = None
    origin: str | None = None
    operation: str | None = None
    resource: str | None = None
    status: int | None = None
    error: bool = False
    throttle: bool = False
    fault: bool = False
    cause: Cause | None = None
    annotations: Mapping[str, str | float | bool] = field(default_factory=dict)
    in_progress: bool = False
    inferred: bool = False
    orphan: bool = False
    children: list[Node] = field(default_factory=list, repr=False)

    @property
    def seconds(self) -> float:
        """From start to end."""
        return max(0.0, self.end_s - self.start_s)

    @property
    def begins_s(self) -> float:
        """Its start, or that of its Init where that lies before it.

        Lambda starts an environment before the function's segment begins, and hangs the time from
        that segment all the same.
        """
        inits = (child.start_s for child in self.children if child.is_cold_start)
        return min([self.start_s, *inits])

    def own_stretches(self) -> list[tuple[float, float]]:
        """When it worked itself and waited for no child: starts and ends in epoch seconds.

        An inferred child is the same time seen from the other side, and is not taken off.
        """
        inner = [(child.begins_s, child.end_s) for child in self.children if not child.inferred]
        return gaps(inner, self.begins_s, self.end_s)

    @property
    def self_s(self) -> float:
        """Own time in seconds: without the children's, which count once where they overlap."""
        return math.fsum(end - start for start, end in self.own_stretches())

    @property
    def state(self) -> State:
        """The gravest of what is marked. A throttle is an error too, and is told as what it is."""
        if self.fault:
            return "fault"
        if self.throttle:
            return "throttle"
        return "error" if self.error else "ok"

    @property
    def is_cold_start(self) -> bool:
        """Whether it is the start of a Lambda execution environment."""
        return self.kind == "subsegment" and self.name in COLD_START_NAMES and not self.namespace

    @property
    def is_overhead(self) -> bool:
        """Whether it is what Lambda does after the handler has answered."""
        return self.kind == "subsegment" and self.name == OVERHEAD and not self.namespace

    @property
    def type(self) -> str:
        """Origin of a segment; ``aws``, ``remote`` or ``local`` for a subsegment."""
        if self.kind == "segment":
            return self.origin or "segment"
        return self.namespace or "local"

    def walk(self) -> Iterator[tuple[int, Node]]:
        """Itself and all below with their depth, parents first, in order of time."""
        waiting = [(0, self)]
        while waiting:
            depth, node = waiting.pop()
            yield depth, node
            waiting.extend((depth + 1, child) for child in reversed(node.children))
