"""Warm Invoke of one function while it is alone, and while 49 others exist and are warm."""

from __future__ import annotations

import statistics
import time
from typing import Any

from .cloud import running
from .invoke import SOURCE, spread

FUNCTIONS = 50
CALLS = 500


def bench() -> None:
    """Print both medians and their ratio: 1.5 at most is wanted."""
    with running() as cloud:
        client = cloud.client("lambda")
        cloud.create("many-0", SOURCE, MemorySize=1769)
        alone = _times(client, "many-0")
        for number in range(1, FUNCTIONS):
            cloud.create(f"many-{number}", SOURCE, MemorySize=128)
            _call(client, f"many-{number}")
        among = _times(client, "many-0")
    ratio = statistics.median(among) / statistics.median(alone)
    print(f"\nWarm Invoke of one function, {CALLS} calls each")
    print(f"  alone:                     {spread(alone)}")
    print(f"  among {FUNCTIONS} warm functions:   {spread(among)}")
    print(f"  ratio of medians: {ratio:.2f} (aim: 1.5 at most)")


def _times(client: Any, name: str) -> list[float]:
    for _ in range(50):
        _call(client, name)
    times = []
    for _ in range(CALLS):
        started = time.perf_counter()
        _call(client, name)
        times.append((time.perf_counter() - started) * 1e3)
    return times


def _call(client: Any, name: str) -> None:
    client.invoke(FunctionName=name, Payload=b'{"a": 1}')["Payload"].read()
