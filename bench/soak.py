"""Kill the embedded cloud with ``kill -9`` many times and see that nothing of it is left.

``python -m bench.soak [ROUNDS]`` (300 when left out). Each round starts a server that holds a
function with a spinning child, a frozen environment and a stopped one, and then kills it.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from .cloud import BenchCloud

GONE_WITHIN_S = 2.0
AT_A_TIME = 2
SOURCE = """
import os, signal, subprocess, sys, time
def handler(event, context):
    if event["do"] == "spin":
        subprocess.Popen([sys.executable, "-S", "-c", "while True: pass"], start_new_session=True)
        time.sleep(60)
    if event["do"] == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
        time.sleep(60)
    return os.getpid()
"""


def one_round(governor: str = "auto") -> list[int]:
    """Start a server, fill it, kill it; the processes that were there. Raises AssertionError
    when one of them, or a cgroup folder, is there two seconds later."""
    mark = f"COURSE_SOAK={secrets.token_hex(8)}"
    name, _, value = mark.partition("=")
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "serverless_course.localcloud",
            "--until-stdin-closes",
            "--governor",
            governor,
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, name: value},
    )
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        cloud = BenchCloud(json.loads(server.stdout.readline()))
        _fill(cloud)
        words = (mark, f"AWS_ENDPOINT_URL={cloud.ready['endpoint']}")
        before = _until(lambda: len(marked(*words)) >= 6, lambda: marked(*words))
        server.kill()
        server.wait()
        _until(lambda: not marked(*words) and not folders(server.pid), lambda: marked(*words))
        return before
    finally:
        server.kill()
        server.wait()
        server.stdin.close()
        server.stdout.close()


def _fill(cloud: BenchCloud) -> None:
    """Leave one environment in each state: spinning with a child, stopped, frozen."""
    cloud.create("soak", SOURCE, MemorySize=256, Timeout=60)
    client = cloud.client("lambda")
    for work in ("spin", "stop"):
        # Nobody waits for these answers: their server is going to be killed.
        threading.Thread(target=_call, args=(client, work), daemon=True).start()
    client.invoke(FunctionName="soak", Payload=b'{"do": "freeze"}')


def _call(client: Any, work: str) -> None:
    with suppress(Exception):
        client.invoke(FunctionName="soak", Payload=json.dumps({"do": work}))


def _until(condition, what) -> list[int]:  # type: ignore[no-untyped-def]
    until = time.monotonic() + GONE_WITHIN_S
    while not condition():
        if time.monotonic() > until:
            left = what()
            raise AssertionError(f"not as it should be after {GONE_WITHIN_S} s: {left}")
        time.sleep(0.02)
    return list(what())


def marked(*words: str) -> list[int]:
    """Processes whose first variables hold one of the words, zombies left out."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError):
            environ = (folder / "environ").read_bytes().split(b"\0")
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
            if state not in "ZX" and any(word.encode() in environ for word in words):
                found.append(int(folder.name))
    return found


def folders(pid: int) -> list[Path]:
    """The cgroup folders of the server of that process id."""
    return list(Path("/sys/fs/cgroup").glob(f"**/serverless-course-{pid}"))


def main(arguments: list[str]) -> int:
    """Run the rounds, two at a time; 1 when one of them left something."""
    rounds = int(arguments[0]) if arguments else 300
    signal.signal(signal.SIGINT, signal.default_int_handler)
    failed = 0
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        waiting = [pool.submit(one_round) for _ in range(rounds)]
        for number, each in enumerate(waiting, 1):
            problem = each.exception()
            if problem is not None:
                failed += 1
                print(f"\nround {number}: {problem!r}", file=sys.stderr)
            print(f"\r{number} of {rounds} rounds, {failed} left something", end="", flush=True)
    print()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
