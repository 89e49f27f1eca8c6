"""Verify AWS Signature Version 4, in the Authorization header or in a presigned URL.

Source: IAM User Guide, "AWS Signature Version 4 for API requests" (read 2026-11); the
canonical form is held against botocore's own signer in the tests.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote

from .errors import ServiceError
from .http import Request

ALGORITHM = "AWS4-HMAC-SHA256"
MAX_SKEW_S = 15 * 60
_SPACES = re.compile(r"\s+")
_HEX_HASH = re.compile(r"[0-9a-f]{64}")


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


@dataclass(frozen=True)
class _Signed:
    scope: Scope
    headers: tuple[str, ...]
    signature: str
    timestamp: str
    expires_s: int | None
    presigned: bool


def verify(
    request: Request, find: Callable[[str], Credential | None], now: float | None = None
) -> Scope:
    """Check the request's signature and return its scope.

    ``find`` maps an access key id to its credential. ``now`` is seconds since the epoch.
    Raises `ServiceError` (403) in AWS's words when the signature is missing, unknown, too
    old, or does not match.
    """
    signed = _read_presigned(request) if "X-Amz-Signature=" in request.query else _read(request)
    credential = find(signed.scope.access_key_id)
    if credential is None:
        raise ServiceError(
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
            403,
        )
    _check_time(signed, time.time() if now is None else now)
    _check_token(request, credential, signed)
    _check_body(request, signed)
    canonical = _canonical_request(request, signed)
    scope = signed.scope
    credential_scope = f"{scope.date}/{scope.region}/{scope.service}/aws4_request"
    to_sign = "\n".join(
        (ALGORITHM, signed.timestamp, credential_scope, _sha256(canonical.encode()))
    )
    key = _signing_key(credential.secret_access_key, scope.date, scope.region, scope.service)
    expected = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, signed.signature):
        raise ServiceError(
            "SignatureDoesNotMatch" if scope.service == "s3" else "InvalidSignatureException",
            "The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method. "
            "Consult the service documentation for details.",
            403,
        )
    return scope


def claimed_scope(request: Request) -> Scope:
    """The scope that a request's signature claims, without a check. Raises `ServiceError`."""
    presigned = "X-Amz-Signature=" in request.query
    return (_read_presigned(request) if presigned else _read(request)).scope


def _read(request: Request) -> _Signed:
    authorization = request.header("authorization")
    if not authorization:
        raise ServiceError("MissingAuthenticationToken", "Missing Authentication Token", 403)
    algorithm, _, rest = authorization.partition(" ")
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    try:
        if algorithm != ALGORITHM:
            raise ValueError(algorithm)
        return _Signed(
            _scope(parts["Credential"]),
            tuple(parts["SignedHeaders"].split(";")),
            parts["Signature"],
            request.header("x-amz-date"),
            None,
            presigned=False,
        )
    except (KeyError, ValueError) as error:
        raise _incomplete() from error


def _read_presigned(request: Request) -> _Signed:
    query = dict(parse_qsl(request.query, keep_blank_values=True))
    try:
        return _Signed(
            _scope(query["X-Amz-Credential"]),
            tuple(query["X-Amz-SignedHeaders"].split(";")),
            query["X-Amz-Signature"],
            query["X-Amz-Date"],
            int(query["X-Amz-Expires"]),
            presigned=True,
        )
    except (KeyError, ValueError) as error:
        raise _incomplete() from error


def _scope(text: str) -> Scope:
    access_key_id, date, region, service, terminator = text.rsplit("/", 4)
    if terminator != "aws4_request":
        raise ValueError(terminator)
    return Scope(access_key_id, date, region, service)


def _incomplete() -> ServiceError:
    return ServiceError(
        "IncompleteSignature",
        "Authorization header requires 'Credential', 'Signature' and 'SignedHeaders' "
        f"parameters for {ALGORITHM}, and the request an 'X-Amz-Date'.",
        403,
    )


def _check_time(signed: _Signed, now: float) -> None:
    try:
        at = _seconds(signed.timestamp)
    except ValueError as error:
        raise _incomplete() from error
    if not at - MAX_SKEW_S <= now <= at + (signed.expires_s or MAX_SKEW_S):
        raise ServiceError(
            "AccessDenied" if signed.presigned else "RequestExpired",
            "Request has expired" if signed.presigned else "Signature expired or not yet valid.",
            403,
        )


@lru_cache(maxsize=64)
def _seconds(timestamp: str) -> float:
    """Seconds since the epoch. Requests of one second share their timestamp."""
    return datetime.strptime(timestamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()


def _check_token(request: Request, credential: Credential, signed: _Signed) -> None:
    if credential.session_token is None:
        return
    if signed.presigned:
        given = dict(parse_qsl(request.query)).get("X-Amz-Security-Token", "")
    else:
        given = request.header("x-amz-security-token")
    if not hmac.compare_digest(given.encode(), credential.session_token.encode()):
        raise ServiceError(
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
            403,
        )


def _check_body(request: Request, signed: _Signed) -> None:
    """The signature covers the *claimed* hash; here the claim meets the body."""
    claimed = request.header("x-amz-content-sha256")
    if not signed.presigned and _HEX_HASH.fullmatch(claimed) and claimed != _sha256(request.body):
        raise ServiceError(
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
            400,
        )


def _canonical_request(request: Request, signed: _Signed) -> str:
    present: dict[str, list[str]] = {name: [] for name in signed.headers}
    for name, value in request.headers:
        if name in present:
            present[name].append(_SPACES.sub(" ", value.strip()))
    headers = "".join(f"{name}:{','.join(present[name])}\n" for name in signed.headers)
    return "\n".join(
        (
            request.method,
            _canonical_path(request.path, signed.scope.service),
            _canonical_query(request.query, signed.presigned),
            headers,
            ";".join(signed.headers),
            _payload_hash(request, signed),
        )
    )


def _payload_hash(request: Request, signed: _Signed) -> str:
    claimed = request.header("x-amz-content-sha256")
    if claimed:
        return claimed
    if signed.presigned and signed.scope.service == "s3":
        return "UNSIGNED-PAYLOAD"
    return _sha256(request.body)


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
        if presigned and name == "X-Amz-Signature":
            continue
        pairs.append((_recode(name), _recode(value)))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def _recode(text: str) -> str:
    return quote(unquote(text.replace("+", "%20")), safe="~")


@lru_cache(maxsize=256)
def _signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
