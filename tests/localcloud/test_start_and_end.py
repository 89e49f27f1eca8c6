"""How the server starts, what it says when it cannot, and how it ends."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import WAYS
from running_cloud import (
    ROOT,
    Launcher,
    RunningCloud,
    alive,
    own_launcher,
    running,
    start,
    unprivileged_launcher,
    wait_for,
)
from virtual_time import run_in_virtual_time

from serverless_course.localcloud.server import Activity, watches_for_the_end
from serverless_course.localcloud.settings import Settings
from serverless_course.localcloud.wire.http import Request, Response

HOLDING = "import secrets\nme = secrets.token_hex(8)\ndef handler(e, c):\n    return me\n"


def held_by(cloud: RunningCloud) -> int:
    """The process of a function that waits for its next event."""
    name = cloud.create(HOLDING)
    cloud.call(name)
    return cloud.leader(name)


def refused(*arguments: str, launcher: Launcher | None = None) -> str:
    """What the command says when it cannot start."""
    process = (launcher or own_launcher()).popen(*arguments, stderr=subprocess.PIPE)
    try:
        out, error = process.communicate("", timeout=60)
    finally:
        process.kill()
    assert (process.returncode, out) == (2, "")
    return error


@pytest.mark.measures
def test_it_is_ready_and_answers_in_time() -> None:
    started = time.monotonic()
    with running(own_launcher()) as cloud:
        assert time.monotonic() - started < 4.0
        cloud.client("lambda").list_functions()
        assert time.monotonic() - started < 8.0
        assert set(cloud.ready) == {
            "ready",
            "endpoint",
            "region",
            "access_key_id",
            "secret_access_key",
            "account_id",
            "clock_factor",
            "governor",
            "sandbox",
            "vpc_isolation",
            "cores",
            "pid",
        }
        assert cloud.ready["pid"] == cloud.process.pid


# A server that only prints, as a library of it might.
NOISE = """
from serverless_course.localcloud import server
from serverless_course.localcloud.settings import Settings

async def noise(*_):
    print("what a library prints")

server._serve = noise
server.serve(Settings())
"""


def test_what_a_library_prints_is_not_on_standard_output() -> None:
    done = subprocess.run(
        [sys.executable, "-c", NOISE], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == ""
    assert "what a library prints" in done.stderr


def test_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert refused("--port", str(port)) == (
            f"Port {port} is taken by another program. "
            "Choose another with --port, or leave it out to get a free one.\n"
        )


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert "--state-dir" in refused("--state-dir", str(blocked / "below"))
    if os.geteuid() == 0:
        tmp_path.chmod(0o755)
        # The last --state-dir counts: popen adds the user's own.
        launcher = unprivileged_launcher()
        closed = Launcher(launcher.python, launcher.environ, launcher.user, Path("/root-only"))
        said = refused(launcher=closed)
        assert said.startswith("The embedded cloud cannot write to /root-only")
        assert len(said.splitlines()) == 1


def test_a_governor_that_does_not_exist_or_is_not_allowed() -> None:
    assert "invalid choice" in refused("--governor", "magic")
    missing = {"cgroup1", "cgroup2"} - set(WAYS)
    if os.geteuid() == 0:
        missing |= {"cgroup1", "cgroup2"}
    launcher = unprivileged_launcher() if os.geteuid() == 0 else own_launcher()
    for name in missing:
        said = refused("--governor", name, launcher=launcher)
        assert "Choose --governor signals, which needs no rights." in said
        assert len(said.splitlines()) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_in_order(number: int) -> None:
    cloud = start(own_launcher())
    function = held_by(cloud)
    cloud.process.send_signal(number)
    assert cloud.process.wait(60) == 0
    cloud.stop()
    assert not alive(function)


def test_it_ends_when_its_standard_input_closes() -> None:
    cloud = start(own_launcher())
    function = held_by(cloud)
    cloud.stop()
    assert not alive(function)


def test_it_ends_when_its_parent_is_killed() -> None:
    """A kernel that is killed closes nothing in order; its pipe's other end is held open here
    by another process, so that only the loss of the parent tells."""
    source = (
        "import subprocess, sys, time\n"
        f"sys.path[:0] = {[str(ROOT / 'tests'), str(ROOT / 'tests/localcloud')]!r}\n"
        "from running_cloud import own_launcher, start\n"
        "cloud = start(own_launcher())\n"
        "import json\n"
        "print(json.dumps([cloud.process.pid, cloud.mark, cloud.ready]), flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid, mark, ready = json.loads(parent.stdout.readline())
    cloud = RunningCloud(parent, ready, mark, own_launcher())
    function = held_by(cloud)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_for(lambda: not alive(pid), 4.0)
    cloud.wait_until_gone()
    assert not alive(function)


def test_it_ends_with_the_process_that_it_was_told_of() -> None:
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
    with start_detached("--until-process-ends", str(other.pid)) as cloud:
        function = cloud.call(cloud.create(HOLDING)).payload
        time.sleep(1.5)
        assert alive(cloud.process.pid)
        # Its own parent does not reap it yet: a zombie has ended.
        other.kill()
        assert cloud.process.wait(10) == 0
        assert not alive(function)
    other.wait()


def test_a_process_that_has_ended_before_ends_it_at_once() -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    with start_detached("--until-process-ends", str(ended.pid)) as cloud:
        assert cloud.process.wait(10) == 0


def test_it_ends_after_a_time_without_a_request() -> None:
    with start_detached("--until-idle", "1") as cloud:
        assert cloud.process.wait(20) == 0


def test_each_request_begins_that_time_again() -> None:
    async def run() -> list[float]:
        answered = Response(200)
        activity = Activity(lambda request: answered, lambda: False)
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        settings = Settings(until_idle_s=60.0)
        (watch,) = watches_for_the_end(settings, activity, stop)
        task = asyncio.ensure_future(watch)
        for _ in range(5):
            await asyncio.sleep(50)
            assert activity(Request("GET", "/", [], b"")) is answered
        last_s = loop.time()
        await stop.wait()
        await task
        return [last_s, loop.time()]

    assert run_in_virtual_time(run()) == [250.0, 310.0]


def test_that_time_begins_when_the_last_answer_has_ended() -> None:
    """A stream may go on for longer than the server waits for a request."""

    async def run() -> list[float]:
        loop = asyncio.get_running_loop()
        stop, ends_s = asyncio.Event(), loop.time() + 200
        activity = Activity(lambda request: Response(200), lambda: loop.time() < ends_s)
        settings = Settings(until_idle_s=60.0)
        (watch,) = watches_for_the_end(settings, activity, stop)
        task = asyncio.ensure_future(watch)
        await stop.wait()
        await task
        return [ends_s, loop.time()]

    ends_s, stopped_s = run_in_virtual_time(run())
    assert 59 <= stopped_s - ends_s <= 61


def test_a_long_answer_keeps_it_alive() -> None:
    """Here a long poll of a queue: one request, answered after four times the idle time."""
    with start_detached("--until-idle", "1.5") as cloud:
        sqs = cloud.client("sqs")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        assert "Messages" not in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=6)
        assert cloud.process.wait(20) == 0


@contextlib.contextmanager
def start_detached(*arguments: str) -> Iterator[RunningCloud]:
    """A server whose standard input is closed from the start, as that of a shared cloud is."""
    launcher = own_launcher()
    process = launcher.popen(*arguments, stdin=subprocess.DEVNULL)
    try:
        assert process.stdout is not None
        yield RunningCloud(process, json.loads(process.stdout.readline()), "", launcher)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def test_idle_environments_end_after_their_time() -> None:
    with running(own_launcher(), "--idle-end", "1") as cloud:
        name = cloud.create(HOLDING)
        first = cloud.call(name).payload
        process = cloud.leader(name)
        time.sleep(0.5)
        assert cloud.call(name).payload == first
        wait_for(lambda: not alive(process), 4.0)
        again = cloud.call(name)
        assert again.payload != first
        assert again.figure("Init Duration") is not None


def test_this_machine_holds_so_many_environments_at_most() -> None:
    with running(own_launcher(), "--max-environments", "1") as cloud:
        name = cloud.create("import time\ndef handler(e, c):\n    time.sleep(0.8)\n")
        lam = cloud.client("lambda")
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(cloud.call, name)
            time.sleep(0.3)
            with pytest.raises(lam.exceptions.TooManyRequestsException) as throttled:
                cloud.call(name)
            assert first.result().error == ""
        assert throttled.value.response["Reason"] == "ConcurrentInvocationLimitExceeded"
