"""An almost empty handler at 128 MB, invoked every half second: nothing of it may be held.

On AWS it takes as long at 128 MB as at 1,024 MB (maxday/lambda-perf, 21 Aug 2026: python3.12 a mean
of 1.95 and 1.97 ms).
"""

from __future__ import annotations

import base64
import re
import statistics
import time
from typing import Any

from .cloud import report_figure, running

SOURCE = "def handler(event, context):\n    return None\n"
PAUSE_S = 0.5
RUNS = 60


def bench(governor: str) -> None:
    """Print Duration, CPU time and how long the governor held it, for 128 and 1,024 MB in turns."""
    sizes = (128, 1024)
    with running("--governor", governor) as cloud:
        for memory in sizes:
            cloud.create(f"empty-{memory}", SOURCE, MemorySize=memory)
        client = cloud.client("lambda")
        runs: dict[int, list[dict[str, float]]] = {memory: [] for memory in sizes}
        for _ in range(RUNS):
            for memory in sizes:
                time.sleep(PAUSE_S / len(sizes))
                runs[memory].append(_figures(client, f"empty-{memory}"))
        print(f"\nAlmost empty handler, {RUNS} runs, one each {PAUSE_S} s, governor {governor}")
        for memory, figures in runs.items():
            warm = figures[1:]
            print(f"  {memory:5} MB: {_spread('Duration', warm)}; {_spread('held', warm)}")


def _figures(client: Any, name: str) -> dict[str, float]:
    answer = client.invoke(FunctionName=name, LogType="Tail")
    timing = answer["ResponseMetadata"]["HTTPHeaders"]["server-timing"]
    log = base64.b64decode(answer["LogResult"]).decode()
    found = re.findall(r"(\w+);dur=([0-9.]+)", timing)
    return {"Duration": report_figure(log, "Duration"), **{name: float(ms) for name, ms in found}}


def _spread(name: str, figures: list[dict[str, float]]) -> str:
    ordered = sorted(each[name] for each in figures)
    p90 = ordered[int(len(ordered) * 0.9)]
    return (
        f"{name} median {statistics.median(ordered):.2f} ms, p90 {p90:.2f}, max {ordered[-1]:.2f}"
    )
