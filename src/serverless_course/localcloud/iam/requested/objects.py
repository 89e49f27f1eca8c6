"""S3: the action behind a method, a path and a subresource.

Source: Amazon S3 User Guide, "Required permissions for Amazon S3 API operations", and Service
Authorization Reference, S3 (read 2026-11).
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, unquote
from xml.sax.saxutils import unescape

from ...wire.http import Request
from .need import UNKNOWN, Need

# By subresource: what its action is called, after Get, Put or Delete.
BUCKET = {
    "accelerate": "AccelerateConfiguration",
    "acl": "BucketAcl",
    "analytics": "AnalyticsConfiguration",
    "cors": "BucketCORS",
    "encryption": "EncryptionConfiguration",
    "intelligent-tiering": "IntelligentTieringConfiguration",
    "inventory": "InventoryConfiguration",
    "lifecycle": "LifecycleConfiguration",
    "location": "BucketLocation",
    "logging": "BucketLogging",
    "metrics": "MetricsConfiguration",
    "notification": "BucketNotification",
    "object-lock": "BucketObjectLockConfiguration",
    "ownershipControls": "BucketOwnershipControls",
    "policy": "BucketPolicy",
    "policyStatus": "BucketPolicyStatus",
    "publicAccessBlock": "BucketPublicAccessBlock",
    "replication": "ReplicationConfiguration",
    "requestPayment": "BucketRequestPayment",
    "tagging": "BucketTagging",
    "versioning": "BucketVersioning",
    "website": "BucketWebsite",
}
# These have no Delete action of their own: deleting is putting nothing.
PUT_TO_DELETE = frozenset(
    {
        *("analytics", "cors", "encryption", "intelligent-tiering", "inventory", "lifecycle"),
        *("metrics", "ownershipControls", "publicAccessBlock", "replication", "tagging"),
    }
)
OBJECT = {
    "acl": "ObjectAcl",
    "attributes": "ObjectAttributes",
    "legal-hold": "ObjectLegalHold",
    "retention": "ObjectRetention",
    "tagging": "ObjectTagging",
    "torrent": "ObjectTorrent",
}
VERSIONED = frozenset({"Object", "ObjectAcl", "ObjectAttributes", "ObjectTagging"})
# What a listing's address may hold; anything else is a subresource that is not known here.
LISTING = re.compile(
    r"(list-type|prefix|delimiter|max-keys|marker|continuation-token|start-after|encoding-type"
    r"|fetch-owner|x-id|X-Amz-[\w-]+|x-amz-[\w-]+)$"
)
_KEY = re.compile(rb"<Key>(.*?)</Key>", re.DOTALL)


def needs(request: Request) -> list[Need]:
    """What a request to S3 asks leave for."""
    bucket, key = _bucket_and_key(request)
    query = dict(parse_qsl(request.query, keep_blank_values=True))
    if not bucket:
        return [Need("s3:ListAllMyBuckets")]
    if key:
        return _object_needs(request, f"arn:aws:s3:::{bucket}/{key}", query)
    return _bucket_needs(request, f"arn:aws:s3:::{bucket}", query)


def _bucket_and_key(request: Request) -> tuple[str, str]:
    bucket, _, key = unquote(request.path).lstrip("/").partition("/")
    return bucket, key


def _bucket_needs(request: Request, bucket: str, query: dict[str, str]) -> list[Need]:
    method = request.method
    found = [
        Need(f"s3:{_verb(method, subresource)}{name}", bucket)
        for subresource, name in BUCKET.items()
        if subresource in query
    ]
    if "delete" in query:
        keys = [unescaped(key) for key in _KEY.findall(request.body)] or ["*"]
        found += [Need("s3:DeleteObject", f"{bucket}/{key}") for key in keys]
    if "versions" in query:
        found.append(Need("s3:ListBucketVersions", bucket, _listing(query)))
    if "uploads" in query:
        found.append(Need("s3:ListBucketMultipartUploads", bucket))
    if found:
        return found
    if any(not LISTING.match(name) for name in query):
        return [Need(f"s3:{UNKNOWN}", bucket)]
    if method in ("GET", "HEAD"):
        return [Need("s3:ListBucket", bucket, _listing(query))]
    return [Need("s3:DeleteBucket" if method == "DELETE" else "s3:CreateBucket", bucket)]


def _object_needs(request: Request, resource: str, query: dict[str, str]) -> list[Need]:
    method = request.method
    version = "Version" if "versionId" in query else ""
    verb = {"PUT": "Put", "DELETE": "Delete"}.get(method, "Get")
    found = [
        Need(f"s3:{verb}{_versioned(name, version)}", resource)
        for subresource, name in OBJECT.items()
        if subresource in query
    ]
    if "restore" in query:
        found.append(Need("s3:RestoreObject", resource))
    if found:
        return found
    if "uploadId" in query and method in ("GET", "DELETE"):
        action = "ListMultipartUploadParts" if method == "GET" else "AbortMultipartUpload"
        return [Need(f"s3:{action}", resource)]
    if method in ("GET", "HEAD") or "select" in query:
        return [Need(f"s3:Get{_versioned('Object', version)}", resource)]
    if method == "DELETE":
        return [Need(f"s3:Delete{_versioned('Object', version)}", resource)]
    return _put_needs(request, resource)


def _put_needs(request: Request, resource: str) -> list[Need]:
    context = {
        f"s3:{name}": request.header(name)
        for name in ("x-amz-acl", "x-amz-server-side-encryption", "x-amz-storage-class")
        if request.has_header(name)
    }
    found = [Need("s3:PutObject", resource, context)]
    if request.has_header("x-amz-acl"):
        found.append(Need("s3:PutObjectAcl", resource, context))
    if request.has_header("x-amz-tagging"):
        found.append(Need("s3:PutObjectTagging", resource))
    source = request.header("x-amz-copy-source")
    if source:
        path, _, version = source.partition("?versionId=")
        action = "s3:GetObjectVersion" if version else "s3:GetObject"
        found.append(Need(action, f"arn:aws:s3:::{unquote(path).lstrip('/')}"))
    return found


def _verb(method: str, subresource: str) -> str:
    if method == "DELETE":
        return "Put" if subresource in PUT_TO_DELETE else "Delete"
    return "Put" if method == "PUT" else "Get"


def _versioned(name: str, version: str) -> str:
    return name.replace("Object", f"Object{version}", 1) if name in VERSIONED else name


def _listing(query: dict[str, str]) -> dict[str, Any]:
    keys = ("prefix", "delimiter", "max-keys")
    return {f"s3:{key}": query[key] for key in keys if key in query}


def unescaped(text: bytes) -> str:
    """An XML text without its entities."""
    return unescape(text.decode("utf-8", "replace"), {"&quot;": '"', "&apos;": "'"})
