"""What a telemetry destination misses is told of: ``platform.logsDropped``.

Sources: Lambda Developer Guide, "Lambda Telemetry API Event schema reference" (the members), and
AWS's runtime interface emulator (both reasons); read 2026-11.
"""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from serverless_course.localcloud.lambda_.environment.extensions import subscriber
from serverless_course.localcloud.lambda_.environment.extensions.telemetry import Telemetry

TOO_SLOW = (
    "Some logs were dropped because the downstream consumer is slower than the logs production rate"
)


class Destination:
    """An HTTP server that keeps what it takes; it refuses, or is held up, as it is told."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.status = 200
        self.free = asyncio.Event()
        self.free.set()
        self.requests = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        body = json.loads(await reader.readexactly(length))
        self.requests += 1
        await self.free.wait()
        if self.status == 200:
            self.events += body
        writer.write(b"HTTP/1.1 %d x\r\nContent-Length: 0\r\n\r\n" % self.status)
        await writer.drain()
        writer.close()

    def records(self, kind: str) -> list[Any]:
        return [each["record"] for each in self.events if each["type"] == kind]


@asynccontextmanager
async def subscribed(types: list[str]) -> AsyncIterator[tuple[Telemetry, Destination]]:
    destination = Destination()
    server = await asyncio.start_server(destination.answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    told: list[dict[str, Any]] = []

    def tell_lost(record: dict[str, Any]) -> None:
        told.append(record)
        telemetry.publish("platform.logsDropped", record, time.time())

    telemetry = Telemetry(socket.socket, lambda _kind, _record: None, tell_lost)
    body = {
        "schemaVersion": "2022-12-13",
        "types": types,
        "buffering": {"maxItems": 1000, "maxBytes": 262144, "timeoutMs": 25},
        "destination": {"protocol": "HTTP", "URI": f"http://sandbox.localdomain:{port}/"},
    }
    answer = telemetry.subscribe("one", json.dumps(body).encode())
    assert getattr(answer, "status", None) == 200
    try:
        yield telemetry, destination
    finally:
        telemetry.clear()
        server.close()


async def sent(telemetry: Telemetry, *records: str) -> None:
    for record in records:
        telemetry.publish("function", record, time.time())
    await telemetry.flush(10.0)


def size_of(record: str) -> int:
    """Bytes of a function's line as an event."""
    event = {"time": "2026-11-30T00:00:00.000Z", "type": "function", "record": record}
    return len(json.dumps(event, separators=(",", ":")))


def test_events_that_could_not_be_sent_are_told_of_before_the_next_ones() -> None:
    async def run() -> None:
        async with subscribed(["platform", "function"]) as (telemetry, destination):
            destination.status = 500
            await sent(telemetry, "lost", "lost, too")
            assert (destination.requests, destination.events) == (3, [])
            destination.status = 200
            await sent(telemetry, "arrives")
            assert [each["type"] for each in destination.events] == [
                "platform.logsDropped",
                "function",
            ]
            reason = "could not send events: the destination answered with status 500"
            assert destination.records("platform.logsDropped") == [
                {
                    "droppedBytes": size_of("lost") + size_of("lost, too"),
                    "droppedRecords": 2,
                    "reason": reason,
                }
            ]
            await sent(telemetry, "again")
            assert len(destination.records("platform.logsDropped")) == 1

    asyncio.run(run())


def test_who_is_too_slow_is_told_what_was_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriber, "MAX_WAITING_BYTES", 10_000)
    line = "x" * 1000

    async def run() -> None:
        async with subscribed(["platform", "function"]) as (telemetry, destination):
            destination.free.clear()
            for _ in range(30):
                telemetry.publish("function", line, time.time())
            destination.free.set()
            await sent(telemetry)
            await sent(telemetry, "after")
            (record,) = destination.records("platform.logsDropped")
            arrived = destination.records("function")
            assert arrived[-1] == "after"
            assert record["droppedRecords"] == 30 - (len(arrived) - 1) > 0
            assert record["droppedBytes"] == record["droppedRecords"] * size_of(line)
            assert record["reason"] == TOO_SLOW

    asyncio.run(run())


def test_it_is_an_event_of_the_platform() -> None:
    async def run() -> None:
        async with subscribed(["function"]) as (telemetry, destination):
            destination.status = 503
            await sent(telemetry, "lost")
            destination.status = 200
            await sent(telemetry, "arrives")
            assert [each["record"] for each in destination.events] == ["arrives"]

    asyncio.run(run())
