"""The attributes of messages that SQS refuses and moto accepts.

Source: SQS Developer Guide, "Amazon SQS message metadata" (read 2026-11). *must contain a non-empty
value*, and that letters of other alphabets pass: as recorded from AWS (localstack,
test_send_message_with_empty_string_attribute and test_send_message_with_invalid_string_attributes,
2024); the number, and a value that is no number, as quoted in error reports; other words are ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from .queue_refusals import refused

MOST_ATTRIBUTES = 10
MAX_NAME = MAX_TYPE = 256
KINDS = ("Binary", "Number", "String")
NAME = re.compile(r"(?!aws\.|amazon\.|\.)(?!.*\.\.)[\w.-]+(?<!\.)", re.IGNORECASE)
TRACE_HEADER = "AWSTraceHeader"
NOT_ALLOWED = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def check_attributes(attributes: Mapping[str, Any]) -> None:
    """Refuse a message's attributes."""
    if len(attributes) > MOST_ATTRIBUTES:
        raise refused(
            f"Number of message attributes [{len(attributes)}] exceeds the allowed maximum "
            f"[{MOST_ATTRIBUTES}]."
        )
    for name, attribute in attributes.items():
        check_name(name)
        _check_value(name, attribute)


def check_name(name: str) -> None:
    """Refuse an attribute's name."""
    if len(name) > MAX_NAME or not NAME.fullmatch(name):
        raise refused(f"Invalid message attribute name: {name}.")


def check_system_attributes(attributes: Mapping[str, Any]) -> None:
    """Refuse system attributes: there is one."""
    for name, attribute in attributes.items():
        if name != TRACE_HEADER:
            raise refused(f"Message system attribute name '{name}' is invalid.")
        if attribute.get("DataType") != "String" or not attribute.get("StringValue"):
            raise refused(f"Message system attribute '{name}' must be a non-empty String.")


def _check_value(name: str, attribute: Mapping[str, Any]) -> None:
    kind = str(attribute.get("DataType") or "")
    base = kind.partition(".")[0]
    if base not in KINDS or len(kind) > MAX_TYPE:
        raise refused(
            f"The message attribute '{name}' has an invalid message attribute type, the set of "
            "supported type prefixes is Binary, Number, and String."
            if base not in KINDS
            else f"Invalid length of the type of message attribute '{name}'."
        )
    value = attribute.get("BinaryValue" if base == "Binary" else "StringValue")
    if not value:
        raise refused(
            f"Message (user) attribute '{name}' must contain a non-empty value of type '{kind}'."
        )
    if base != "Binary" and NOT_ALLOWED.search(str(value)):
        raise refused(f"Invalid characters found in the value of message attribute '{name}'.")
    if base == "Number" and not _is_number(str(value)):
        raise refused(f"Can't cast the value of message (user) attribute '{name}' to a number.")


def _is_number(text: str) -> bool:
    try:
        return Decimal(text.strip()).is_finite()
    except InvalidOperation:
        return False
