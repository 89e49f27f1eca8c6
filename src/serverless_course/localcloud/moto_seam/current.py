"""The call that a worker thread answers now: what an event that comes of it takes from it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class CurrentCall:
    """``trace`` is the request's X-Amzn-Trace-Id, empty when it came without one; ``operation``
    what the request was read to be, empty where its path says it; ``is_form``: the object was
    uploaded by an HTML form; ``principal_arn`` is who signed the request, for ``region``."""

    trace: str = ""
    user_id: str = ""
    source_ip: str = "127.0.0.1"
    request_id: str = ""
    operation: str = ""
    is_form: bool = False
    principal_arn: str = ""
    region: str = ""


_thread = threading.local()
_NONE = CurrentCall()


def current() -> CurrentCall:
    """The call that this thread answers; an empty one when it answers none."""
    found: CurrentCall = getattr(_thread, "call", _NONE)
    return found


@contextmanager
def answering(call: CurrentCall) -> Iterator[None]:
    """For the length of a ``with`` block this thread answers that call."""
    before = current()
    _thread.call = call
    try:
        yield
    finally:
        _thread.call = before
