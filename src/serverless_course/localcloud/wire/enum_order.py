"""The order in which AWS lists the values of an enumeration in a validation error.

AWS's validator keeps an enumeration in a hash table of 32 buckets: a value's bucket is the rest of
Java's ``String.hashCode`` by 32, and a newer value stands before the older ones of its bucket. That
is inferred, not documented. It gives every list that is known as recorded: 49 runtimes of layers,
starting positions, invoke modes, architectures and recursion modes of Lambda (localstack's public
recordings, 2023 to 2026), and ReturnValues, ReturnConsumedCapacity, ComparisonOperator and
ScalarAttributeType of DynamoDB (quoted in public many times).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

BUCKETS = 32


def in_aws_order(values: Iterable[str]) -> tuple[str, ...]:
    """The values of an enumeration, given in the order of its model, as AWS lists them."""
    return _ordered(tuple(values))


@lru_cache(maxsize=256)
def _ordered(values: tuple[str, ...]) -> tuple[str, ...]:
    newest_first = tuple(reversed(values))
    return tuple(sorted(newest_first, key=_bucket))


def _bucket(value: str) -> int:
    """``String.hashCode`` modulo 32; the sign and the upper bits do not count."""
    found = 0
    for character in value:
        found = (31 * found + ord(character)) % BUCKETS
    return found
