"""The name of S3's operation that a request is: a method, a path, a sub-resource, a header.

Source: botocore's model of S3, and Amazon S3 API Reference, request syntax of each operation (read
2026-11).
"""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import unquote

from ...wire.errors import ServiceError
from ...wire.http import Request
from .object_request import COPY_SOURCE, query_of
from .services import NOT_OFFERED

# Of two operations with one request, AWS's newer name; the older one is what old SDKs call it.
OLDER = frozenset(
    {
        *("GetBucketLifecycle", "GetBucketNotification", "ListDirectoryBuckets"),
        *("PutBucketLifecycle", "PutBucketNotification"),
    }
)
# Of which there are several: the parameter that names one; without it they are listed.
ONE_OF_SEVERAL = {
    **dict.fromkeys(("analytics", "intelligent-tiering", "inventory", "metrics"), "id"),
    "annotation": "annotationName",
}
# How the paths of Amazon S3 Control begin: no bucket of this name can be used.
CONTROL = "/v20180820/"
LEVELS = {"/": "", "/{Bucket}": "bucket", "/{Bucket}/{Key+}": "key"}
# Operations that only a parameter or a header tells from another one.
BY_MORE = frozenset(
    {
        *("AbortMultipartUpload", "CompleteMultipartUpload", "CopyObject", "ListObjectsV2"),
        *("ListParts", "UploadPart", "UploadPartCopy"),
    }
)
OF_UPLOADS = {
    "DELETE": "AbortMultipartUpload",
    "GET": "ListParts",
    "POST": "CompleteMultipartUpload",
    "PUT": "UploadPart",
}


def object_operation(request: Request) -> str:
    """The operation's name; empty where S3 has none for such a request, or more than one.

    Raises `ServiceError` for Amazon S3 Control, whose requests are signed as S3's are.
    """
    if request.path.startswith(CONTROL):
        raise ServiceError("NotImplemented", NOT_OFFERED.format("s3control"), 501)
    bucket, _, key = unquote(request.path).lstrip("/").partition("/")
    level = "key" if key else "bucket" if bucket else ""
    query = query_of(request.query)
    if level == "key":
        if "uploadId" in query:
            name = OF_UPLOADS.get(request.method, "")
            copied = name == "UploadPart" and request.has_header(COPY_SOURCE)
            return "UploadPartCopy" if copied else name
        if request.method == "PUT" and request.has_header(COPY_SOURCE):
            return "CopyObject"
    if level == "bucket" and request.method == "GET" and query.get("list-type") == "2":
        return "ListObjectsV2"
    known = _known()
    named = [each for each in query if (level, request.method, each) in known]
    if len(named) > 1:
        return ""
    subresource = named[0] if named else ""
    found = known.get((level, request.method, subresource), ())
    if subresource in ONE_OF_SEVERAL:
        found = tuple(
            each
            for each in found
            if each.startswith("List") != (ONE_OF_SEVERAL[subresource] in query)
        )
    return found[0] if found else ""


@lru_cache(maxsize=1)
def _known() -> dict[tuple[str, str, str], tuple[str, ...]]:
    """The operations by level, method and sub-resource."""
    from botocore.loaders import create_loader  # noqa: PLC0415 - the port answers before it

    found: dict[tuple[str, str, str], tuple[str, ...]] = {}
    for name, each in create_loader().load_service_model("s3", "service-2")["operations"].items():
        path, _, query = each["http"]["requestUri"].partition("?")
        if path in LEVELS and name not in OLDER | BY_MORE:
            subresource = query.partition("&")[0].partition("=")[0]
            key = (LEVELS[path], each["http"]["method"], subresource)
            found[key] = (*found.get(key, ()), name)
    return found
