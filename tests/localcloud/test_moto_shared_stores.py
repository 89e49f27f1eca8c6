"""The seam to moto's stores: who reads while others write gets an answer."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from serverless_course.localcloud.iam.account import ACCOUNT_ID
from serverless_course.localcloud.moto_seam import shared_stores
from serverless_course.localcloud.moto_seam.shared_stores import TRIES, SteadyDict, read_again
from serverless_course.localcloud.moto_seam.streams import Streams

KEYS = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}


@pytest.fixture(scope="module", autouse=True)
def _moto() -> Iterator[None]:
    before = sys.getswitchinterval()
    # Threads change places often: with moto's own dicts a loop is disturbed every time.
    sys.setswitchinterval(1e-5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_ACCOUNT_ID", ACCOUNT_ID)
        with mock_aws():
            Streams().install()
            shared_stores.install()
            yield
    sys.setswitchinterval(before)


def while_writing(write: Callable[[int], Any], read: Callable[[], Any], times: int) -> None:
    """Read ``times`` times while another thread writes. Raises what the reading raises."""
    over = threading.Event()

    def work() -> None:
        number = 0
        while not over.is_set():
            write(number)
            number += 1

    writer = threading.Thread(target=work)
    writer.start()
    try:
        for _ in range(times):
            read()
    finally:
        over.set()
        writer.join()


def test_records_are_read_while_others_are_put() -> None:
    kinesis = boto3.client("kinesis", **KEYS)
    kinesis.create_stream(StreamName="s", ShardCount=1)
    record = {"Data": b"x", "PartitionKey": "k"}
    kinesis.put_records(StreamName="s", Records=[record] * 400)
    (shard,) = kinesis.describe_stream(StreamName="s")["StreamDescription"]["Shards"]

    def read() -> None:
        iterator = kinesis.get_shard_iterator(
            StreamName="s", ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        assert len(kinesis.get_records(ShardIterator=iterator)["Records"]) >= 400

    while_writing(lambda _: kinesis.put_record(StreamName="s", **record), read, 20)


def test_events_are_put_while_rules_come_and_go() -> None:
    events = boto3.client("events", **KEYS)
    pattern = '{"source": ["nobody"]}'
    for number in range(100):
        events.put_rule(Name=f"kept-{number}", EventPattern=pattern)

    def write(number: int) -> None:
        events.put_rule(Name=f"r{number}", EventPattern=pattern)
        events.delete_rule(Name=f"r{number}")

    def read() -> None:
        entry = {"Source": "s", "DetailType": "t", "Detail": "{}"}
        assert events.put_events(Entries=[entry])["FailedEntryCount"] == 0

    while_writing(write, read, 40)


def test_a_steady_dict_is_looped_over_as_it_was() -> None:
    found = SteadyDict({1: "a", 2: "b"})
    for view in (found.keys, found.values, found.items):
        seen = []
        for each in view():
            seen.append(each)
            found[len(found) + 1] = "more"
        assert len(seen) == len(found) - len(seen)
        for key in list(found)[2:]:
            del found[key]
    assert SteadyDict(found) == found.copy() == {1: "a", 2: "b"}


@pytest.mark.parametrize("operation", ["ListSecrets", "DescribeLogGroups", "GetParametersByPath"])
def test_a_call_that_only_reads_is_made_again(operation: str) -> None:
    failures: list[Exception] = [KeyError("gone"), RuntimeError("changed size during iteration")]

    def answer() -> str:
        if failures:
            raise failures.pop()
        return "answer"

    assert read_again(operation, answer) == "answer"


def test_an_error_that_stays_is_told() -> None:
    made = []

    def answer() -> None:
        made.append(1)
        raise KeyError("bug")

    with pytest.raises(KeyError, match="bug"):
        read_again("ListSecrets", answer)
    assert len(made) == TRIES


@pytest.mark.parametrize("operation", ["PutEvents", "CreateSecret", "ReceiveMessage", "Publish"])
def test_a_call_that_changes_something_is_made_once(operation: str) -> None:
    made = []

    def answer() -> None:
        made.append(1)
        raise RuntimeError("mutated during iteration")

    with pytest.raises(RuntimeError):
        read_again(operation, answer)
    assert made == [1]
