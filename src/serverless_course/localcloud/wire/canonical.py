"""The canonical request of Signature Version 4, and the keys that sign it.

Source: IAM User Guide, "Create a signed AWS API request" (read 2026-11); held against botocore's
own signer in the tests.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from functools import lru_cache
from urllib.parse import quote, unquote

from .claims import ALGORITHM, Claims
from .credential import Scope
from .http import Request

_SPACES = re.compile(r"\s+")


def signature_of(secret: str, request: Request, claims: Claims, payload_hash: str) -> str:
    """The signature that a request should bear, in hexadecimal digits."""
    canonical = canonical_request(request, claims, payload_hash)
    to_sign = string_to_sign(ALGORITHM, claims, sha256(canonical.encode("utf-8", "surrogatepass")))
    return sign(secret, claims.scope, to_sign)


def string_to_sign(algorithm: str, claims: Claims, *hashes: str) -> str:
    """What is signed: of a request, or of one of its chunks."""
    return "\n".join((algorithm, claims.timestamp, scope_text(claims.scope), *hashes))


def sign(secret: str, scope: Scope, text: str) -> str:
    """A text's signature with the key of a scope, in hexadecimal digits."""
    key = signing_key(secret, scope.date, scope.region, scope.service)
    return hmac.digest(key, text.encode(), "sha256").hex()


def scope_text(scope: Scope) -> str:
    """The scope as it is signed."""
    return f"{scope.date}/{scope.region}/{scope.service}/aws4_request"


def canonical_request(request: Request, claims: Claims, payload_hash: str) -> str:
    """The canonical request."""
    present: dict[str, list[str]] = {name: [] for name in claims.headers}
    for name, value in request.headers:
        if name in present:
            present[name].append(_SPACES.sub(" ", value.strip()))
    headers = "".join(f"{name}:{','.join(present[name])}\n" for name in claims.headers)
    return "\n".join(
        (
            request.method,
            _canonical_path(request.path, claims.scope.service),
            _canonical_query(request.query, claims.presigned),
            headers,
            ";".join(claims.headers),
            payload_hash,
        )
    )


def _canonical_path(path: str, service: str) -> str:
    if service == "s3":
        return quote(unquote(path), safe="/~")
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            if segments:
                segments.pop()
        elif segment and segment != ".":
            segments.append(segment)
    normal = "/" + "/".join(segments)
    if path.endswith("/") and normal != "/":
        normal += "/"
    return quote(normal, safe="/~")


def _canonical_query(query: str, presigned: bool) -> str:
    if not query:
        return ""
    pairs = []
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if presigned and _recode(name) == "X-Amz-Signature":
            continue
        pairs.append((_recode(name), _recode(value)))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def _recode(text: str) -> str:
    return quote(unquote(text.replace("+", "%20")), safe="~")


@lru_cache(maxsize=256)
def signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    """The key of a day, a region and a service."""
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def sha256(data: bytes) -> str:
    """A hash in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
