"""S3: the action behind a method, a path and a subresource.

Source: Amazon S3 User Guide, "Required permissions for Amazon S3 API operations", and Service
Authorization Reference, S3 (read 2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...wire.http import Request
from .deleted_keys import deleted_keys
from .need import Need
from .object_request import ObjectRequest, read_objects

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
# Headers of CreateBucket that need more than it.
CREATED_WITH = {
    "x-amz-acl": ("PutBucketAcl",),
    "x-amz-bucket-object-lock-enabled": ("PutBucketObjectLockConfiguration", "PutBucketVersioning"),
    "x-amz-object-ownership": ("PutBucketOwnershipControls",),
}
# Headers of PutObject that need more than it; a grant is an access control list.
PUT_WITH = {
    "x-amz-acl": "PutObjectAcl",
    "x-amz-grant-full-control": "PutObjectAcl",
    "x-amz-grant-read": "PutObjectAcl",
    "x-amz-grant-read-acp": "PutObjectAcl",
    "x-amz-grant-write-acp": "PutObjectAcl",
    "x-amz-object-lock-legal-hold": "PutObjectLegalHold",
    "x-amz-object-lock-mode": "PutObjectRetention",
    "x-amz-tagging": "PutObjectTagging",
}
CONDITIONS = ("x-amz-acl", "x-amz-server-side-encryption", "x-amz-storage-class")


def needs(request: Request) -> list[Need]:
    """What a request to S3 asks leave for. Raises `ServiceError` for what S3 would not do."""
    read = read_objects(request)
    if not read.bucket:
        return [Need("s3:ListAllMyBuckets")]
    if read.key:
        return _object_needs(request, read, f"arn:aws:s3:::{read.bucket}/{read.key}")
    return list(_bucket_needs(request, read, f"arn:aws:s3:::{read.bucket}"))


def _bucket_needs(request: Request, read: ObjectRequest, bucket: str) -> Iterator[Need]:
    method, subresource = read.method, read.subresource
    if subresource == "delete":
        for key, version in deleted_keys(request.body):
            yield Need(f"s3:Delete{_versioned('Object', version)}", f"{bucket}/{key}")
    elif subresource == "versions":
        yield Need("s3:ListBucketVersions", bucket, _listing(read.query))
    elif subresource == "uploads":
        yield Need("s3:ListBucketMultipartUploads", bucket)
    elif subresource:
        yield Need(f"s3:{_verb(method, subresource)}{BUCKET[subresource]}", bucket)
    elif method in ("GET", "HEAD"):
        yield Need("s3:ListBucket", bucket, _listing(read.query))
    elif method == "DELETE":
        yield Need("s3:DeleteBucket", bucket)
    else:
        yield Need("s3:CreateBucket", bucket)
        for header, actions in CREATED_WITH.items():
            if request.has_header(header):
                yield from (Need(f"s3:{action}", bucket) for action in actions)


def _object_needs(request: Request, read: ObjectRequest, resource: str) -> list[Need]:
    method, subresource = read.method, read.subresource
    version = read.query.get("versionId", "")
    if subresource in OBJECT:
        verb = {"PUT": "Put", "DELETE": "Delete"}.get(method, "Get")
        return [Need(f"s3:{verb}{_versioned(OBJECT[subresource], version)}", resource)]
    if subresource == "restore":
        return [Need("s3:RestoreObject", resource)]
    if subresource == "uploadId" and method in ("GET", "DELETE"):
        action = "ListMultipartUploadParts" if method == "GET" else "AbortMultipartUpload"
        return [Need(f"s3:{action}", resource)]
    if method in ("GET", "HEAD") or subresource == "select":
        return [Need(f"s3:Get{_versioned('Object', version)}", resource)]
    if method == "DELETE":
        return [Need(f"s3:Delete{_versioned('Object', version)}", resource)]
    return _put_needs(request, read, resource)


def _put_needs(request: Request, read: ObjectRequest, resource: str) -> list[Need]:
    context = {
        f"s3:{name}": request.header(name) for name in CONDITIONS if request.has_header(name)
    }
    actions = {action for name, action in PUT_WITH.items() if request.has_header(name)}
    found = [Need(f"s3:{action}", resource, context) for action in ("PutObject", *sorted(actions))]
    if read.source is not None:
        action = _versioned("Object", read.source.version)
        found.append(
            Need(f"s3:Get{action}", f"arn:aws:s3:::{read.source.bucket}/{read.source.key}")
        )
    return found


def _verb(method: str, subresource: str) -> str:
    if method == "DELETE":
        return "Put" if subresource in PUT_TO_DELETE else "Delete"
    return "Put" if method == "PUT" else "Get"


def _versioned(name: str, version: str) -> str:
    known = version and name in VERSIONED
    return name.replace("Object", "ObjectVersion", 1) if known else name


def _listing(query: Mapping[str, str]) -> dict[str, Any]:
    keys = ("prefix", "delimiter", "max-keys")
    return {f"s3:{key}": query[key] for key in keys if key in query}
