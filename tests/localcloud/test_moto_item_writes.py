"""The seam to moto's items: on many threads, each write is decided alone, and none is lost."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from moto import mock_aws

from serverless_course.localcloud.iam.account import ACCOUNT_ID
from serverless_course.localcloud.moto_seam import item_writes

KEYS = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}
THREADS, EACH, MOST = 6, 20, 5
ROW = {"TableName": "t", "Key": {"id": {"S": "row"}}}


@pytest.fixture
def client() -> Iterator[Any]:
    before = sys.getswitchinterval()
    # Threads change places often: without the lock, writes are lost every time.
    sys.setswitchinterval(1e-5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_ACCOUNT_ID", ACCOUNT_ID)
        with mock_aws():
            item_writes.install()
            client = boto3.client("dynamodb", **KEYS)
            client.create_table(
                TableName="t",
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
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
