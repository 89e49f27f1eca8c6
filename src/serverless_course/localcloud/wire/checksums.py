"""The checksums that S3 holds a body against: Content-MD5 and the x-amz-checksum-* headers.

Source: Amazon S3 User Guide, "Checking object integrity"; API Reference, PutObject and "List of
error codes" (read 2026-11).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from collections.abc import Callable

from .crc import crc32c, crc64nvme
from .errors import ServiceError

PREFIX = "x-amz-checksum-"
# What begins like a checksum's name, and says something about one.
ABOUT = frozenset({f"{PREFIX}algorithm", f"{PREFIX}mode", f"{PREFIX}type"})
ALGORITHMS: dict[str, Callable[[bytes], bytes]] = {
    "crc32": lambda body: zlib.crc32(body).to_bytes(4, "big"),
    "crc32c": lambda body: crc32c(body).to_bytes(4, "big"),
    "crc64nvme": lambda body: crc64nvme(body).to_bytes(8, "big"),
    "sha1": lambda body: hashlib.sha1(body, usedforsecurity=False).digest(),
    "sha256": lambda body: hashlib.sha256(body).digest(),
}


def checksum(algorithm: str, body: bytes) -> str:
    """A body's checksum in Base64. Raises `ServiceError` for an algorithm that is not known."""
    compute = ALGORITHMS.get(algorithm.lower())
    if compute is None:
        raise ServiceError(
            "InvalidRequest", f"Checksum algorithm provided is unsupported: {algorithm[:40]}", 400
        )
    return base64.b64encode(compute(body)).decode()


def given_checksums(headers: list[tuple[str, str]]) -> dict[str, str]:
    """The checksums that headers name, by algorithm. Raises `ServiceError` for more than one."""
    found = [
        (name.removeprefix(PREFIX), value.strip())
        for name, value in headers
        if name.startswith(PREFIX) and name not in ABOUT
    ]
    if len(found) > 1:
        raise ServiceError(
            "InvalidRequest",
            "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
            400,
        )
    return dict(found)


def check_checksum(algorithm: str, value: str, body: bytes) -> None:
    """A body has the checksum that was given. Raises `ServiceError` (400)."""
    found = checksum(algorithm, body)
    if not _is_base64(value, len(base64.b64decode(found))):
        text = f"Value for {PREFIX}{algorithm} header is invalid."
        raise ServiceError("InvalidRequest", text, 400)
    if value != found:
        raise ServiceError(
            "BadDigest",
            f"The {algorithm.upper()} you specified did not match the calculated checksum.",
            400,
        )


def check_md5(value: str, body: bytes) -> None:
    """A body has the MD5 that Content-MD5 says. Raises `ServiceError` (400)."""
    if not _is_base64(value, 16):
        raise ServiceError("InvalidDigest", "The Content-MD5 you specified was invalid.", 400)
    if base64.b64decode(value) != hashlib.md5(body, usedforsecurity=False).digest():
        raise ServiceError(
            "BadDigest", "The Content-MD5 you specified did not match what we received.", 400
        )


def _is_base64(value: str, length: int) -> bool:
    try:
        return len(base64.b64decode(value, validate=True)) == length
    except (binascii.Error, ValueError):
        return False
