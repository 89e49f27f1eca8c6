"""An environment's life on each governor, and without rights: kept, frozen, reset, ended. Held
against the Lambda Developer Guide's words.
"""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from running_cloud import RunningCloud, alive, stopped, wait_for

# Nothing here waits on the scaled clock: functions settle sooner.
CLOCK_FACTOR = 6000
COUNTING = """
import secrets
process = secrets.token_hex(8)
calls = 0
def handler(event, context):
    global calls
    calls += 1
    return {"process": process, "calls": calls, "stream": context.log_stream_name}
"""
SPAWNING = """
import os, subprocess, sys, time
WORK = "import time\\nwhile True: time.sleep(0.01)"
def handler(event, context):
    if event["how"] == "child":
        subprocess.Popen([sys.executable, "-S", "-c", WORK])
    elif event["how"] == "session":
        subprocess.Popen([sys.executable, "-S", "-c", WORK], start_new_session=True)
    else:
        first = os.fork()
        if first == 0:
            os.setsid()
            if os.fork():
                os._exit(0)
            while True:
                time.sleep(0.01)
        os.waitpid(first, 0)
"""


def test_a_warm_environment_keeps_its_process_and_globals(cloud: RunningCloud) -> None:
    name = cloud.create(COUNTING)
    first, second = cloud.call(name), cloud.call(name)
    assert (first.payload["calls"], second.payload["calls"]) == (1, 2)
    assert first.payload["process"] == second.payload["process"]
    assert first.figure("Init Duration") is not None
    assert second.figure("Init Duration") is None


def test_an_exit_in_the_handler_resets_the_environment(cloud: RunningCloud) -> None:
    name = cloud.create(
        "import os, secrets\nprocess = secrets.token_hex(8)\n"
        "def handler(e, c):\n    if e: os._exit(7)\n    return process\n"
    )
    before = cloud.call(name, {}).payload
    failed = cloud.call(name, {"exit": 1})
    assert failed.payload == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {failed.request_id} Error: Runtime exited with error: "
        "exit status 7",
    }
    assert "Error Type: Runtime.ExitError" in failed.log
    assert cloud.call(name, {}).payload != before


@pytest.mark.measures
def test_after_a_timeout_the_next_init_is_hidden_and_tmp_is_kept(cloud: RunningCloud) -> None:
    name = cloud.create(
        """
import os, secrets, tempfile, time
path = tempfile.gettempdir() + "/kept"
process = secrets.token_hex(8)
def handler(event, context):
    if event:
        open(path, "w").write("here")
        time.sleep(30)
    return [process, os.path.exists(path), context.log_stream_name]
""",
        Timeout=1,
    )
    before = cloud.call(name, {}).payload
    late = cloud.call(name, {"sleep": 1})
    assert late.payload == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {late.request_id} Error: Task timed out after 1.00 seconds",
    }
    assert "Status: timeout" in late.log
    assert 1000 <= (late.figure("Duration") or 0) < 1500
    after = cloud.call(name, {})
    assert after.figure("Init Duration") is None
    assert after.payload[0] != before[0]
    assert after.payload[1:] == [True, before[2]]


def test_too_much_memory_ends_the_function_only(cloud: RunningCloud) -> None:
    name = cloud.create(
        """
import time
def handler(event, context):
    held = []
    for _ in range(event.get("blocks", 0)):
        held.append(b"x" * 8_000_000)
        time.sleep(0.002)
    return len(held)
""",
        MemorySize=128,
    )
    assert cloud.call(name, {"blocks": 2}).payload == 2
    failed = cloud.call(name, {"blocks": 60})
    assert failed.error == "Unhandled"
    assert failed.payload["errorType"] == "Runtime.ExitError"
    assert failed.payload["errorMessage"].endswith("Runtime exited with error: signal: killed")
    assert "Error Type: Runtime.OutOfMemory" in failed.log
    assert failed.figure("Max Memory Used") == 128
    assert cloud.call(name, {}).payload == 0


@pytest.mark.measures
def test_a_frozen_environment_does_nothing_until_it_is_thawed(cloud: RunningCloud) -> None:
    name = cloud.create("""
import os, threading, time
count = 0
def work():
    global count
    while True:
        count += 1
        time.sleep(0.005)
threading.Thread(target=work, daemon=True).start()
def handler(event, context):
    before = count
    time.sleep(event.get("sleep", 0))
    return [before, count]
""")
    _, counted = cloud.call(name, {"sleep": 0.3}).payload
    assert counted > 20
    wait_for(lambda: stopped(cloud.leader(name)))
    time.sleep(0.6)
    before, after = cloud.call(name, {"sleep": 0.2}).payload
    assert before - counted < 15
    assert after - before > 10


def test_a_changed_configuration_retires_old_environments(cloud: RunningCloud) -> None:
    name = cloud.create("import os\ndef handler(e, c):\n    return os.environ.get('WORD')\n")
    assert cloud.call(name).payload is None
    old = cloud.leader(name)
    cloud.configure(name, Environment={"Variables": {"WORD": "new"}})
    assert cloud.call(name).payload == "new"
    wait_for(lambda: not alive(old))


@pytest.mark.parametrize("how", ["child", "session", "double fork"])
def test_an_environments_end_is_the_end_of_all_its_processes(cloud: RunningCloud, how: str) -> None:
    name = cloud.create(SPAWNING)
    assert cloud.call(name, {"how": how}).error == ""
    pids = cloud.processes(name)
    assert len(pids) == 2
    cloud.delete(name)
    wait_for(lambda: not any(alive(pid) for pid in pids))


@pytest.mark.measures
def test_a_flood_of_output_does_no_harm(cloud: RunningCloud) -> None:
    flooding = cloud.create(
        "import os\ndef handler(e, c):\n"
        "    for _ in range(e['times']):\n"
        "        os.write(1, e['text'].encode() * e['repeat'])\n"
        "    return 'done'\n"
    )
    other = cloud.create(COUNTING)
    cloud.call(other)
    with ThreadPoolExecutor(1) as pool:
        flood = pool.submit(cloud.call, flooding, {"text": "\n", "repeat": 60_000, "times": 12})
        waits = []
        while not flood.done():
            started = time.perf_counter()
            cloud.call(other)
            waits.append(time.perf_counter() - started)
        assert flood.result().payload == "done"
    assert max(waits) < 1.0
    long_line = cloud.call(flooding, {"text": "x", "repeat": 1_000_000, "times": 3})
    assert long_line.payload == "done"
    assert len(long_line.log.encode()) <= 4096
    assert long_line.log.splitlines()[-1].startswith("REPORT")


def test_a_function_that_closes_its_pipes(cloud: RunningCloud) -> None:
    name = cloud.create(
        "import os\ndef handler(e, c):\n    if e: os.closerange(0, 3)\n    return 'alive'\n"
    )
    assert cloud.call(name, {"close": 1}).payload == "alive"
    assert cloud.call(name, {}).payload == "alive"
    every = cloud.create(
        "import os\ndef handler(e, c):\n    if e: os.closerange(0, 200)\n    return 'alive'\n",
        Timeout=3,
    )
    cloud.call(every, {"close": 1})
    assert cloud.call(every, {}).payload == "alive"


def test_an_environment_that_dies_while_frozen_is_made_anew(cloud: RunningCloud) -> None:
    name = cloud.create(COUNTING, Timeout=3)
    process = cloud.call(name).payload["process"]
    pid = cloud.leader(name)
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not alive(pid))
    again = cloud.call(name)
    assert again.error == ""
    assert again.payload["process"] != process
