"""S3's presigned URLs of Signature Version 2: boto3's default where a region knows them.

Sources: Amazon S3 User Guide, "Signing and authenticating REST requests (AWS signature version 2)",
query string request authentication (read 2026-11); botocore's signer, against which the tests
hold it. The list of signed parameters is that document's: what it lacks is not signed, and is
refused here, except for what narrows a listing.
"""

from __future__ import annotations

import base64
import hmac
import re
import time
from collections.abc import Callable
from urllib.parse import parse_qsl, unquote

from .auth_errors import mismatch, unknown_token
from .bucket_address import path_with_bucket
from .credential import Credential, Scope
from .errors import ServiceError
from .http import Request

# Signature Version 2 names no region.
REGION = "us-east-1"
SIGNED = frozenset(
    {
        *("accelerate", "acl", "analytics", "cors", "defaultObjectAcl", "delete", "inventory"),
        *("lifecycle", "location", "logging", "metrics", "notification", "object-lock"),
        *("partNumber", "policy", "replication", "requestPayment", "restore", "select"),
        *("select-type", "storageClass", "tagging", "torrent", "uploadId", "uploads"),
        *("versionId", "versioning", "versions", "website"),
        *("response-cache-control", "response-content-disposition", "response-content-encoding"),
        *("response-content-language", "response-content-type", "response-expires"),
    }
)
LISTING = frozenset(
    {
        *("continuation-token", "delimiter", "encoding-type", "fetch-owner", "key-marker"),
        *("list-type", "marker", "max-keys", "max-uploads", "prefix", "start-after"),
        *("upload-id-marker", "version-id-marker"),
    }
)
OWN = frozenset({"AWSAccessKeyId", "Signature", "Expires"})
MOVED = ("content-md5", "content-type")


def is_old(request: Request) -> bool:
    """Whether a request's address bears a signature of Version 2."""
    return "?" in request.target and any(
        name == "AWSAccessKeyId" for name, _ in parse_qsl(request.query, keep_blank_values=True)
    )


def verify_old(
    request: Request, find: Callable[[str], Credential | None], now: float | None = None
) -> Scope:
    """Check the signature and return its scope. Raises `ServiceError` (400, 403)."""
    pairs = parse_qsl(request.query, keep_blank_values=True)
    query = dict(pairs)
    if len(query) != len(pairs) or not all(query.get(name) for name in OWN):
        raise ServiceError(
            "AccessDenied",
            "Query-string authentication requires the Signature, Expires and AWSAccessKeyId "
            "parameters, each once.",
            403,
        )
    _check_expiry(query["Expires"], time.time() if now is None else now)
    credential = find(query["AWSAccessKeyId"])
    if credential is None:
        raise ServiceError(
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
            403,
        )
    token = query.get("x-amz-security-token", "")
    if not hmac.compare_digest(token.encode(), (credential.session_token or "").encode()):
        raise unknown_token()
    given = query["Signature"].encode("utf-8", "replace")
    secret = credential.secret_access_key.encode()
    for path in _paths(request):
        text = _string_to_sign(request, query, path)
        signed = base64.b64encode(hmac.new(secret, text.encode(), "sha1").digest())
        if hmac.compare_digest(signed, given):
            break
    else:
        raise mismatch("s3")
    return Scope(credential.access_key_id, time.strftime("%Y%m%d", time.gmtime()), REGION, "s3")


def _check_expiry(text: str, now: float) -> None:
    if not re.fullmatch(r"\d{1,12}", text, re.ASCII):
        shown = text[:20]
        raise ServiceError(
            "AccessDenied", f"Invalid date (should be seconds since epoch): {shown}", 403
        )
    if now > int(text):
        raise ServiceError("AccessDenied", "Request has expired", 403)


def _paths(request: Request) -> tuple[str, ...]:
    """A bucket's path with and without the slash at its end: botocore signs it with one."""
    path = path_with_bucket(request)
    return (path, f"{path}/") if "/" not in path[1:] else (path,)


def _string_to_sign(request: Request, query: dict[str, str], path: str) -> str:
    amz = {name: value for name, value in query.items() if name.startswith("x-amz-")}
    standard = {name: query[name] for name in MOVED if name in query}
    for name, value in request.headers:
        if name.startswith("x-amz-"):
            amz[name] = f"{amz[name]},{value.strip()}" if name in amz else value.strip()
        elif name in MOVED:
            standard.setdefault(name, value.strip())
    extra = set(query) - SIGNED - OWN - set(amz) - set(MOVED)
    if extra and not (extra <= LISTING and request.method in ("GET", "HEAD")):
        raise mismatch("s3")
    lines = [request.method, *(standard.get(name, "") for name in MOVED), query["Expires"]]
    lines += [f"{name}:{amz[name]}" for name in sorted(amz)]
    return "\n".join([*lines, _resource(request, path)])


def _resource(request: Request, path: str) -> str:
    parts = [part.split("=", 1) for part in request.query.split("&")]
    signed = sorted((part for part in parts if part[0] in SIGNED), key=lambda part: part[0])
    shown = "&".join("=".join([part[0], *map(unquote, part[1:])]) for part in signed)
    return path + (f"?{shown}" if shown else "")
