"""A query that is not valid, and where."""

from __future__ import annotations


class MalformedQuery(Exception):
    """What StartQuery refuses with MalformedQueryException.

    ``start`` and ``end`` are offsets into the query string, in characters, as AWS's
    ``queryCompileError.location`` holds them.
    """

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
