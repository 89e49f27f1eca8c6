"""CBOR (RFC 8949) as Smithy's RPC protocol writes it: what a response is encoded with."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import datetime
from typing import Any

UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG = range(7)
FALSE, TRUE, NULL, DOUBLE = b"\xf4", b"\xf5", b"\xf6", b"\xfb"
# The tag of a number of seconds since the epoch (RFC 8949, 3.4.2).
EPOCH_TAG = 1
# Up to how much a head holds itself, and in 1, 2, 4 and 8 bytes after it.
_WIDTHS = ((1 << 8, 24, ">B"), (1 << 16, 25, ">H"), (1 << 32, 26, ">I"), (1 << 64, 27, ">Q"))


def encoded(value: Any) -> bytes:
    """None, booleans, numbers, texts, bytes, times, lists and maps with texts as keys.

    Raises TypeError for anything else, OverflowError for an integer of more than 64 bits.
    """
    if value is None or isinstance(value, bool):
        return NULL if value is None else TRUE if value else FALSE
    for kind, write in _WRITERS.items():
        if isinstance(value, kind):
            return write(value)
    raise TypeError(f"{type(value).__name__} has no place in CBOR")


def _head(kind: int, amount: int) -> bytes:
    if amount < 24:
        return bytes([kind << 5 | amount])
    for limit, more, form in _WIDTHS:
        if amount < limit:
            return bytes([kind << 5 | more]) + struct.pack(form, amount)
    raise OverflowError(f"{amount} has more than 64 bits")


def _integer(value: int) -> bytes:
    return _head(UNSIGNED, value) if value >= 0 else _head(NEGATIVE, -1 - value)


def _double(value: float) -> bytes:
    return DOUBLE + struct.pack(">d", value)


def _text(value: str) -> bytes:
    data = value.encode()
    return _head(TEXT, len(data)) + data


def _time(value: datetime) -> bytes:
    return _head(TAG, EPOCH_TAG) + _double(value.timestamp())


def _list(value: list[Any]) -> bytes:
    return _head(ARRAY, len(value)) + b"".join(encoded(each) for each in value)


def _map(value: dict[str, Any]) -> bytes:
    return _head(MAP, len(value)) + b"".join(
        _text(name) + encoded(each) for name, each in value.items()
    )


_WRITERS: dict[type, Callable[[Any], bytes]] = {
    int: _integer,
    float: _double,
    str: _text,
    bytes: lambda value: _head(BYTES, len(value)) + value,
    datetime: _time,
    list: _list,
    dict: _map,
}
