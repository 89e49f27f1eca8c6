"""What makes the operand of cidr or wildcard invalid, in the words of AWS's matcher, Event Ruler.

Sources: as recorded from AWS (localstack's test_events_patterns, content_ip_address_*_EXC and
content_wildcard_repeating_star_EXC, 2024); the others as Event Ruler's public source gives them
(read 2026-11).
"""

from __future__ import annotations

import ipaddress
import re

from .pattern_text import InvalidEventPattern


def wildcard_problem(text: str) -> str:
    """Why a text is no wildcard pattern; empty when it is one.

    Places are counted in the text with its opening quotation mark.
    """
    escaped, star_before = False, False
    for place, character in enumerate(text):
        if escaped and character not in "*\\":
            return f"Invalid escape character at pos {place}"
        star = character == "*" and not escaped
        if star and star_before:
            return f"Consecutive wildcard characters at pos {place}"
        escaped, star_before = character == "\\" and not escaped, star
    return f"Invalid escape character at pos {len(text)}" if escaped else ""


def check_cidr(text: str) -> None:
    """Refuse what is no CIDR. Raises `InvalidEventPattern`, without a place, as recorded."""
    address, slash, bits = text.partition("/")
    if not slash or "/" in bits:
        raise InvalidEventPattern("Malformed CIDR, one '/' required")
    if not re.fullmatch(r"[+-]?[0-9]+", bits):
        raise InvalidEventPattern("Malformed CIDR, mask bits must be an integer")
    try:
        version = ipaddress.ip_address(address).version
    except ValueError as error:
        raise InvalidEventPattern(f"Nonstandard IP address: {address}") from error
    if int(bits) < 0:
        raise InvalidEventPattern("Malformed CIDR, mask bits must not be negative")
    most = 32 if version == 4 else 128
    if int(bits) > most:
        raise InvalidEventPattern(f"Malformed CIDR, mask bits must be < {most}")
