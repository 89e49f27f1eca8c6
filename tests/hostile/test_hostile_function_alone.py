"""A function alone: it cannot signal, trace or limit others, nor leave something running, nor
change what others run. On AWS each environment is a microVM (Lambda Developer Guide; Firecracker,
NSDI '20); nothing below reaches beyond it.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from running_cloud import (
    RunningCloud,
    alive,
    own_launcher,
    running,
    start,
    stopped,
    unprivileged_launcher,
    wait_for,
    zip_of,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="namespaces are Linux's")

AIMING = """
import ctypes, os, resource, signal
libc = ctypes.CDLL(None, use_errno=True)
def handler(event, context):
    pid, found = event["pid"], {}
    def tried(name, action):
        ctypes.set_errno(0)
        try:
            result = action()
            done = result is None or not isinstance(result, int) or result >= 0
            found[name] = "done" if done else os.strerror(ctypes.get_errno())
        except OSError as error:
            found[name] = error.strerror
    tried("kill", lambda: os.kill(pid, signal.SIGKILL))
    tried("killpg", lambda: os.killpg(pid, signal.SIGKILL))
    tried("tkill", lambda: libc.syscall(200, pid, signal.SIGKILL))
    tried("tgkill", lambda: libc.syscall(234, pid, pid, signal.SIGKILL))
    tried("pidfd_open", lambda: os.pidfd_open(pid))
    tried("prlimit", lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE, (1, 1)))
    tried("ptrace", lambda: libc.ptrace(16, pid, 0, 0))
    tried("affinity", lambda: os.sched_setaffinity(pid, {0}))
    tried("priority", lambda: os.setpriority(os.PRIO_PROCESS, pid, 19))
    tried("io priority", lambda: libc.syscall(251, 1, pid, 3 << 13))
    tried("memory", lambda: open(f"/proc/{pid}/mem", "r+b"))
    tried("variables", lambda: open(f"/proc/{pid}/environ"))
    tried("first process", lambda: libc.ptrace(16, 1, 0, 0))
    tried("its memory", lambda: open("/proc/1/mem", "r+b"))
    tried("namespace", lambda: libc.unshare(0x10000000))
    tried("mount", lambda: libc.mount(b"x", b"/tmp", b"tmpfs", 0, None))
    os.kill(1, signal.SIGKILL)
    return found
"""
LEAVING = """
import os, time
def handler(event, context):
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        os.execve("/bin/sleep", [event["name"], "1000"], {})
    time.sleep(0.3)
"""


@pytest.fixture(
    scope="module", params=["own", *(["unprivileged"] if os.geteuid() == 0 else []), "none"]
)
def cloud(request: pytest.FixtureRequest) -> Iterator[RunningCloud]:
    """With namespaces, as the tests' user and as one without rights; and without namespaces."""
    launcher = unprivileged_launcher() if request.param == "unprivileged" else own_launcher()
    way = ["--sandbox", "none"] if request.param == "none" else []
    with running(launcher, "--clock-factor", "6000", *way) as found:
        yield found
        assert found.process.poll() is None


def named(name: str) -> list[int]:
    """Live processes whose first word on the command line is that name."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "cmdline").read_bytes().startswith(name.encode()):
                found += [int(entry.name)] if alive(int(entry.name)) else []
        except OSError:
            continue
    return found


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers of calls are x86's")
def test_the_server_is_out_of_reach(cloud: RunningCloud) -> None:
    if cloud.ready["sandbox"] == "none":
        pytest.skip("without namespaces the docs say what can be reached")
    call = cloud.call(cloud.create(AIMING), {"pid": cloud.process.pid})
    assert call.error == "", call.payload
    assert not [name for name, how in call.payload.items() if how == "done"], call.payload
    assert cloud.process.poll() is None


def test_what_leaves_the_tree_is_frozen_and_ends_with_it(cloud: RunningCloud) -> None:
    name = cloud.create(LEAVING)
    mark = f"stray-{secrets.token_hex(6)}"
    cloud.call(name, {"name": mark})
    (pid,) = named(mark)
    wait_for(lambda: stopped(pid), 5.0)
    cloud.delete(name)
    wait_for(lambda: not alive(pid), 5.0)


@pytest.mark.parametrize("way", ["auto", "none"])
def test_what_leaves_the_tree_ends_with_the_server(way: str) -> None:
    mark = f"stray-{secrets.token_hex(6)}"
    cloud = start(own_launcher(), "--sandbox", way, "--clock-factor", "6000")
    cloud.call(cloud.create(LEAVING), {"name": mark})
    assert named(mark)
    cloud.process.kill()
    cloud.process.wait()
    wait_for(lambda: not named(mark), 5.0)


def test_a_layer_is_the_same_for_the_next_function(cloud: RunningCloud) -> None:
    if cloud.ready["sandbox"] == "none":
        pytest.skip("without namespaces the owner of a file can change it: the docs say so")
    content = {"ZipFile": zip_of({"python/shared.py": "VALUE = 'good'\n"})}
    published = cloud.client("lambda").publish_layer_version(LayerName="it", Content=content)
    layers = [published["LayerVersionArn"]]
    poisoning = cloud.create(
        "import os, shared\ndef handler(e, c):\n    path = shared.__file__\n"
        "    for do in (lambda: os.chmod(path, 0o777), lambda: open(path, 'w').write('x'),\n"
        "               lambda: os.remove(path), lambda: os.rename('/tmp', path)):\n"
        "        try:\n            do()\n            return 'done'\n"
        "        except OSError: pass\n    return 'refused'\n",
        Layers=layers,
    )
    assert cloud.call(poisoning).payload == "refused"
    reading = "import shared\ndef handler(e, c):\n    return shared.VALUE\n"
    assert cloud.call(cloud.create(reading, Layers=layers)).payload == "good"


@pytest.mark.parametrize(
    "variables",
    [
        {"AWS_ENDPOINT_URL_SQS": "https://sqs.us-east-1.amazonaws.com"},
        {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
        {"AWS_ENDPOINT_URL": "https://example.com"},
    ],
)
def test_its_calls_stay_in_the_embedded_cloud(
    cloud: RunningCloud, variables: dict[str, str]
) -> None:
    source = "import boto3\ndef handler(e, c):\n    return boto3.client('sqs').meta.endpoint_url\n"
    name = cloud.create(source, Environment={"Variables": variables})
    assert cloud.call(name).payload == cloud.endpoint
    events = cloud.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{name}")
    said = f"{next(iter(variables))} is not passed on"
    assert any(said in event["message"] for event in events["events"])


@pytest.mark.parametrize(
    "name", ["x" * 300, "a/" * 6000, "../out.py", "/abs.py"], ids=["300", "12000", "..", "/"]
)
def test_odd_names_in_packages_are_refused(cloud: RunningCloud, name: str) -> None:
    with pytest.raises(cloud.client("lambda").exceptions.InvalidParameterValueException):
        cloud.create("", Code={"ZipFile": zip_of({"index.py": "", name + "f": ""})})
