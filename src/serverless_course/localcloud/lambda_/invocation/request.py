"""A request to invoke a function: what every way to invoke one hands to the door."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..environment.response_stream import ResponseStream
from ..function_version import FunctionVersion
from ..registry import Found
from ..tracing import Segment


def new_request_id() -> str:
    """The id of a new request: a random UUID, as AWS's."""
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class InvocationRequest:
    """One event for the function, version or alias that was found.

    ``trace`` is the trace header that came with the request, or a new one of which nobody has
    decided yet (`tracing.undecided`). ``client_context`` is Invoke's, as JSON. ``messages`` are
    the trace headers of the messages in a poller's batch. ``stream`` takes the response while it
    comes. ``durable_name`` is Invoke's DurableExecutionName; ``replays`` marks an invocation that
    a durable execution itself makes.
    """

    found: Found
    payload: bytes
    trace: str
    request_id: str = field(default_factory=new_request_id)
    client_context: str = ""
    messages: Sequence[str] = ()
    stream: ResponseStream | None = None
    durable_name: str = ""
    replays: bool = False


@dataclass(frozen=True, slots=True)
class Received:
    """A request that the door has received.

    ``version`` is the one that runs it, drawn where an alias has weights; None while that is not
    Active. ``incoming`` is the request's trace header with the hop to this function counted,
    ``trace`` the one of its answer and of all that follows. ``segment`` is there for a traced
    version. ``loops`` tells that the request closes a recursive loop, and is to be stopped.
    ``attempt`` counts from 1: an asynchronous event is tried again.
    """

    request: InvocationRequest
    version: FunctionVersion | None
    incoming: str
    trace: str
    segment: Segment | None
    loops: bool = False
    attempt: int = 1

    @property
    def version_durable(self) -> tuple[int, int] | None:
        """The durable settings of the version that runs it, None without any."""
        return None if self.version is None else self.version.durable
