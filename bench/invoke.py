"""Warm and cold Invoke through boto3, beside AWS's Runtime Interface Emulator where it is here.

The emulator (``aws-lambda-rie``) ships inside the aws-sam-cli wheel; name its path in the
variable AWS_LAMBDA_RIE. It scales no CPU and verifies no signature. To hold another checkout
against this one, name its ``src`` folder in BENCH_BESIDE: all take their turns in one run.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3

from .cloud import NO_RETRIES, running

SOURCE = "def handler(event, context):\n    return event\n"
WARM_RUNS = 1000
COLD_RUNS = 15
EMULATOR = "AWS's emulator"


def bench() -> None:
    """Print medians and ratios, measured in turns within one run."""
    with contextlib.ExitStack() as open_things:
        cloud = open_things.enter_context(running())
        folder = open_things.enter_context(_workspace())
        cloud.create("warm", SOURCE, MemorySize=1769)
        client = cloud.client("lambda")
        callers = {"embedded cloud": _caller(client, "warm")}
        if beside := os.environ.get("BENCH_BESIDE"):
            other = open_things.enter_context(running(source=beside))
            other.create("warm", SOURCE, MemorySize=1769)
            callers["the other checkout"] = _caller(other.client("lambda"), "warm")
        if rie := _emulator():
            emulator = open_things.enter_context(_rie(rie, folder))
            callers[EMULATOR] = _caller(emulator, "function")
        _print_warm(_in_turns(callers))
        _print_cold(cloud, client, folder)


def _caller(client: Any, name: str) -> Callable[[], None]:
    def call() -> None:
        client.invoke(FunctionName=name, Payload=b'{"a": 1}')["Payload"].read()

    return call


def _in_turns(callers: dict[str, Callable[[], None]]) -> dict[str, list[float]]:
    """Milliseconds of each call, by caller."""
    times: dict[str, list[float]] = {name: [] for name in callers}
    for call in callers.values():
        for _ in range(50):
            call()
    for _ in range(WARM_RUNS // 50):
        for name, call in callers.items():
            for _ in range(50):
                started = time.perf_counter()
                call()
                times[name].append((time.perf_counter() - started) * 1e3)
    return times


def _print_warm(times: dict[str, list[float]]) -> None:
    print(f"\nWarm Invoke through boto3, {WARM_RUNS} calls each, in turns of 50")
    for name, taken in times.items():
        print(f"  {name:18} {spread(taken)}")
    yardstick = times.get(EMULATOR)
    if yardstick is None:
        print("  AWS's emulator is not here (name it in AWS_LAMBDA_RIE).")
        return
    for name, taken in times.items():
        if name != EMULATOR:
            ratio = statistics.median(taken) / statistics.median(yardstick)
            print(f"  ratio of medians to the emulator, {name}: {ratio:.2f} (aim: 1.10)")


def _print_cold(cloud: Any, client: Any, folder: Path) -> None:
    colds, alone = [], []
    for number in range(COLD_RUNS):
        name = f"cold-{number}"
        cloud.create(name, SOURCE, MemorySize=1769)
        started = time.perf_counter()
        client.invoke(FunctionName=name, Payload=b"{}")["Payload"].read()
        colds.append((time.perf_counter() - started) * 1e3)
        client.delete_function(FunctionName=name)
        alone.append(_python_alone(folder))
    ratio = statistics.median(colds) / statistics.median(alone)
    print(f"\nCold start, {COLD_RUNS} each, in turns")
    print(f"  first Invoke of a new function:             {spread(colds)}")
    print(f"  the same Python with awslambdaric, alone:   {spread(alone)}")
    print(f"  ratio of medians: {ratio:.2f} (aim: 1.3 at most)")


def _python_alone(folder: Path) -> float:
    """Milliseconds until ``python -m awslambdaric`` asks a bare socket for its first event."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        environ = {**os.environ, "AWS_LAMBDA_RUNTIME_API": address}
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "awslambdaric", "index.handler"], cwd=folder, env=environ
        )
        connection, _ = server.accept()
        connection.recv(1)
        elapsed = (time.perf_counter() - started) * 1e3
        process.kill()
        process.wait()
        connection.close()
    return elapsed


def _emulator() -> str | None:
    named = os.environ.get("AWS_LAMBDA_RIE")
    return named if named and Path(named).is_file() else shutil.which("aws-lambda-rie")


@contextlib.contextmanager
def _workspace() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "index.py").write_text(SOURCE)
        yield folder


@contextlib.contextmanager
def _rie(program: str, folder: Path) -> Iterator[Any]:
    front, back = _free_port(), _free_port()
    process = subprocess.Popen(
        [
            program,
            "--runtime-interface-emulator-address",
            f"127.0.0.1:{front}",
            "--runtime-api-address",
            f"127.0.0.1:{back}",
            sys.executable,
            "-m",
            "awslambdaric",
            "index.handler",
        ],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        time.sleep(1.0)
        session = boto3.Session("x", "x", region_name="us-east-1")
        yield session.client("lambda", endpoint_url=f"http://127.0.0.1:{front}", config=NO_RETRIES)
    finally:
        os.killpg(process.pid, 9)
        process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def spread(values: list[float]) -> str:
    """Median, 5th and 95th percentile, in words."""
    ordered = sorted(values)
    low, high = ordered[len(ordered) // 20], ordered[-1 - len(ordered) // 20]
    return f"median {statistics.median(ordered):7.2f} ms (5 to 95 %: {low:.2f} to {high:.2f})"
