"""What the host ran out of is said in a sentence, and a slow endpoint holds up nobody."""

from __future__ import annotations

import errno
import json
import os
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from unittest import mock

import pytest
from running_cloud import ON_LINUX, RunningCloud, wait_for

from serverless_course.localcloud.moto_seam.application import Application
from serverless_course.localcloud.wire.budget import Budget
from serverless_course.localcloud.wire.connection import HttpProtocol
from serverless_course.localcloud.wire.errors import ServiceError
from serverless_course.localcloud.wire.exhaustion import told
from serverless_course.localcloud.wire.http import Response


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (OSError(errno.ENOSPC, "x"), 507, "disk"),
        (OSError(errno.EDQUOT, "x"), 507, "disk"),
        (OSError(errno.EMFILE, "x"), 503, "file descriptors"),
        (OSError(errno.ENFILE, "x"), 503, "file descriptors"),
        (BlockingIOError(errno.EAGAIN, "x"), 503, "processes"),
        (RuntimeError("can't start new thread"), 503, "processes"),
        (MemoryError(), 503, "memory"),
        (NotImplementedError("this"), 501, "does not offer"),
        (KeyError("x"), 500, "bug of the embedded cloud"),
    ],
)
def test_each_call_says_what_is_missing(error: Exception, status: int, says: str) -> None:
    for raised in (error, caused_by(error)):
        found = told(raised)
        assert (found.status, says in found.message) == (status, True) or raised is not error


def caused_by(error: Exception) -> Exception:
    made = ValueError("wrapped")
    made.__cause__ = error
    return made


@pytest.fixture
def moto_as_before() -> Iterator[None]:
    """What a load sets in this process is set back: other tests use moto in it."""
    with mock.patch.dict(os.environ):
        from moto import settings

        before = settings.TEST_SERVER_MODE
        yield
        settings.TEST_SERVER_MODE = before


@pytest.mark.usefixtures("moto_as_before")
def test_when_moto_does_not_load_each_call_that_needs_it_says_so() -> None:
    application = Application()

    def broken() -> None:
        raise ImportError("no module named flask")

    application.load("http://127.0.0.1:1", broken)
    assert not application.loaded
    for _ in range(2):
        with pytest.raises(
            ServiceError, match=r"could not load moto.*no module named flask"
        ) as found:
            application.wait()
        assert found.value.status == 503


class Wire:
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        self.written, self.closed, self.paused, self.unread = b"", False, False, 0

    def write(self, data: bytes) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    abort = close

    def can_write_eof(self) -> bool:
        return False

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False

    def get_write_buffer_size(self) -> int:
        return self.unread


def on_a_wire() -> tuple[HttpProtocol, Wire]:
    protocol, wire = HttpProtocol(lambda _: Response()), Wire()
    protocol._transport = wire  # type: ignore[assignment]
    return protocol, wire


def test_a_request_that_stops_coming_is_ended() -> None:
    for sent in (b"GET / HTTP/1.1\r\nX-Slow: ", b"PUT / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc"):
        protocol, wire = on_a_wire()
        protocol.data_received(sent)
        protocol.check(time.monotonic() + 10)
        assert not wire.closed
        protocol.check(time.monotonic() + 25)
        assert wire.closed
        assert wire.written.startswith(b"HTTP/1.1 408")


def test_an_answer_that_nobody_reads_ends_its_connection() -> None:
    protocol, wire = on_a_wire()
    protocol.pause_writing()
    assert wire.paused
    now = time.monotonic()
    wire.unread = 1000
    protocol.check(now + 50)
    wire.unread = 900
    protocol.check(now + 100)
    assert not wire.closed, "it is being read, slowly"
    protocol.check(now + 170)
    assert wire.closed


def test_who_finds_no_room_waits_in_line() -> None:
    budget, order = Budget(100), []
    first = budget.reserve(80, lambda: order.append("first"))
    second = budget.reserve(50, lambda: order.append("second"))
    third = budget.reserve(10, lambda: order.append("third"))
    assert [each.is_granted for each in (first, second, third)] == [True, False, False]
    first.release()
    first.release()
    assert order == ["second", "third"]
    second.release()
    third.release()
    assert budget.held == 0
    waiting = [budget.reserve(100, list), budget.reserve(100, list)]
    waiting[1].release()
    waiting[0].release()
    assert budget.held == 0


@pytest.fixture
def silent_endpoint() -> Iterator[tuple[str, list[str], dict[str, str]]]:
    """An HTTP server that takes a request and never answers; ``/quick`` is answered.

    Beside its address: the paths of notifications, and the tokens that confirm subscriptions.
    """
    got: list[str] = []
    tokens: dict[str, str] = {}
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if told["Type"] == "SubscriptionConfirmation":
                tokens[self.path] = told["Token"]
            else:
                got.append(self.path)
            if self.path != "/quick":
                over.wait(60)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *given: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", got, tokens
    over.set()
    server.shutdown()
    server.server_close()


def test_endpoints_that_never_answer_hold_up_nobody(
    hostile_cloud: RunningCloud, silent_endpoint: tuple[str, list[str], dict[str, str]]
) -> None:
    """Forty publishes to one took all worker threads."""
    endpoint, got, tokens = silent_endpoint
    sns = hostile_cloud.client("sns")
    silent = sns.create_topic(Name="silent")["TopicArn"]
    sns.subscribe(TopicArn=silent, Protocol="http", Endpoint=f"{endpoint}/silent")
    quick = sns.create_topic(Name="quick")["TopicArn"]
    sns.subscribe(TopicArn=quick, Protocol="http", Endpoint=f"{endpoint}/quick")
    wait_for(lambda: len(tokens) == 2, 10.0)
    sns.confirm_subscription(TopicArn=silent, Token=tokens["/silent"])
    sns.confirm_subscription(TopicArn=quick, Token=tokens["/quick"])
    started = time.monotonic()
    for number in range(40):
        sns.publish(TopicArn=silent, Message=str(number))
    sns.publish(TopicArn=quick, Message="now")
    hostile_cloud.client("sqs").list_queues()
    assert time.monotonic() - started < 10
    wait_for(lambda: "/quick" in got, 10.0)
    sns.delete_topic(TopicArn=silent)
    sns.delete_topic(TopicArn=quick)


def test_long_polls_hold_up_nobody(hostile_cloud: RunningCloud) -> None:
    """Thirty-two of them took all worker threads, SendMessage's too."""
    sqs = hostile_cloud.client("sqs")
    url = sqs.create_queue(QueueName="polled")["QueueUrl"]
    got: list[str] = []

    def poll() -> None:
        found = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=6).get("Messages", [])
        got.extend(json.loads(each["Body"]) for each in found)

    polls = [threading.Thread(target=poll) for _ in range(38)]
    for each in polls:
        each.start()
    time.sleep(1)
    started = time.monotonic()
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps("in time"))
    hostile_cloud.client("sns").list_topics()
    assert time.monotonic() - started < 3
    for each in polls:
        each.join()
    assert got == ["in time"]
    sqs.delete_queue(QueueUrl=url)


@pytest.mark.skipif(not ON_LINUX, reason="sets the limits of another process")
def test_out_of_descriptors_is_never_the_functions_error(hostile_cloud: RunningCloud) -> None:
    """Not `exec format error`; nothing of the function's is charged, and later it runs."""
    import resource

    from botocore.exceptions import ClientError

    name = hostile_cloud.create("def handler(event, context): return 'ran'\n")
    client, pid = hostile_cloud.client("lambda"), hostile_cloud.process.pid
    client.list_functions()
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    refused: list[ClientError] = []
    for spare in range(24):
        used = len(os.listdir(f"/proc/{pid}/fd"))
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + spare, before[1]))
        try:
            assert "FunctionError" not in client.invoke(FunctionName=name)
            break
        except ClientError as error:
            refused.append(error)
        finally:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
    assert refused
    for each in refused:
        assert each.response["ResponseMetadata"]["HTTPStatusCode"] == 503, each
        assert "no file descriptors left" in str(each)
    assert hostile_cloud.call(name).payload == "ran"
    hostile_cloud.delete(name)
