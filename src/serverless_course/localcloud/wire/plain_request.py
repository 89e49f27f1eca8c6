"""One reading of a request: what is authorized is what moto then does.

moto reads parameters wherever it finds them: an ``Action`` in the address counts before the
operation in a header, parameters in the address before those in the body, a JSON text that holds
``&name=value`` as a form, and an empty body's parameters in the headers; it takes the region from
the user agent and, of a presigned request, the service from the body. Who may do one thing could
have another done. So a request loses what AWS's protocols do not have, and its signature's scope
is written again, before it is looked at; what is left is read once for its operation
(`iam.requested`), and moto is held to that (`moto_seam.decided`).
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from .bucket_address import path_with_bucket
from .errors import ServiceError
from .http import Request
from .signature import Scope

FORM = "application/x-www-form-urlencoded"
MAX_UNZIPPED_BYTES = 64 * 1024 * 1024
# Headers that say what a request is; of two with one name, AWS and moto may take different ones.
DECIDING = frozenset(
    {
        *("authorization", "content-encoding", "content-type", "host", "smithy-protocol"),
        *("user-agent", "x-amz-copy-source", "x-amz-target", "x-amzn-trace-id"),
    }
)
METADATA = "x-amz-meta-"


def plain(request: Request, scope: Scope, host: str) -> Request:
    """The request with one reading. ``scope`` is its verified signature's, ``host`` this server.

    Raises `ServiceError` for a body that is not what its headers say.
    """
    headers = _headers(request, scope, host)
    body = request.body
    if scope.service == "s3":
        return replace(request, target=_bucket_in_path(request), headers=headers)
    if request.header("content-encoding") == "gzip":
        body = _unzipped(body)
        headers = [(name, value) for name, value in headers if name != "content-encoding"]
    target = request.target
    if request.has_header("x-amz-target"):
        # Outside a text JSON has no &, and within one \u0026 is the same.
        body = body.replace(b"&", rb"\u0026") or b"{}"
        target = request.path
    elif speaks_form(request):
        body = _first_values(body)
        target = request.path
    elif request.has_header("smithy-protocol"):
        target = request.path
    elif not form_in_address(request, scope.service):
        target = _without_action(request)
    return replace(request, target=target, headers=headers, body=body)


def speaks_form(request: Request) -> bool:
    """Whether the body is a form: AWS's query protocol."""
    return request.header("content-type").lower().startswith(FORM)


def form_in_address(request: Request, service: str) -> bool:
    """Whether the address holds what a form does; SQS's may be a queue's."""
    return (request.path == "/" or service == "sqs") and "Action=" in request.query


def _headers(request: Request, scope: Scope, host: str) -> list[tuple[str, str]]:
    """Without a second of those that decide, without an Action, and without underscores.

    A gateway interface like WSGI cannot tell ``x_amz_target`` from ``x-amz-target``.
    """
    credential = f"{scope.access_key_id}/{scope.date}/{scope.region}/{scope.service}/aws4_request"
    own = {
        "authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host",
        "host": host,
        "user-agent": request.header("user-agent").replace("region/", "region-"),
    }
    seen = set(own)
    kept = list(own.items())
    for name, value in request.headers:
        underscored = "_" in name and not name.startswith(METADATA)
        if underscored or name == "action" or (name in DECIDING and name in seen):
            continue
        seen.add(name)
        kept.append((name, value))
    return kept


def _bucket_in_path(request: Request) -> str:
    """A target that begins with the bucket, also where the host named it."""
    path = "/" + path_with_bucket(request).lstrip("/")
    return path + (f"?{request.query}" if request.query else "")


def _first_values(body: bytes) -> bytes:
    found: dict[str, str] = {}
    for name, value in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True):
        found.setdefault(name, value)
    return urlencode(found).encode()


def _without_action(request: Request) -> str:
    parts = [part for part in request.query.split("&") if part.partition("=")[0] != "Action"]
    return request.path + ("?" + "&".join(parts) if request.query else "")


def _unzipped(body: bytes) -> bytes:
    reader = zlib.decompressobj(wbits=31)
    try:
        found = reader.decompress(body, MAX_UNZIPPED_BYTES)
    except zlib.error as error:
        raise ServiceError("SerializationException", "The body is not what it says.") from error
    if reader.unconsumed_tail:
        raise ServiceError("RequestEntityTooLargeException", "The body is too large.", 413)
    return found
