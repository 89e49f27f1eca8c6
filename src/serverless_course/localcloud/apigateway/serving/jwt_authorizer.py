"""JWT authorizers: a bearer token, verified with the keys that its issuer publishes.

Source: API Gateway Developer Guide, "Control access to HTTP APIs with JWT authorizers" (read
2026-11): RSA signatures only; ``iss``, ``aud`` (or ``client_id``), ``exp``, ``nbf``, ``iat`` and
the scopes count; public keys are kept for two hours. PyJWT verifies; an issuer is reached over the
loopback interface only.
"""

from __future__ import annotations

import asyncio
import json
import time
import urllib.request
from typing import Any
from urllib.parse import urlsplit

import jwt

from ..http_apis.authorizers import LOOPBACK
from .refused import Refused

ALGORITHMS = ["RS256", "RS384", "RS512"]
KEYS_S = 2 * 3600.0
# A key id that is not known is looked for again at most so often.
AGAIN_S = 10.0
FETCH_S = 1.5
MAX_BYTES = 150_000


class JwtAuthorizers:
    """Verifies tokens. Belongs to the event loop; keys are fetched on worker threads."""

    def __init__(self) -> None:
        self._keys: dict[str, tuple[float, dict[str, Any]]] = {}

    async def authorize(
        self, authorizer: dict[str, Any], token: str, scopes: list[str]
    ) -> dict[str, Any]:
        """The member ``jwt`` of an event. Raises `Refused`: 401, or 403 without a scope."""
        token = token.removeprefix("Bearer ").removeprefix("bearer ").strip()
        if not token:
            raise _unauthorized("no token")
        config = authorizer["JwtConfiguration"]
        try:
            head = jwt.get_unverified_header(token)
            key = await self._key(config["Issuer"], str(head.get("kid", "")))
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                issuer=config["Issuer"],
                options={"verify_aud": False, "require": ["exp"]},
            )
        except (jwt.PyJWTError, OSError, ValueError) as error:
            raise _unauthorized(str(error)) from error
        _check_audience(claims, config["Audience"])
        held = claims.get("scope") or claims.get("scp") or []
        held = held.split() if isinstance(held, str) else [str(each) for each in held]
        if scopes and not set(scopes) & set(held):
            raise Refused(403, "Forbidden", "insufficient scope", {"WWW-Authenticate": _scoped()})
        told = {name: _text(value) for name, value in claims.items()}
        return {"claims": told, "scopes": held if scopes else None}

    async def _key(self, issuer: str, kid: str) -> Any:
        at, keys = self._keys.get(issuer, (0.0, {}))
        age = time.monotonic() - at if keys else KEYS_S + 1
        if age > KEYS_S or (kid not in keys and age > AGAIN_S):
            keys = await asyncio.to_thread(fetch_keys, issuer)
            self._keys[issuer] = (time.monotonic(), keys)
        if kid not in keys:
            raise jwt.InvalidTokenError("the signing key is not known")
        return keys[kid]


def fetch_keys(issuer: str) -> dict[str, Any]:
    """The public keys of an issuer by their ids. Raises `OSError` or `ValueError`."""
    found = _fetch(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    keys = jwt.PyJWKSet.from_dict(_fetch(str(found.get("jwks_uri", ""))))
    return {str(each.key_id): each.key for each in keys.keys if each.key_type == "RSA"}


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """An issuer's answer leads to no other host."""


def _fetch(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK:
        raise ValueError(f"{url} is not on this machine")
    # Without a proxy that the environment may name.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)
    with opener.open(url, timeout=FETCH_S) as answer:
        found = json.loads(answer.read(MAX_BYTES))
    if not isinstance(found, dict):
        raise ValueError(f"{url} answers with no object")
    return found


def _check_audience(claims: dict[str, Any], wanted: list[str]) -> None:
    given = claims.get("aud", claims.get("client_id"))
    named = given if isinstance(given, list) else [given]
    if not set(wanted) & {str(each) for each in named}:
        raise _unauthorized("the token has an invalid audience")


def _text(value: Any) -> str:
    """A claim as the event has it: always text, a list in brackets without commas (as reported)."""
    if isinstance(value, list):
        return f"[{' '.join(str(each) for each in value)}]"
    return value if isinstance(value, str) else json.dumps(value)


def _unauthorized(why: str) -> Refused:
    told = why.replace('"', "'").replace("\r", " ").replace("\n", " ")
    known = (
        "Bearer"
        if why == "no token"
        else (f'Bearer scope="" error="invalid_token" error_description="{told}"')
    )
    return Refused(401, "Unauthorized", why, {"WWW-Authenticate": known})


def _scoped() -> str:
    return 'Bearer scope="" error="insufficient_scope" error_description="insufficient scope"'
