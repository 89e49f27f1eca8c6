"""The seam to moto's tables: what is said of them, and how large a change is.

Recorded from AWS (localstack's tests of DynamoDB streams, 2024), unless a test says otherwise.
Should a newer moto move or repair these, this tells.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from running_cloud import RunningCloud

from serverless_course.localcloud.iam.account import ACCOUNT_ID
from serverless_course.localcloud.moto_seam import tables

KEYS = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@pytest.fixture
def client() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_ACCOUNT_ID", ACCOUNT_ID)
        with mock_aws():
            tables.install()
            yield boto3.client("dynamodb", **KEYS)


def made(client: Any, **settings: Any) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "TableName": "t",
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
        **settings,
    }
    return dict(client.create_table(**arguments)["TableDescription"])


def test_a_new_table_is_creating_and_has_an_id(client: Any) -> None:
    new = made(client)
    assert new["TableStatus"] == "CREATING"
    assert re.fullmatch(UUID, new["TableId"])
    assert not {"GlobalSecondaryIndexes", "LocalSecondaryIndexes", "WarmThroughput"} & set(new)
    found = client.describe_table(TableName="t")["Table"]
    assert (found["TableStatus"], found["TableId"]) == ("ACTIVE", new["TableId"])


def test_a_changed_table_is_updating(client: Any) -> None:
    throughput = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
    new = made(client, BillingMode="PROVISIONED", ProvisionedThroughput=throughput)
    assert "BillingModeSummary" not in new
    changed = client.update_table(TableName="t", BillingMode="PAY_PER_REQUEST")["TableDescription"]
    assert (changed["TableStatus"], changed["TableId"]) == ("UPDATING", new["TableId"])
    summary = changed["BillingModeSummary"]
    assert summary["BillingMode"] == "PAY_PER_REQUEST"
    assert isinstance(summary["LastUpdateToPayPerRequestDateTime"], datetime)
    assert client.delete_table(TableName="t")["TableDescription"]["TableStatus"] == "DELETING"


def test_a_table_shows_the_indexes_that_it_has(client: Any) -> None:
    index = {
        "IndexName": "by-n",
        "KeySchema": [{"AttributeName": "n", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    kinds = [{"AttributeName": name, "AttributeType": "S"} for name in ("id", "n")]
    new = made(client, AttributeDefinitions=kinds, GlobalSecondaryIndexes=[index])
    assert [each["IndexName"] for each in new["GlobalSecondaryIndexes"]] == ["by-n"]
    assert "LocalSecondaryIndexes" not in new


@pytest.mark.parametrize(
    ("item", "size"),
    [
        # test_dynamodb_event_filter: a key alone, and with another text.
        ({"id": {"S": "id_value_1"}}, 24),
        ({"id": {"S": "id_value_1"}, "presentKey": {"S": "presentValue"}}, 46),
        # Developer Guide, "DynamoDB item sizes and formats" (read 2026-11).
        ({"id": {"S": "k"}, "n": {"N": "1234"}}, 6 + 1 + 3),
        ({"id": {"S": "k"}, "n": {"N": "-12.5"}}, 6 + 1 + 4),
        ({"id": {"S": "k"}, "n": {"N": "100"}}, 6 + 1 + 2),
        ({"id": {"S": "k"}, "b": {"B": b"abcd"}}, 6 + 1 + 4),
        ({"id": {"S": "k"}, "x": {"BOOL": True}, "y": {"NULL": True}}, 6 + 2 + 2),
        ({"id": {"S": "k"}, "s": {"SS": ["ab", "\u00e9"]}}, 6 + 1 + 4),
        ({"id": {"S": "k"}, "l": {"L": [{"S": "ab"}, {"N": "1"}]}}, 6 + 1 + 3 + 3 + 3),
        ({"id": {"S": "k"}, "m": {"M": {"a": {"S": "b"}}}}, 6 + 1 + 3 + 1 + 2),
    ],
)
def test_a_record_of_a_stream_counts_names_and_values(
    client: Any, item: dict[str, Any], size: int
) -> None:
    made(client, StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
    client.put_item(TableName="t", Item=item)
    arn = client.describe_table(TableName="t")["Table"]["LatestStreamArn"]
    reader = boto3.client(
        "dynamodbstreams", endpoint_url="https://streams.dynamodb.us-east-1.amazonaws.com", **KEYS
    )
    shard = reader.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = reader.get_shard_iterator(
        StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    (record,) = reader.get_records(ShardIterator=iterator)["Records"]
    assert record["dynamodb"]["SizeBytes"] == size


@pytest.fixture
def table(one_cloud: RunningCloud) -> Iterator[str]:
    name = f"ruled-{secrets.token_hex(4)}"
    dynamodb = one_cloud.client("dynamodb")
    made(dynamodb, TableName=name)
    yield name
    dynamodb.delete_table(TableName=name)


def refused(call: Any, **given: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as refusal:
        call(**given)
    error = refusal.value.response["Error"]
    return error["Code"], error["Message"]


def put(key: str) -> dict[str, Any]:
    return {"Item": {"id": {"S": key}}}


def test_writes_together_tell_and_take_what_awss_do(one_cloud: RunningCloud, table: str) -> None:
    """Recorded: test_batch_write_items, test_transaction_write_items and
    test_dynamodb_idempotent_writing (2023); the limit: API Reference, BatchWriteItem."""
    dynamodb = one_cloud.client("dynamodb")
    batch = [{"PutRequest": put(str(n))} for n in range(26)]
    code, text = refused(dynamodb.batch_write_item, RequestItems={table: batch})
    assert (code, "less than or equal to 25" in text) == ("ValidationException", True)
    answer = dynamodb.batch_write_item(RequestItems={table: batch[:25]})
    assert set(answer) == {"UnprocessedItems", "ResponseMetadata"}
    writes = [{"Put": {"TableName": table, **put("a")}}]
    token = {"ClientRequestToken": secrets.token_hex(8)}
    assert set(dynamodb.transact_write_items(TransactItems=writes, **token)) == {"ResponseMetadata"}
    dynamodb.delete_item(TableName=table, Key={"id": {"S": "a"}})
    dynamodb.transact_write_items(TransactItems=writes, **token)
    assert "Item" not in dynamodb.get_item(TableName=table, Key={"id": {"S": "a"}})
    writes = [{"Put": {"TableName": table, **put("b")}}]
    code, _ = refused(dynamodb.transact_write_items, TransactItems=writes, **token)
    assert code == "IdempotentParameterMismatchException"


def test_statements_with_comparisons_without_blanks_and_doubles(
    one_cloud: RunningCloud, table: str
) -> None:
    dynamodb = one_cloud.client("dynamodb")
    insert = f"INSERT INTO \"{table}\" VALUE {{'id': 'a=b'}}"
    dynamodb.execute_statement(Statement=insert)
    select = f"SELECT * FROM \"{table}\" WHERE id='a=b'"
    assert dynamodb.execute_statement(Statement=select)["Items"] == [{"id": {"S": "a=b"}}]
    assert refused(dynamodb.execute_statement, Statement=insert) == (
        "DuplicateItemException",
        "Duplicate primary key exists in table",
    )
    statements = [{"Statement": insert}, {"Statement": select}]
    first, second = dynamodb.batch_execute_statement(Statements=statements)["Responses"]
    assert (first["Error"]["Code"], second["Item"]) == ("DuplicateItem", {"id": {"S": "a=b"}})


def test_what_tables_and_streams_refuse(one_cloud: RunningCloud, table: str) -> None:
    dynamodb, streams = one_cloud.client("dynamodb"), one_cloud.client("dynamodbstreams")
    ttl = {"AttributeName": "until", "Enabled": True}
    dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=ttl)
    assert refused(dynamodb.update_time_to_live, TableName=table, TimeToLiveSpecification=ttl) == (
        "ValidationException",
        "TimeToLive is already enabled",
    )
    assert refused(dynamodb.put_item, TableName=table, **put("")) == (
        "ValidationException",
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
        "contain an empty string value. Key: id",
    )
    assert refused(dynamodb.delete_table, TableName="none") == (
        "ResourceNotFoundException",
        "Requested resource not found: Table: none not found",
    )
    view = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    dynamodb.update_table(TableName=table, StreamSpecification=view, DeletionProtectionEnabled=True)
    assert refused(dynamodb.delete_table, TableName=table)[0] == "ValidationException"
    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=False)
    arn = dynamodb.describe_table(TableName=table)["Table"]["LatestStreamArn"]
    other = f"{arn.rpartition('/')[0]}/2020-01-01T00:00:00.000"
    assert refused(streams.describe_stream, StreamArn=other)[0] == "ResourceNotFoundException"
    shard = {"ShardId": "shardId-00000000000000000000-00000000", "ShardIteratorType": "LATEST"}
    code, _ = refused(streams.get_shard_iterator, StreamArn=arn, **shard)
    assert code == "ResourceNotFoundException"
    # Recorded: test_batch_write_items_streaming (2023).
    dynamodb.put_item(TableName=table, **put("new"))
    (found,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterator = streams.get_shard_iterator(
        StreamArn=arn, ShardId=found["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    (record,) = streams.get_records(ShardIterator=iterator)["Records"]
    assert record["eventVersion"] == "1.1"
