"""One subscriber to telemetry: its buffer, and how it is sent what it holds.

A destination that does not answer is tried three times, then its events are lost; so is what is
too much for the buffer meanwhile. ``platform.logsDropped`` tells of it, before the next event that
there is room for. Its members: Lambda Developer Guide, "Lambda Telemetry API Event schema
reference"; its reasons: AWS's runtime interface emulator (both read 2026-11).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from socket import socket
from typing import Any

from .subscription import Subscription

# Events that wait for a destination that does not take them.
MAX_WAITING_BYTES = 4 * 1024 * 1024
TRIES = 3
PAUSE_S = 0.1
HEAD_BYTES = 64 * 1024
TOO_SLOW = (
    "Some logs were dropped because the downstream consumer is slower than the logs production rate"
)
NOT_SENT = "could not send events: {}"
# Called with the record of a ``platform.logsDropped`` event.
TellLost = Callable[[dict[str, Any]], None]


class Subscriber:
    """Sends events in the order in which they came, in batches."""

    def __init__(
        self, wanted: Subscription, make_socket: Callable[[], socket], tell_lost: TellLost
    ) -> None:
        self.wanted = wanted
        self._tell_lost = tell_lost
        self._lost: dict[str, tuple[int, int]] = {}
        self._make_socket = make_socket
        self._loop = asyncio.get_running_loop()
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._timer: asyncio.TimerHandle | None = None
        self._sending: asyncio.Task[None] | None = None
        self._tcp: socket | None = None

    def connect(self) -> bool:
        """Reach a TCP destination. Whether somebody listens there."""
        made = self._make_socket()
        try:
            made.settimeout(0.2)
            made.connect(("127.0.0.1", self.wanted.port))
            made.setblocking(False)
        except OSError:
            made.close()
            return False
        self._tcp = made
        return True

    def take(self, event: bytes) -> None:
        """Hold an event, and send all when there is enough or the time has come."""
        if self._held_bytes > MAX_WAITING_BYTES:
            self._lose(TOO_SLOW, 1, len(event))
            return
        self._tell_of_losses()
        self._held.append(event)
        self._held_bytes += len(event)
        full = len(self._held) >= self.wanted.max_items or self._held_bytes >= self.wanted.max_bytes
        if full:
            self._send()
        elif self._timer is None:
            self._timer = self._loop.call_later(self.wanted.timeout_s, self._send)

    async def flush(self) -> None:
        """Send what is held, and wait for it."""
        while self._held or self._sending is not None:
            self._send()
            if self._sending is not None:
                await asyncio.shield(self._sending)

    def close(self) -> None:
        """Send nothing any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._sending is not None:
            self._sending.cancel()
        if self._tcp is not None:
            self._tcp.close()
        self._held, self._held_bytes = [], 0

    def _send(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._held and self._sending is None:
            self._sending = asyncio.ensure_future(self._deliver())
            self._sending.add_done_callback(self._sent)

    def _sent(self, task: asyncio.Task[None]) -> None:
        self._sending = None
        if not task.cancelled() and self._held and self._timer is None:
            self._timer = self._loop.call_later(self.wanted.timeout_s, self._send)

    def _lose(self, reason: str, records: int, size: int) -> None:
        before = self._lost.get(reason, (0, 0))
        self._lost[reason] = before[0] + records, before[1] + size

    def _tell_of_losses(self) -> None:
        lost, self._lost = self._lost, {}
        for reason, (records, size) in lost.items():
            record = {"droppedBytes": size, "droppedRecords": records, "reason": reason}
            self._tell_lost(record)

    async def _deliver(self) -> None:
        events = self._held[: self.wanted.max_items]
        del self._held[: len(events)]
        size = sum(len(each) for each in events)
        self._held_bytes -= size
        why = ""
        for _ in range(TRIES):
            try:
                if self._tcp is not None:
                    await self._loop.sock_sendall(self._tcp, b"\n".join(events) + b"\n")
                else:
                    await self._post(b"[" + b",".join(events) + b"]")
            except (OSError, EOFError, ValueError) as error:
                why = str(error)
                await asyncio.sleep(PAUSE_S)
            else:
                return
        self._lose(NOT_SENT.format(why), len(events), size)

    async def _post(self, body: bytes) -> None:
        made = self._make_socket()
        made.setblocking(False)
        try:
            await self._loop.sock_connect(made, ("127.0.0.1", self.wanted.port))
            head = (
                f"POST {self.wanted.path} HTTP/1.1\r\nHost: sandbox.localdomain\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
                "Connection: close\r\n\r\n"
            )
            await self._loop.sock_sendall(made, head.encode() + body)
            answer = await self._loop.sock_recv(made, HEAD_BYTES)
        finally:
            made.close()
        status = int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.") else 0
        if not 200 <= status < 400:
            raise ValueError(f"the destination answered with status {status}")
