"""A request and its answer, as the embedded cloud's own HTTP server hands them on."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from .vpc_source import VpcSource

# Of the models of botocore 1.43: a word or two that end in a hyphen or a dot.
_HOST_PREFIX = re.compile(r"(?:[a-z0-9]+[.-]){1,2}")
REASONS = {status.value: status.phrase for status in HTTPStatus}
NO_BODY_STATUSES = frozenset({204, 304})


@dataclass(slots=True)
class Request:
    """One request: ``target`` is the raw path and query as sent, header names are lower case.

    ``origin`` is there when it came through a function's VPC.
    """

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    peer: tuple[str, int] = ("127.0.0.1", 0)
    vpc_source: VpcSource | None = None
    http_version: str = "1.1"

    @property
    def source_ip(self) -> str:
        """The caller's address as an AWS service sees it."""
        return self.vpc_source.source_ip if self.vpc_source else self.peer[0]

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    def header(self, name: str, default: str = "") -> str:
        """The first header of that (lower-case) name."""
        for key, value in self.headers:
            if key == name:
                return value
        return default

    def has_header(self, name: str) -> bool:
        return any(key == name for key, _ in self.headers)


@dataclass(slots=True)
class Response:
    """One response. ``Content-Length`` and ``Connection`` are added when it is sent."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    extra_headers: list[tuple[str, str]] = field(default_factory=list)

    def encode(self, *, keep_alive: bool, head: bool = False) -> bytes:
        """The bytes on the wire; ``head`` leaves the body away, as an answer to HEAD must."""
        lines = [f"HTTP/1.1 {self.status} {REASONS.get(self.status, 'Unknown')}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        lines += [f"{name}: {value}" for name, value in self.extra_headers]
        declared = any(name.lower() == "content-length" for name in self.headers)
        if not declared and self.status not in NO_BODY_STATUSES:
            lines.append(f"Content-Length: {len(self.body)}")
        lines.append("Connection: keep-alive" if keep_alive else "Connection: close")
        head_bytes = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
        if head or self.status in NO_BODY_STATUSES:
            return head_bytes
        return head_bytes + self.body


def is_local(host: str, own: str) -> bool:
    """Whether a Host header names this listener: by its own address, or below ``localhost``.

    AWS's SDKs put a prefix before the host for some operations (``sync-``, ``api.``), whatever the
    host is. No name on the Internet ends in an IP address, so such a host is this listener too.
    """
    name = f"localhost:{own.rpartition(':')[2]}"
    if host in (own, name) or host.endswith(f".{name}"):
        return True
    return any(
        host.endswith(each) and _HOST_PREFIX.fullmatch(host.removesuffix(each)) is not None
        for each in (own, name)
    )


class Later:
    """An answer that is given later: it is on its way as soon as `give` returns.

    A future's answer would wait for the next round of the event loop.
    """

    def __init__(self) -> None:
        self.is_over = False
        self._response: Response | None = None
        self._take: Callable[[Response | None], None] | None = None

    def give(self, response: Response) -> None:
        """Answer the request. Once is enough: what comes later, or after `cancel`, is ignored."""
        self._end(response)

    def cancel(self) -> None:
        """The request gets no answer any more."""
        self._end(None)

    def then(self, take: Callable[[Response | None], None]) -> None:
        """Call ``take`` with the answer, or with None when there will be none."""
        self._take = take
        if self.is_over:
            take(self._response)

    def _end(self, response: Response | None) -> None:
        if not self.is_over:
            self.is_over, self._response = True, response
            if self._take is not None:
                self._take(response)


Handler = Callable[[Request], "Response | Later | Awaitable[Response]"]
