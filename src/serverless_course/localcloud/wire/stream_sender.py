"""Sends one streamed answer to its client."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from .http import Request
from .streamed import LAST_CHUNK, Broken, Streamed, chunk

log = logging.getLogger(__name__)


class StreamSender:
    """Sends a body as it is made, and no faster than the client reads.

    ``write`` puts bytes on the connection; ``is_unread`` tells whether the client has to read
    before more is written, ``is_gone`` whether the connection has ended. `go_on` is to be called
    when either may have changed. A client of HTTP/1.0 is sent no chunks (RFC 9112, section 6.1):
    its body ends with the connection.
    """

    def __init__(
        self,
        write: Callable[[bytes], None],
        is_unread: Callable[[], bool],
        is_gone: Callable[[], bool],
    ) -> None:
        self._write = write
        self._is_unread = is_unread
        self._is_gone = is_gone
        self._waiting: asyncio.Future[None] | None = None

    async def send(self, response: Streamed, request: Request, *, keep_alive: bool) -> bool:
        """Send the answer, and close its parts. Returns whether the connection may be kept."""
        is_chunked = request.http_version != "1.0"
        keep_alive = keep_alive and (is_chunked or not response.has_body)
        self._write(response.head(keep_alive=keep_alive, is_chunked=is_chunked))
        wants_body = request.method != "HEAD" and response.has_body
        try:
            async for part in response.parts:
                if part and wants_body:
                    self._write(chunk(part) if is_chunked else part)
                while self._is_unread() and not self._is_gone():
                    self._waiting = asyncio.get_running_loop().create_future()
                    await self._waiting
                if self._is_gone():
                    break
            else:
                if wants_body and is_chunked:
                    self._write(LAST_CHUNK)
        except Broken:
            return False
        except Exception:
            log.exception("a streamed answer failed")
            return False
        finally:
            await response.parts.aclose()
        return keep_alive

    def go_on(self) -> None:
        """The client has read, or has gone."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
