"""Bodies that S3 gets in chunks: each may be signed, and a trailer may name a checksum.

Sources: Amazon S3 API Reference, "Signature Calculations for the Authorization Header:
Transferring Payload in Multiple Chunks" and "... Including Trailing Headers"; "List of error
codes" (read 2026-11).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass

from .auth_errors import mismatch
from .canonical import sha256, sign, string_to_sign
from .checksums import ALGORITHMS, PREFIX
from .claims import ALGORITHM, Claims
from .errors import ServiceError
from .payload import SIGNED_CHUNKS_AND_TRAILER, UNSIGNED_CHUNKS_AND_TRAILER

# Every chunk but the last has at least so many bytes.
LEAST_CHUNK = 8192
MAX_LINE = 8192
MAX_TRAILERS = 16
_EMPTY = hashlib.sha256(b"").hexdigest()
_SIZE = re.compile(rb"[0-9a-fA-F]{1,16}")
_EXTENSION = re.compile(rb"chunk-signature=([0-9a-f]{64})")


@dataclass(frozen=True)
class Decoded:
    """What a chunked body holds: the object's own bytes, and its trailing checksum's header."""

    body: bytes
    trailers: dict[str, str]


class Chunks:
    """A chunked body being read. ``secret`` is the signer's, None when chunks are not signed."""

    def __init__(self, body: bytes, kind: str, claims: Claims, secret: str) -> None:
        self._body = body
        self._at = 0
        self._kind = kind
        self._claims = claims
        self._secret = secret
        self._signed = kind != UNSIGNED_CHUNKS_AND_TRAILER
        self._previous = claims.signature

    def decode(self, announced: str, length: str) -> Decoded:
        """Everything, verified. ``announced`` is x-amz-trailer, ``length`` the decoded length.

        Raises `ServiceError` (400, 403, 411) for what is malformed, cut short or not signed.
        """
        if not re.fullmatch(r"\d{1,18}", length, re.ASCII):
            text = "You must provide the x-amz-decoded-content-length HTTP header."
            raise ServiceError("MissingContentLength", text, 411)
        parts: list[bytes] = []
        sizes: list[int] = []
        while chunk := self._chunk():
            parts.append(chunk)
            sizes.append(len(chunk))
        if any(size < LEAST_CHUNK for size in sizes[:-1]):
            text = "Only the last chunk is allowed to have a size less than 8192 bytes"
            raise ServiceError("InvalidChunkSizeError", text, 403)
        body = b"".join(parts)
        if len(body) != int(length):
            raise incomplete_body()
        trailers = self._trailers(announced.strip().lower())
        if self._at != len(self._body):
            raise malformed_trailer()
        return Decoded(body, trailers)

    def _chunk(self) -> bytes:
        head, _, extension = self._line().partition(b";")
        if not _SIZE.fullmatch(head.strip()):
            raise ServiceError("InvalidChunkSizeError", "The chunk size is no number.", 400)
        size = int(head, 16)
        data = self._body[self._at : self._at + size]
        if len(data) != size:
            raise incomplete_body()
        self._at += size
        if self._signed:
            self._check_chunk(extension, data)
        elif extension:
            raise ServiceError("InvalidRequest", "An unsigned chunk has no extension.", 400)
        has_trailer = self._kind in (SIGNED_CHUNKS_AND_TRAILER, UNSIGNED_CHUNKS_AND_TRAILER)
        if size or not has_trailer:
            self._end_of_line(optional=not size)
        return data

    def _check_chunk(self, extension: bytes, data: bytes) -> None:
        match = _EXTENSION.fullmatch(extension.strip())
        if match is None:
            raise mismatch("s3")
        text = string_to_sign(
            f"{ALGORITHM}-PAYLOAD", self._claims, self._previous, _EMPTY, sha256(data)
        )
        self._compare(text, match[1].decode())

    def _compare(self, text: str, given: str) -> None:
        expected = sign(self._secret, self._claims.scope, text)
        if not hmac.compare_digest(expected, given):
            raise mismatch("s3")
        self._previous = expected

    def _trailers(self, announced: str) -> dict[str, str]:
        if self._kind not in (SIGNED_CHUNKS_AND_TRAILER, UNSIGNED_CHUNKS_AND_TRAILER):
            if announced:
                raise malformed_trailer()
            return {}
        if announced.removeprefix(PREFIX) not in ALGORITHMS or not announced.startswith(PREFIX):
            text = "The value specified in the x-amz-trailer header is not supported"
            raise ServiceError("InvalidRequest", text, 400)
        found: dict[str, str] = {}
        lines: list[bytes] = []
        while self._at < len(self._body):
            line = self._line()
            if not line and self._signed:
                # Before its own signature a signed trailer has an empty line.
                continue
            if not line:
                break
            name, colon, value = line.partition(b":")
            key = name.decode("latin-1").strip().lower()
            if not colon or key in found or len(found) >= MAX_TRAILERS:
                raise malformed_trailer()
            found[key] = value.decode("latin-1").strip()
            if key != "x-amz-trailer-signature":
                lines.append(line + b"\n")
        signature = found.pop("x-amz-trailer-signature", "")
        if set(found) != {announced}:
            raise malformed_trailer()
        if self._signed:
            text = string_to_sign(
                f"{ALGORITHM}-TRAILER", self._claims, self._previous, sha256(b"".join(lines))
            )
            self._compare(text, signature)
        elif signature:
            raise malformed_trailer()
        return found

    def _line(self) -> bytes:
        end = self._body.find(b"\n", self._at, self._at + MAX_LINE)
        if end < 0:
            raise incomplete_body()
        line = self._body[self._at : end]
        self._at = end + 1
        return line.removesuffix(b"\r")

    def _end_of_line(self, *, optional: bool) -> None:
        if self._body.startswith(b"\r\n", self._at):
            self._at += 2
        elif not (optional and self._at == len(self._body)):
            raise incomplete_body()


def incomplete_body() -> ServiceError:
    """A body that is shorter, or longer, than it says."""
    return ServiceError(
        "IncompleteBody",
        "The request body terminated unexpectedly",
        400,
    )


def malformed_trailer() -> ServiceError:
    """Trailing headers that are not those that were announced."""
    return ServiceError(
        "MalformedTrailerError",
        "The request contained trailing data that was not well-formed or did not conform to our "
        "published schema.",
        400,
    )
