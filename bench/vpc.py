"""What a VPC costs a function here: cold and warm Invoke, and a call of AWS through its ENI.

``python -m bench.vpc``. In turns with a function without a VPC, within one run.
"""

from __future__ import annotations

import json
import statistics
import time
from typing import Any

from .cloud import BenchCloud, running
from .invoke import spread
from .network import make_network, put_into

# The handler's own figure: milliseconds of one small call of AWS through a warm client.
SOURCE = """
import boto3, time
client = boto3.client("sts")
def handler(event, context):
    if not event.get("call"):
        return 0
    started = time.perf_counter()
    client.get_caller_identity()
    return (time.perf_counter() - started) * 1e3
"""
PLAIN = "def handler(event, context):\n    return event\n"
COLD_RUNS = 15
WARM_RUNS = 300


def bench() -> None:
    """Print medians and the differences."""
    with running() as cloud:
        subnets, group = make_network(cloud)
        network = {"SubnetIds": subnets[:1], "SecurityGroupIds": [group]}
        cold = _cold(cloud, network)
        for name in ("out", "in"):
            cloud.create(f"warm-{name}", SOURCE, MemorySize=1769)
        put_into(cloud, "warm-in", **network)
        client = cloud.client("lambda")
        for which in ("out", "in"):
            _call(client, f"warm-{which}", call=True)
        warm = _in_turns(client, call=False)
        calls = _in_turns(client, call=True)
    _show(f"Cold start, first Invoke, {COLD_RUNS} each", *cold)
    _show(f"Warm Invoke, {WARM_RUNS} each", *warm)
    _show(f"One call of AWS within a warm function, {WARM_RUNS} each", *calls)


def _cold(cloud: BenchCloud, network: dict[str, Any]) -> tuple[list[float], list[float]]:
    client = cloud.client("lambda")
    outside, inside = [], []
    # It keeps the interface, so that each new function finds it.
    cloud.create("keeps", PLAIN)
    put_into(cloud, "keeps", **network)
    for number in range(COLD_RUNS):
        for times, settings in ((outside, {}), (inside, {"VpcConfig": network})):
            name = f"cold-{number}-{len(settings)}"
            cloud.create(name, PLAIN, MemorySize=1769, **settings)
            started = time.perf_counter()
            client.invoke(FunctionName=name)["Payload"].read()
            times.append((time.perf_counter() - started) * 1e3)
            client.delete_function(FunctionName=name)
    return outside, inside


def _in_turns(client: Any, *, call: bool) -> tuple[list[float], list[float]]:
    outside: list[float] = []
    inside: list[float] = []
    for _ in range(WARM_RUNS):
        for which, times in (("out", outside), ("in", inside)):
            started = time.perf_counter()
            within_ms = _call(client, f"warm-{which}", call=call)
            elapsed_ms = (time.perf_counter() - started) * 1e3
            times.append(within_ms if call else elapsed_ms)
    return outside, inside


def _call(client: Any, name: str, *, call: bool) -> float:
    answer = client.invoke(FunctionName=name, Payload=json.dumps({"call": call}))
    return float(json.loads(answer["Payload"].read()))


def _show(title: str, outside: list[float], inside: list[float]) -> None:
    differences = [b - a for a, b in zip(outside, inside, strict=True)]
    print(f"\n{title}")
    print(f"  without a VPC: {spread(outside)}")
    print(f"  in a VPC:      {spread(inside)}")
    print(f"  median of the paired differences: {statistics.median(differences):.2f} ms")


if __name__ == "__main__":
    bench()
