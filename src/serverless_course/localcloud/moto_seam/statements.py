"""PartiQL in moto: a statement sees the table that it asked leave for, and no other.

moto 5.2.5 gives every table to a parser of its own, which reads some statements otherwise than
`iam.requested.partiql`, fails at a comparison without blanks around it, and puts an item that is
there already (AWS: DuplicateItemException; API Reference, ExecuteStatement, read 2026-11).
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from typing import Any

from ..iam.requested.partiql import Statement, read_statement
from .seam import replace, when_imported
from .watchers import wrap

# The key attributes of the tables that a statement may be about.
_keys: ContextVar[dict[str, tuple[str, ...]] | None] = ContextVar("keys", default=None)
# Texts and names stay as they are; a comparison gets blanks around it.
_PART = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|\s*(<=|>=|<>|!=|=|<|>)\s*")
DUPLICATE = "Duplicate primary key exists in table"
UNREAD = (
    "Statement wasn't well formed, can't be processed: the embedded cloud's PartiQL parser does "
    "not read it"
)


def install() -> None:
    """Narrow what moto's parser gets, when DynamoDB is imported."""
    when_imported("moto.dynamodb.models", _narrow)


def _narrow() -> None:
    from moto.dynamodb.parsing import partiql  # noqa: PLC0415 - moto loads late

    def make(known: Any) -> Any:
        def query(statement: str, source_data: dict[str, Any], parameters: Any) -> Any:
            read = read_statement(statement)
            wanted = {read.table, f"{read.table}.{read.index}" if read.index else read.table}
            own = {name: items for name, items in source_data.items() if name in wanted}
            try:
                found, changes = known(spaced(statement), own, parameters)
            except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
                raise _refused("ValidationException", "ValidationError", UNREAD) from error
            if read.verb == "INSERT":
                _refuse_doubles(read.table, own, changes)
            return found, {
                table: [each for each in listed if _fits(read, *each)]
                for table, listed in changes.items()
                if table == read.table
            }

        return query

    replace(partiql, "query", make)
    wrap(partiql, "get_query_metadata", _metadata)
    from moto.dynamodb.models import DynamoDBBackend  # noqa: PLC0415 - moto loads late

    wrap(DynamoDBBackend, "execute_statement", _with_keys)


def _metadata(known: Any, statement: str) -> Any:
    """What a statement is about; its table without the quotes that SELECT may have around it."""
    found = known(spaced(statement))
    names = [name.strip("\"'") for name in found.get_table_names()]
    found.get_table_names = lambda: names
    return found


def spaced(statement: str) -> str:
    """A statement with blanks around its comparisons."""
    return _PART.sub(lambda found: f" {found[1]} " if found[1] else found[0], statement)


def _with_keys(original: Any, backend: Any, *rest: Any, **named: Any) -> Any:
    keys = {table.name: tuple(table.table_key_attrs) for table in backend.tables.values()}
    token = _keys.set(keys)
    try:
        return original(backend, *rest, **named)
    finally:
        _keys.reset(token)


def _refuse_doubles(table: str, own: dict[str, Any], changes: dict[str, Any]) -> None:
    names = (_keys.get() or {}).get(table, ())
    there = [[each.get(name) for name in names] for each in own.get(table, ())]
    for before, after in changes.get(table, ()):
        if before is None and after and [after.get(name) for name in names] in there:
            raise _refused("DuplicateItemException", "DuplicateItem", DUPLICATE)


def _refused(code: str, in_batch: str, text: str) -> Exception:
    """A refusal by its code, and by the one that BatchExecuteStatement has for it."""
    from moto.core.exceptions import JsonRESTError  # noqa: PLC0415 - moto loads late

    kind: Any = type(in_batch, (JsonRESTError,), {"name": in_batch})
    made: Exception = kind(code, text)
    return made


def _fits(read: Statement, before: Any, after: Any) -> bool:
    """Whether a change is of the kind that the statement's verb makes."""
    kind = "DELETE" if after is None else "INSERT" if before is None else "UPDATE"
    return read.verb == kind
