"""DynamoDB decides each write of an item alone: no two of moto's threads write at once.

"DynamoDB … each UpdateItem is atomic"; a condition is looked at and written in one step, and a
transaction is done whole or not at all (DynamoDB Developer Guide, "Working with items" and "Amazon
DynamoDB transactions", read 2026-11). moto reads an item, works the change out on it and puts it
back: on several threads, that loses what others write meanwhile.
"""

from __future__ import annotations

import threading
from typing import Any

from .item_transactions import copy_of_table, transaction, update
from .watchers import wrap

# Reads that must not see half of a transaction, and all that writes items.
ALONE = (
    "get_item",
    "query",
    "scan",
    "put_item",
    "update_item",
    "delete_item",
    "transact_write_items",
    "execute_statement",
    "execute_transaction",
    "batch_execute_statement",
)

_lock = threading.RLock()


def install() -> None:
    """Put the lock into moto. Once for a process is enough."""
    from moto.dynamodb.models import DynamoDBBackend  # noqa: PLC0415 - moto loads late
    from moto.dynamodb.models.table import Table  # noqa: PLC0415
    from moto.dynamodb.responses import DynamoHandler  # noqa: PLC0415

    Table.__deepcopy__ = copy_of_table  # type: ignore[attr-defined]
    wrap(DynamoDBBackend, "update_item", update)
    wrap(DynamoDBBackend, "transact_write_items", transaction)
    for operation in ALONE:
        wrap(DynamoDBBackend, operation, _alone)
    # It reads items one after the other, and a transaction may be written in between.
    wrap(DynamoHandler, "transact_get_items", _alone)


def _alone(original: Any, *arguments: Any, **named: Any) -> Any:
    with _lock:
        return original(*arguments, **named)
