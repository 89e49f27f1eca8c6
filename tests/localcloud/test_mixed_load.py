"""Items through every door to a function at once, while its environments are killed at random.

Whoever waits for an answer gets its own answer or an error that says so, and asks again. What is
sent and left is handled at least once, or is a dead letter after its last attempt: exactly those
that fail on purpose are. Afterwards the server's memory, descriptors and processes come back.
"""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any

import function_url
import psutil
import pytest
from async_targets import able_role, log_lines, queue
from botocore.config import Config
from running_cloud import ON_LINUX, RunningCloud, own_launcher, running, wait_for
from web_api import arn_of, ask, permit

SENDERS = 6
KILL_EVERY_S = 0.3
# Logs and metrics of each item are kept: some 3 KB.
MAX_GROWTH_MB, KB_OF_AN_ITEM = 40.0, 4.0
# A connection or two that are being closed.
SPARE_DESCRIPTORS = 8
# Of 100 items so many come through each door.
SHARES = {
    "invoke": 40,
    "event": 20,
    "url": 8,
    "api": 8,
    "queue": 10,
    "topic": 5,
    "bus": 5,
    "stream": 4,
}
# One in so many of the items sent with InvocationType Event fails on purpose.
FAILS = 30

HANDLER = """
import base64
import json
import time


def items(event):
    if "detail" in event:
        return [event["detail"]]
    if "requestContext" in event:
        return [json.loads(event["body"])]
    if "Records" not in event:
        return [event]
    found = []
    for record in event["Records"]:
        if "Sns" in record:
            text = record["Sns"]["Message"]
        elif "kinesis" in record:
            text = base64.b64decode(record["kinesis"]["data"])
        else:
            text = record["body"]
        found.append(json.loads(text))
    return found


def handler(event, context):
    found = items(event)
    if any(item.get("fails") for item in found):
        raise RuntimeError("on purpose")
    time.sleep(0.002)
    print("handled", *(item["n"] for item in found), flush=True)
    return {"statusCode": 200, "body": json.dumps(found[0]["n"])}
"""


class Killer(threading.Thread):
    """Kills one of a function's processes now and then, and notes the server's memory."""

    def __init__(self, cloud: RunningCloud, name: str, server: psutil.Process) -> None:
        super().__init__(daemon=True)
        self.killed = self.most_bytes = 0
        self._cloud, self._name, self._server = cloud, name, server
        self._over = threading.Event()
        self._random = random.Random(11)

    def run(self) -> None:
        while not self._over.wait(KILL_EVERY_S):
            self.most_bytes = max(self.most_bytes, self._server.memory_info().rss)
            pids = self._cloud.processes(self._name)
            with suppress(ProcessLookupError):
                if pids:
                    os.kill(self._random.choice(pids), signal.SIGKILL)
                    self.killed += 1

    def stop(self) -> None:
        self._over.set()
        self.join()


class Doors:
    """The ways to one function. Each is a method of its name that takes an item."""

    def __init__(self, cloud: RunningCloud) -> None:
        # Clients of its own, so that their connections end with them.
        config = Config(retries={"total_max_attempts": 1}, max_pool_connections=SENDERS)
        services = ("lambda", "sqs", "sns", "events", "kinesis")
        self._clients = {each: cloud.client(each, config=config) for each in services}
        self.told: Counter[str] = Counter()
        self.dead = queue(cloud)
        self.name = cloud.create(
            HANDLER,
            Role=able_role(cloud),
            Timeout=5,
            MemorySize=512,
            DeadLetterConfig={"TargetArn": self.dead.arn},
        )
        self._url = function_url.publish(cloud, self.name)
        api = cloud.client("apigatewayv2").create_api(
            Name=self.name, ProtocolType="HTTP", Target=arn_of(cloud, self.name)
        )
        permit(cloud, self.name, api["ApiId"])
        self._api = api["ApiEndpoint"]
        self._queue = self._clients["sqs"].create_queue(
            QueueName=self.name, Attributes={"VisibilityTimeout": "6"}
        )["QueueUrl"]
        self._topic = self._clients["sns"].create_topic(Name=self.name)["TopicArn"]
        self._stream(cloud)
        self._subscribe()

    def _stream(self, cloud: RunningCloud) -> None:
        kinesis = self._clients["kinesis"]
        kinesis.create_stream(StreamName=self.name, ShardCount=2)
        kinesis.get_waiter("stream_exists").wait(StreamName=self.name)
        source = kinesis.describe_stream_summary(StreamName=self.name)["StreamDescriptionSummary"]
        queue_arn = self._clients["sqs"].get_queue_attributes(
            QueueUrl=self._queue, AttributeNames=["QueueArn"]
        )["Attributes"]["QueueArn"]
        lam, name = self._clients["lambda"], self.name
        lam.create_event_source_mapping(
            FunctionName=name, EventSourceArn=source["StreamARN"], StartingPosition="TRIM_HORIZON"
        )
        lam.create_event_source_mapping(FunctionName=name, EventSourceArn=queue_arn, BatchSize=1)
        for mapping in lam.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]:
            wait_for(partial(self._is_enabled, mapping["UUID"]), 60)

    def _is_enabled(self, uuid: str) -> bool:
        return bool(
            self._clients["lambda"].get_event_source_mapping(UUID=uuid)["State"] == "Enabled"
        )

    def _subscribe(self) -> None:
        lam, events = self._clients["lambda"], self._clients["events"]
        arn = lam.get_function_configuration(FunctionName=self.name)["FunctionArn"]
        rule = events.put_rule(Name=self.name, EventPattern='{"source": ["mixed"]}')["RuleArn"]
        for service, source in (("sns", self._topic), ("events", rule)):
            lam.add_permission(
                FunctionName=self.name,
                StatementId=service,
                Action="lambda:InvokeFunction",
                Principal=f"{service}.amazonaws.com",
                SourceArn=source,
            )
        self._clients["sns"].subscribe(TopicArn=self._topic, Protocol="lambda", Endpoint=arn)
        events.put_targets(Rule=self.name, Targets=[{"Id": "f", "Arn": arn}])

    def pass_through(self, door: str, item: dict[str, Any]) -> None:
        """Send an item; one whose sender waits is sent again until its own answer came."""
        way: Callable[[str, int], str] = getattr(self, f"_by_{door}")
        for _ in range(50):
            error = way(json.dumps(item), item["n"])
            if not error:
                return
            self.told[f"{door}: {error}"] += 1
            time.sleep(0.05)
        raise AssertionError(f"{door}: not taken in 50 attempts: {self.told}")

    def _by_invoke(self, text: str, n: int) -> str:
        lam = self._clients["lambda"]
        try:
            answer = lam.invoke(FunctionName=self.name, Payload=text)
        except lam.exceptions.ClientError as error:
            return str(error.response["Error"]["Code"])
        payload = json.loads(answer["Payload"].read())
        if answer.get("FunctionError"):
            return str(payload.get("errorType"))
        assert payload == {"statusCode": 200, "body": str(n)}
        return ""

    def _by_event(self, text: str, n: int) -> str:
        lam = self._clients["lambda"]
        try:
            lam.invoke(FunctionName=self.name, InvocationType="Event", Payload=text)
        except lam.exceptions.ClientError as error:
            return str(error.response["Error"]["Code"])
        return ""

    def _by_url(self, text: str, n: int) -> str:
        return self._asked(self._url, text, n)

    def _by_api(self, text: str, n: int) -> str:
        return self._asked(self._api, text, n)

    def _asked(self, url: str, text: str, n: int) -> str:
        answer = ask(url, "POST", "/", text.encode())
        if answer.status != 200:
            return str(answer.status)
        assert answer.body == str(n).encode()
        return ""

    def _by_queue(self, text: str, n: int) -> str:
        self._clients["sqs"].send_message(QueueUrl=self._queue, MessageBody=text)
        return ""

    def _by_topic(self, text: str, n: int) -> str:
        self._clients["sns"].publish(TopicArn=self._topic, Message=text)
        return ""

    def _by_bus(self, text: str, n: int) -> str:
        entry = {"Source": "mixed", "DetailType": "item", "Detail": text}
        answer = self._clients["events"].put_events(Entries=[entry])
        assert answer["FailedEntryCount"] == 0
        return ""

    def _by_stream(self, text: str, n: int) -> str:
        self._clients["kinesis"].put_record(
            StreamName=self.name, Data=text.encode(), PartitionKey=str(n)
        )
        return ""

    def remove(self) -> None:
        """Delete the function, end its mappings, and close the connections."""
        lam = self._clients["lambda"]
        for each in lam.list_event_source_mappings(FunctionName=self.name)["EventSourceMappings"]:
            lam.delete_event_source_mapping(UUID=each["UUID"])
        lam.delete_function(FunctionName=self.name)
        for client in self._clients.values():
            client.close()


def items(number: int) -> list[tuple[str, dict[str, Any]]]:
    """Items with their doors, in an order that mixes them."""
    doors = [door for door, share in SHARES.items() for _ in range(number * share // 100)]
    found = [
        (door, {"n": n, "fails": door == "event" and n % FAILS == 0})
        for n, door in enumerate(doors)
    ]
    random.Random(7).shuffle(found)
    return found


def handled(cloud: RunningCloud, name: str) -> Counter[int]:
    """How often the function's log says that each item was handled."""
    said = [text.split()[1:] for _, text in log_lines(cloud, name) if text.startswith("handled")]
    return Counter(int(n) for numbers in said for n in numbers)


@pytest.fixture
def cloud() -> Iterator[RunningCloud]:
    options = ("--clock-factor", "60", "--max-environments", "16")
    with running(own_launcher(), *options) as found:
        yield found


@pytest.mark.soak
@pytest.mark.skipif(not ON_LINUX, reason="environments are found by /proc")
@pytest.mark.parametrize(
    ("number", "limit_s"), [(1000, 100.0), pytest.param(20_000, 1200.0, marks=pytest.mark.long)]
)
def test_nothing_is_lost_and_everything_comes_back(
    cloud: RunningCloud, number: int, limit_s: float
) -> None:
    server = psutil.Process(cloud.process.pid)
    doors = Doors(cloud)
    for door in SHARES:
        doors.pass_through(door, {"n": -1})
    fds, children = server.num_fds(), len(server.children(recursive=True))
    before = server.memory_info().rss
    killer = Killer(cloud, doors.name, server)
    began = time.monotonic()
    killer.start()
    sent = items(number)
    with ThreadPoolExecutor(SENDERS) as senders:
        for done in [senders.submit(doors.pass_through, *each) for each in sent]:
            done.result()
    sent_s = time.monotonic() - began

    fail = {item["n"] for _, item in sent if item["fails"]}
    expected = {item["n"] for _, item in sent} - fail
    dead = [json.loads(each["Body"]) for each in doors.dead.receive(len(fail), limit_s - sent_s)]
    while (
        missing := expected - handled(cloud, doors.name).keys() - {each.get("n") for each in dead}
    ):
        assert time.monotonic() < began + limit_s, (len(missing), sorted(missing)[:20], doors.told)
        time.sleep(1)
    took_s = time.monotonic() - began
    killer.stop()
    assert sorted(each["n"] for each in dead) == sorted(fail)
    assert killer.killed >= number / 100
    # Only a killed environment and a short-lived shortage are told to who waits.
    assert sum(doors.told.values()) <= 3 * killer.killed, doors.told
    times = handled(cloud, doors.name)
    repeated = sum(n > 1 for item, n in times.items() if item >= 0)
    assert repeated <= killer.killed, (repeated, killer.killed)

    doors.remove()
    wait_for(lambda: len(server.children(recursive=True)) <= children, 60)
    wait_for(lambda: server.num_fds() <= fds + SPARE_DESCRIPTORS, 60)
    growth_mb = (killer.most_bytes - before) / 1e6
    assert growth_mb < MAX_GROWTH_MB + number * KB_OF_AN_ITEM / 1e3
    print(
        f"\n{number} items: sent in {sent_s:.1f} s, all ended after {took_s:.1f} s; "
        f"{killer.killed} environments killed, {repeated} items handled twice, "
        f"{sum(doors.told.values())} errors told; server memory {before / 1e6:.0f} MB before, "
        f"{growth_mb:.0f} MB more at most; {server.num_fds()} descriptors ({fds} before)"
    )
