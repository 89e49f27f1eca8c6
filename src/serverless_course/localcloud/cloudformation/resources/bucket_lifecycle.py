"""A bucket's LifecycleConfiguration, from CloudFormation's shape to S3's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .base import picked

SIZES = ("ObjectSizeGreaterThan", "ObjectSizeLessThan")


def put_lifecycle(client: Any, bucket: str, given: Mapping[str, Any]) -> None:
    """PutBucketLifecycleConfiguration.

    Source: CloudFormation Template Reference, AWS::S3::Bucket Rule (read 2026-11).
    """
    rules = [_rule(each) for each in given["Rules"]]
    parameters = picked(given, "TransitionDefaultMinimumObjectSize")
    client.put_bucket_lifecycle_configuration(
        Bucket=bucket, LifecycleConfiguration={"Rules": rules}, **parameters
    )


def _rule(given: Mapping[str, Any]) -> dict[str, Any]:
    rule = picked(given, "Status", "AbortIncompleteMultipartUpload", ID="Id")
    rule["Filter"] = _filter(given)
    expiration = picked(
        given, "ExpiredObjectDeleteMarker", Days="ExpirationInDays", Date="ExpirationDate"
    )
    if expiration:
        rule["Expiration"] = expiration
    noncurrent = given.get("NoncurrentVersionExpiration") or picked(
        given, NoncurrentDays="NoncurrentVersionExpirationInDays"
    )
    if noncurrent:
        rule["NoncurrentVersionExpiration"] = noncurrent
    for name, form in (("Transition", _transition), ("NoncurrentVersionTransition", _noncurrent)):
        moves = [*(given.get(f"{name}s") or []), *([given[name]] if given.get(name) else [])]
        if moves:
            rule[f"{name}s"] = [form(each) for each in moves]
    return rule


def _filter(given: Mapping[str, Any]) -> dict[str, Any]:
    conditions = picked(given, "Prefix", *SIZES)
    tags = given.get("TagFilters") or []
    if len(conditions) + len(tags) > 1:
        return {"And": {**conditions, **({"Tags": tags} if tags else {})}}
    return {"Tag": tags[0]} if tags else conditions


def _transition(given: Mapping[str, Any]) -> dict[str, Any]:
    return picked(given, "StorageClass", Days="TransitionInDays", Date="TransitionDate")


def _noncurrent(given: Mapping[str, Any]) -> dict[str, Any]:
    return picked(
        given, "StorageClass", "NewerNoncurrentVersions", NoncurrentDays="TransitionInDays"
    )
