"""The Runtime API of one environment: where its runtime asks for events and posts results.

Source: Lambda Developer Guide, "Using the Lambda runtime API" (version 2018-06-01, read 2026-11).
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from socket import socket
from typing import Protocol

from ...vpc.namespace import Namespace
from ...wire.budget import Budget
from ...wire.connection import HttpProtocol
from ...wire.http import Later, Request, Response
from ...wire.loopback import LoopbackListener
from ...wire.streamed import Sink
from .invocation import Event
from .refusal import JSON, error_body, refusal
from .response_stream import MAX_BYTES, ResponseStream

BASE = "/2018-06-01/runtime"
MAX_RESPONSE_BYTES = 6_291_556
# Beyond this a runtime is cut off in the middle of its response.
MAX_POST_BYTES = 1024 * 1024 * 1024
# AWS's Python client sends an error's cause for X-Ray in a header of up to 1 MB.
MAX_HEADER_BYTES = 1024 * 1024 + 64 * 1024
# Of all that an environment posts at once so much is held: two of the largest responses.
MAX_HELD_BYTES = 2 * (MAX_RESPONSE_BYTES + 1)
# A runtime needs one connection, an extension another.
MAX_CONNECTIONS = 16
ERROR_CAUSE = "lambda-runtime-function-xray-error-cause"
RESPONSE_MODE = "lambda-runtime-function-response-mode"
ERROR_BODY = "lambda-runtime-function-error-body"
OCTETS = "application/octet-stream"
ACCEPTED = b'{"status":"OK"}'


Answer = Response | Later | Awaitable[Response]


@dataclass
class Posted:
    """What a runtime posted: a result, or an error with its type.

    Of a streamed response only its end is here. ``limit`` is how many bytes it might have had;
    ``is_truncated`` tells that the runtime's connection ended in the middle of it.
    """

    body: bytes
    is_error: bool = False
    error_type: str = ""
    too_large: bool = False
    error_cause: str = ""
    content_type: str = ""
    limit: int = MAX_RESPONSE_BYTES
    is_truncated: bool = False


class Streams(Protocol):
    """What the Runtime API asks of the turn when a runtime streams its response."""

    stream: ResponseStream | None

    def stream_of(self, request_id: str) -> ResponseStream | None:
        """Where the response to an event goes that the runtime begins to stream, if anywhere."""

    def on_truncated(self, request_id: str) -> None:
        """The connection ended in the middle of a streamed response."""


@dataclass
class RuntimeApi:
    """A listener on a loopback port of its own: the port tells which environment speaks.

    Who connects is not asked. In this machine's network another function may, if it finds the port
    (docs/sandbox.md); in a network namespace it cannot.

    The three callbacks tell the environment what its runtime does: it asks for the next event,
    posts a result or an error for a request id, or posts an initialisation error. The first two
    return whether that is in order. ``streams`` says where streamed responses go. ``others``
    answers what is none of a runtime's requests.
    """

    on_next: Callable[[], bool]
    on_posted: Callable[[str, Posted], bool]
    on_init_error: Callable[[Posted], None]
    streams: Streams | None = None
    others: Callable[[Request], Answer | None] = lambda _: None
    address: str = ""
    _listener: LoopbackListener | None = None
    _asking: Later | None = field(default=None, repr=False)
    _room: Budget = field(default_factory=lambda: Budget(MAX_HELD_BYTES), repr=False)

    def open(self, namespace: Namespace | None = None) -> None:
        """Listen on a free port of the loopback interface, the namespace's if there is one."""
        make_socket = namespace.make_socket if namespace else socket
        self._listener = LoopbackListener(self._protocol, MAX_CONNECTIONS, make_socket)
        self.address = f"127.0.0.1:{self._listener.port}"

    def close(self) -> None:
        """Stop listening and let go of a waiting runtime."""
        self._forget()
        if self._listener is not None:
            self._listener.close()

    @property
    def asked(self) -> bool:
        """True while the runtime waits for an event."""
        return self._asking is not None and not self._asking.is_over

    def give(self, event: Event, deadline_ms: int) -> None:
        """Answer the waiting runtime with an event; ``deadline_ms`` is since the epoch."""
        assert self._asking is not None
        asking, self._asking = self._asking, None
        headers = {
            **JSON,
            "Lambda-Runtime-Aws-Request-Id": event.request_id,
            "Lambda-Runtime-Deadline-Ms": str(deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": event.invoked_arn,
            "Lambda-Runtime-Trace-Id": event.trace_id,
        }
        if event.client_context:
            headers["Lambda-Runtime-Client-Context"] = event.client_context
        asking.give(Response(200, headers, event.payload))

    def hang_up(self) -> None:
        """Every process was killed: nothing that they sent, and nobody has read, counts any more.

        A request of theirs would be taken for one of the processes that are started next.
        """
        self._forget()
        if self._listener is not None:
            self._listener.hang_up()

    def _forget(self) -> None:
        """Nobody waits for an event any more."""
        if self._asking is not None:
            self._asking.cancel()
        self._asking = None

    def _protocol(self, on_lost: Callable[[HttpProtocol], None]) -> HttpProtocol:
        return HttpProtocol(
            self._handle,
            MAX_POST_BYTES,
            MAX_RESPONSE_BYTES + 1,
            on_lost,
            max_headers=MAX_HEADER_BYTES,
            sink_of=self._sink_of,
        )

    def _sink_of(
        self, head: Request, pause: Callable[[], None], resume: Callable[[], None]
    ) -> Sink | None:
        """Where the body of a streamed response goes, which somebody reads while it comes."""
        if head.header(RESPONSE_MODE) != "streaming" or self.streams is None:
            return None
        request_id = head.path.removeprefix(f"{BASE}/invocation/").removesuffix("/response")
        stream = self.streams.stream_of(request_id)
        if stream is None:
            return None
        stream.begin(head.header("content-type", OCTETS), pause, resume)
        return StreamSink(stream, partial(self.streams.on_truncated, request_id))

    def _handle(self, request: Request) -> Answer:
        if request.header("host") != self.address or request.has_header("origin"):
            return refusal(403, "Forbidden", "This is another environment's Runtime API.")
        path = request.path
        answer: Answer | None
        if path == f"{BASE}/invocation/next" and request.method == "GET":
            answer = self._next()
        elif not path.startswith(BASE):
            answer = self.others(request)
        else:
            answer = self._post(path, request) if request.method == "POST" else None
        return refusal(404, "NotFound", "There is nothing here.") if answer is None else answer

    def _post(self, path: str, request: Request) -> Answer | None:
        error_type = request.header("lambda-runtime-function-error-type")
        if path == f"{BASE}/init/error":
            posted = Posted(request.body, is_error=True, error_type=error_type)
            posted.error_cause = _cause(request)
            self.on_init_error(posted)
            return Response(202, JSON, ACCEPTED)
        parts = path.removeprefix(f"{BASE}/invocation/").split("/")
        if len(parts) == 2 and parts[1] in ("response", "error"):
            return self._take(parts[0], self._posted(parts[1] == "error", error_type, request))
        return None

    def _next(self) -> Later | Awaitable[Response]:
        self._forget()
        waiting = self._asking = Later()
        if not self.on_next():
            self._asking = None
            return refusal(
                403,
                "InvalidStateTransition",
                "State transition from Running to Ready failed for runtime. "
                "Error: State transition is not allowed",
            )
        return waiting

    def _posted(self, is_error: bool, error_type: str, request: Request) -> Posted:
        too_large = len(request.body) > MAX_RESPONSE_BYTES
        body = b"" if too_large else request.body
        cause = _cause(request) if is_error else ""
        content_type = request.header("content-type", OCTETS)
        if not is_error and error_type and request.header(RESPONSE_MODE) == "streaming":
            return Posted(_error_in(request), is_error=True, error_type=error_type)
        return Posted(body, is_error, error_type, too_large, cause, content_type)

    def _take(self, request_id: str, posted: Posted) -> Response | Awaitable[Response]:
        if not self.on_posted(request_id, posted):
            return refusal(400, "InvalidRequestID", "Invalid request ID")
        stream = self.streams.stream if self.streams is not None else None
        if stream is not None and stream.is_too_large:
            text = f"Exceeded maximum allowed payload size ({MAX_BYTES} bytes)."
            return Response(413, JSON, error_body("RequestEntityTooLarge", text))
        if posted.too_large:
            text = f"Exceeded maximum allowed payload size ({MAX_RESPONSE_BYTES} bytes)."
            return Response(413, JSON, error_body("RequestEntityTooLarge", text))
        return Response(202, JSON, ACCEPTED)


class StreamSink:
    """Takes the body of a streamed response; ``on_broken`` is called when it does not end."""

    def __init__(self, stream: ResponseStream, on_broken: Callable[[], None]) -> None:
        self.feed = stream.feed
        self.broken = on_broken


def _error_in(request: Request) -> bytes:
    """The error that ends a streamed response, as JSON: in a trailer, in Base64."""
    try:
        return base64.b64decode(request.header(ERROR_BODY), validate=True)
    except ValueError:
        return b""


def _cause(request: Request) -> str:
    """The cause for X-Ray: a header is read as Latin-1, and runtimes write UTF-8."""
    return request.header(ERROR_CAUSE).encode("latin-1", "replace").decode("utf-8", "replace")
