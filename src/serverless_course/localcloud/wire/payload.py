"""Which hash of a body a signature covers, and whether the body is the one that it is.

Sources: Amazon S3 API Reference, "Authenticating Requests (AWS Signature Version 4)", the header
x-amz-content-sha256, and "List of error codes" (read 2026-11). Bodies that are not signed are
S3's alone: every other service computes the hash itself.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs

from .auth_errors import mismatch
from .claims import Claims
from .errors import ServiceError
from .http import Request

UNSIGNED = "UNSIGNED-PAYLOAD"
SIGNED_CHUNKS = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
SIGNED_CHUNKS_AND_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
UNSIGNED_CHUNKS_AND_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
STREAMING = frozenset({SIGNED_CHUNKS, SIGNED_CHUNKS_AND_TRAILER, UNSIGNED_CHUNKS_AND_TRAILER})
HEADER = "x-amz-content-sha256"
_HEX_HASH = re.compile(r"[0-9a-f]{64}")


def payload_hash(request: Request, claims: Claims, of_body: str) -> str:
    """What stands for the body in the canonical request.

    ``of_body`` is the body's own hash; S3 signs what the header says instead. Raises
    `ServiceError` for a header that is none, or another body's.
    """
    given = [value for name, value in request.headers if name == HEADER]
    if claims.scope.service != "s3":
        if any(value != of_body for value in given):
            raise mismatch(claims.scope.service)
        return of_body
    if claims.presigned:
        given += parse_qs(request.query).get("X-Amz-Content-Sha256", [])
        if not given:
            return UNSIGNED
    if len(given) != 1:
        raise ServiceError(
            "InvalidRequest", f"Missing required header for this request: {HEADER}", 400
        )
    if given[0] != UNSIGNED and given[0] not in STREAMING and not _HEX_HASH.fullmatch(given[0]):
        raise ServiceError(
            "InvalidArgument",
            f"{HEADER} must be {UNSIGNED}, {', '.join(sorted(STREAMING))}, or a valid sha256 "
            "value.",
            400,
        )
    return given[0]


def check_hash(claimed: str, of_body: str) -> None:
    """A body to S3 is the one whose hash was signed, where one was. Raises `ServiceError`."""
    if _HEX_HASH.fullmatch(claimed) and claimed != of_body:
        raise ServiceError(
            "XAmzContentSHA256Mismatch",
            f"The provided '{HEADER}' header does not match what was computed.",
            400,
            fields={
                "ClientComputedContentSHA256": claimed,
                "S3ComputedContentSHA256": of_body,
            },
        )
