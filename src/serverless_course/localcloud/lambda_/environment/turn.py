"""One turn of the environment: from an event (or a start) to the next request for an event.

Here the environment, which waits for the turn's end, meets the Runtime API and the Extensions
API, where runtime and extensions say what they do. A turn is over when all of them are ready for
the next event.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from .extensions.registry import Registry
from .invocation import Ending
from .runtime_api import Posted

REGISTERED = Ending("registered")


class Turn:
    """The turn that is under way, or the last one.

    ``posted`` is what the runtime posted for the event, at ``posted_at`` (seconds since the
    epoch); ``init_error`` what it posted when it was started last. ``ready_at`` is when it asked
    for the next event, where extensions go on after that; ``on_runtime_done`` is called then.
    """

    def __init__(self, on_runtime_done: Callable[[], None]) -> None:
        self.posted: Posted | None = None
        self.posted_at: float | None = None
        self.ready_at: float | None = None
        self.init_error: Posted | None = None
        self.extensions = Registry(self._on_registered, self._on_extension_ready, self.end)
        self._on_runtime_done = on_runtime_done
        self._request_id: str | None = None
        self._ending: asyncio.Future[Ending] | None = None

    def begin_start(self) -> None:
        """The runtime, or before it the external extensions, are about to be started."""
        self.init_error = None
        self._begin()

    def begin_event(self, request_id: str) -> None:
        """The runtime is about to get an event."""
        self._request_id = request_id
        self._begin()

    async def wait(self, limit_s: float) -> Ending:
        """How the turn ends; after ``limit_s`` seconds it ends as a time-out."""
        assert self._ending is not None
        alarm = asyncio.get_running_loop().call_later(limit_s, self.end, Ending("timeout"))
        try:
            return await self._ending
        finally:
            alarm.cancel()

    def end(self, ending: Ending) -> None:
        """The turn is over; what comes first counts."""
        if self._ending is not None and not self._ending.done():
            self._ending.set_result(ending)

    def close_event(self) -> None:
        """No response to the event is taken any more."""
        self._request_id = None

    # what the runtime does

    def on_next(self) -> bool:
        """It asks for the next event. Whether that is in order: not before it has responded."""
        if self._request_id is not None and self.posted is None:
            return False
        self.extensions.is_open = False
        if self.extensions.all and self.extensions.pending:
            self.ready_at = time.time()
            if self._request_id is not None:
                self._on_runtime_done()
        else:
            self.end(Ending("ready"))
        return True

    def on_posted(self, request_id: str, posted: Posted) -> bool:
        """It posts a response. Whether that is in order: the first one, to the event it has."""
        if request_id != self._request_id or self.posted is not None:
            return False
        self.posted = posted
        self.posted_at = time.time()
        return True

    def on_init_error(self, posted: Posted) -> None:
        """It could not start."""
        self.init_error = posted

    # what extensions do

    def _on_registered(self) -> None:
        self.end(REGISTERED)

    def _on_extension_ready(self) -> None:
        if self.ready_at is not None and not self.extensions.pending:
            self.end(Ending("ready"))

    def _begin(self) -> None:
        self.posted = self.posted_at = self.ready_at = None
        self._ending = asyncio.get_running_loop().create_future()
