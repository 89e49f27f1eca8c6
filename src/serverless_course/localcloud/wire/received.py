"""A request as it came, made into one that is verified: who signed it, and one plain form of it.

S3 has four ways to sign a request; the other services have two. Whichever it was, nothing behind
this sees it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import unquote

from .auth_errors import two_mechanisms
from .aws_chunked import Chunks
from .bucket_address import path_with_bucket
from .canonical import sha256
from .claims import claims_of
from .credential import Credential, Scope
from .errors import ServiceError
from .http import Request, Response
from .old_signature import REGION, is_old, verify_old
from .payload import STREAMING, check_hash, payload_hash
from .post_form import is_post_form, verify_form
from .s3_request import unwrapped, without_signature
from .signature import check, verify_claims

_SCOPE = re.compile(r"Credential=[^,&]*/([a-z0-9-]+)/aws4_request")
Find = Callable[[str], Credential | None]


@dataclass(frozen=True)
class Received:
    """A verified request. ``answer`` makes the answer's last form, ``is_form`` for a form's."""

    scope: Scope
    request: Request
    answer: Callable[[Response], Response] | None = None

    @property
    def is_form(self) -> bool:
        """Whether the object was uploaded by a form."""
        return self.answer is not None


def receive(request: Request, find: Find, now: float | None = None) -> Received:
    """Verify a request. Raises `ServiceError` (4xx) in AWS's words.

    ``find`` maps an access key id to its credential; ``now`` is seconds since the epoch.
    """
    if not request.has_header("authorization"):
        if is_old(request):
            _one_mechanism(request)
            scope = verify_old(request, find, now)
            return Received(scope, unwrapped(request, request.body, {}))
        if is_post_form(request) and "?" not in request.target:
            upload = verify_form(request, find, now)
            put = unwrapped(upload.request, upload.request.body, {})
            return Received(upload.scope, put, upload.answer)
    claims = claims_of(request)
    if claims.scope.service != "s3":
        return Received(verify_claims(request, claims, find, now), request)
    claimed = payload_hash(request, claims, "")
    credential = check(request, claims, find, claimed, now)
    if claimed in STREAMING:
        chunks = Chunks(request.body, claimed, claims, credential.secret_access_key)
        announced = request.header("x-amz-trailer")
        length = request.header("x-amz-decoded-content-length")
        decoded = chunks.decode(announced, length)
        return Received(claims.scope, unwrapped(request, decoded.body, decoded.trailers))
    if len(claimed) == 64:
        check_hash(claimed, sha256(request.body))
    return Received(claims.scope, unwrapped(request, request.body, {}))


def verify_s3_head(head: Request, find: Find, now: float | None = None) -> None:
    """Check a request to S3 by its head, before its body is read. Raises `ServiceError`.

    Its signature covers the hash that the head names, or none.
    """
    if is_old(head) and not head.has_header("authorization"):
        verify_old(head, find, now)
        return
    claims = claims_of(head)
    check(head, claims, find, payload_hash(head, claims, ""), now)


def claimed(request: Request) -> Received:
    """What a request says that it is, without a check. Raises `ServiceError`."""
    if not request.has_header("authorization"):
        if is_old(request):
            return Received(Scope("", "", REGION, "s3"), without_signature(request))
        if is_post_form(request) and "?" not in request.target:
            target = path_with_bucket(request).rstrip("/") + "/key"
            return Received(
                Scope("", "", REGION, "s3"), replace(request, method="PUT", target=target)
            )
    scope = claims_of(request).scope
    return Received(scope, without_signature(request) if scope.service == "s3" else request)


def service_of(request: Request) -> str:
    """The service that a request speaks to, as far as it can be told; empty when it cannot."""
    try:
        return claimed(request).scope.service
    except ServiceError:
        pass
    for text in (request.header("authorization"), unquote(request.query)):
        match = _SCOPE.search(text)
        if match:
            return match[1]
    old = is_old(request) or request.header("authorization").startswith("AWS ")
    return "s3" if old else ""


def _one_mechanism(request: Request) -> None:
    if "X-Amz-" in request.query:
        raise two_mechanisms()
