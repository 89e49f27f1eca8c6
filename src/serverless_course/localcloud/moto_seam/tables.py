"""DynamoDB's tables in moto: what is said of them, and how large a change in their stream is.

Recorded from AWS (localstack's tests of DynamoDB streams, 2024): a table has an id, and lists of
indexes only when it has some; CreateTable answers CREATING, UpdateTable UPDATING, DeleteTable
DELETING, and none of them WarmThroughput. Here each is done at once: DescribeTable says ACTIVE.
BillingModeSummary is of tables that are, or were, on demand (API reference, read 2026-11).
SizeBytes of a stream's record counts names and values of Keys, NewImage and OldImage by the rules
of "DynamoDB item sizes and formats" (Developer Guide, read 2026-11), which give the recorded sizes.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from .watchers import wrap

STATUSES = {"create_table": "CREATING", "update_table": "UPDATING", "delete_table": "DELETING"}
INDEX_LISTS = ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")
ON_DEMAND = "PAY_PER_REQUEST"
IMAGES = ("Keys", "NewImage", "OldImage")
# A list or a map has 3 bytes of its own, and 1 more for each element.
COLLECTION_BYTES = 3


def install() -> None:
    """Put the corrections into moto. Once for a process is enough."""
    from moto.dynamodb.models import DynamoDBBackend  # noqa: PLC0415 - moto loads late
    from moto.dynamodb.models.table import StreamRecord, Table  # noqa: PLC0415
    from moto.dynamodb.responses import DynamoHandler  # noqa: PLC0415

    wrap(DynamoDBBackend, "update_table_streams", _streams_again)
    wrap(Table, "describe", _describe)
    wrap(StreamRecord, "__init__", _new_record)
    for operation, status in STATUSES.items():
        wrap(DynamoHandler, operation, _answer(operation, status))


def _describe(original: Any, table: Any, *rest: Any, **named: Any) -> dict[str, Any]:
    found: dict[str, Any] = original(table, *rest, **named)
    for description in found.values():
        description["TableId"] = table.__dict__.setdefault("table_id", str(uuid.uuid4()))
        for name in INDEX_LISTS:
            if not description[name]:
                del description[name]
        if table.billing_mode != ON_DEMAND:
            description.pop("BillingModeSummary", None)
        elif moment := table.__dict__.get("on_demand_since"):
            description["BillingModeSummary"]["LastUpdateToPayPerRequestDateTime"] = moment
    return found


def _streams_again(original: Any, backend: Any, table: Any, asked: dict[str, Any]) -> None:
    """A stream that was disabled can be enabled again: it is a new one (Developer Guide, "Change
    data capture for DynamoDB Streams", read 2026-11). moto counts the old one's label."""
    if not (table.stream_specification or {}).get("StreamEnabled"):
        table.latest_stream_label = None
    original(backend, table, asked)


def _answer(operation: str, status: str) -> Any:
    def answer(original: Any, handler: Any) -> Any:
        if operation == "update_table" and handler.body.get("BillingMode") == ON_DEMAND:
            table = handler.dynamodb_backend.get_table(handler.body["TableName"])
            table.__dict__["on_demand_since"] = datetime.now(UTC)
        result = original(handler)
        description = result.result["TableDescription"]
        description["TableStatus"] = status
        description.pop("WarmThroughput", None)
        return result

    return answer


def _new_record(original: Any, record: Any, *rest: Any, **named: Any) -> None:
    original(record, *rest, **named)
    # Recorded from AWS (localstack, test_batch_write_items_streaming, 2023).
    record.record["eventVersion"] = "1.1"
    change = record.record["dynamodb"]
    change["SizeBytes"] = sum(_item_bytes(change[name]) for name in IMAGES if name in change)


def _item_bytes(item: dict[str, Any]) -> int:
    return sum(len(name.encode()) + value_bytes(value) for name, value in item.items())


def value_bytes(value: Any) -> int:
    """The size of an attribute value in bytes. ``value`` is written as DynamoDB's JSON."""
    ((kind, content),) = _plain(value).items()
    return _SIZES.get(kind, _one)(content)


def _one(_: Any) -> int:
    """A boolean, or null."""
    return 1


def _text_bytes(text: str) -> int:
    return len(text.encode())


def _list_bytes(items: list[Any]) -> int:
    return COLLECTION_BYTES + sum(1 + value_bytes(each) for each in items)


def _map_bytes(items: dict[str, Any]) -> int:
    return COLLECTION_BYTES + len(items) + _item_bytes(items)


def _plain(value: Any) -> dict[str, Any]:
    """moto keeps attribute values as objects of its own."""
    found: dict[str, Any] = value.to_json() if hasattr(value, "to_json") else value
    return found


def _number_bytes(text: str) -> int:
    """One byte for two significant digits, one more, and one for the sign of a negative number."""
    digits = text.lstrip("+-").lower().partition("e")[0].replace(".", "").strip("0")
    return (len(digits) + 1) // 2 + 1 + text.startswith("-")


def _binary_bytes(content: Any) -> int:
    """Bytes, or their Base64."""
    if isinstance(content, bytes):
        return len(content)
    text = str(content)
    return len(text) // 4 * 3 - text.count("=")


def _of_all(size: Callable[[Any], int]) -> Callable[[Any], int]:
    """The size of a set."""
    return lambda items: sum(map(size, items))


_SIZES: dict[str, Callable[[Any], int]] = {
    "S": _text_bytes,
    "N": _number_bytes,
    "B": _binary_bytes,
    "SS": _of_all(_text_bytes),
    "NS": _of_all(_number_bytes),
    "BS": _of_all(_binary_bytes),
    "L": _list_bytes,
    "M": _map_bytes,
}
