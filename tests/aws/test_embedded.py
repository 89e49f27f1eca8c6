"""Starting and ending the server command, tried on small commands that keep its contract."""

import multiprocessing
import os
import signal
import sys
import time

import psutil
import pytest

from serverless_course.aws import embedded
from serverless_course.aws.embedded import STOPPED, EmbeddedCloud, EmbeddedCloudError, Ready

READY = """
import json, os, sys
print(json.dumps({"ready": True, "endpoint": "http://127.0.0.1:1", "region": "us-east-1",
  "access_key_id": "a", "secret_access_key": "b", "account_id": "123456789012",
  "clock_factor": 60.0, "governor": "signals", "cores": 2, "pid": os.getpid()}), flush=True)
"""
UNTIL_STDIN_CLOSES = READY + "sys.stdin.read()\n"


def command(code):
    return (sys.executable, "-c", code)


@pytest.fixture
def start():
    running = []

    def begin(code, **kwargs):
        cloud = EmbeddedCloud(command=command(code), **kwargs)
        running.append(cloud)
        return cloud

    yield begin
    for cloud in running:
        cloud.stop()


def gone(pid, limit_s=30.0):
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


def test_it_reads_the_ready_line_and_stops_when_told(start):
    cloud = start(UNTIL_STDIN_CLOSES)
    assert cloud.ready == Ready(
        *("http://127.0.0.1:1", "us-east-1", "a", "b", "123456789012"),
        *(60.0, "signals", 2, cloud.ready.pid),
    )
    cloud.check()
    cloud.stop()
    assert gone(cloud.ready.pid)
    with pytest.raises(EmbeddedCloudError, match="Run the first cell again"):
        cloud.check()


def test_it_has_a_session_of_its_own(start):
    cloud = start(UNTIL_STDIN_CLOSES)
    assert os.getsid(cloud.ready.pid) != os.getsid(0)


def test_what_the_server_prints_later_does_not_stop_it(start):
    noise = "[print('x' * 1000) or print('y' * 1000, file=sys.stderr) for _ in range(2000)]\n"
    cloud = start(READY + noise + "open(os.devnull); sys.stdin.read()")
    time.sleep(0.5)
    cloud.check()


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("import sys; sys.exit('No free port: close another notebook.')", "close another notebook"),
        ("import os; os._exit(2)", "status 2"),
        ("print('hello')", "something else"),
        ("print('{\"ready\": false}')", "something else"),
        ("import time; time.sleep(60)", "not ready after 0.5 s"),
    ],
)
def test_a_start_that_fails_is_told_in_one_message_and_leaves_no_process(code, says):
    before = set(psutil.Process().children())
    with pytest.raises(EmbeddedCloudError, match=says) as caught:
        EmbeddedCloud(command=command(code), limit_s=0.5 if "sleep" in code else 20)
    assert "What to do:" in str(caught.value)
    assert set(psutil.Process().children()) <= before


def test_a_command_that_does_not_exist():
    with pytest.raises(EmbeddedCloudError, match="could not run"):
        EmbeddedCloud(command=("no-such-command-here",))


def test_a_server_that_died_is_noticed(start):
    cloud = start(UNTIL_STDIN_CLOSES)
    os.kill(cloud.ready.pid, signal.SIGKILL)
    with pytest.raises(EmbeddedCloudError) as caught:
        cloud.check(settle_s=2)
    assert str(caught.value) == STOPPED


def test_the_learners_aws_variables_do_not_reach_it(start, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "work")
    code = "import os; assert not [k for k in os.environ if k.startswith('AWS_')]\n"
    start(code + UNTIL_STDIN_CLOSES)


def test_one_server_for_each_process_and_a_new_one_after_a_death(monkeypatch):
    monkeypatch.setattr(embedded, "_started", [])
    real = embedded.EmbeddedCloud
    monkeypatch.setattr(
        embedded,
        "EmbeddedCloud",
        lambda region: real(region, command=command(UNTIL_STDIN_CLOSES)),
    )
    first = embedded.embedded_cloud()
    try:
        assert embedded.embedded_cloud() is first
        os.kill(first.ready.pid, signal.SIGKILL)
        assert gone(first.ready.pid)
        second = embedded.embedded_cloud()
        assert second is not first
        assert second.running
    finally:
        embedded._stop_all()
    assert not second.running


PARENT = """
import sys
from serverless_course.aws.embedded import EmbeddedCloud
cloud = EmbeddedCloud(command=(sys.executable, "-c", {code!r}))
print(cloud.ready.pid, flush=True)
{then}
"""


@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_with_its_parent_whatever_kills_the_parent(signum):
    import subprocess

    source = PARENT.format(code=UNTIL_STDIN_CLOSES, then="import time; time.sleep(60)")
    parent = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True)
    pid = int(parent.stdout.readline())
    assert psutil.pid_exists(pid)
    parent.send_signal(signum)
    parent.wait(timeout=60)
    parent.stdout.close()
    assert gone(pid)


def _wait(seconds):
    time.sleep(seconds)


def test_a_forked_child_does_not_keep_it_alive(monkeypatch):
    real = embedded.EmbeddedCloud
    monkeypatch.setattr(
        embedded,
        "EmbeddedCloud",
        lambda region: real(region, command=command(UNTIL_STDIN_CLOSES)),
    )
    monkeypatch.setattr(embedded, "_started", [])
    cloud = embedded.embedded_cloud()
    child = multiprocessing.get_context("fork").Process(target=_wait, args=(20,))
    child.start()
    try:
        cloud.release()
        assert gone(cloud.ready.pid)
    finally:
        child.kill()
        child.join()
        embedded._stop_all()
