"""S3's lifecycle rules: what AWS refuses, and what becomes of objects that are old enough.

A day passes in a second here (clock factor 86,400), so objects expire at a midnight that is at
most two seconds away.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from running_cloud import RunningCloud, own_launcher, running

from serverless_course.localcloud.moto_seam.lifecycle_rules import Selection, read
from serverless_course.localcloud.wire.errors import ServiceError

ALL: dict[str, Any] = {"Prefix": ""}
EXPIRE = {"Days": 1}
ONE_DAY = {"DaysAfterInitiation": 1}
PATIENCE_S = 30


@pytest.fixture(scope="module")
def fast_cloud() -> Iterator[RunningCloud]:
    with running(own_launcher(), "--clock-factor", "86400") as cloud:
        yield cloud


@pytest.fixture
def s3(fast_cloud: RunningCloud) -> Any:
    return fast_cloud.client("s3")


@pytest.fixture
def bucket(s3: Any) -> str:
    name = f"old-{secrets.token_hex(6)}"
    s3.create_bucket(Bucket=name)
    return name


def put_rules(s3: Any, bucket: str, *rules: dict[str, Any]) -> None:
    given = [{"Status": "Enabled", **({"Filter": ALL} | each)} for each in rules]
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": given})


def versioned(s3: Any, bucket: str, status: str = "Enabled") -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})


def keys(s3: Any, bucket: str) -> list[str]:
    return [each["Key"] for each in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.1)


def midnights(s3: Any, count: int = 2) -> None:
    """Wait until so many midnights did their work: each deletes an object of its own bucket."""
    for _ in range(count):
        name = f"dawn-{secrets.token_hex(6)}"
        s3.create_bucket(Bucket=name)
        put_rules(s3, name, {"Expiration": EXPIRE})
        s3.put_object(Bucket=name, Key="night", Body=b"")
        until(lambda name=name: not keys(s3, name))  # type: ignore[misc]


def test_an_old_object_is_deleted_and_another_stays(s3: Any, bucket: str) -> None:
    put_rules(s3, bucket, {"Filter": {"Prefix": "tmp/"}, "Expiration": EXPIRE})
    for key in ("tmp/old", "kept"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    until(lambda: keys(s3, bucket) == ["kept"])
    midnights(s3)
    assert keys(s3, bucket) == ["kept"]


@pytest.mark.parametrize(
    "conditions",
    [
        {"Tag": {"Key": "a", "Value": "1"}},
        {"ObjectSizeGreaterThan": 10},
        {"And": {"Prefix": "o", "Tags": [{"Key": "a", "Value": "1"}]}},
        {"And": {"ObjectSizeGreaterThan": 10, "ObjectSizeLessThan": 21}},
    ],
    ids=str,
)
def test_all_conditions_of_a_filter_hold(s3: Any, bucket: str, conditions: dict[str, Any]) -> None:
    put_rules(s3, bucket, {"Filter": conditions, "Expiration": EXPIRE})
    s3.put_object(Bucket=bucket, Key="other", Body=b"x" * 10, Tagging="a=2")
    s3.put_object(Bucket=bucket, Key="old", Body=b"x" * 20, Tagging="a=1&b=2")
    until(lambda: keys(s3, bucket) == ["other"])
    midnights(s3)
    assert keys(s3, bucket) == ["other"]


def test_a_young_object_a_disabled_rule_and_a_deleted_one_do_nothing(s3: Any, bucket: str) -> None:
    put_rules(
        s3,
        bucket,
        {"Expiration": {"Days": 36500}},
        {"Expiration": EXPIRE, "Status": "Disabled"},
        {"Expiration": {"Date": "2999-01-01T00:00:00Z"}},
    )
    s3.put_object(Bucket=bucket, Key="young", Body=b"x")
    midnights(s3)
    put_rules(s3, bucket, {"Expiration": EXPIRE, "Filter": {"Prefix": "z"}})
    s3.delete_bucket_lifecycle(Bucket=bucket)
    midnights(s3)
    assert keys(s3, bucket) == ["young"]
    with pytest.raises(ClientError, match="NoSuchLifecycleConfiguration"):
        s3.get_bucket_lifecycle_configuration(Bucket=bucket)


def test_a_date_that_has_come_expires_what_is_there(s3: Any, bucket: str) -> None:
    put_rules(s3, bucket, {"Expiration": {"Date": "2020-01-01T00:00:00Z"}})
    s3.put_object(Bucket=bucket, Key="old", Body=b"x")
    until(lambda: not keys(s3, bucket))


def test_a_bucket_with_versions_gets_a_marker_and_loses_old_ones(s3: Any, bucket: str) -> None:
    versioned(s3, bucket)
    put_rules(s3, bucket, {"Filter": {"Prefix": "a"}, "Expiration": EXPIRE})
    s3.put_object(Bucket=bucket, Key="a", Body=b"1")

    def listed() -> tuple[int, int]:
        found = s3.list_object_versions(Bucket=bucket)
        return len(found.get("Versions", [])), len(found.get("DeleteMarkers", []))

    until(lambda: listed() == (1, 1))
    midnights(s3)
    assert listed() == (1, 1)
    put_rules(
        s3,
        bucket,
        {"NoncurrentVersionExpiration": {"NoncurrentDays": 1}},
        {"Expiration": {"ExpiredObjectDeleteMarker": True}},
    )
    until(lambda: listed() == (0, 0))


def test_newer_versions_are_kept(s3: Any, bucket: str) -> None:
    versioned(s3, bucket)
    for body in (b"1", b"2", b"3", b"4"):
        s3.put_object(Bucket=bucket, Key="a", Body=body)
    put_rules(
        s3,
        bucket,
        {"NoncurrentVersionExpiration": {"NoncurrentDays": 1, "NewerNoncurrentVersions": 2}},
    )
    until(lambda: len(s3.list_object_versions(Bucket=bucket)["Versions"]) == 3)
    midnights(s3)
    versions = s3.list_object_versions(Bucket=bucket)["Versions"]
    bodies = {
        s3.get_object(Bucket=bucket, Key="a", VersionId=each["VersionId"])["Body"].read()
        for each in versions
    }
    assert bodies == {b"2", b"3", b"4"}


def test_suspended_versions_keep_what_has_an_id(s3: Any, bucket: str) -> None:
    versioned(s3, bucket)
    kept = s3.put_object(Bucket=bucket, Key="a", Body=b"1")["VersionId"]
    versioned(s3, bucket, "Suspended")
    s3.put_object(Bucket=bucket, Key="a", Body=b"2")
    put_rules(s3, bucket, {"Expiration": EXPIRE})
    until(lambda: bool(s3.list_object_versions(Bucket=bucket).get("DeleteMarkers")))
    found = s3.list_object_versions(Bucket=bucket)
    assert [each["VersionId"] for each in found["Versions"]] == [kept]
    assert [each["VersionId"] for each in found["DeleteMarkers"]] == ["null"]


def test_an_unfinished_upload_is_aborted(s3: Any, bucket: str) -> None:
    upload = s3.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    put_rules(s3, bucket, {"AbortIncompleteMultipartUpload": ONE_DAY})
    until(lambda: not s3.list_multipart_uploads(Bucket=bucket).get("Uploads"))
    with pytest.raises(ClientError, match="NoSuchUpload"):
        s3.upload_part(Bucket=bucket, Key="a", UploadId=upload, PartNumber=1, Body=b"x")


def test_a_locked_version_stays(s3: Any) -> None:
    bucket = f"lock-{secrets.token_hex(6)}"
    s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    versioned(s3, bucket)
    held = s3.put_object(Bucket=bucket, Key="a", Body=b"1", ObjectLockLegalHoldStatus="ON")
    s3.put_object(Bucket=bucket, Key="a", Body=b"2")
    put_rules(s3, bucket, {"NoncurrentVersionExpiration": {"NoncurrentDays": 1}})
    midnights(s3, 3)
    found = s3.list_object_versions(Bucket=bucket)["Versions"]
    assert held["VersionId"] in {each["VersionId"] for each in found}


def test_a_queue_hears_of_it(fast_cloud: RunningCloud, s3: Any, bucket: str) -> None:
    sqs = fast_cloud.client("sqs")
    url = sqs.create_queue(QueueName=bucket)["QueueUrl"]
    s3.put_bucket_notification_configuration(
        Bucket=bucket,
        NotificationConfiguration={
            "QueueConfigurations": [
                {
                    "QueueArn": f"arn:aws:sqs:us-east-1:000000000000:{bucket}",
                    "Events": ["s3:LifecycleExpiration:*", "s3:ObjectRemoved:*"],
                }
            ]
        },
    )
    put_rules(s3, bucket, {"Expiration": EXPIRE})
    s3.put_object(Bucket=bucket, Key="a", Body=b"1")
    found: list[dict[str, Any]] = []
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end and not found:
        for each in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages", []):
            found += json.loads(each["Body"]).get("Records", [])
    (event,) = found
    assert event["eventName"] == "LifecycleExpiration:Delete"
    assert event["s3"]["object"]["key"] == "a"


def test_what_is_put_is_shown(s3: Any, bucket: str) -> None:
    rules: list[dict[str, Any]] = [
        {
            "ID": "all",
            "Filter": {
                "And": {
                    "Prefix": "p",
                    "Tags": [{"Key": "k", "Value": "v"}],
                    "ObjectSizeGreaterThan": 1,
                    "ObjectSizeLessThan": 9,
                }
            },
            "Status": "Enabled",
            "Expiration": {"Days": 36500},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 2, "NewerNoncurrentVersions": 3},
        },
        {
            "ID": "old form",
            "Prefix": "q",
            "Status": "Disabled",
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        },
    ]
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})
    assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"] == rules


def xml(**members: Any) -> dict[str, Any]:
    """A rule as xmltodict reads it."""
    return {"Status": "Enabled", "Filter": None, "Expiration": {"Days": "1"}, **members}


REFUSED: list[tuple[str, str, Any]] = [
    ("MalformedXML", "well-formed", xml(Status="On")),
    ("MalformedXML", "well-formed", xml(Prefix="a")),
    ("MalformedXML", "well-formed", {"Status": "Enabled", "Expiration": {"Days": "1"}}),
    ("MalformedXML", "well-formed", xml(Expiration={"Days": "1", "Date": "2030-01-01"})),
    ("MalformedXML", "well-formed", xml(Expiration={"Days": "one"})),
    ("MalformedXML", "well-formed", xml(Expiration=None)),
    ("MalformedXML", "well-formed", xml(Filter={"Prefix": "a", "ObjectSizeLessThan": "2"})),
    ("MalformedXML", "well-formed", xml(Filter={"And": {"Prefix": "a"}})),
    ("MalformedXML", "well-formed", xml(Filter={"Size": "2"})),
    ("MalformedXML", "well-formed", xml(Color="red")),
    (
        "MalformedXML",
        "well-formed",
        xml(NoncurrentVersionExpiration={"NewerNoncurrentVersions": "2"}),
    ),
    ("InvalidArgument", "'Days' for Expiration action", xml(Expiration={"Days": "0"})),
    ("InvalidArgument", "midnight GMT", xml(Expiration={"Date": "2030-01-01T01:00:00Z"})),
    ("InvalidArgument", "ID length", xml(ID="x" * 256)),
    (
        "InvalidArgument",
        "'NoncurrentDays' for",
        xml(NoncurrentVersionExpiration={"NoncurrentDays": "0"}),
    ),
    (
        "InvalidArgument",
        "'DaysAfterInitiation' for",
        xml(AbortIncompleteMultipartUpload={"DaysAfterInitiation": "-1"}),
    ),
    (
        "InvalidArgument",
        "'NewerNoncurrentVersions' for",
        xml(NoncurrentVersionExpiration={"NoncurrentDays": "1", "NewerNoncurrentVersions": "101"}),
    ),
    ("InvalidRequest", "At least one action", {"Status": "Enabled", "Filter": None}),
    (
        "InvalidRequest",
        "cannot be specified with Tags",
        xml(
            Filter={"Tag": {"Key": "a", "Value": "b"}},
            AbortIncompleteMultipartUpload={"DaysAfterInitiation": "1"},
        ),
    ),
    (
        "InvalidRequest",
        "Duplicate Tag Keys",
        xml(Filter={"And": {"Tag": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]}}),
    ),
    (
        "InvalidRequest",
        "greater than",
        xml(Filter={"And": {"ObjectSizeGreaterThan": "5", "ObjectSizeLessThan": "5"}}),
    ),
    ("NotImplemented", "storage classes", xml(Transition={"Days": "1", "StorageClass": "GLACIER"})),
    (
        "NotImplemented",
        "storage classes",
        xml(NoncurrentVersionTransition={"NoncurrentDays": "1", "StorageClass": "GLACIER"}),
    ),
]


@pytest.mark.parametrize(("code", "text", "rule"), REFUSED, ids=str)
def test_what_is_wrong_is_refused(code: str, text: str, rule: dict[str, Any]) -> None:
    with pytest.raises(ServiceError, match=text) as caught:
        read([rule])
    assert caught.value.code == code


def test_a_configuration_has_rules_with_ids_of_their_own() -> None:
    assert read([xml(), xml()])[0].shown["ID"]
    with pytest.raises(ServiceError, match="Rule ID must be unique"):
        read([xml(ID="a"), xml(ID="a")])
    for rules in ([], [xml()] * 1001):
        with pytest.raises(ServiceError, match="well-formed"):
            read(rules)


def test_a_refusal_reaches_the_client_and_changes_nothing(s3: Any, bucket: str) -> None:
    put_rules(s3, bucket, {"ID": "first", "Expiration": {"Days": 3650}})
    for rule, code in (
        ({"Expiration": {"Days": 0}}, "InvalidArgument"),
        ({"Transitions": [{"Days": 1, "StorageClass": "GLACIER"}]}, "NotImplemented"),
    ):
        with pytest.raises(ClientError) as caught:
            put_rules(s3, bucket, rule)
        assert caught.value.response["Error"]["Code"] == code
    (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert rule["ID"] == "first"


@given(
    key=st.text("ab/", max_size=4),
    prefix=st.text("ab/", max_size=3),
    size=st.integers(0, 30),
    larger=st.none() | st.integers(0, 30),
    smaller=st.none() | st.integers(0, 30),
)
def test_a_selection_is_all_of_its_conditions(
    key: str, prefix: str, size: int, larger: int | None, smaller: int | None
) -> None:
    found = Selection(prefix, {"t": "1"}, larger, smaller).takes(key, size, {"t": "1", "u": "2"})
    fits = key.startswith(prefix)
    fits = fits and (larger is None or size > larger) and (smaller is None or size < smaller)
    assert found == fits
    assert not Selection(prefix, {"t": "2"}, larger, smaller).takes(key, size, {"t": "1"})
