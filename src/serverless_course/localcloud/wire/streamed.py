"""Bodies that come or go in parts: a response that is sent as it is made, and where a request's
body goes that is not to be held."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from typing import Protocol

from .http import NO_BODY_STATUSES, REASONS, Request, Response


class Broken(Exception):
    """The body cannot be completed: the connection ends without the last chunk."""


@dataclass(slots=True)
class Streamed(Response):
    """A response whose body is sent as it is made.

    ``parts`` is read no faster than the client reads, and closed when the client has gone; it may
    raise `Broken`."""

    parts: AsyncGenerator[bytes] = field(kw_only=True)

    @property
    def has_body(self) -> bool:
        """Whether a client may be sent a body with this status at all."""
        return self.status not in NO_BODY_STATUSES

    def head(self, *, keep_alive: bool, is_chunked: bool = True) -> bytes:
        """Status line and headers; what the body's length is, nobody knows yet. A body that is
        not chunked ends with the connection."""
        lines = [f"HTTP/1.1 {self.status} {REASONS.get(self.status, 'Unknown')}"]
        for name, value in [*self.headers.items(), *self.extra_headers]:
            if name.lower() != "content-length":
                lines.append(f"{name}: {value}")
        if self.has_body and is_chunked:
            lines.append("Transfer-Encoding: chunked")
        lines.append("Connection: keep-alive" if keep_alive else "Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def chunk(data: bytes) -> bytes:
    """A part of a body in chunked transfer coding (RFC 9112, section 7.1)."""
    return b"%x\r\n%b\r\n" % (len(data), data)


LAST_CHUNK = b"0\r\n\r\n"


class Sink(Protocol):
    """Takes a request's body as it comes."""

    def feed(self, data: bytes) -> None:
        """More of the body has come."""

    def broken(self) -> None:
        """The connection ended before the body did."""


# From a request's head to the sink of its body, or None: then the body is held as usual. The two
# functions stop and resume the reading of this connection.
SinkOf = Callable[[Request, Callable[[], None], Callable[[], None]], Sink | None]
