"""Does the server grow with use? Its memory after 1,000 invocations and after 10,000.

``python -m bench.growth``; 1 when it grew by more than is allowed.
"""

from __future__ import annotations

import sys
import time

import psutil

from .cloud import running

FIRST, LAST = 1_000, 10_000
ALLOWED_MB = 20.0
SOURCE = "def handler(event, context):\n    print('a line of log')\n    return event\n"


def measure(first: int = FIRST, last: int = LAST) -> tuple[float, float]:
    """Resident memory of the server, in MB, after so many invocations of one function."""
    with running() as cloud:
        cloud.create("growing", SOURCE, MemorySize=1769)
        client = cloud.client("lambda")
        server = psutil.Process(cloud.ready["pid"])
        figures = []
        started = time.perf_counter()
        for number in range(1, last + 1):
            client.invoke(FunctionName="growing", Payload=b'{"a": 1}')["Payload"].read()
            if number in (first, last):
                client.list_functions()
                time.sleep(0.5)
                figures.append(server.memory_info().rss / 2**20)
        took = time.perf_counter() - started
        print(f"{last:,} invocations in {took:.1f} s")
    return figures[0], figures[1]


def main() -> int:
    """Measure, print, and tell whether it stayed within what is allowed."""
    before, after = measure()
    grown = after - before
    print(f"after {FIRST:,}: {before:.1f} MB; after {LAST:,}: {after:.1f} MB; grown by {grown:.1f}")
    return 0 if grown <= ALLOWED_MB else 1


if __name__ == "__main__":
    sys.exit(main())
