"""Verify AWS Signature Version 4, in the Authorization header or in a presigned URL.

Source: IAM User Guide, "AWS Signature Version 4 for API requests" (read 2026-11). Every header
that a service of AWS obeys has to be signed: `claims`. The body is the one that was signed; S3
alone takes bodies that are signed in chunks, or not at all (`payload`).
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable

from .auth_errors import mismatch, unknown_token
from .canonical import sha256, signature_of
from .claims import Claims, claims_of
from .credential import Credential, Scope
from .errors import ServiceError
from .http import Request
from .payload import payload_hash

__all__ = ["Credential", "Scope", "check", "verify", "verify_claims"]

MAX_SKEW_S = 15 * 60
Find = Callable[[str], Credential | None]


def verify(request: Request, find: Find, now: float | None = None) -> Scope:
    """Check the request's signature and its body's hash; return its scope.

    ``find`` maps an access key id to its credential. ``now`` is seconds since the epoch.
    Raises `ServiceError` (400, 403) in AWS's words when the signature is missing, incomplete,
    unknown, too old, or does not match, or when the body is another one.
    """
    return verify_claims(request, claims_of(request), find, now)


def verify_claims(request: Request, claims: Claims, find: Find, now: float | None = None) -> Scope:
    """As `verify`, where the claims have been read."""
    of_body = "" if claims.scope.service == "s3" else sha256(request.body)
    check(request, claims, find, payload_hash(request, claims, of_body), now)
    return claims.scope


def check(
    request: Request, claims: Claims, find: Find, of_payload: str, now: float | None = None
) -> Credential:
    """Check a signature over a payload's hash; return who signed. Raises `ServiceError`."""
    scope = claims.scope
    credential = find(scope.access_key_id)
    if credential is None:
        raise unknown_token()
    _check_time(claims, time.time() if now is None else now)
    if not hmac.compare_digest(claims.token.encode(), (credential.session_token or "").encode()):
        raise unknown_token()
    expected = signature_of(credential.secret_access_key, request, claims, of_payload)
    if not hmac.compare_digest(expected.encode(), claims.signature.encode("utf-8", "replace")):
        raise mismatch(scope.service)
    return credential


def _check_time(claims: Claims, now: float) -> None:
    """A signature holds for 15 minutes, a presigned one for as long as it says."""
    lasts_s = MAX_SKEW_S if claims.expires_s is None else claims.expires_s
    if claims.at - MAX_SKEW_S <= now <= claims.at + lasts_s:
        return
    if claims.presigned:
        raise ServiceError("AccessDenied", "Request has expired", 403)
    if claims.scope.service == "s3":
        raise ServiceError(
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
            403,
        )
    raise ServiceError("RequestExpired", "Signature expired or not yet valid.", 403)
