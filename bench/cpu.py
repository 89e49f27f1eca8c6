"""CPU follows memory: long work at 128 MB and at 1,024 MB, on each governor of this machine."""

from __future__ import annotations

import json
import statistics

from .cloud import BenchCloud, report_figure, running
from .staircase import SOURCE, _call

LONG_WORK_MS = 400.0


def bench(governors: list[str]) -> None:
    """Print the ratio for each governor: 8.0 by AWS's rule."""
    print(f"\nDuration at 128 MB / at 1,024 MB, {LONG_WORK_MS:.0f} ms of CPU work (aim: 8.0)")
    for governor in governors:
        with running("--governor", governor) as cloud:
            cloud.create("staircase", SOURCE, MemorySize=1769, Timeout=60)
            rounds = int(_call(cloud.client("lambda"), {"calibrate": LONG_WORK_MS})[0])
            ratios = sorted(_ratio(cloud, rounds) for _ in range(5))
        middle = statistics.median(ratios)
        print(f"  {governor:8} median {middle:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})")


def _ratio(cloud: BenchCloud, rounds: int) -> float:
    small, large = (_duration(cloud, memory, rounds) for memory in (128, 1024))
    return small / large


def _duration(cloud: BenchCloud, memory: int, rounds: int) -> float:
    cloud.configure("staircase", MemorySize=memory)
    client = cloud.client("lambda")
    client.invoke(FunctionName="staircase", Payload=json.dumps({"rounds": 1}))["Payload"].read()
    return report_figure(_call(client, {"rounds": rounds})[1], "Duration")
