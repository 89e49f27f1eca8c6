"""S3 buckets whose versioning is suspended: versions that are there stay, and what is written has
the version id "null" and takes the place of what had it before.

moto takes such a bucket for one that never had versions: a put or a delete takes them all away.

Source: Amazon S3 User Guide, "Working with objects in a versioning-suspended bucket" (read
2026-11).
"""

from __future__ import annotations

from typing import Any

from .seam import replace
from .watchers import wrap

NULL = "null"


def install() -> None:
    """Keep versions in suspended buckets."""
    from moto.s3.models import FakeBucket, S3Backend  # noqa: PLC0415 - moto loads late

    def put_object(
        original: Any, backend: Any, bucket_name: str, key_name: str, *given: Any, **named: Any
    ) -> Any:
        key = original(backend, bucket_name, key_name, *given, **named)
        settle(backend.get_bucket(bucket_name), key_name, key)
        return key

    replace(FakeBucket, "is_versioned", lambda _: property(keeps_versions))
    wrap(S3Backend, "put_object", put_object)


def keeps_versions(bucket: Any) -> bool:
    """Whether a bucket keeps the versions that it has."""
    return bucket.versioning_status in ("Enabled", "Suspended")


def settle(bucket: Any, name: str, newest: Any) -> None:
    """Give what was just written its version id, if its bucket's versioning is suspended."""
    if bucket.versioning_status == "Suspended":
        newest._version_id = NULL
        versions = bucket.keys.getlist(name, [])
        kept = [each for each in versions if each is newest or each.version_id != NULL]
        bucket.keys.setlist(name, kept)
