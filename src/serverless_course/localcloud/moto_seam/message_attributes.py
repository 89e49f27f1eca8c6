"""The attributes of messages that SNS refuses.

Words as recorded from AWS (localstack, test_empty_or_wrong_message_attributes, 2024-11).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

MAX_NAME = 256
KINDS = ("Binary", "Number", "String")


def attributes_problem(attributes: Mapping[str, Any]) -> str:
    """What is wrong with a message's attributes, in AWS's words; empty for nothing."""
    for name, attribute in attributes.items():
        for problem in (*_of_name(name), *_of_value(name, attribute)):
            return problem
    return ""


def _of_name(name: str) -> Iterator[str]:
    if len(name.encode()) > MAX_NAME:
        yield f"Length of message attribute name must be less than {MAX_NAME} bytes."
    for character in name:
        if not (character.isascii() and (character.isalnum() or character in "_-.")):
            yield (
                f"Invalid non-alphanumeric character '#x{ord(character):02X}' was found in the "
                "message attribute name. Can only include alphanumeric characters, hyphens, "
                "underscores, or dots."
            )
    for place, character in (("starting", name[:1]), ("ending", name[-1:])):
        if character == ".":
            yield f"Invalid message attribute name {place} with character '.' was found."
    if ".." in name:
        yield "Message attribute name can not have successive '.' character."


def _of_value(name: str, attribute: Mapping[str, Any]) -> Iterator[str]:
    kind = str(attribute.get("DataType") or "")
    base = kind.partition(".")[0]
    if base not in KINDS:
        yield (
            f"The message attribute '{name}' has an invalid message attribute type, the set of "
            "supported type prefixes is Binary, Number, and String."
        )
    used, other = ("Binary", "String") if base == "Binary" else ("String", "Binary")
    if attribute.get(f"{used}Value") in (None, "", b""):
        if attribute.get(f"{other}Value") not in (None, "", b""):
            yield f"The message attribute '{name}' with type '{kind}' must use field '{used}'."
        yield (
            f"The message attribute '{name}' must contain non-empty message attribute value for "
            f"message attribute type '{kind}'."
        )
