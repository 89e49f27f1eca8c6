"""Values and texts without anything that must stay secret."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

MASK = "…"
# Parts of names whose values are secret, wherever they stand. Letters and digits only.
SECRET_WORDS = (
    *("secret", "passw", "passphrase", "token", "credential", "authorization", "signature"),
    *("accesskey", "apikey", "privatekey", "sharedkey", "signingkey", "cookie"),
)
# Names whose values say where a secret is, and not what it is.
NAMES_OF_SECRETS = ("secretid", "secretarn", "tokenkey", "secretname")
# Parameters of a presigned link, and what else proves who somebody is, within a text.
_IN_TEXT = (
    re.compile(
        r"(?i)((?:X-Amz-(?:Signature|Security-Token|Credential)|Signature|AWSAccessKeyId|"
        r"access_token|token|sig)=)[^&\s\"'\\]+"
    ),
    re.compile(r"(?i)(\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}"),
    re.compile(r"(://[^/\s:@]*:)[^/\s@]+(?=@)"),
    re.compile(r"()\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b"),
    # How STS's session tokens begin.
    re.compile(r"()\b(?:IQoJ|FwoG|FQoG)[\w+/-]{4,}=*"),
)
# A name and its value in a text that is not JSON: Python's, a shell's, or one that was cut.
_NAMED = re.compile(
    r"""(?P<name>[\w.-]+)(?P<between>["']?\s*(?:[:=]\s*(?=["'])|=(?=[^\s=])))"""
    r"""(?P<value>"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^\s,;&"']+)"""
)
# The account in an ARN, and in the address of a queue.
_ACCOUNT = re.compile(r"(\barn:aws[\w-]*:[\w-]*:[\w-]*:|://[^/\s]+/)\d{12}(?=[:/])")


def word(name: str) -> str:
    """A name in letters and digits only, as `is_secret` wants it."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def is_secret(name: str) -> bool:
    """Whether what has this name, of `word`, must stay secret."""
    return name not in NAMES_OF_SECRETS and any(part in name for part in SECRET_WORDS)


def is_sensitive(shape: Any) -> bool:
    """Whether botocore's model marks a shape as sensitive; None is a shape that is unknown."""
    return shape is not None and bool(shape.metadata.get("sensitive"))


def names_a_secret(value: Mapping[Any, Any]) -> bool:
    """Whether it is a pair such as ``{"Name": "DB_PASSWORD", "Value": "…"}``."""
    names = (each for key, each in value.items() if str(key).lower().endswith(("name", "key")))
    return any(isinstance(each, str) and is_secret(word(each)) for each in names)


def member(name: Any, shape: Any) -> Any:
    """The shape of what a mapping or structure of `shape` holds under `name`; None if unknown."""
    if shape is None:
        return None
    if shape.type_name == "map":
        return shape.value
    return shape.members.get(name) if shape.type_name == "structure" else None


def masked(value: Any, shape: Any) -> Any:
    """The value without what must not be shown; ``shape``: botocore's, None where unknown."""
    sensitive = is_sensitive(shape)
    if isinstance(value, Mapping):
        named = names_a_secret(value)
        return {
            key: MASK
            if named and str(key).lower().endswith("value")
            else _member(key, each, shape, sensitive)
            for key, each in value.items()
        }
    if isinstance(value, list | tuple):
        inner = shape.member if shape is not None and shape.type_name == "list" else None
        return [MASK if sensitive else masked(each, inner) for each in value]
    if sensitive:
        return MASK
    if isinstance(value, bytes | bytearray):
        return f"({len(value):,} bytes)"
    return masked_text(value) if isinstance(value, str) else value


def _member(name: Any, value: Any, shape: Any, sensitive: bool) -> Any:
    if sensitive or (isinstance(name, str) and is_secret(word(name))):
        return MASK
    if shape is not None and shape.type_name not in ("map", "structure"):
        return value
    return masked(value, member(name, shape))


def masked_text(text: str) -> str:
    """The text without values of secret names, signatures, tokens, keys and passwords in it."""
    if text.lstrip()[:1] in ("{", "["):
        try:
            found = json.loads(text)
        except ValueError:
            pass
        else:
            without = masked(found, None)
            if without != found:
                return json.dumps(without, ensure_ascii=False)
    for pattern in _IN_TEXT:
        text = pattern.sub(rf"\g<1>{MASK}", text)
    return _NAMED.sub(_without_value, text)


def without_accounts(text: str) -> str:
    """The text without the account ids of its ARNs and addresses of queues."""
    return _ACCOUNT.sub(rf"\g<1>{MASK}", text)


def _without_value(found: re.Match[str]) -> str:
    value = found["value"]
    if not is_secret(word(found["name"])) or value.strip("\"'") in ("", MASK):
        return found[0]
    opened = value[0] if value[0] in "\"'" else ""
    closed = opened if len(value) > 1 and value.endswith(opened) else ""
    return f"{found['name']}{found['between']}{opened}{MASK}{closed}"
