"""ListMultipartUploads: order, pages, prefixes and the time at which an upload began."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from running_cloud import own_launcher, running

KEYS = ("b/2", "a", "b/1", "b/2", "c d", "e")


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    with running(own_launcher()) as cloud:
        yield cloud.client("s3")


@pytest.fixture(scope="module")
def bucket(s3: Any) -> str:
    name = f"parts-{secrets.token_hex(6)}"
    s3.create_bucket(Bucket=name)
    for key in KEYS:
        s3.create_multipart_upload(Bucket=name, Key=key)
    return name


def listed(s3: Any, bucket: str, **given: Any) -> list[str]:
    return [each["Key"] for each in s3.list_multipart_uploads(Bucket=bucket, **given)["Uploads"]]


def test_they_come_in_order_with_their_time(s3: Any, bucket: str) -> None:
    found = s3.list_multipart_uploads(Bucket=bucket)
    assert [each["Key"] for each in found["Uploads"]] == sorted(KEYS)
    assert not found["IsTruncated"]
    assert "NextKeyMarker" not in found
    for each in found["Uploads"]:
        assert abs(each["Initiated"].timestamp() - time.time()) < 300
    twice = [each["Initiated"] for each in found["Uploads"] if each["Key"] == "b/2"]
    assert twice == sorted(twice)


@pytest.mark.parametrize("size", [1, 2, 5, 6, 1000])
def test_pages_hold_each_upload_once(s3: Any, bucket: str, size: int) -> None:
    pages = s3.get_paginator("list_multipart_uploads").paginate(
        Bucket=bucket, PaginationConfig={"PageSize": size}
    )
    found = [(each["Key"], each["UploadId"]) for page in pages for each in page.get("Uploads", [])]
    assert sorted({*found}) == sorted(found)
    assert sorted(key for key, _ in found) == sorted(KEYS)


def test_a_prefix_and_a_delimiter(s3: Any, bucket: str) -> None:
    assert listed(s3, bucket, Prefix="b/") == ["b/1", "b/2", "b/2"]
    found = s3.list_multipart_uploads(Bucket=bucket, Delimiter="/")
    assert [each["Key"] for each in found["Uploads"]] == ["a", "c d", "e"]
    assert [each["Prefix"] for each in found["CommonPrefixes"]] == ["b/"]
    pages = s3.get_paginator("list_multipart_uploads").paginate(
        Bucket=bucket, Delimiter="/", PaginationConfig={"PageSize": 1}
    )
    names = [
        name
        for page in pages
        for name in (
            *(each["Key"] for each in page.get("Uploads", [])),
            *(each["Prefix"] for each in page.get("CommonPrefixes", [])),
        )
    ]
    assert names == ["a", "b/", "c d", "e"]


def test_keys_are_encoded_when_it_is_asked_for(s3: Any, bucket: str) -> None:
    found = s3.list_multipart_uploads(Bucket=bucket, EncodingType="url", Prefix="c ")
    assert found["EncodingType"] == "url"
    assert [each["Key"] for each in found["Uploads"]] == ["c%20d"]


def test_a_size_that_is_no_number_is_refused(s3: Any, bucket: str) -> None:
    with pytest.raises(ClientError, match="max-uploads"):
        s3.list_multipart_uploads(Bucket=bucket, MaxUploads=0)
