"""Why a payload is no JSON, in the words of Jackson, with which Lambda reads it.

Source: InvalidRequestContentException as recorded (test_lambda_invoke_payload_encoding_error,
2025-11). Columns count bytes. Words and places that nobody recorded are those that Jackson is
known for elsewhere in AWS (`PatternText`).
"""

from __future__ import annotations

import re

from ...events.pattern_text import VALUES, InvalidEventPattern, PatternText

PLACE = "[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: {}]"
# What a longer payload gets are the words of Python: reading it again would hold everybody up.
MAX_BYTES = 65_536
# What a character of several bytes begins with.
LEADING = range(0xC2, 0xF5)
_SOURCE = "[Source: (String)"
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*(?:"|\Z)', re.DOTALL)


def reason(body: bytes) -> str | None:
    """What is wrong with a payload, and where; None when its reader finds nothing wrong, and for
    one that is too long."""
    if len(body) > MAX_BYTES:
        return None
    try:
        body.decode()
    except UnicodeDecodeError as error:
        return _of_bytes(body, error.start, error.end)
    # Each byte is one character of this text.
    text = PatternText(body.decode("latin-1"))
    try:
        while text.next().kind:
            pass
    except InvalidEventPattern as error:
        line = str(error).rpartition("; line: ")[2].removesuffix("]")
        return f"{_hidden(error.reason)}\n at {PLACE.format(line)}"
    return None


def _hidden(told: str) -> str:
    """A reason that names another place, without the payload that it quotes there."""
    before, found, after = told.partition(_SOURCE)
    if not found:
        return told
    line = after.rpartition("; line: ")[2].removesuffix("])")
    return f"{before}{PLACE.format(line)})"


def _of_bytes(body: bytes, at: int, wrong: int) -> str:
    """A byte that begins no character, or begins one that ``wrong`` does not go on with: it is met
    as a value, or while a text or word is read."""
    before = body[:at]
    line = before.count(b"\n") + 1
    column = at - (before.rfind(b"\n") + 1) + 1
    outside = _TEXT.sub(b"s", before)
    starts_value = outside.rstrip(b" \t\r\n")[-1:] in (b"", b"[", b",", b":")
    if starts_value and not _ends_in_text(before):
        return (
            f"Unexpected character ({_named(body[at])}): expected a valid value {VALUES}\n at "
            + PLACE.format(f"{line}, column: {column}")
        )
    kind = "start"
    if body[at] in LEADING and wrong < len(body):
        kind, column, at = "middle", column + wrong - at, wrong
    return f"Invalid UTF-8 {kind} byte 0x{body[at]:02x}\n at " + PLACE.format(
        f"{line}, column: {column + 1}"
    )


def _ends_in_text(before: bytes) -> bool:
    """Whether a text was begun and not ended."""
    texts = list(_TEXT.finditer(before))
    return bool(texts) and texts[-1].end() == len(before) and not _is_ended(texts[-1][0])


def _is_ended(text: bytes) -> bool:
    return re.fullmatch(rb'"(?:[^"\\]|\\.)*"', text, re.DOTALL) is not None


def _named(byte: int) -> str:
    """A byte as Jackson names a character that it does not expect."""
    if byte < 0xA0:
        return f"(CTRL-CHAR, code {byte})"
    return f"'{chr(byte)}' (code {byte})"
