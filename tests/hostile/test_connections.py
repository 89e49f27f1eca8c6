"""Connections: what one client sends, holds open or leaves unread hurts nobody else.

Sources: RFC 9112 (HTTP/1.1): a request with two Host lines, or with Content-Length and
Transfer-Encoding, is refused with 400; RFC 9110: 408, 413, 431, 503, 507. The bounds are the
embedded cloud's own (`wire/connection.py`, `wire/budget.py`).
"""

from __future__ import annotations

import os
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest
from running_cloud import ON_LINUX, RunningCloud, own_launcher, resident_mb, start, wait_for
from sent import keys_of, send, signed

MB = 1024 * 1024


def address(cloud: RunningCloud) -> tuple[str, int]:
    host, _, port = cloud.endpoint.removeprefix("http://").partition(":")
    return host, int(port)


@contextmanager
def connected(cloud: RunningCloud, timeout: float = 10.0) -> Iterator[socket.socket]:
    with socket.create_connection(address(cloud), timeout=timeout) as connection:
        yield connection


def told(connection: socket.socket) -> bytes:
    """Everything until the server closes."""
    answer = b""
    with suppress(ConnectionError):
        while data := connection.recv(65536):
            answer += data
    return answer


def is_well(cloud: RunningCloud) -> None:
    """The server answers a signed call at once."""
    started = time.monotonic()
    headers = signed(cloud, "lambda", "GET", "/2015-03-31/functions/")
    assert send(cloud, "GET", "/2015-03-31/functions/", headers).status == 200
    assert time.monotonic() - started < 5


def head(cloud: RunningCloud, first: str, *lines: str, host: bool = True) -> bytes:
    name = [f"Host: {cloud.endpoint.removeprefix('http://')}"] if host else []
    return ("\r\n".join([first, *name, *lines]) + "\r\n\r\n").encode()


@pytest.mark.parametrize(
    "lines",
    [
        ["Host: {host}", "Host: {host}"],
        ["Host: {host}", "Host: example.com"],
        ["Host: example.com", "Host: {host}"],
        ["Host: {host}", "hOsT: {host}"],
        ["Host: {host}", "Content-Length: 3", "Transfer-Encoding: chunked"],
        ["Host: {host}", "Content-Length: 3", "Content-Length: 4"],
        ["Host: {host}", "Content-Length: +3"],
        ["Host: {host}", "Content-Length: 3, 3"],
        ["Host: {host}", "Transfer-Encoding: chunked, identity"],
        ["Host: {host}", "X-Folded: a", " b"],
        ["Host: {host}", "Space : a"],
        ["Host: {host}", "No colon"],
    ],
)
def test_a_head_that_could_be_read_in_two_ways(
    hostile_cloud: RunningCloud, lines: list[str]
) -> None:
    host = hostile_cloud.endpoint.removeprefix("http://")
    with connected(hostile_cloud) as connection:
        made = head(
            hostile_cloud,
            "POST / HTTP/1.1",
            *(line.format(host=host) for line in lines),
            host=False,
        )
        connection.sendall(made + b"abc")
        answer = told(connection)
    assert answer.startswith(b"HTTP/1.1 4"), answer
    assert answer.count(b"HTTP/1.1 ") == 1
    is_well(hostile_cloud)


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:1/", "http://example.com/", "*", "example.com:80"]
)
def test_a_target_that_is_no_path(hostile_cloud: RunningCloud, target: str) -> None:
    for method in ("GET", "OPTIONS", "CONNECT"):
        with connected(hostile_cloud) as connection:
            connection.sendall(
                head(hostile_cloud, f"{method} {target} HTTP/1.1", "Connection: close")
            )
            assert told(connection).startswith(b"HTTP/1.1 4")


def test_thousands_of_headers(hostile_cloud: RunningCloud) -> None:
    for lines in ([f"a{n}:" for n in range(5000)], ["X-Long: " + "y" * 70_000]):
        with connected(hostile_cloud) as connection:
            with suppress(ConnectionError):
                connection.sendall(head(hostile_cloud, "GET / HTTP/1.1", *lines))
            assert told(connection).startswith(b"HTTP/1.1 431")


def upload(cloud: RunningCloud, size: int, *lines: str) -> bytes:
    return head(cloud, "PUT /bucket/key HTTP/1.1", f"Content-Length: {size}", *lines)


@pytest.mark.skipif(not ON_LINUX, reason="reads /proc")
def test_uploads_that_nobody_signed_are_not_read(hostile_cloud: RunningCloud) -> None:
    """Four of 300 MB took 1.3 GB."""
    before = resident_mb(hostile_cloud.process.pid)
    wrong = keys_of(hostile_cloud)
    wrong.secret_key = "wrong"
    given = {"x-amz-content-sha256": "UNSIGNED-PAYLOAD"}
    falsely = signed(hostile_cloud, "s3", "PUT", "/bucket/key", b"", given, keys=wrong)
    lines = [f"{name}: {value}" for name, value in falsely if name != "Host"]
    with ExitStack() as stack:
        for more in ([], lines, ["Authorization: nonsense"], ["Content-Type: image/png"]):
            connection = stack.enter_context(connected(hostile_cloud))
            with suppress(ConnectionError):
                connection.sendall(upload(hostile_cloud, 300 * MB, *more))
                for _ in range(100):
                    connection.sendall(bytes(MB))
            assert told(connection)[:10] in (b"HTTP/1.1 4", b"")
        assert resident_mb(hostile_cloud.process.pid) - before < 60
    is_well(hostile_cloud)


@pytest.mark.skipif(not ON_LINUX, reason="reads /proc")
def test_bodies_that_cannot_be_verified_yet_have_little_room(hostile_cloud: RunningCloud) -> None:
    """To other services the hash of a body is not in the head: many wait for room together."""
    before = resident_mb(hostile_cloud.process.pid)
    with ExitStack() as stack:
        for _ in range(12):
            headers = signed(hostile_cloud, "lambda", "POST", "/2015-03-31/functions", b"other")
            lines = [f"{name}: {value}" for name, value in headers if name != "Host"]
            first = "POST /2015-03-31/functions HTTP/1.1"
            connection = stack.enter_context(connected(hostile_cloud, 0.3))
            connection.sendall(head(hostile_cloud, first, f"Content-Length: {60 * MB}", *lines))
            with suppress(OSError):
                for _ in range(50):
                    connection.sendall(bytes(MB))
        assert resident_mb(hostile_cloud.process.pid) - before < 260
        is_well(hostile_cloud)
    wait_for(lambda: resident_mb(hostile_cloud.process.pid) - before < 200, 20.0)
    # And there is room again.
    headers = signed(hostile_cloud, "lambda", "POST", "/2015-03-31/functions", bytes(60 * MB))
    refused = send(hostile_cloud, "POST", "/2015-03-31/functions", headers, bytes(60 * MB))
    assert refused.status == 400


def test_a_body_beyond_a_services_limit_is_refused_from_its_head(
    hostile_cloud: RunningCloud,
) -> None:
    for service, target, size, status in (
        ("lambda", "/2015-03-31/functions", 85 * MB, b"413"),
        ("sqs", "/", 25 * MB, b"413"),
        ("s3", "/bucket/key", 513 * MB, b"400"),
    ):
        given = {"x-amz-content-sha256": "UNSIGNED-PAYLOAD"} if service == "s3" else {}
        method = "PUT" if service == "s3" else "POST"
        headers = signed(hostile_cloud, service, method, target, b"", given)
        lines = [f"{name}: {value}" for name, value in headers if name != "Host"]
        with connected(hostile_cloud) as connection:
            first = f"{method} {target} HTTP/1.1"
            connection.sendall(head(hostile_cloud, first, f"Content-Length: {size}", *lines))
            assert told(connection)[9:12] == status, service


def loaded_mb(cloud: RunningCloud) -> float:
    """The server's memory once what it loads after its start is loaded: not the connections'."""
    cloud.client("sqs").list_queues()
    seen = [0.0]

    def settled() -> bool:
        seen.append(resident_mb(cloud.process.pid))
        time.sleep(1)
        return abs(seen[-1] - seen[-2]) < 0.5

    wait_for(settled)
    return seen[-1]


@pytest.mark.skipif(not ON_LINUX, reason="reads /proc")
def test_pipelined_requests_whose_answers_nobody_reads(hostile_cloud: RunningCloud) -> None:
    """The kernel's buffers may take what they hold; the server lets go of what it held."""
    one = head(hostile_cloud, "GET /2015-03-31/functions HTTP/1.1")

    def flood() -> int:
        """Send on a connection of its own for some seconds; how many requests were taken."""
        taken, until = 0, time.monotonic() + 4
        with connected(hostile_cloud, 1.0) as connection, suppress(TimeoutError, ConnectionError):
            while time.monotonic() < until:
                connection.sendall(one * 1000)
                taken += 1000
        return taken

    loaded_mb(hostile_cloud)
    # What the first connections make room for is used again.
    for _ in range(2):
        flood()
    before = resident_mb(hostile_cloud.process.pid)
    assert sum(flood() for _ in range(3)) > 100_000
    assert resident_mb(hostile_cloud.process.pid) - before < 40
    is_well(hostile_cloud)


@pytest.mark.skipif(not ON_LINUX, reason="reads /proc")
@pytest.mark.parametrize("kind", ["small", "many headers", "a long header", "bodies"])
def test_floods_on_connections_that_stay_open(hostile_cloud: RunningCloud, kind: str) -> None:
    first = "GET /2015-03-31/functions HTTP/1.1"
    lines = {
        "small": [],
        "many headers": [f"x-{number}: y" for number in range(900)],
        "a long header": ["x: " + "y" * 60_000],
        "bodies": ["Content-Length: 65000"],
    }[kind]
    one = head(hostile_cloud, first, *lines) + bytes(65_000 if kind == "bodies" else 0)
    block = one * max(1, 60_000 // len(one))
    before = loaded_mb(hostile_cloud)
    with ExitStack() as stack:
        for _ in range(6):
            connection = stack.enter_context(connected(hostile_cloud, 1.0))
            until = time.monotonic() + 3
            with suppress(TimeoutError, ConnectionError):
                while time.monotonic() < until:
                    connection.sendall(block)
        # 57 MB each, before what waits was bounded.
        assert resident_mb(hostile_cloud.process.pid) - before < 25
        is_well(hostile_cloud)


@pytest.mark.skipif(not ON_LINUX, reason="reads /proc")
def test_thousands_of_idle_connections_shut_nobody_out(hostile_cloud: RunningCloud) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 4096:
        pytest.skip("this user may not open so many")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 4096), hard))
    files = f"/proc/{hostile_cloud.process.pid}/fd"
    before = len(os.listdir(files))
    held = []
    try:
        for number in range(2500):
            held.append(socket.create_connection(address(hostile_cloud), timeout=10))
            if number % 100 == 0:
                is_well(hostile_cloud)
        is_well(hostile_cloud)
        assert len(os.listdir(files)) < before + 1100
        held[0].settimeout(5)
        assert held[0].recv(1) == b"", "the oldest was to be closed"
        held[-1].settimeout(0.2)
        with pytest.raises(TimeoutError):
            held[-1].recv(1)
    finally:
        for each in held:
            each.close()
    wait_for(lambda: len(os.listdir(files)) <= before + 5, 20.0)


@pytest.mark.skipif(not ON_LINUX, reason="reads /proc")
def test_without_descriptors_a_call_is_told_so_and_works_again_later() -> None:
    few = 90

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (few, few))

    cloud = start(own_launcher(), preexec_fn=limit)
    try:
        is_well(cloud)
        # A hundred at work: each waits in a long poll, so none is idle.
        url = cloud.client("sqs").create_queue(QueueName="q")["QueueUrl"]
        body = f'{{"QueueUrl": "{url}", "WaitTimeSeconds": 4}}'.encode()
        kind = {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": "AmazonSQS.ReceiveMessage",
        }
        headers = signed(cloud, "sqs", "POST", "/", body, kind)
        lines = [f"{name}: {value}" for name, value in headers if name != "Host"]
        made = head(cloud, "POST / HTTP/1.1", f"Content-Length: {len(body)}", *lines) + body
        used = cpu_s(cloud.process.pid)
        with ExitStack() as stack:
            for _ in range(110):
                with suppress(OSError):
                    stack.enter_context(connected(cloud, 2.0)).sendall(made)
            time.sleep(2)
            assert cpu_s(cloud.process.pid) - used < 2.5, "a busy loop"
        wait_for(lambda: answers(cloud), 30.0)
        is_well(cloud)
    finally:
        cloud.stop()


def answers(cloud: RunningCloud) -> bool:
    try:
        is_well(cloud)
    except (AssertionError, OSError):
        return False
    return True


def cpu_s(pid: int) -> float:
    """CPU time of a process, in seconds."""
    from pathlib import Path

    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.skipif(not ON_LINUX, reason="limits the size of a file")
def test_without_disk_a_call_is_told_so_and_others_work() -> None:
    """A limit on the size of files stands for a full disk: writing fails in the same place."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (MB, MB))

    cloud = start(own_launcher(), preexec_fn=limit)
    try:
        s3 = cloud.client("s3")
        s3.create_bucket(Bucket="full")
        big = bytes(20 * MB)
        headers = signed(cloud, "s3", "PUT", "/full/big", big)
        refused = send(cloud, "PUT", "/full/big", headers, big)
        assert refused.status == 507, refused.body
        assert b"no room left on the disk" in refused.body
        s3.put_object(Bucket="full", Key="small", Body=b"fits")
        assert s3.list_objects_v2(Bucket="full")["KeyCount"] == 1
        is_well(cloud)
    finally:
        cloud.stop()
