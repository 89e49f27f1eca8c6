"""The memory staircase: mean duration of about 17.3 ms of CPU work at 130 memory sizes.

Held against real AWS: data of the EuroSys '26 paper "Demystifying Serverless Costs on Public
Platforms" (measured 25 Apr 2025, doi 10.5281/zenodo.17162822, MIT licence).
"""

from __future__ import annotations

import base64
import csv
import json
import random
import statistics
import sys
import time
from dataclasses import dataclass
from importlib import resources
from typing import Any

from .cloud import BenchCloud, report_figure, running

FULL_SPEED_MS = 17.3
SOURCE = """
import time

def work(rounds):
    total = 0
    for number in range(rounds):
        total += number * number
    return total

def handler(event, context):
    if "calibrate" in event:
        best = min(timed(50_000) for _ in range(40))
        return 50_000 * event["calibrate"] / best
    work(event["rounds"])

def timed(rounds):
    started = time.process_time()
    work(rounds)
    return (time.process_time() - started) * 1e3
"""


@dataclass(frozen=True)
class Step:
    """One memory size: mean durations in ms, AWS's and ours."""

    memory_mb: int
    aws_ms: float
    here_ms: float

    def error(self, scale: float) -> float:
        """Relative error against AWS, our duration scaled to equal full-speed time."""
        return abs(self.here_ms * scale - self.aws_ms) / self.aws_ms


@dataclass(frozen=True)
class Staircase:
    """A measured staircase. ``full_speed_ms`` is our duration at one vCPU and more."""

    governor: str
    full_speed_ms: float
    steps: list[Step]

    @property
    def scale(self) -> float:
        return FULL_SPEED_MS / self.full_speed_ms

    @property
    def median_error(self) -> float:
        return statistics.median(step.error(self.scale) for step in self.steps)

    @property
    def mean_error(self) -> float:
        return statistics.mean(step.error(self.scale) for step in self.steps)


def published() -> list[tuple[int, float]]:
    """Memory sizes and AWS's mean durations in ms."""
    folder = resources.files("serverless_course.figures") / "data"
    with (folder / "real-aws-memory-staircase.csv").open() as file:
        lines = (line for line in file if not line.startswith("#"))
        return [
            (int(row["memory_mb"]), float(row["duration_mean_ms"])) for row in csv.DictReader(lines)
        ]


def measure(governor: str, runs: int = 25, every: int = 1) -> Staircase:
    """Measure the staircase on one governor; ``every`` takes each n-th size only."""
    with running("--governor", governor) as cloud:
        cloud.create("staircase", SOURCE, MemorySize=1769, Timeout=60)
        client = cloud.client("lambda")
        rounds = int(_call(client, {"calibrate": FULL_SPEED_MS})[0])
        _resize(cloud, 3008)
        # The work is adjusted to AWS's as it runs here between pauses, not in a tight loop.
        for _ in range(2):
            rounds = int(rounds * FULL_SPEED_MS / statistics.median(_durations(client, rounds, 30)))
        full = statistics.median(_durations(client, rounds, 3 * runs))
        steps = []
        sizes = published()[::every]
        for number, (memory, aws_ms) in enumerate(sizes, 1):
            _resize(cloud, memory)
            steps.append(Step(memory, aws_ms, statistics.mean(_durations(client, rounds, runs))))
            print(f"\r{governor}: {number} of {len(sizes)} sizes", end="", file=sys.stderr)
        print(file=sys.stderr)
        return Staircase(cloud.ready["governor"], full, steps)


def _durations(client: Any, rounds: int, runs: int) -> list[float]:
    _call(client, {"rounds": 1})
    durations = []
    for _ in range(runs):
        # A pause of chance length: invocations must not fall into step with the periods.
        time.sleep(random.uniform(0.005, 0.045))  # noqa: S311
        durations.append(report_figure(_call(client, {"rounds": rounds})[1], "Duration"))
    return durations


def _resize(cloud: BenchCloud, memory: int) -> None:
    cloud.configure("staircase", MemorySize=memory)


def _call(client: Any, event: dict[str, Any]) -> tuple[Any, str]:
    answer = client.invoke(FunctionName="staircase", Payload=json.dumps(event), LogType="Tail")
    return json.load(answer["Payload"]), base64.b64decode(answer["LogResult"]).decode()


def show(result: Staircase) -> None:
    """Print the curve and the errors."""
    print(
        f"\nStaircase, governor {result.governor}: full speed {result.full_speed_ms:.2f} ms, "
        f"scaled by {result.scale:.3f}"
    )
    print("   MB   AWS ms  here ms  error")
    for step in result.steps[:: max(1, len(result.steps) // 26)]:
        here = step.here_ms * result.scale
        print(f"{step.memory_mb:5} {step.aws_ms:8.1f} {here:8.1f} {step.error(result.scale):6.1%}")
    print(
        f"error over {len(result.steps)} sizes: median {result.median_error:.1%} (aim 6 %), "
        f"mean {result.mean_error:.1%} (aim 8 %)"
    )


__all__ = ["BenchCloud", "Staircase", "measure", "published", "show"]
