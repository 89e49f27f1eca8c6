"""Parameters of a call as they are shown: short, and without anything that must stay secret."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

LONGEST_VALUE = 100
MASK = "…"
# Parts of names whose values are secret, wherever they stand. Letters and digits only.
SECRET_WORDS = (
    *("secret", "passw", "passphrase", "token", "credential", "authorization", "signature"),
    *("accesskey", "apikey", "privatekey", "sharedkey", "cookie"),
)
# A parameter of a call itself is left out for less: a name with "key" in it, but these.
NO_SECRET_KEYS = ("s3key", "key", "keyschema")
# Names whose values say where a secret is, and not what it is.
NAMES_OF_SECRETS = ("secretid", "secretarn", "tokenkey", "secretname")
# botocore's models mark the whole of an event as sensitive; an event is what a lesson is about.
SHOWN = frozenset({("Invoke", "Payload"), ("InvokeAsync", "InvokeArgs")})
# Parameters of a presigned link, and what else proves who somebody is, within a text.
_IN_TEXT = (
    re.compile(
        r"(?i)((?:X-Amz-(?:Signature|Security-Token|Credential)|Signature|AWSAccessKeyId|"
        r"access_token|token|sig)=)[^&\s\"'\\]+"
    ),
    re.compile(r"(?i)(\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}"),
    re.compile(r"(://[^/\s:@]*:)[^/\s@]+(?=@)"),
    re.compile(r"()\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b"),
)


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
    word = _word(name)
    if word not in NO_SECRET_KEYS and ("key" in word or _is_secret(word)):
        return MASK
    text = repr(_masked(value, None if (operation, name) in SHOWN else shape))
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + MASK


def _masked(value: Any, shape: Any) -> Any:
    """The value without what must not be shown; ``shape``: botocore's, None where unknown."""
    sensitive = shape is not None and bool(shape.metadata.get("sensitive"))
    if isinstance(value, Mapping):
        named = _names_a_secret(value)
        return {
            key: MASK
            if named and str(key).lower().endswith("value")
            else _member(key, each, shape, sensitive)
            for key, each in value.items()
        }
    if isinstance(value, list | tuple):
        inner = shape.member if shape is not None and shape.type_name == "list" else None
        return [MASK if sensitive else _masked(each, inner) for each in value]
    if sensitive:
        return MASK
    if isinstance(value, bytes | bytearray):
        return f"({len(value):,} bytes)"
    return _masked_text(value) if isinstance(value, str) else value


def _member(name: Any, value: Any, shape: Any, sensitive: bool) -> Any:
    if sensitive or (isinstance(name, str) and _is_secret(_word(name))):
        return MASK
    if shape is None:
        return _masked(value, None)
    if shape.type_name == "map":
        return _masked(value, shape.value)
    return _masked(value, shape.members.get(name)) if shape.type_name == "structure" else value


def _masked_text(text: str) -> str:
    if text.lstrip()[:1] in ("{", "["):
        try:
            found = json.loads(text)
        except ValueError:
            pass
        else:
            masked = _masked(found, None)
            if masked != found:
                return json.dumps(masked, ensure_ascii=False)
    for pattern in _IN_TEXT:
        text = pattern.sub(rf"\g<1>{MASK}", text)
    return text


def _names_a_secret(value: Mapping[Any, Any]) -> bool:
    """Whether it is a pair such as ``{"Name": "DB_PASSWORD", "Value": "…"}``."""
    names = (each for key, each in value.items() if str(key).lower().endswith(("name", "key")))
    return any(isinstance(each, str) and _is_secret(_word(each)) for each in names)


def _word(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _is_secret(word: str) -> bool:
    return word not in NAMES_OF_SECRETS and any(part in word for part in SECRET_WORDS)
