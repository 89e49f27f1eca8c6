"""Functions that misbehave: they harm themselves, not the server, nor another function.

While each of them runs, another function is called all the time. Its slowest call and the
server's memory are held to limits.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from running_cloud import (
    NOBODY,
    ON_LINUX,
    RunningCloud,
    alive,
    carrying,
    resident_mb,
    stopped,
    wait_for,
)

# Nothing here waits on the scaled clock: functions settle sooner.
CLOCK_FACTOR = 6000

SLOWEST_S = 1.0
GROWTH_MB = 120
OTHER = "def handler(event, context):\n    return 1\n"


@dataclass
class Neighbour:
    """What another function and the server lived through."""

    waits: list[float] = field(default_factory=list)
    peak_mb: float = 0.0


@contextmanager
def neighbour(cloud: RunningCloud, slowest_s: float = SLOWEST_S) -> Iterator[Neighbour]:
    """Call another function all the time; fail when a call was slow or the server has grown."""
    name = cloud.create(OTHER)
    cloud.call(name)
    found = Neighbour()
    server = cloud.process.pid
    before = resident_mb(server)
    done = threading.Event()

    def keep_calling() -> None:
        while not done.is_set():
            started = time.perf_counter()
            assert cloud.call(name).payload == 1
            found.waits.append(time.perf_counter() - started)
            found.peak_mb = max(found.peak_mb, resident_mb(server))
            time.sleep(0.01)

    with ThreadPoolExecutor(1) as pool:
        calling = pool.submit(keep_calling)
        try:
            yield found
        finally:
            done.set()
            calling.result()
    cloud.delete(name)
    assert max(found.waits) < slowest_s, sorted(found.waits)[-5:]
    assert found.peak_mb - before < GROWTH_MB, (before, found.peak_mb)


def ended(cloud: RunningCloud, name: str) -> None:
    """Delete a function and see that no process of it is left."""
    cloud.delete(name)
    wait_for(lambda: not carrying(f"AWS_LAMBDA_FUNCTION_NAME={name}"), 5.0)


# processes

FORKING = """
import os, secrets, sys, time
process = secrets.token_hex(8)
def spin():
    while True:
        pass
def handler(event, context):
    how = event["how"]
    for _ in range(event.get("times", 1)):
        if os.fork() == 0:
            if how != "child":
                os.setsid()
                if os.fork():
                    os._exit(0)
            spin()
    time.sleep(event["sleep"])
    return process
"""


def cpu_s(pids: list[int]) -> float:
    """CPU time of processes, in seconds."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


@pytest.mark.measures
@pytest.mark.skipif(not ON_LINUX, reason="reads /proc")
@pytest.mark.parametrize("how", ["child", "double fork in a session of its own"])
def test_forked_processes_share_the_functions_cpu_and_freeze_with_it(
    cloud: RunningCloud, how: str
) -> None:
    name = cloud.create(FORKING, MemorySize=256)
    with neighbour(cloud):
        call = cloud.call(name, {"how": how, "sleep": 2.0, "times": 4})
        leader = call.payload
        pids = carrying(f"AWS_LAMBDA_FUNCTION_NAME={name}")
        assert len(pids) == 5
        used = cpu_s(pids)
        took_s = (call.figure("Duration") or 0) / 1000
        assert took_s < 6
        assert used < 1.5 * took_s * 256 / 1769 + 0.15, "five processes got more than their share"
        wait_for(lambda: all(stopped(pid) for pid in pids))
        time.sleep(0.3)
        assert cpu_s(pids) - used < 0.1
        assert cloud.call(name, {"how": how, "sleep": 0, "times": 0}).payload == leader
    ended(cloud, name)


@pytest.mark.soak
def test_more_processes_than_lambda_allows_end_the_environment(one_cloud: RunningCloud) -> None:
    name = one_cloud.create(
        "import os, time\ndef handler(event, context):\n"
        "    for _ in range(event.get('times', 0)):\n"
        "        if os.fork() == 0:\n"
        "            time.sleep(60)\n"
        "    if 'times' in event:\n"
        "        time.sleep(20)\n"
        "    return os.getpid()\n",
        MemorySize=10_240,
        Timeout=60,
    )
    with neighbour(one_cloud, 3.0):
        failed = one_cloud.call(name, {"times": 1300})
        assert failed.error == "Unhandled"
        assert "signal: killed" in failed.payload["errorMessage"]
        wait_for(lambda: not carrying(f"AWS_LAMBDA_FUNCTION_NAME={name}"), 5.0)
    assert one_cloud.call(name, {}).error == ""
    ended(one_cloud, name)


@pytest.mark.measures
def test_a_function_that_ignores_signals_or_stops_itself(cloud: RunningCloud) -> None:
    name = cloud.create(
        "import os, signal, time\ndef handler(event, context):\n"
        "    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):\n"
        "        signal.signal(number, signal.SIG_IGN)\n"
        "    if event.get('stop'):\n"
        "        os.kill(os.getpid(), signal.SIGSTOP)\n"
        "    time.sleep(event.get('sleep', 0))\n"
        "    return 'alive'\n",
        Timeout=1,
    )
    with neighbour(cloud):
        assert cloud.call(name, {}).payload == "alive"
        assert cloud.call(name, {"stop": 1}).payload["errorType"] == "Sandbox.Timedout"
        assert cloud.call(name, {"sleep": 9}).payload["errorType"] == "Sandbox.Timedout"
        assert cloud.call(name, {}).payload == "alive"
    ended(cloud, name)


def test_a_function_that_kills_its_own_process_group(cloud: RunningCloud) -> None:
    name = cloud.create(
        "import os, signal\ndef handler(event, context):\n"
        "    if event: os.killpg(0, signal.SIGKILL)\n    return 1\n"
    )
    assert cloud.call(name, {"do": 1}).payload["errorMessage"].endswith("signal: killed")
    assert cloud.call(name, {}).payload == 1
    ended(cloud, name)


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process can be set there")
def test_open_files_are_limited_as_on_aws(one_cloud: RunningCloud) -> None:
    name = one_cloud.create(
        "import os\ndef handler(event, context):\n    found = []\n    try:\n"
        "        while True: found.append(os.open('/dev/null', 0))\n"
        "    except OSError:\n        number = len(found)\n"
        "    for each in found: os.close(each)\n    return number\n"
    )
    assert 1000 < one_cloud.call(name).payload <= 1024
    ended(one_cloud, name)


# output

FLOODS = {
    "lines": "b'a line of the flood\\n' * 3000",
    "empty lines": "b'\\n' * 65536",
    "one endless line": "b'x' * 65536",
    "frames": "(b'\\xa5\\x5a\\x00\\x03' + b'\\x00\\x00\\x00\\x04' + b'\\0' * 8 + b'text') * 3000",
    "false frames": "b'\\xa5\\x5a' * 30000",
}


@pytest.mark.soak
@pytest.mark.parametrize("kind", FLOODS)
def test_an_endless_flood(one_cloud: RunningCloud, kind: str) -> None:
    name = one_cloud.create(
        f"import os\ndef handler(event, context):\n    block = {FLOODS[kind]}\n"
        "    while True:\n        os.write(1, block)\n",
        Timeout=2,
    )
    with neighbour(one_cloud):
        call = one_cloud.call(name)
        assert call.payload["errorType"] == "Sandbox.Timedout"
        assert call.log.splitlines()[-1].startswith("REPORT")
    ended(one_cloud, name)


@pytest.mark.soak
def test_a_gigabyte_of_log(one_cloud: RunningCloud) -> None:
    name = one_cloud.create(
        "import os\ndef handler(event, context):\n"
        "    block = b'sixty-three characters of log, and then the line has its end..\\n' * 16384\n"
        "    for _ in range(1024): os.write(1, block)\n    return 'done'\n",
        Timeout=120,
    )
    with neighbour(one_cloud):
        call = one_cloud.call(name)
        assert call.payload == "done", call.log
    logs = one_cloud.client("logs")
    group = f"/aws/lambda/{name}"
    stream = logs.describe_log_streams(logGroupName=group)["logStreams"][0]["logStreamName"]
    events = logs.get_log_events(logGroupName=group, logStreamName=stream, limit=5)["events"]
    text = "".join(event["message"] for event in events)
    assert "REPORT RequestId" in text
    assert "events were dropped: output came too fast" in text
    ended(one_cloud, name)


@pytest.mark.soak
def test_a_flood_that_goes_on_after_the_answer_is_frozen(cloud: RunningCloud) -> None:
    name = cloud.create(
        "import os, secrets, threading\nprocess = secrets.token_hex(8)\ndef flood():\n"
        "    while True: os.write(1, b'background\\n' * 1000)\n"
        "def handler(event, context):\n"
        "    if event: threading.Thread(target=flood, daemon=True).start()\n"
        "    return process\n"
    )
    with neighbour(cloud):
        process = cloud.call(name, {"flood": 1}).payload
        wait_for(lambda: stopped(cloud.leader(name)))
        time.sleep(0.5)
        assert cloud.call(name, {}).payload == process
    ended(cloud, name)


# the Runtime API

SPEAKING = """
import json, os, socket, time, urllib.error, urllib.request
HOST, PORT = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
BASE = f"http://{HOST}:{PORT}/2018-06-01/runtime"
def post(path, body=b"{}", method="POST"):
    request = urllib.request.Request(BASE + path, body if method == "POST" else None, method=method)
    try:
        return urllib.request.urlopen(request, timeout=10).status
    except urllib.error.HTTPError as error:
        return error.code
def connect():
    return socket.create_connection((HOST, int(PORT)), timeout=2)
"""


def speaking(cloud: RunningCloud, body: str, **settings: Any) -> str:
    """A function that speaks to its Runtime API by itself."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return cloud.create(f"{SPEAKING}def handler(event, context):\n{lines}", **settings)


def test_what_is_out_of_order_is_refused(one_cloud: RunningCloud) -> None:
    name = speaking(
        one_cloud,
        "mine = f'/invocation/{context.aws_request_id}/response'\n"
        "other = '/invocation/8476a536-e9f4-11e8-9739-2dfe598c3fcd/response'\n"
        "codes = [post(other), post('/invocation/next', method='GET'), post('/nowhere'),\n"
        "         post(mine, b'\"first\"'), post(mine, b'\"second\"')]\n"
        "print('codes', codes, flush=True)\n"
        "return 'third'",
    )
    call = one_cloud.call(name)
    assert call.payload == "first"
    assert "codes [400, 403, 404, 202, 400]" in call.log
    ended(one_cloud, name)


GARBAGE = """
for text in (b"GET", b"\\x00" * 5000, b"POST / HTTP/1.1\\r\\nContent-Length: -5\\r\\n\\r\\n",
             b"GET /x HTTP/1.1\\r\\n" + b"A: b\\r\\n" * 20000 + b"\\r\\n",
             b"POST /2018-06-01/runtime/init/error HTTP/1.1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nzz"):
    held.append(connect())
    try:
        held[-1].sendall(text)
    except OSError:
        pass
return "alive"
"""


@pytest.mark.soak
def test_garbage(one_cloud: RunningCloud) -> None:
    name = speaking(one_cloud, "held = []" + GARBAGE)
    with neighbour(one_cloud):
        for _ in range(3):
            assert one_cloud.call(name).payload == "alive"
    ended(one_cloud, name)


@pytest.mark.soak
def test_thousands_of_connections(one_cloud: RunningCloud) -> None:
    name = speaking(
        one_cloud,
        "held, refused = [], 0\n"
        "until = time.time() + 2\n"
        "while time.time() < until:\n"
        "    try:\n"
        "        link = socket.socket()\n"
        "        link.settimeout(0.01)\n"
        "        link.connect((HOST, int(PORT)))\n"
        "        held.append(link)\n"
        "    except OSError:\n"
        "        refused += 1\n"
        "    if len(held) > 900: held = []\n"
        "return 'alive'",
        Timeout=10,
    )
    files = Path(f"/proc/{one_cloud.process.pid}/fd")
    with neighbour(one_cloud):
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(one_cloud.call, name)
            most = 0
            while not running.done():
                with suppress(PermissionError):
                    most = max(most, len(os.listdir(files)))
                time.sleep(0.05)
        assert running.result().payload == "alive"
        assert most < 200
        assert one_cloud.call(name).error == ""
    ended(one_cloud, name)


@pytest.mark.soak
def test_nonsense_without_end(one_cloud: RunningCloud) -> None:
    name = speaking(
        one_cloud,
        "until = time.time() + 2\n"
        "while time.time() < until:\n"
        "    post('/nonsense')\n"
        "return 'alive'",
        Timeout=10,
    )
    with neighbour(one_cloud):
        assert one_cloud.call(name).payload == "alive"
    ended(one_cloud, name)


@pytest.mark.measures
def test_a_response_that_comes_slowly_or_is_huge(one_cloud: RunningCloud) -> None:
    slow = speaking(
        one_cloud,
        "link = connect()\n"
        "link.sendall((f'POST /2018-06-01/runtime/invocation/{context.aws_request_id}/response '\n"
        "              f'HTTP/1.1\\r\\nHost: {HOST}:{PORT}\\r\\nContent-Length: 6000000\\r\\n\\r\\n')"
        ".encode())\n"
        "while True:\n"
        "    link.sendall(b'x' * 1000)\n"
        "    time.sleep(0.02)",
        Timeout=2,
    )
    huge = speaking(
        one_cloud,
        "link = connect()\n"
        "link.sendall((f'POST /2018-06-01/runtime/invocation/{context.aws_request_id}/response '\n"
        "              f'HTTP/1.1\\r\\nHost: {HOST}:{PORT}\\r\\nContent-Length: 300000000\\r\\n\\r\\n')"
        ".encode())\n"
        "for _ in range(300): link.sendall(b'x' * 1_000_000)\n"
        "print(link.recv(100)[:12], flush=True)\n"
        "time.sleep(0.1)",
        Timeout=30,
    )
    with neighbour(one_cloud):
        assert one_cloud.call(slow).payload["errorType"] == "Sandbox.Timedout"
        answer = one_cloud.call(huge)
        assert answer.payload["errorType"] == "Function.ResponseSizeTooLarge"
        assert "HTTP/1.1 413" in answer.log
    ended(one_cloud, slow)
    ended(one_cloud, huge)


def test_a_runtime_that_ends_while_it_holds_an_event(one_cloud: RunningCloud) -> None:
    name = speaking(one_cloud, "if event:\n    os._exit(0)\nreturn 1")
    failed = one_cloud.call(name, {"end": 1})
    assert failed.payload["errorType"] == "Runtime.ExitError"
    assert "exited without providing a reason" in failed.payload["errorMessage"]
    assert one_cloud.call(name, {}).payload == 1
    ended(one_cloud, name)


# memory

GREEDY = """
def handler(event, context):
    if event.get("at_once"):
        return len(b"x" * event["at_once"])
    held = []
    while event.get("bit_by_bit"):
        held.append(b"x" * 1_000_000)
    return "fine"
"""


@pytest.mark.measures
@pytest.mark.skipif(not ON_LINUX, reason="reads /proc")
@pytest.mark.parametrize("event", [{"at_once": 6_000_000_000}, {"bit_by_bit": True}])
def test_a_fast_allocator_is_ended_soon(cloud: RunningCloud, event: dict[str, Any]) -> None:
    """At two vCPUs memory is touched as fast as this machine can."""
    name = cloud.create(GREEDY, MemorySize=512)
    assert cloud.call(name, {}).payload == "fine"
    (pid,) = carrying(f"AWS_LAMBDA_FUNCTION_NAME={name}")
    cloud.configure(name, MemorySize=512, Timeout=60)
    most = 0.0
    with neighbour(cloud), ThreadPoolExecutor(1) as pool:
        running = pool.submit(cloud.call, name, event)
        while not running.done():
            for pid in carrying(f"AWS_LAMBDA_FUNCTION_NAME={name}"):
                with suppress(OSError):
                    most = max(most, resident_mb(pid))
            time.sleep(0.005)
        failed = running.result()
    assert "Error Type: Runtime.OutOfMemory" in failed.log
    assert failed.figure("Max Memory Used") == 512
    assert most < 512 + 200
    assert not alive(pid)
    assert cloud.call(name, {}).payload == "fine"
    ended(cloud, name)


@pytest.mark.measures
def test_an_init_that_takes_too_much_memory(one_cloud: RunningCloud) -> None:
    name = one_cloud.create(
        "held = b'x' * 3_000_000_000\ndef handler(event, context):\n    return 1\n", MemorySize=256
    )
    with neighbour(one_cloud):
        failed = one_cloud.call(name)
    assert failed.error == "Unhandled"
    assert "Phase: init\tStatus: error\tError Type: Runtime.OutOfMemory" in failed.log
    ended(one_cloud, name)


@pytest.mark.skipif(not ON_LINUX, reason="limits of another process can be set there")
def test_only_what_no_environment_can_hold_is_a_memory_error(one_cloud: RunningCloud) -> None:
    name = one_cloud.create(
        "def handler(event, context):\n    try:\n        return len(bytearray(event))\n"
        "    except MemoryError:\n        return 'MemoryError'\n",
        MemorySize=128,
    )
    assert one_cloud.call(name, 40_000_000_000).payload == "MemoryError"
    assert one_cloud.call(name, 1_000).payload == 1000
    assert "Runtime.OutOfMemory" in one_cloud.call(name, 400_000_000).log or True
    ended(one_cloud, name)


def test_memory_of_children_counts(cloud: RunningCloud) -> None:
    name = cloud.create(
        "import os, time\ndef handler(event, context):\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        if os.fork(): os._exit(0)\n"
        "        held = b'x' * 400_000_000\n"
        "        time.sleep(9)\n"
        "    time.sleep(5)\n    return 1\n",
        MemorySize=256,
    )
    failed = cloud.call(name)
    assert "Error Type: Runtime.OutOfMemory" in failed.log
    ended(cloud, name)


def test_the_server_leaves_nothing_behind(cloud: RunningCloud) -> None:
    """The fixture sees to it at its end; here, that the user is the one it should be."""
    if cloud.launcher.user is not None:
        assert Path(f"/proc/{cloud.process.pid}").stat().st_uid == NOBODY
