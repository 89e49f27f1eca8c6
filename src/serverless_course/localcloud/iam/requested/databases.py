"""DynamoDB and its streams. Source: Service Authorization Reference (read 2026-11)."""

from __future__ import annotations

from typing import Any

from .need import ANY, Asked, Need
from .partiql import VERBS, read_statement

TRANSACTED = {
    "Get": "GetItem",
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
# The parameter that holds an operation's statements.
PARTIQL_OPERATIONS = {
    "BatchExecuteStatement": "Statements",
    "ExecuteStatement": "Statement",
    "ExecuteTransaction": "TransactStatements",
}
WITHOUT_TABLE = frozenset(
    {"ListTables", "DescribeLimits", "DescribeEndpoints", "ListBackups", "ListGlobalTables"}
)


def databases(asked: Asked) -> list[Need]:
    """DynamoDB: tables, their indexes and streams; each item of a batch or a transaction."""
    if asked.operation in ("TransactGetItems", "TransactWriteItems"):
        return _transacted(asked, asked.get("TransactItems") or [])
    if asked.operation in PARTIQL_OPERATIONS:
        return [_partiql(asked, statement) for statement in _statements(asked)]
    return [Need(f"dynamodb:{asked.operation}", resource) for resource in _resources(asked)]


def _resources(asked: Asked) -> list[str]:
    if asked.operation in WITHOUT_TABLE:
        return [ANY]
    if asked.operation in ("BatchGetItem", "BatchWriteItem"):
        return [_table(asked, name) for name in asked.get("RequestItems") or {}] or [ANY]
    found = asked.given("StreamArn", "ResourceArn", "BackupArn", "ExportArn", "TableArn")
    found += [_iterated(iterator) for iterator in asked.given("ShardIterator")]
    for name in asked.given("TableName", "TargetTableName", "SourceTableName"):
        table, index = _table(asked, name), asked.text("IndexName")
        if asked.operation == "ListStreams":
            table = f"{table}/stream/*"
        found.append(f"{table}/index/{index}" if index else table)
    return found or [ANY]


def _table(asked: Asked, name: str) -> str:
    return asked.own_arn(name, "dynamodb", "table/{}")


def _transacted(asked: Asked, items: Any) -> list[Need]:
    found = [
        Need(f"dynamodb:{TRANSACTED[kind]}", _table(asked, str(what.get("TableName", ""))))
        for item in items
        for kind, what in item.items()
        if kind in TRANSACTED
    ]
    return found or [Need(f"dynamodb:{asked.operation}")]


def _statements(asked: Asked) -> list[str]:
    if asked.operation == "ExecuteStatement":
        return [asked.text("Statement")]
    items = asked.get(PARTIQL_OPERATIONS[asked.operation]) or []
    return [str(item.get("Statement", "")) for item in items] or [""]


def _partiql(asked: Asked, text: str) -> Need:
    read = read_statement(text)
    table = _table(asked, read.table)
    resource = f"{table}/index/{read.index}" if read.index else table
    return Need(f"dynamodb:PartiQL{VERBS[read.verb]}", resource)


def _iterated(iterator: str) -> str:
    """The stream in a shard iterator, which begins with the stream's ARN."""
    return iterator.partition("|")[0] if iterator.startswith("arn:") else ANY
