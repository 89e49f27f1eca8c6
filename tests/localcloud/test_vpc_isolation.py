"""Code that ignores proxies is cut off where this machine allows network namespaces, and nothing of
an ENI is left behind. Where it does not, the documented other way holds (docs/vpc.md)."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from running_cloud import (
    ON_LINUX,
    RunningCloud,
    carrying,
    own_launcher,
    running,
    start,
    unprivileged_launcher,
    wait_for,
)
from vpcs import TABLES, USES, MadeVpc, answered, function_in

from serverless_course.localcloud.vpc.namespace import Namespaces

# TEST-NET-3 (RFC 5737): nobody's address.
NOBODY = ["203.0.113.77", 443]
WHERE = """
import os, socket
def handler(event, context):
    try:
        namespace = os.readlink("/proc/self/ns/net")
    except OSError:
        namespace = ""
    return {"namespace": namespace, "endpoint": os.environ["AWS_ENDPOINT_URL"]}
"""


def can_isolate() -> bool:
    """Whether this machine lets us make namespaces: asked of the system's own tool."""
    if not ON_LINUX:
        return False
    with suppress(OSError):
        tried = subprocess.run(["unshare", "-n", "true"], check=False, capture_output=True)
        return tried.returncode == 0
    return False


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningCloud]:
    with running(own_launcher(), "--clock-factor", "600") as found:
        yield found


def own_namespace() -> str:
    return os.readlink("/proc/self/ns/net") if ON_LINUX else ""


def namespaces_of(pids: list[int]) -> set[str]:
    found = set()
    for pid in pids:
        with suppress(OSError):
            found.add(os.readlink(f"/proc/{pid}/ns/net"))
    return found


def open_namespaces(pid: int) -> int:
    """How many namespaces a process holds open."""
    found = 0
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            found += os.readlink(entry).startswith("net:")
    return found


def sockets(pid: int) -> int:
    """How many sockets a process has, in any namespace."""
    found = 0
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            found += os.readlink(entry).startswith("socket:")
    return found


def test_the_server_finds_out_what_this_machine_allows() -> None:
    namespaces = Namespaces()
    assert namespaces.works == can_isolate()
    namespaces.close()


def test_code_that_ignores_the_proxy_gets_nowhere(cloud: RunningCloud) -> None:
    """With namespaces a plain socket hangs, as on AWS without a route. Without them only calls by
    AWS_ENDPOINT_URL and the proxies pass the ENI, and the environment stays in the machine's own
    network."""
    vpc = MadeVpc(cloud)
    name = function_in(vpc, USES)
    if can_isolate():
        payload = cloud.call(name, {"do": "connect", "args": NOBODY}).payload
        assert (payload["ok"], payload["error"]) == (False, "TimeoutError")
        assert payload["after"] >= 0.6
    where = cloud.call(cloud.create(WHERE, VpcConfig=vpc.config, Role=role_of(cloud, name)))
    isolated = where.payload["namespace"] != own_namespace()
    assert isolated == can_isolate()
    same_address = where.payload["endpoint"] == cloud.endpoint
    assert same_address == can_isolate()


def test_what_is_enforced_is_told(cloud: RunningCloud) -> None:
    """In the ready line, and to a learner by a tag that says it is not AWS's."""
    vpc = MadeVpc(cloud)
    function_in(vpc, USES)
    (eni,) = vpc.interfaces()
    (tag,) = eni["TagSet"]
    assert tag["Key"] == "embedded-cloud:isolation"
    assert tag["Value"].startswith("network namespace") == can_isolate()
    assert (cloud.ready["vpc_isolation"] == "network-namespaces") == can_isolate()


def test_the_machine_itself_is_out_of_reach(cloud: RunningCloud) -> None:
    """A listener on this machine's loopback is another machine's, seen from a namespace."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        name = function_in(MadeVpc(cloud), USES)
        payload = cloud.call(
            name, {"do": "connect", "args": list(listener.getsockname()[:2])}
        ).payload
        assert payload["ok"] != can_isolate()
        if can_isolate():
            assert payload["error"] == "ConnectionRefusedError"


def test_an_environment_shows_the_address_of_its_interface(cloud: RunningCloud) -> None:
    vpc = MadeVpc(cloud)
    source = """
import socket
def handler(event, context):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("203.0.113.77", 9))
        return probe.getsockname()[0]
"""
    name = cloud.create(source, VpcConfig=vpc.config, Role=role_of(cloud, function_in(vpc)))
    (eni,) = vpc.interfaces()
    shown = cloud.call(name).payload
    assert (shown == eni["PrivateIpAddress"]) == can_isolate()


def test_a_user_without_rights_gets_a_working_vpc_too() -> None:
    """Without root there are no namespaces: calls still pass the ENI, by their variables."""
    launcher = unprivileged_launcher() if os.geteuid() == 0 else own_launcher()
    with running(launcher, "--clock-factor", "600") as cloud:
        vpc = MadeVpc(cloud)
        nat, address = vpc.nat()
        vpc.route(nat)
        name = function_in(vpc, USES)
        event = {"do": "fetch", "args": ["http://checkip.amazonaws.com/"]}
        assert answered(cloud, name, event) == f"{address}\n"
        answered(cloud, name, TABLES)
        vpc.ec2.delete_nat_gateway(NatGatewayId=nat)
        assert not cloud.call(name, TABLES).payload["ok"]


@pytest.mark.skipif(not ON_LINUX, reason="reads /proc; what it counts is made on Linux only")
def test_an_environment_that_ends_takes_its_listeners_and_namespace_along(
    cloud: RunningCloud,
) -> None:
    pid = cloud.process.pid
    vpc = MadeVpc(cloud)

    def one_life() -> None:
        """A function that answered once, hung once, and is deleted."""
        name = function_in(vpc, USES, Timeout=2)
        cloud.call(name, TABLES)
        hang(cloud, name, {"do": "patient", "args": ["dynamodb", "list_tables"]})
        # Its process has ended with the time-out; the environment waits for its next event.
        assert open_namespaces(pid) > 0 or not can_isolate()
        cloud.delete(name)
        wait_for(lambda: not of_function(name))

    # The first one leaves connections of this test's own clients, which they keep.
    one_life()
    namespaces, before = open_namespaces(pid), sockets(pid)
    one_life()
    wait_for(lambda: open_namespaces(pid) <= namespaces)
    wait_for(lambda: sockets(pid) <= before)


@pytest.mark.skipif(not ON_LINUX, reason="reads /proc; what it counts is made on Linux only")
def test_nothing_is_left_after_kill_nine() -> None:
    cloud = start(own_launcher(), "--clock-factor", "600")
    try:
        vpc = MadeVpc(cloud)
        name = function_in(vpc, USES, Timeout=60)
        cloud.call(name, TABLES)
        event = {"do": "patient", "args": ["dynamodb", "list_tables"]}
        thread = threading.Thread(target=hang, args=(cloud, name, event))
        thread.start()
        wait_for(lambda: of_function(name), 5.0)
        mine = namespaces_of(of_function(name))
        assert (mine != {own_namespace()}) == can_isolate()
    finally:
        cloud.process.kill()
        cloud.process.wait()
    thread.join(10)
    wait_for(lambda: not of_function(name), 2.0)
    cloud.wait_until_gone()
    if can_isolate():
        everybody = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]
        assert not mine & namespaces_of(everybody)
    assert cloud.process.stdin is not None
    assert cloud.process.stdout is not None
    cloud.process.stdin.close()
    cloud.process.stdout.close()


def of_function(name: str) -> list[int]:
    """The processes of a function's environments."""
    return carrying(f"AWS_LAMBDA_FUNCTION_NAME={name}")


def hang(cloud: RunningCloud, name: str, event: dict[str, Any]) -> None:
    with suppress(Exception):
        cloud.call(name, event)


def role_of(cloud: RunningCloud, name: str) -> str:
    found = cloud.client("lambda").get_function_configuration(FunctionName=name)
    return str(found["Role"])


def test_calls_that_hang_hold_nobody_else_up(cloud: RunningCloud) -> None:
    source = """
import boto3, threading, time
def ask():
    try:
        boto3.client("dynamodb").list_tables()
    except Exception:
        pass
def handler(event, context):
    threads = [threading.Thread(target=ask, daemon=True) for _ in range(40)]
    for thread in threads: thread.start()
    time.sleep(event["after"])
    return sum(thread.is_alive() for thread in threads)
"""
    vpc = MadeVpc(cloud)
    role = role_of(cloud, function_in(vpc, USES))
    hanging = cloud.create(source, VpcConfig=vpc.config, Role=role, Timeout=30)
    with_a_way = MadeVpc(cloud)
    with_a_way.route(with_a_way.nat()[0])
    other = function_in(with_a_way, USES)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(cloud.call, hanging, {"after": 4})
        for _ in range(10):
            answered(cloud, other, TABLES)
        assert waiting.result(30).payload == 40
