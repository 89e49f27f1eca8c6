"""Which of S3's operations a request is, and the request with nothing else in it.

S3 has no name of an operation in a request: the method, the path, a sub-resource of the address
and a header say it. moto looks for them one after the other and takes what it does not know for
the plain operation; two of them at once could so ask leave for one and do the other. Here a
request has one sub-resource at most, and loses every parameter of its address that S3 does not
have.

Source: Amazon S3 API Reference, request syntax of each operation, and "Error responses" (read
2026-11); what moto 5.2.5 answers: its `s3/responses.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote, unquote_plus

from ...wire.errors import ServiceError
from ...wire.http import Request

# The sub-resources that are offered, by what they are of and by method.
BUCKET = {
    "GET": frozenset(
        {
            *("accelerate", "acl", "cors", "encryption", "inventory", "lifecycle", "location"),
            *("logging", "notification", "object-lock", "ownershipControls", "policy"),
            *("policyStatus", "publicAccessBlock", "replication", "tagging", "uploads"),
            *("versioning", "versions", "website"),
        }
    ),
    "HEAD": frozenset(),
    "PUT": frozenset(
        {
            *("accelerate", "acl", "cors", "encryption", "inventory", "lifecycle", "logging"),
            *("notification", "object-lock", "ownershipControls", "policy"),
            *("publicAccessBlock", "replication", "tagging", "versioning", "website"),
        }
    ),
    "DELETE": frozenset(
        {
            *("cors", "encryption", "lifecycle", "ownershipControls", "policy"),
            *("publicAccessBlock", "replication", "tagging", "website"),
        }
    ),
    "POST": frozenset({"delete"}),
}
OBJECT = {
    "GET": frozenset({"acl", "attributes", "legal-hold", "tagging", "uploadId"}),
    "HEAD": frozenset(),
    "PUT": frozenset({"acl", "legal-hold", "retention", "tagging", "uploadId"}),
    "DELETE": frozenset({"tagging", "uploadId"}),
    "POST": frozenset({"restore", "select", "uploadId", "uploads"}),
}
# Sub-resources that S3 has and nobody here answers.
NOT_ANSWERED = frozenset(
    {
        *("abac", "analytics", "annotation", "intelligent-tiering", "metadataAnnotationTable"),
        *("metadataConfiguration", "metadataInventoryTable", "metadataJournalTable"),
        *("metadataTable", "metrics"),
        *("renameObject", "requestPayment", "session", "torrent"),
    }
)
SUBRESOURCES = frozenset(
    {
        *NOT_ANSWERED,
        *(each for level in (BUCKET, OBJECT) for used in level.values() for each in used),
    }
)
# What else an address may hold. Everything that is in none of these is left out, as S3 ignores it.
PARAMETERS = frozenset(
    {
        *("list-type", "prefix", "delimiter", "max-keys", "marker", "continuation-token"),
        *("start-after", "encoding-type", "fetch-owner", "key-marker", "version-id-marker"),
        *("upload-id-marker", "max-uploads", "partNumber", "versionId", "max-parts"),
        *("part-number-marker", "select-type", "id", "response-cache-control"),
        *("response-content-disposition", "response-content-encoding", "response-expires"),
        *("response-content-language", "response-content-type"),
    }
)
CONFLICT = "Conflicting query string parameters: {}"
NOT_OFFERED = (
    "A header or a query parameter you provided implies functionality that is not implemented: "
    "the embedded cloud does not offer the sub-resource '{}'."
)
NO_METHOD = "The specified method is not allowed against this resource."
NO_SOURCE = "Copy Source must mention the source bucket and key: sourcebucket/sourcekey"
COPY_SOURCE = "x-amz-copy-source"


@dataclass(frozen=True)
class Copied:
    """The object that a copy reads; ``version`` may be empty."""

    bucket: str
    key: str
    version: str

    @property
    def header(self) -> str:
        """As x-amz-copy-source names it, in one way."""
        version = f"?versionId={quote(self.version, safe='')}" if self.version else ""
        return quote(f"{self.bucket}/{self.key}", safe="/~") + version


@dataclass(frozen=True)
class ObjectRequest:
    """A request to S3, read. ``bucket`` or ``key`` may be empty, and so may ``subresource``;
    ``query`` holds what else the address says."""

    method: str
    bucket: str
    key: str
    subresource: str
    query: Mapping[str, str]
    source: Copied | None


def read_objects(request: Request) -> ObjectRequest:
    """What a request to S3 is. Raises `ServiceError` for what S3 would not do, or nobody here."""
    bucket, _, key = unquote(request.path).lstrip("/").partition("/")
    query = query_of(request.query)
    named = sorted(SUBRESOURCES.intersection(query))
    offered = (OBJECT if key else BUCKET).get(request.method)
    if offered is None or (not bucket and request.method != "GET"):
        raise ServiceError("MethodNotAllowed", NO_METHOD, 405)
    if len(named) > 1:
        raise ServiceError("InvalidArgument", CONFLICT.format(", ".join(named)))
    if named and named[0] not in offered:
        raise ServiceError("NotImplemented", NOT_OFFERED.format(named[0]), 501)
    subresource = named[0] if named and bucket else ""
    if request.method == "POST" and not subresource:
        raise ServiceError("MethodNotAllowed", NO_METHOD, 405)
    source = None
    if request.has_header(COPY_SOURCE) and request.method == "PUT" and key:
        if subresource not in ("", "uploadId"):
            raise ServiceError("InvalidArgument", CONFLICT.format(f"{subresource}, {COPY_SOURCE}"))
        source = _copied(request.header(COPY_SOURCE))
    return ObjectRequest(request.method, bucket, key, subresource, query, source)


def one_reading(request: Request, read: ObjectRequest) -> Request:
    """The request with nothing in its address and its copy source but what was read."""
    path = quote(f"/{read.bucket}" + (f"/{read.key}" if read.key else ""), safe="/~")
    kept = [
        f"{quote(name, safe='~')}={quote(value, safe='~')}"
        for name, value in read.query.items()
        if name in PARAMETERS or name == read.subresource
    ]
    headers = [
        (name, value)
        for name, value in request.headers
        if name != COPY_SOURCE
        and not (request.method in ("GET", "HEAD") and name == "content-type")
    ]
    if read.source is not None:
        headers.append((COPY_SOURCE, read.source.header))
    target = path + ("?" + "&".join(kept) if kept else "")
    return replace(request, target=target, headers=headers)


def query_of(text: str) -> dict[str, str]:
    """The parameters of an address; of two with one name the first."""
    found: dict[str, str] = {}
    for part in text.split("&") if text else []:
        name, _, value = part.partition("=")
        found.setdefault(unquote_plus(name), unquote_plus(value))
    return found


def _copied(text: str) -> Copied:
    path, _, rest = text.partition("?")
    bucket, _, key = unquote(path).lstrip("/").partition("/")
    name, _, version = rest.partition("=")
    if not bucket or not key or (rest and name != "versionId"):
        raise ServiceError("InvalidArgument", NO_SOURCE)
    return Copied(bucket, key, unquote(version))
