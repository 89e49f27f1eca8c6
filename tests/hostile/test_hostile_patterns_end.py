"""The server ends within five seconds, whatever its threads do.

Right (ours): SIGTERM, the end of standard input and the end of the parent end the server in five
seconds, also while a thread is busy in C code and lets no other thread run.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from running_cloud import alive

# From told to gone: five seconds, and what this machine needs to start looking.
LIMIT_S = 6.5
BUSY = """
import os, re, sys, threading, time
def busy():
    while not os.path.exists({sign!r}):
        time.sleep(0.05)
    {work}
threading.Thread(target=busy, daemon={daemon}).start()
from serverless_course.localcloud.__main__ import main
status = main(["--until-stdin-closes"])
os._exit(status)
"""
WORKS = {
    "C code that keeps all others waiting": "re.match('(a+)+b', 'a' * 64)",
    "a loop": "\n    while True: pass",
    "a wait": "time.sleep(600)",
}


def program(work: str, sign: Path) -> list[str]:
    """A server with a thread that is busy from when there is a file ``sign``."""
    text = BUSY.format(work=WORKS[work], daemon=work != "a loop", sign=str(sign))
    return [sys.executable, "-c", text]


def settled(line: str, sign: Path) -> int:
    """The server's process, once its thread is busy."""
    ready: dict[str, Any] = json.loads(line)
    sign.touch()
    time.sleep(2)
    return int(ready["pid"])


def gone(pid: int) -> float:
    """How long a process lives on, in seconds."""
    started = time.monotonic()
    while alive(pid) and time.monotonic() - started < 30:
        time.sleep(0.05)
    return time.monotonic() - started


@pytest.fixture
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        program(request.param, tmp_path / "sign"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.wait()


@pytest.mark.measures
@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals")
@pytest.mark.parametrize("how", ["SIGTERM", "standard input"])
@pytest.mark.parametrize("server", WORKS, indirect=True)
def test_a_busy_server_ends(server: subprocess.Popen[str], how: str, tmp_path: Path) -> None:
    assert server.stdout is not None
    assert server.stdin is not None
    settled(server.stdout.readline(), tmp_path / "sign")
    started = time.monotonic()
    if how == "SIGTERM":
        server.send_signal(signal.SIGTERM)
    else:
        server.stdin.close()
    server.wait(30)
    assert time.monotonic() - started < LIMIT_S


@pytest.mark.measures
@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="reads /proc")
def test_a_busy_server_ends_with_its_parent(tmp_path: Path) -> None:
    """The parent is killed, and another process holds the end of the server's standard input."""
    read, write = os.pipe()
    os.set_inheritable(read, True)
    sign = tmp_path / "sign"
    text = (
        "import subprocess, sys\n"
        f"child = subprocess.Popen({program('C code that keeps all others waiting', sign)!r}, "
        f"stdin={read}, stdout=subprocess.PIPE, text=True)\n"
        "print(child.stdout.readline(), flush=True)\n"
        "child.wait()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", text], stdout=subprocess.PIPE, text=True, pass_fds=(read,)
    )
    assert parent.stdout is not None
    pid = settled(parent.stdout.readline(), sign)
    parent.kill()
    parent.wait()
    try:
        assert gone(pid) < LIMIT_S
    finally:
        os.close(write)
        os.close(read)
        if alive(pid):
            os.kill(pid, signal.SIGKILL)
