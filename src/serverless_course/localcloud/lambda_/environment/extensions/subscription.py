"""A subscription to telemetry: what an extension asked for, checked.

The ranges and the defaults: Lambda Developer Guide, "Telemetry API reference" (read 2026-11).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

SCHEMA_VERSIONS = ("2022-07-01", "2022-12-13", "2025-01-29")
TYPES = ("platform", "function", "extension")
HOSTS = ("sandbox.localdomain", "sandbox")
# Name: (least, default, most).
BUFFERING = {
    "maxItems": (1_000, 10_000, 10_000),
    "maxBytes": (262_144, 262_144, 1_048_576),
    "timeoutMs": (25, 1_000, 30_000),
}
_PORT = re.compile(r"\d{1,5}")


class InvalidSubscription(Exception):
    """What is wrong with a request; AWS's type for it is ValidationError."""


@dataclass(frozen=True)
class Subscription:
    """``path`` is where an HTTP destination takes events, and empty for a TCP one."""

    types: tuple[str, ...]
    port: int
    path: str
    max_items: int
    max_bytes: int
    timeout_s: float

    @property
    def is_http(self) -> bool:
        return bool(self.path)


def subscription(body: bytes) -> Subscription:
    """The subscription in a request's body. Raises `InvalidSubscription`."""
    try:
        asked = json.loads(body)
    except ValueError as error:
        raise InvalidSubscription(f"failed to parse JSON: {error}") from None
    if not isinstance(asked, dict):
        raise InvalidSubscription("The body must be a JSON object.")
    schema = asked.get("schemaVersion")
    if schema not in SCHEMA_VERSIONS:
        raise InvalidSubscription(f"schemaVersion must be one of {', '.join(SCHEMA_VERSIONS)}")
    types = asked.get("types")
    if not isinstance(types, list) or not types or any(each not in TYPES for each in types):
        raise InvalidSubscription(f"types must name some of {', '.join(TYPES)}")
    port, path = _destination(asked.get("destination"))
    buffering = _buffering(asked.get("buffering"))
    return Subscription(
        tuple(dict.fromkeys(types)),
        port,
        path,
        buffering["maxItems"],
        buffering["maxBytes"],
        buffering["timeoutMs"] / 1e3,
    )


def _destination(found: Any) -> tuple[int, str]:
    if not isinstance(found, dict):
        raise InvalidSubscription("destination is required")
    protocol = found.get("protocol")
    if protocol == "TCP":
        port = found.get("port")
        if not isinstance(port, int) or isinstance(port, bool) or not 0 < port < 65_536:
            raise InvalidSubscription("destination.port must be a port of a TCP destination")
        return port, ""
    if protocol != "HTTP":
        raise InvalidSubscription("destination.protocol must be HTTP or TCP")
    uri = found.get("URI")
    parts = urlsplit(uri) if isinstance(uri, str) else None
    if parts is None or parts.scheme != "http":
        raise InvalidSubscription("destination.URI must be an http address")
    if parts.hostname not in HOSTS:
        raise InvalidSubscription(f"destination.URI host must be {HOSTS[0]}")
    try:
        port = parts.port or 80
    except ValueError:
        raise InvalidSubscription("destination.URI must have a valid port") from None
    path = parts.path or "/"
    return port, f"{path}?{parts.query}" if parts.query else path


def _buffering(found: Any) -> dict[str, int]:
    if found is None:
        found = {}
    if not isinstance(found, dict):
        raise InvalidSubscription("buffering must be an object")
    chosen = {}
    for name, (least, default, most) in BUFFERING.items():
        value = found.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise InvalidSubscription(f"buffering.{name} must be from {least} to {most}")
        chosen[name] = value
    return chosen
