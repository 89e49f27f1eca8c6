"""One turn of the environment: from an event (or a start) to the next request for an event.

Here the environment, which waits for the turn's end, meets the Runtime API and the Extensions
API, where runtime and extensions say what they do. A turn is over when all of them are ready for
the next event.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

from .extensions.registry import Registry
from .invocation import Ending
from .response_stream import MAX_BYTES, ResponseStream
from .runtime_api import Posted

REGISTERED = Ending("registered")
# How long the rest of a response is waited for: a child of the runtime may hold its connection.
REST_S, ACCEPT_ROUNDS, REST_ROUNDS = 0.01, 5, 100
# The words of AWS's runtime interface emulator (fatalerror.go, read 2026-11).
TRUNCATED = Posted(
    b'{"errorType":"Runtime.TruncatedResponse","errorMessage":"Response stream is truncated"}',
    is_error=True,
    error_type="Runtime.TruncatedResponse",
    is_truncated=True,
)


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
        self.stream: ResponseStream | None = None
        self._ending: asyncio.Future[Ending] | None = None
        self._died: Ending | None = None

    def begin_start(self) -> None:
        """The runtime, or before it the external extensions, are about to be started."""
        self.init_error = self._died = None
        self._begin()

    def begin_event(self, request_id: str, stream: ResponseStream | None = None) -> None:
        """The runtime is about to get an event, and ``stream`` its response while it comes."""
        self._request_id = request_id
        self.stream = stream
        self._begin()
        if self._died is not None:
            # It asked for this event and died: nobody else would tell.
            self.end(self._died)

    async def wait(self, limit_s: float) -> Ending:
        """How the turn ends; after ``limit_s`` seconds it ends as a time-out."""
        assert self._ending is not None
        alarm = asyncio.get_running_loop().call_later(limit_s, self.end, Ending("timeout"))
        try:
            return await self._ending
        finally:
            alarm.cancel()

    def end(self, ending: Ending) -> None:
        """The turn is over; what comes first counts, and a death between turns for the next."""
        if self._ending is not None and not self._ending.done():
            self._ending.set_result(ending)
        elif ending.status in ("exit", "memory"):
            self._died = ending

    def close_event(self) -> None:
        """No response to the event is taken any more."""
        self._request_id = None

    @property
    def produced(self) -> int:
        """Bytes of the response, as far as it came."""
        if self.stream is not None:
            return self.stream.produced
        return len(self.posted.body) if self.posted is not None else 0

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
        if self.stream is not None:
            posted = self._streamed(self.stream, posted)
        self.posted = posted
        self.posted_at = time.time()
        return True

    def stream_of(self, request_id: str) -> ResponseStream | None:
        """Where the response to an event goes that the runtime begins to stream, if anywhere."""
        in_order = request_id == self._request_id and self.posted is None
        stream = self.stream
        return stream if in_order and stream is not None and not stream.has_begun else None

    def on_truncated(self, request_id: str) -> None:
        """The connection ended in the middle of a streamed response."""
        if request_id == self._request_id and self.posted is None and self.stream is not None:
            self.posted = TRUNCATED
            self.posted_at = time.time()
            self.stream.end()

    async def take_the_rest(self) -> None:
        """The runtime has exited: what it had written of a streamed response is still to be read.

        Its connection ends where that ends; a new one is first accepted.
        """
        for done in range(REST_ROUNDS):
            has_begun = self.stream is not None and self.stream.has_begun
            if self.posted is not None or (done >= ACCEPT_ROUNDS and not has_begun):
                return
            await asyncio.sleep(REST_S)

    def _streamed(self, stream: ResponseStream, posted: Posted) -> Posted:
        """What is left of a response when all of it has gone into the stream."""
        if not posted.is_error and not stream.has_begun:
            # A runtime that does not stream posts its response in one piece.
            stream.begin(posted.content_type)
            stream.feed(posted.body)
            posted = replace(posted, body=b"")
        if stream.is_too_large:
            posted = replace(posted, too_large=True, limit=MAX_BYTES)
        stream.end()
        return posted

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
