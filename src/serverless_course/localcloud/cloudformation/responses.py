"""Where custom resources answer: an address that nobody can guess, good for one answer.

AWS presigns an object of S3; this server takes the same PUT at an address of its own.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable
from typing import Any

from ..clock import ScaledClock
from ..wire.errors import ServiceError
from ..wire.http import Request, Response
from .errors import ResourceFailed

PATH = "/cloudformation-custom-resource-response/"
MAX_BYTES = 4096
PAUSE_S = 0.1


class Responses:
    """The open addresses. ``endpoint`` is this server's URL; ``clock`` scales the time-outs."""

    def __init__(self, endpoint: str, clock: ScaledClock) -> None:
        self.clock = clock
        self._endpoint = endpoint
        self._boxes: dict[str, Box] = {}

    def open(self) -> Box:
        """A new address."""
        key = secrets.token_urlsafe(32)
        box = self._boxes[key] = Box(self, key, f"{self._endpoint}{PATH}{key}")
        return box

    def forget(self, key: str) -> None:
        """Close an address."""
        self._boxes.pop(key, None)

    def take(self, request: Request) -> Response:
        """The answer to a PUT. Raises `ServiceError` (403) for an address that is not open."""
        box = self._boxes.get(request.path.removeprefix(PATH))
        if box is None or request.method != "PUT":
            raise ServiceError("AccessDenied", "Request has expired", 403)
        box.put(request.body)
        return Response(200, {}, b"")


class Box:
    """One address, and what arrives there."""

    def __init__(self, responses: Responses, key: str, url: str) -> None:
        self.url = url
        self._responses = responses
        self._key = key
        self._arrived = threading.Event()
        self._body = b""

    def put(self, body: bytes) -> None:
        """Take the first answer; later ones change nothing."""
        if not self._arrived.is_set():
            self._body = body
            self._arrived.set()

    def wait(self, aws_s: float, is_stopped: Callable[[], bool]) -> dict[str, Any] | None:
        """The answer, waited for as long as AWS would on the scaled clock; None without one.

        Raises `ResourceFailed` for an answer that is none.
        """
        end = time.monotonic() + self._responses.clock.real_s(aws_s)
        while not self._arrived.wait(PAUSE_S):
            if time.monotonic() > end or is_stopped():
                return None
        if len(self._body) > MAX_BYTES:
            raise ResourceFailed("Response object is too long.")
        try:
            found = json.loads(self._body)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise ResourceFailed("Invalid Response object: it is no JSON object.")
        return found

    def close(self) -> None:
        """Take no more answers."""
        self._responses.forget(self._key)
