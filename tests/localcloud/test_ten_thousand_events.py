"""10,000 asynchronous events, of which 3 % always fail, on a fleet that is throttled and shot at.

Exactly the failing events are dead-lettered, every other is handled at least once, none is lost,
and the server's memory stays bounded.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from async_targets import able_role, queue
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from running_cloud import ON_LINUX, RunningCloud, carrying, own_launcher, running

EVENTS = 10_000
FAILING = frozenset(n for n in range(EVENTS) if n % 100 in (0, 33, 66))
SENDERS = 2
RESERVED = 4
KILL_EVERY_S = 0.3
LIMIT_S = 150.0
MAX_GROWTH_MB = 60.0

# It writes down each event that it handled; an append of one line is whole.
HANDLER = """
import os
import time

FILE = os.open(os.environ["HANDLED"], os.O_WRONLY | os.O_APPEND)


def handler(event, context):
    if event["fail"]:
        raise RuntimeError("on purpose")
    time.sleep(0.002)
    os.write(FILE, b"%d %s\\n" % (event["n"], context.aws_request_id.encode()))
"""


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningCloud]:
    # Functions note what they handled in a file of this machine: they have to see it.
    options = ("--clock-factor", "240", "--max-environments", "16", "--sandbox", "none")
    with running(own_launcher(), *options) as found:
        yield found


@pytest.mark.soak
@pytest.mark.skipif(not ON_LINUX, reason="environments are found by /proc")
def test_exactly_the_failing_events_are_dead_lettered(cloud: RunningCloud, tmp_path: Path) -> None:
    handled = tmp_path / "handled"
    handled.touch()
    dead = queue(cloud)
    name = cloud.create(
        HANDLER,
        Role=able_role(cloud),
        DeadLetterConfig={"TargetArn": dead.arn},
        Environment={"Variables": {"HANDLED": str(handled)}},
    )
    cloud.client("lambda").put_function_concurrency(
        FunctionName=name, ReservedConcurrentExecutions=RESERVED
    )
    server = psutil.Process(cloud.process.pid)
    before = server.memory_info().rss
    watch = Watch(cloud, server)
    watch.start()
    started = time.monotonic()
    ids = send_all(cloud, name)
    sent_s = time.monotonic() - started

    messages = dead.receive(len(FAILING), LIMIT_S)
    wait_until_handled(handled, EVENTS - len(FAILING), LIMIT_S - (time.monotonic() - started))
    took_s = time.monotonic() - started
    watch.stop()
    messages += dead.receive(1, limit_s=3.0)

    bodies = [json.loads(message["Body"]) for message in messages]
    assert sorted(body["n"] for body in bodies) == sorted(FAILING)
    for message, body in zip(messages, bodies, strict=True):
        assert message["MessageAttributes"]["RequestID"]["StringValue"] == ids[body["n"]]
    pairs = {tuple(line.split()) for line in handled.read_text().splitlines()}
    assert {int(n) for n, _ in pairs} == set(range(EVENTS)) - FAILING
    assert all(ids[int(n)] == request_id for n, request_id in pairs), "a retry changed its id"
    assert watch.killed >= 20
    assert watch.most_environments <= RESERVED + 1  # a new one may start while a dead one ends
    assert watch.most_bytes - before < MAX_GROWTH_MB * 1e6
    print(
        f"\n{EVENTS} events: sent in {sent_s:.1f} s, all ended after {took_s:.1f} s; "
        f"{watch.killed} environments killed, {watch.most_environments} at most; server memory "
        f"{before / 1e6:.0f} MB before, {watch.most_bytes / 1e6:.0f} MB at most"
    )


class Watch(threading.Thread):
    """Kills an environment's process now and then, and looks at numbers and memory."""

    def __init__(self, cloud: RunningCloud, server: psutil.Process) -> None:
        super().__init__(daemon=True)
        self.killed = self.most_environments = self.most_bytes = 0
        self._cloud = cloud
        self._server = server
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(KILL_EVERY_S):
            found = carrying(f"AWS_ENDPOINT_URL={self._cloud.endpoint}")
            self.most_environments = max(self.most_environments, len(found))
            self.most_bytes = max(self.most_bytes, self._server.memory_info().rss)
            if found:
                victim = random.choice(found)
                with suppress(ProcessLookupError):
                    os.kill(victim, signal.SIGKILL)
                    self.killed += 1

    def stop(self) -> None:
        self._over.set()
        self.join()


def send_all(cloud: RunningCloud, name: str) -> list[str]:
    """Send every event over a few plain connections; returns the request ids."""
    ids = [""] * EVENTS

    def send_some(first: int) -> None:
        secret = Credentials(cloud.ready["access_key_id"], cloud.ready["secret_access_key"])
        signer = SigV4Auth(secret, "lambda", "us-east-1")
        path = f"/2015-03-31/functions/{name}/invocations"
        connection = http.client.HTTPConnection(cloud.endpoint.removeprefix("http://"))
        for n in range(first, EVENTS, SENDERS):
            body = json.dumps({"n": n, "fail": n in FAILING})
            request = AWSRequest(
                "POST", cloud.endpoint + path, {"X-Amz-Invocation-Type": "Event"}, body
            )
            signer.add_auth(request)
            connection.request("POST", path, body, dict(request.prepare().headers.items()))
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 202
            ids[n] = answer.headers["x-amzn-RequestId"]
        connection.close()

    threads = [threading.Thread(target=send_some, args=(first,)) for first in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(ids)
    return ids


def wait_until_handled(file: Path, count: int, limit_s: float) -> None:
    until = time.monotonic() + limit_s
    while len({line.split()[0] for line in file.read_text().splitlines()}) < count:
        assert time.monotonic() < until, "events are missing"
        time.sleep(0.3)
