"""A write of DynamoDB is done whole or not at all, and so are its records in a stream.

"All actions succeed or none" (DynamoDB Developer Guide, "Amazon DynamoDB transactions", read
2026-11); one write of one item makes one record of a stream. moto

* copies every table that a transaction names, with all its items and the records of its stream,
  before it writes: a transaction on a table of 500 items took half a second;
* shows the stream what a transaction writes before it is known whether that stays;
* leaves a half changed item behind when an update fails late;
* makes two records, both INSERT, of an update that makes a new item.

Here what a write names is kept and put back, and its records wait for its end.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class _Running(threading.local):
    """What is under way on this thread."""

    adds: list[Callable[[], None]] | None = None
    tables_stay = False


_running = _Running()


def waits(add: Callable[[], None]) -> bool:
    """Whether a record's ``add`` waits for the end of a write, which then calls it."""
    if _running.adds is None:
        return False
    _running.adds.append(add)
    return True


def transaction(original: Any, backend: Any, transact_items: list[dict[str, Any]]) -> Any:
    """Run moto's transaction, ``original``. When it raises, all items are as before."""
    named = [operation for each in transact_items for operation in each.values()]
    _running.tables_stay = True
    try:
        with _whole(backend, named) as adds:
            answer = original(backend, transact_items)
    finally:
        _running.tables_stay = False
    for add in adds:
        add()
    return answer


def update(original: Any, backend: Any, table_name: str, key: Any, *rest: Any, **named: Any) -> Any:
    """Run moto's update of one item, ``original``. When it raises, the item is as before."""
    with _whole(backend, [{"TableName": table_name, "Key": key}]) as adds:
        answer = original(backend, table_name, key, *rest, **named)
    for add in adds[-1:]:
        add()
    return answer


def copy_of_table(table: Any, memo: dict[int, Any]) -> Any:
    """``Table.__deepcopy__``: within a transaction moto's copy of a table is the table itself."""
    if _running.tables_stay:
        return table
    made = object.__new__(type(table))
    memo[id(table)] = made
    made.__dict__.update({name: copy.deepcopy(value, memo) for name, value in vars(table).items()})
    return made


@contextmanager
def _whole(backend: Any, operations: list[Any]) -> Iterator[list[Callable[[], None]]]:
    """Gather the records of a write. When it raises, its items are put back."""
    kept = [each for operation in operations for each in _Kept.of(backend, operation)]
    outer = _running.adds
    adds: list[Callable[[], None]] = []
    _running.adds = adds
    try:
        yield adds
    except BaseException:
        for each in kept:
            each.put_back()
        raise
    finally:
        _running.adds = outer


class _Kept:
    """An item of a table as it is now, or its absence."""

    def __init__(self, place: Any, key: Any) -> None:
        self._place, self._key = place, key
        self._item = copy.deepcopy(place.get(key))

    @classmethod
    def of(cls, backend: Any, operation: dict[str, Any]) -> list[_Kept]:
        """The item that an operation names; none when moto will refuse its table or key."""
        from moto.dynamodb.models.dynamo_type import DynamoType  # noqa: PLC0415 - moto loads late

        name = str(operation.get("TableName", ""))
        table = backend.tables.get(name.rpartition("/")[2])
        given = operation.get("Key") or operation.get("Item")
        if table is None or not isinstance(given, dict):
            return []
        if any(not isinstance(given.get(name), dict) for name in table.table_key_attrs):
            return []
        hash_key, *range_key = [DynamoType(given[name]) for name in table.table_key_attrs]
        if range_key:
            return [cls(table.items[hash_key], range_key[0])]
        return [cls(table.items, hash_key)]

    def put_back(self) -> None:
        if self._item is None:
            self._place.pop(self._key, None)
        else:
            self._place[self._key] = self._item
