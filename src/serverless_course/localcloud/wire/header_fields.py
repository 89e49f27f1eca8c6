"""Which headers may be written onto the wire.

Source: RFC 9110, "Field Names" and "Field Values" (read 2026-11): a name is a token; a value has
visible characters, spaces and tabs, and bytes over 127, which here are those of Latin-1.
"""

from __future__ import annotations

import re

NAME = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_NAME = re.compile(NAME)
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


def is_header(name: str, value: str) -> bool:
    """Whether this is a header, and can be written as it is."""
    return bool(_NAME.fullmatch(name) and _VALUE.fullmatch(value))
