"""The Telemetry API of one environment: who subscribed, and what each of them is sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from socket import socket
from typing import Any

from ....wire.http import Response
from ..refusal import JSON, error_body, refusal
from ..report import stamp
from .subscriber import Subscriber, TellLost
from .subscription import InvalidSubscription, subscription

# Events of the initialisation that are kept for who subscribes later in it.
MOST_EARLY = 1000
# Called with a platform event: its type and its record.
TellPlatform = Callable[[str, dict[str, Any]], None]


class Telemetry:
    """``make_socket`` makes a TCP socket in the environment's network; ``tell`` writes a platform
    event into the log, from where it comes back to `publish`; so does ``tell_lost`` for the
    record of lost events."""

    def __init__(
        self, make_socket: Callable[[], socket], tell: TellPlatform, tell_lost: TellLost
    ) -> None:
        self._make_socket = make_socket
        self._tell = tell
        self._tell_lost = tell_lost
        self._subscribers: dict[str, Subscriber] = {}
        self._early: list[tuple[str, object, float]] = []
        self.is_open = True

    def subscribe(self, name: str, body: bytes) -> Response | Awaitable[Response]:
        """Answer an extension's request to subscribe; a second one takes the first one's place."""
        if not self.is_open:
            return refusal(
                403, "Telemetry.SubscriptionClosed", "Telemetry API subscription is closed"
            )
        try:
            wanted = subscription(body)
        except InvalidSubscription as problem:
            return Response(400, JSON, error_body("ValidationError", str(problem)))
        before = self._subscribers.pop(name, None)
        if before is not None:
            before.close()
        subscriber = Subscriber(wanted, self._make_socket, self._tell_lost)
        if not wanted.is_http and not subscriber.connect():
            text = f"Invalid destination: nobody listens on port {wanted.port}"
            return Response(400, JSON, error_body("ValidationError", text))
        self._subscribers[name] = subscriber
        for kind, content, at in self._early:
            if kind.partition(".")[0] in wanted.types:
                subscriber.take(_event(kind, content, at))
        record = {"name": name, "state": "Subscribed", "types": list(wanted.types)}
        self._tell("platform.telemetrySubscription", record)
        return Response(200, JSON, b'"OK"')

    def publish(self, kind: str, record: object, at: float) -> None:
        """Send an event to those who want its type; ``at`` is in seconds since the epoch.

        Whoever subscribes gets what came before, too, from the begin of the initialisation on.
        """
        if self.is_open and len(self._early) < MOST_EARLY:
            self._early.append((kind, record, at))
        stream = kind.partition(".")[0]
        event = b""
        for each in self._subscribers.values():
            if stream in each.wanted.types:
                event = event or _event(kind, record, at)
                each.take(event)

    def close(self) -> bool:
        """The initialisation is over: nobody subscribes any more. Whether somebody has."""
        self.is_open = False
        self._early = []
        return bool(self._subscribers)

    async def flush(self, limit_s: float) -> None:
        """Send what is held, and wait until it has arrived, so long at most."""
        waiting = [asyncio.ensure_future(each.flush()) for each in self._subscribers.values()]
        if waiting:
            _, late = await asyncio.wait(waiting, timeout=limit_s)
            for each in late:
                each.cancel()

    def clear(self) -> None:
        """The environment's processes have ended: nobody is subscribed."""
        for each in self._subscribers.values():
            each.close()
        self._subscribers = {}
        self._early = []
        self.is_open = True


def _event(kind: str, record: object, at: float) -> bytes:
    event = {"time": stamp(at), "type": kind, "record": record}
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")
