"""The seam to moto's items: on many threads, each write is decided alone, and none is lost."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.dynamodb.models import dynamodb_backends

from serverless_course.localcloud.iam.account import ACCOUNT_ID
from serverless_course.localcloud.moto_seam.streams import Streams

KEYS = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}
THREADS, EACH, MOST = 6, 20, 5
BOTH_IMAGES = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
ROW = {"TableName": "t", "Key": {"id": {"S": "row"}}}


@pytest.fixture
def client() -> Iterator[Any]:
    before = sys.getswitchinterval()
    # Threads change places often: without the lock, writes are lost every time.
    sys.setswitchinterval(1e-5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_ACCOUNT_ID", ACCOUNT_ID)
        with mock_aws():
            Streams().install()
            client = boto3.client("dynamodb", **KEYS)
            client.create_table(
                TableName="t",
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
                StreamSpecification=BOTH_IMAGES,
            )
            client.create_table(
                TableName="lines",
                KeySchema=[
                    {"AttributeName": "id", "KeyType": "HASH"},
                    {"AttributeName": "line", "KeyType": "RANGE"},
                ],
                AttributeDefinitions=[
                    {"AttributeName": "id", "AttributeType": "S"},
                    {"AttributeName": "line", "AttributeType": "N"},
                ],
                BillingMode="PAY_PER_REQUEST",
                StreamSpecification=BOTH_IMAGES,
            )
            yield client
    sys.setswitchinterval(before)


def add(client: Any, number: int, **condition: Any) -> None:
    values = {":by": {"N": str(number)}, **condition.pop("values", {})}
    update = {"UpdateExpression": "ADD n :by", "ExpressionAttributeValues": values}
    client.update_item(**ROW, **update, **condition)


def number(client: Any) -> int:
    return int(client.get_item(**ROW)["Item"]["n"]["N"])


def on_all_threads(work: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(THREADS) as pool:
        return [found for each in pool.map(work, range(THREADS)) for found in each]


def test_no_addition_is_lost(client: Any) -> None:
    def work(_: int) -> list[None]:
        return [add(client, 1) for _ in range(EACH)]

    on_all_threads(work)
    assert number(client) == THREADS * EACH


def test_a_condition_is_looked_at_and_written_in_one_step(client: Any) -> None:
    add(client, 0)
    full = client.exceptions.ConditionalCheckFailedException

    def work(_: int) -> list[bool]:
        opened = []
        for _ in range(EACH):
            try:
                add(client, 1, ConditionExpression="n < :most", values={":most": {"N": str(MOST)}})
                opened.append(True)
            except full:
                opened.append(False)
        return opened

    assert on_all_threads(work).count(True) == MOST
    assert number(client) == MOST


def test_a_transaction_that_fails_undoes_nobody_elses_write(client: Any) -> None:
    client.put_item(TableName="t", Item={"id": {"S": "there"}})
    refused = {
        "TableName": "t",
        "Item": {"id": {"S": "there"}},
        "ConditionExpression": "attribute_not_exists(id)",
    }

    # botocore makes this class when it is first asked for: once, before the threads.
    cancelled = client.exceptions.TransactionCanceledException

    def work(thread: int) -> list[None]:
        for _ in range(EACH):
            if thread % 2:
                add(client, 1)
            else:
                with pytest.raises(cancelled):
                    client.transact_write_items(TransactItems=[{"Put": refused}])
        return []

    on_all_threads(work)
    assert number(client) == THREADS // 2 * EACH


def records(client: Any, table: str) -> list[dict[str, Any]]:
    """All records of a table's stream."""
    host = "https://streams.dynamodb.us-east-1.amazonaws.com"
    reader = boto3.client("dynamodbstreams", endpoint_url=host, **KEYS)
    arn = client.describe_table(TableName=table)["Table"]["LatestStreamArn"]
    (shard,) = reader.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterator = reader.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    found: list[dict[str, Any]] = reader.get_records(ShardIterator=iterator)["Records"]
    return found


def line(number: int, **more: Any) -> dict[str, Any]:
    return {"id": {"S": "order"}, "line": {"N": str(number)}, **more}


def test_a_transaction_that_fails_leaves_items_and_streams_as_they_were(client: Any) -> None:
    for n in (1, 2):
        client.put_item(TableName="lines", Item=line(n, parts={"M": {"a": {"N": "1"}}}))
    client.put_item(TableName="t", Item={"id": {"S": "there"}, "n": {"N": "1"}})
    before = [client.scan(TableName=table)["Items"] for table in ("lines", "t")]
    streams = [len(records(client, table)) for table in ("lines", "t")]
    update = {
        "TableName": "lines",
        "Key": line(1),
        "UpdateExpression": "SET parts.a = :two, extra = :two",
        "ExpressionAttributeValues": {":two": {"N": "2"}},
    }
    writes = [
        {"Update": update},
        {"Update": {**update, "Key": line(4), "UpdateExpression": "SET extra = :two"}},
        {"Delete": {"TableName": "lines", "Key": line(2)}},
        {"Put": {"TableName": "lines", "Item": line(3)}},
        {"Put": {"TableName": "t", "Item": {"id": {"S": "new"}}}},
    ]
    check = {
        "TableName": "t",
        "Key": {"id": {"S": "there"}},
        "ConditionExpression": "attribute_not_exists(id)",
    }
    with pytest.raises(client.exceptions.TransactionCanceledException):
        client.transact_write_items(TransactItems=[*writes, {"ConditionCheck": check}])
    assert [client.scan(TableName=table)["Items"] for table in ("lines", "t")] == before
    assert [len(records(client, table)) for table in ("lines", "t")] == streams
    client.transact_write_items(TransactItems=writes)
    made = [each["eventName"] for each in records(client, "lines")[streams[0] :]]
    assert made == ["MODIFY", "INSERT", "REMOVE", "INSERT"]
    assert client.get_item(TableName="lines", Key=line(1))["Item"]["parts"] == {
        "M": {"a": {"N": "2"}}
    }


def test_an_update_that_makes_an_item_makes_one_record(client: Any) -> None:
    add(client, 3)
    add(client, 4)
    told = [
        (each["eventName"], each["dynamodb"].get("OldImage"), each["dynamodb"]["NewImage"])
        for each in records(client, "t")
    ]
    first, second = ({"id": {"S": "row"}, "n": {"N": n}} for n in ("3", "7"))
    assert told == [("INSERT", None, first), ("MODIFY", first, second)]


def test_an_update_that_fails_late_leaves_the_item_as_it_was(client: Any) -> None:
    add(client, 1)
    text = {":text": {"S": "x" * 409_600}, ":one": {"N": "1"}}
    expression = "ADD n :one SET a = :text"
    with pytest.raises(client.exceptions.ClientError, match="size"):
        client.update_item(**ROW, UpdateExpression=expression, ExpressionAttributeValues=text)
    assert client.get_item(**ROW)["Item"] == {"id": {"S": "row"}, "n": {"N": "1"}}
    assert len(records(client, "t")) == 1


def test_a_table_can_still_be_copied(client: Any) -> None:
    add(client, 1)
    table = dynamodb_backends[ACCOUNT_ID]["us-east-1"].tables["t"]
    copied = copy.deepcopy(table)
    add(client, 1)
    assert copied is not table
    assert [item.to_json()["Attributes"]["n"] for item in copied.items.values()] == [{"N": "1"}]


def test_a_transaction_is_never_read_half(client: Any) -> None:
    keys = [{"id": {"S": name}} for name in ("left", "right")]

    def work(thread: int) -> list[bool]:
        whole = []
        for n in range(EACH):
            if thread % 2:
                found = client.transact_get_items(
                    TransactItems=[{"Get": {"TableName": "t", "Key": key}} for key in keys]
                )["Responses"]
                first, second = (each.get("Item", {}).get("n") for each in found)
                whole.append(first == second)
            else:
                number = {"N": str(thread * EACH + n)}
                client.transact_write_items(
                    TransactItems=[
                        {"Put": {"TableName": "t", "Item": {**key, "n": number}}} for key in keys
                    ]
                )
        return whole

    assert all(on_all_threads(work))
