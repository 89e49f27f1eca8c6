"""SNS to HTTP endpoints: delivered in the background, so that a slow one holds up nobody.

moto posts within the publisher's call and waits for as long as it takes. Here each endpoint has a
line of its own. Source: Amazon SNS Developer Guide, "HTTP/HTTPS notifications" (read 2026-11): a
delivery fails when the endpoint does not answer within 15 seconds. AWS tries again by its delivery
policy; here a message is sent once.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import Any

from .seam import replace

log = logging.getLogger(__name__)

ANSWER_S = 15.0
# Endpoints that are served at once, and messages that wait for one of them.
MAX_LINES = 64
MAX_WAITING = 1000


class Deliveries:
    """Stands where moto has ``requests``. May be used on any thread."""

    def __init__(self, requests: Any, answer_s: float = ANSWER_S) -> None:
        self._requests = requests
        self._answer_s = answer_s
        self._lines: dict[str, deque[dict[str, Any]]] = {}
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._requests, name)

    def post(self, endpoint: str, **message: Any) -> None:
        """Send a message to an endpoint soon. What there is no room for is dropped, and logged."""
        with self._lock:
            line = self._lines.get(endpoint)
            if line is not None:
                if len(line) < MAX_WAITING:
                    line.append(message)
                else:
                    log.warning("a message to %s was dropped: it does not answer", endpoint)
                return
            if len(self._lines) >= MAX_LINES:
                log.warning("a message to %s was dropped: too many endpoints", endpoint)
                return
            self._lines[endpoint] = deque([message])
        threading.Thread(target=self._serve, args=(endpoint,), name="sns", daemon=True).start()

    def _serve(self, endpoint: str) -> None:
        while True:
            with self._lock:
                line = self._lines[endpoint]
                if not line:
                    del self._lines[endpoint]
                    return
                message = line.popleft()
            try:
                self._requests.post(endpoint, timeout=self._answer_s, **message).close()
            except Exception as error:
                log.warning("a message to %s was not delivered: %s", endpoint, error)


def install() -> None:
    """Let moto's SNS deliver to HTTP endpoints in the background."""
    from moto.sns import models  # noqa: PLC0415 - moto loads late

    replace(models, "requests", Deliveries)
