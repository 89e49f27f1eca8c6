"""``{{resolve:ssm:…}}`` and ``{{resolve:secretsmanager:…}}`` in properties.

Source: CloudFormation User Guide, "Get values stored in other services using dynamic references"
(read 2026-11). ``ssm-secure`` is offered for no property of a type that the embedded cloud has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from .errors import ResourceFailed

_REFERENCE = re.compile(r"\{\{resolve:([a-z-]+):([^}]*)\}\}")
Client = Callable[[str], Any]


def resolved(value: Any, client: Client) -> Any:
    """A value with its dynamic references read by the stack's own clients.

    Raises `ResourceFailed` for one that cannot be read.
    """
    if isinstance(value, dict):
        return {key: resolved(each, client) for key, each in value.items()}
    if isinstance(value, list):
        return [resolved(each, client) for each in value]
    if not isinstance(value, str) or "{{resolve:" not in value:
        return value
    return _REFERENCE.sub(lambda found: _read(found[1], found[2], client), value)


def _read(service: str, rest: str, client: Client) -> str:
    if service == "ssm":
        name, colon, version = rest.partition(":")
        return str(
            client("ssm").get_parameter(Name=f"{name}:{version}" if colon else name)["Parameter"][
                "Value"
            ]
        )
    if service == "secretsmanager":
        return _secret(rest, client)
    raise ResourceFailed(f"Dynamic references to {service} are not supported here.")


def _secret(rest: str, client: Client) -> str:
    identity, parts = rest, []
    if rest.startswith("arn:"):
        pieces = rest.split(":")
        identity, parts = ":".join(pieces[:7]), pieces[7:]
    else:
        identity, *parts = rest.split(":")
    kind, key, stage, version = (*parts, "", "", "", "")[:4]
    if kind not in ("", "SecretString"):
        raise ResourceFailed(f"Secrets Manager has no {kind} for dynamic references.")
    asked = {"SecretId": identity}
    asked |= {"VersionStage": stage} if stage else {}
    asked |= {"VersionId": version} if version else {}
    text = str(client("secretsmanager").get_secret_value(**asked)["SecretString"])
    if not key:
        return text
    try:
        return str(json.loads(text)[key])
    except (ValueError, KeyError, TypeError):
        raise ResourceFailed(f"Could not find a value associated with JSONKey {key}") from None
