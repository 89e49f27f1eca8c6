"""200 requests a second for 30 seconds through an HTTP API, beside the same through Invoke.

The load is open: a request is due at its time whether or not earlier ones were answered, and its
latency counts from when it was due. So a server, or a client, that falls behind is seen in the
latencies and in the rate that was reached. One signed Invoke is sent again and again, so that
signing costs the client nothing. Both take turns.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from .cloud import BenchCloud, running

SOURCE = "def handler(event, context):\n    return {'statusCode': 200, 'body': 'here'}\n"
NAME = "load"
RATE_PER_S = 200.0
TURN_S, TURNS = 10.0, 3
WARM_UP_S = 3.0
# A request that is not answered by then counts as one without an answer.
LIMIT_S = 30.0


@dataclass
class Load:
    """What was measured. ``latencies`` are milliseconds of requests answered with 200; ``late``
    how many milliseconds after its time the client sent each request; ``busy_s`` from the first
    request's time to the last answer, and no less than the turns were to last."""

    latencies: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    busy_s: float = 0.0

    def told(self) -> str:
        """The figures, in words."""
        answered = len(self.latencies)
        reached = answered / self.busy_s if self.busy_s else 0.0
        p50, p99 = _quantile(self.latencies, 0.5), _quantile(self.latencies, 0.99)
        most, late = max(self.latencies, default=0.0), _quantile(self.late, 0.99)
        others = {status: n for status, n in self.statuses.items() if status != 200}
        return (
            f"{answered} of {self.statuses.total()} answered with 200, {reached:.1f} a second; "
            f"p50 {p50:.2f} ms, p99 {p99:.2f} ms, max {most:.2f} ms; "
            f"sent late by p99 {late:.2f} ms" + (f"; others {others}" if others else "")
        )


class Connections:
    """Keep-alive connections to one address; a new one where all are busy."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._host, self._port = str(parts.hostname), int(parts.port or 80)
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self, request: bytes) -> int:
        """The status of the answer, once all of it is here."""
        reader, writer = self._idle.pop() if self._idle else await self._open()
        try:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            fields = head.lower().split(b"\r\n")
            (length,) = (f for f in fields if f.startswith(b"content-length:"))
            await reader.readexactly(int(length.partition(b":")[2]))
        except BaseException:
            writer.close()
            raise
        if b"connection: close" in fields:
            writer.close()
        else:
            self._idle.append((reader, writer))
        return int(fields[0].split(b" ")[1])

    def close(self) -> None:
        """End all of them."""
        for _, writer in self._idle:
            writer.close()
        self._idle.clear()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(self._host, self._port)


async def offer(
    connections: Connections, request: bytes, rate_per_s: float, seconds: float, load: Load
) -> None:
    """Send requests at a rate for so long, and note in ``load`` what came of each."""
    began = time.perf_counter()

    async def one(due: float) -> None:
        load.late.append((time.perf_counter() - due) * 1e3)
        try:
            status = await asyncio.wait_for(connections.ask(request), LIMIT_S)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            status = 0
        load.statuses[status] += 1
        if status == 200:
            load.latencies.append((time.perf_counter() - due) * 1e3)

    tasks = []
    for number in range(round(rate_per_s * seconds)):
        due = began + number / rate_per_s
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(one(due)))
    await asyncio.gather(*tasks)
    load.busy_s += max(seconds, time.perf_counter() - began)


def bench(show: Callable[[str], None] = print) -> None:
    """Print rates and latencies of both ways."""
    with running() as cloud:
        cloud.create(NAME, SOURCE, MemorySize=1769)
        ways = {"an HTTP API": _through_api(cloud), "Invoke": _through_invoke(cloud)}
        loads = asyncio.run(_in_turns(ways))
    whole = TURN_S * TURNS
    show(f"\n{RATE_PER_S:.0f} requests a second for {whole:.0f} s, in turns of {TURN_S:.0f} s")
    for name, load in loads.items():
        show(f"  through {name}: {load.told()}")


async def _in_turns(ways: dict[str, tuple[str, bytes]]) -> dict[str, Load]:
    pools = {name: Connections(address) for name, (address, _) in ways.items()}
    for name, (_, request) in ways.items():
        await offer(pools[name], request, RATE_PER_S, WARM_UP_S, Load())
    loads = {name: Load() for name in ways}
    for _ in range(TURNS):
        for name, (_, request) in ways.items():
            await offer(pools[name], request, RATE_PER_S, TURN_S, loads[name])
    for pool in pools.values():
        pool.close()
    return loads


def _through_api(cloud: BenchCloud) -> tuple[str, bytes]:
    arn = cloud.client("lambda").get_function(FunctionName=NAME)["Configuration"]["FunctionArn"]
    api = cloud.client("apigatewayv2").create_api(Name=NAME, ProtocolType="HTTP", Target=arn)
    cloud.client("lambda").add_permission(
        FunctionName=NAME,
        StatementId="api",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
    )
    address = str(api["ApiEndpoint"])
    host = urlsplit(address).netloc
    return address, f"GET /primes HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()


def _through_invoke(cloud: BenchCloud) -> tuple[str, bytes]:
    address = str(cloud.ready["endpoint"])
    path, body = f"/2015-03-31/functions/{NAME}/invocations", json.dumps({"path": "/primes"})
    signed: Any = AWSRequest("POST", address + path, {}, body)
    keys = Credentials(cloud.ready["access_key_id"], cloud.ready["secret_access_key"])
    SigV4Auth(keys, "lambda", "us-east-1").add_auth(signed)
    fields = {
        "Host": urlsplit(address).netloc,
        "Content-Length": str(len(body)),
        **dict(signed.headers.items()),
    }
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return address, ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def _quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


if __name__ == "__main__":
    bench()
