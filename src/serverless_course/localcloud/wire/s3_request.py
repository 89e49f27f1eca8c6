"""A verified request to S3, brought into one form: no signature in its address, a plain body.

What S3 takes from the address of a presigned request as a header becomes one; chunks are put
together; a checksum that a client gave has been compared. So nothing behind this reads a request
in a way of its own. Source: Amazon S3 User Guide, "Checking object integrity", and API Reference
(read 2026-11).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import unquote_plus

from .checksums import PREFIX, check_checksum, check_md5, given_checksums
from .errors import ServiceError
from .http import Request
from .payload import HEADER

# What belongs to the signature or to the chunks, and is of no use any more.
SPENT = frozenset({HEADER, "x-amz-trailer", "x-amz-decoded-content-length", "content-length"})
OLD_AUTHENTICATION = frozenset({"AWSAccessKeyId", "Signature", "Expires"})
# What a signature of Version 2 covers in the address, and S3 then takes as headers.
OLD_HEADERS = ("content-type", "content-md5")
AUTHENTICATION = frozenset(
    {
        *("x-amz-algorithm", "x-amz-content-sha256", "x-amz-credential", "x-amz-date"),
        *("x-amz-expires", "x-amz-security-token", "x-amz-signature", "x-amz-signedheaders"),
    }
)
ALGORITHM = "x-amz-sdk-checksum-algorithm"


def unwrapped(request: Request, body: bytes, trailers: Mapping[str, str]) -> Request:
    """The request with a plain ``body``. Raises `ServiceError` (400) for a false checksum."""
    found = replace(without_signature(request), body=body)
    headers = _with(found.headers, list(trailers.items()))
    found.headers = _without_chunks([each for each in headers if each[0] not in SPENT])
    _check_sums(found)
    return found


def without_signature(request: Request) -> Request:
    """The request without a signature in its address, whose headers are headers.

    Raises `ServiceError` (400) for a parameter, or a header in both places, that is given twice.
    """
    query, moved = _unsigned_query(request.query)
    target = request.path + (f"?{query}" if query else "")
    return replace(request, target=target, headers=_with(request.headers, moved))


def _with(headers: list[tuple[str, str]], more: list[tuple[str, str]]) -> list[tuple[str, str]]:
    known = dict(headers)
    added = []
    for name, value in more:
        if known.get(name, value) != value:
            text = f"{name} is given twice, and not the same."
            raise ServiceError("InvalidArgument", text, 400)
        if name not in known:
            known[name] = value
            added.append((name, value))
    return [*headers, *added]


def parameters(request: Request) -> set[str]:
    """The names in a request's address."""
    parts = request.query.split("&") if request.query else []
    return {unquote_plus(part.partition("=")[0]) for part in parts}


def _unsigned_query(query: str) -> tuple[str, list[tuple[str, str]]]:
    """What is left of an address, and what counts as a header."""
    kept: list[str] = []
    moved: list[tuple[str, str]] = []
    seen: set[str] = set()
    parts = query.split("&") if query else []
    old_style = any(part.startswith("AWSAccessKeyId=") for part in parts)
    for part in parts:
        name, _, value = part.partition("=")
        name = unquote_plus(name)
        lower = name.lower()
        if name in seen:
            text = f"The query parameter {name[:100]} is given more than once."
            raise ServiceError("InvalidArgument", text, 400)
        seen.add(name)
        if lower in AUTHENTICATION or (old_style and name in OLD_AUTHENTICATION):
            continue
        if lower.startswith("x-amz-") or (old_style and lower in OLD_HEADERS):
            moved.append((lower, unquote_plus(value)))
        else:
            kept.append(part)
    return "&".join(kept), moved


def _without_chunks(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    kept = []
    for name, value in headers:
        if name != "content-encoding":
            kept.append((name, value))
            continue
        codings = [each.strip() for each in value.split(",")]
        rest = ",".join(each for each in codings if each and each != "aws-chunked")
        if rest:
            kept.append((name, rest))
    return kept


def _check_sums(request: Request) -> None:
    names = parameters(request)
    if request.has_header("content-md5"):
        check_md5(request.header("content-md5"), request.body)
    if request.method not in ("PUT", "POST") or (request.method == "POST" and "uploadId" in names):
        # With the end of a multipart upload comes the whole object's checksum.
        return
    given = given_checksums(request.headers)
    for algorithm, value in given.items():
        check_checksum(algorithm, value, request.body)
    wanted = request.header(ALGORITHM).lower()
    if wanted and wanted not in given:
        raise ServiceError(
            "InvalidRequest",
            f"{ALGORITHM} specified, but no corresponding {PREFIX}* or x-amz-trailer headers "
            "were found.",
            400,
        )
    if given and not wanted:
        request.headers.append((ALGORITHM, next(iter(given)).upper()))
