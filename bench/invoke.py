"""Warm and cold Invoke through boto3, beside AWS's Runtime Interface Emulator where it is here.

The emulator (``aws-lambda-rie``) ships inside the aws-sam-cli wheel; name its path in the
variable AWS_LAMBDA_RIE. It scales no CPU and verifies no signature.
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


def bench() -> None:
    """Print medians and ratios, measured in turns within one run."""
    rie = _emulator()
    with running() as cloud, _workspace() as folder:
        cloud.create("warm", SOURCE, MemorySize=1769)
        client = cloud.client("lambda")
        ours = _caller(client, "warm")
        with _rie(rie, folder) if rie else contextlib.nullcontext() as emulator:
            theirs = _caller(emulator, "function") if emulator else None
            ours_ms, theirs_ms = _in_turns(ours, theirs)
        _print_warm(ours_ms, theirs_ms)
        _print_cold(cloud, client, folder)


def _caller(client: Any, name: str) -> Callable[[], None]:
    def call() -> None:
        client.invoke(FunctionName=name, Payload=b'{"a": 1}')["Payload"].read()

    return call


def _in_turns(
    ours: Callable[[], None], theirs: Callable[[], None] | None
) -> tuple[list[float], list[float]]:
    ours_ms: list[float] = []
    theirs_ms: list[float] = []
    for call in filter(None, (ours, theirs)):
        for _ in range(50):
            call()
    for _ in range(WARM_RUNS // 50):
        for call, times in ((ours, ours_ms), (theirs, theirs_ms)):
            for _ in range(50 if call else 0):
                assert call is not None
                started = time.perf_counter()
                call()
                times.append((time.perf_counter() - started) * 1e3)
    return ours_ms, theirs_ms


def _print_warm(ours: list[float], theirs: list[float]) -> None:
    print(f"\nWarm Invoke through boto3, {len(ours)} calls each, in turns of 50")
    print(f"  embedded cloud: {spread(ours)}")
    if theirs:
        ratio = statistics.median(ours) / statistics.median(theirs)
        print(f"  AWS's emulator: {spread(theirs)}")
        print(f"  ratio of medians: {ratio:.2f} (aim: 1.0)")
    else:
        print("  AWS's emulator is not here (name it in AWS_LAMBDA_RIE).")


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
