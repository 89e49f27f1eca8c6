"""What a span tells of a query: X-Ray's ``sql``, for the databases that speak SQL."""

from __future__ import annotations

from typing import Any

from .span_attributes import Attributes
from .span_http import first

_SQL = frozenset(
    {
        *("postgresql", "mysql", "mariadb", "mssql", "microsoft.sql_server", "oracle", "oracle.db"),
        *("sqlite", "db2", "ibm.db2", "redshift", "aws.redshift", "cockroachdb", "other_sql"),
        *("h2", "hsqldb", "derby", "trino", "snowflake"),
    }
)


def sql_of(given: Attributes) -> dict[str, Any] | None:
    """X-Ray's ``sql``; None for what is no call of an SQL database."""
    kind = first(given, ("db.system.name", "db.system"))
    if kind not in _SQL:
        return None
    found = {
        "database_type": kind,
        "sanitized_query": first(given, ("db.query.text", "db.statement")),
        "connection_string": given.get("db.connection_string"),
        "user": given.get("db.user"),
    }
    return {key: value for key, value in found.items() if value}
