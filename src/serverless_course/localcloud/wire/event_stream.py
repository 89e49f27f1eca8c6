"""Events of a response that is an event stream, as AWS's SDKs decode them.

Source: "Event stream encoding" of Amazon Transcribe's Developer Guide and Smithy's
``amazon-eventstream`` specification (read 2026-11): lengths and a CRC-32, headers, payload, CRC-32.
"""

from __future__ import annotations

import struct
import zlib

CONTENT_TYPE = "application/vnd.amazon.eventstream"
_PRELUDE = struct.Struct("!II")
_WORD = struct.Struct("!I")
_TEXT = 7


def event(kind: str, payload: bytes, content_type: str = "application/octet-stream") -> bytes:
    """One event of the type ``kind`` as the bytes on the wire."""
    return _message(":event-type", kind, payload, content_type, "event")


def exception(kind: str, payload: bytes, content_type: str) -> bytes:
    """An error of the service's model, which ends the stream."""
    return _message(":exception-type", kind, payload, content_type, "exception")


def _message(name: str, kind: str, payload: bytes, content_type: str, what: str) -> bytes:
    headers = (
        _header(name, kind)
        + _header(":content-type", content_type)
        + _header(":message-type", what)
    )
    length = _PRELUDE.size + _WORD.size + len(headers) + len(payload) + _WORD.size
    prelude = _PRELUDE.pack(length, len(headers))
    message = prelude + _WORD.pack(zlib.crc32(prelude)) + headers + payload
    return message + _WORD.pack(zlib.crc32(message))


def _header(name: str, value: str) -> bytes:
    text = value.encode()
    kind = struct.pack("!BH", _TEXT, len(text))
    return struct.pack("!B", len(name)) + name.encode() + kind + text
