"""Parameters of a call as they are shown: short, and without anything that must stay secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from serverless_course.secrecy.masking import MASK, is_secret, masked, word

LONGEST_VALUE = 100
# A parameter of a call itself is left out for less: a name with "key" in it, but these.
NO_SECRET_KEYS = ("s3key", "key", "keyschema")
# botocore's models mark the whole of an event as sensitive; an event is what a lesson is about.
SHOWN = frozenset({("Invoke", "Payload"), ("InvokeAsync", "InvokeArgs")})


def shown(params: Mapping[str, Any], operation: Any) -> str:
    """A call's parameters in one line: long values cut, secret ones left out.

    Secret is what botocore's model of the operation marks as sensitive, what has a name like a
    secret's, at any depth and in JSON text, too, and what proves who somebody is: signatures of
    presigned links, access keys, passwords in addresses.

    Args:
        params: the call's parameters.
        operation: botocore's model of the operation.
    """
    members = operation.input_shape.members if operation.input_shape is not None else {}
    return ", ".join(
        f"{name}={_parameter(name, value, members.get(name), operation.name)}"
        for name, value in params.items()
    )


def _parameter(name: str, value: Any, shape: Any, operation: str) -> str:
    if isinstance(value, bytes):
        try:
            value = value.decode()
        except UnicodeDecodeError:
            return f"({len(value):,} bytes)"
        if not value.isprintable():
            return f"({len(value):,} bytes)"
    if isinstance(value, dict) and any(isinstance(item, bytes) for item in value.values()):
        return "{…}"
    called = word(name)
    if called not in NO_SECRET_KEYS and ("key" in called or is_secret(called)):
        return MASK
    text = repr(masked(value, None if (operation, name) in SHOWN else shape))
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + MASK
