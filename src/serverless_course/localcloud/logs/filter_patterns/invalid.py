"""A filter pattern that is none."""

from __future__ import annotations


class InvalidPattern(Exception):
    """The pattern cannot be read. Its text is the message of InvalidParameterException."""


def invalid_character(character: str) -> InvalidPattern:
    """AWS's words for a character that has to stand in quotation marks, or nowhere."""
    return InvalidPattern(f"Invalid character(s) in term '{character}'")
