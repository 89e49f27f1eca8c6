"""PartiQL in moto: a statement sees the table that it asked leave for, and no other.

moto 5.2.5 gives every table to a parser of its own, which reads some statements otherwise than
`iam.requested.partiql`.
"""

from __future__ import annotations

from typing import Any

from ..iam.requested.partiql import Statement, read_statement
from .seam import replace, when_imported


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
            found, changes = known(statement, own, parameters)
            return found, {
                table: [each for each in listed if _fits(read, *each)]
                for table, listed in changes.items()
                if table == read.table
            }

        return query

    replace(partiql, "query", make)


def _fits(read: Statement, before: Any, after: Any) -> bool:
    """Whether a change is of the kind that the statement's verb makes."""
    kind = "DELETE" if after is None else "INSERT" if before is None else "UPDATE"
    return read.verb == kind
