"""Who signs a request, and for what."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Credential:
    """What a caller signs with: a secret, and for temporary credentials a session token."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None


@dataclass(frozen=True)
class Scope:
    """The credential scope of a request: who signed, for which region and service."""

    access_key_id: str
    date: str
    region: str
    service: str
