"""A bucket whose versioning is suspended keeps its versions (S3 User Guide, read 2026-11)."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from running_cloud import own_launcher, running


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    with running(own_launcher()) as cloud:
        yield cloud.client("s3")


@pytest.fixture
def suspended(s3: Any) -> tuple[str, str]:
    """A suspended bucket, and the id of the one version in it, of the key "a"."""
    name = f"held-{secrets.token_hex(6)}"
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    kept = s3.put_object(Bucket=name, Key="a", Body=b"1")["VersionId"]
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"})
    return name, kept


def ids(s3: Any, bucket: str, which: str = "Versions") -> list[str]:
    found = s3.list_object_versions(Bucket=bucket).get(which, [])
    return [each["VersionId"] for each in found]


def test_a_put_takes_the_place_of_the_null_version_only(s3: Any, suspended: Any) -> None:
    bucket, kept = suspended
    for body in (b"2", b"3"):
        assert s3.put_object(Bucket=bucket, Key="a", Body=body)["VersionId"] == "null"
    assert ids(s3, bucket) == ["null", kept]
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"3"
    assert s3.get_object(Bucket=bucket, Key="a", VersionId=kept)["Body"].read() == b"1"
    assert s3.head_object(Bucket=bucket, Key="a", VersionId=kept)["ContentLength"] == 1


def test_a_copy_does_as_well(s3: Any, suspended: Any) -> None:
    bucket, kept = suspended
    s3.put_object(Bucket=bucket, Key="b", Body=b"copied")
    s3.copy_object(Bucket=bucket, Key="a", CopySource={"Bucket": bucket, "Key": "b"})
    assert sorted(ids(s3, bucket)) == sorted(["null", kept, "null"])
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"copied"


def test_a_deletion_leaves_a_marker_with_the_id_null(s3: Any, suspended: Any) -> None:
    bucket, kept = suspended
    s3.put_object(Bucket=bucket, Key="a", Body=b"2")
    answer = s3.delete_object(Bucket=bucket, Key="a")
    assert (answer["DeleteMarker"], answer["VersionId"]) == (True, "null")
    assert ids(s3, bucket) == [kept]
    assert ids(s3, bucket, "DeleteMarkers") == ["null"]
    s3.delete_object(Bucket=bucket, Key="a")
    assert ids(s3, bucket, "DeleteMarkers") == ["null"]


def test_a_version_is_deleted_by_its_id(s3: Any, suspended: Any) -> None:
    bucket, kept = suspended
    s3.put_object(Bucket=bucket, Key="a", Body=b"2")
    s3.delete_object(Bucket=bucket, Key="a", VersionId="null")
    assert ids(s3, bucket) == [kept]
    s3.delete_object(Bucket=bucket, Key="a", VersionId=kept)
    assert not ids(s3, bucket)


def test_enabled_again_it_keeps_the_null_version(s3: Any, suspended: Any) -> None:
    bucket, kept = suspended
    s3.put_object(Bucket=bucket, Key="a", Body=b"2")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    newest = s3.put_object(Bucket=bucket, Key="a", Body=b"3")["VersionId"]
    assert ids(s3, bucket) == [newest, "null", kept]
