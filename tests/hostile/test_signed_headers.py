"""Every header that a service obeys is signed.

Sources: IAM User Guide, "Create a signed AWS API request" (CanonicalHeaders: host and every x-amz-*
header that is sent), and Amazon S3 API Reference, "Authenticating Requests: Using the Authorization
Header" (read 2026-11); S3's refusal is AccessDenied with HeadersNotSigned, the others' an
InvalidSignatureException, as SDKs' issue trackers quote them.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from running_cloud import RunningCloud
from sent import Answer, Headers, keys_of, send, signed, without

LIST = "/2015-03-31/functions/"
S3_HEADERS = [
    ("x-amz-copy-source", "/headers/secret"),
    ("x-amz-acl", "public-read"),
    ("x-amz-tagging", "a=b"),
    ("x-amz-meta-owner", "me"),
    ("x-amz-storage-class", "GLACIER"),
    ("x-amz-website-redirect-location", "/elsewhere"),
    ("x-amz-server-side-encryption", "aws:kms"),
    ("x-amz-security-token", "token"),
    ("x-amz-checksum-crc32", "AAAAAA=="),
    ("x-amz-bypass-governance-retention", "true"),
    ("x-amz-object-lock-legal-hold", "ON"),
    ("x-amz-anything-else", "1"),
]


@pytest.fixture(scope="module")
def bucket(hostile_cloud: RunningCloud) -> Iterator[str]:
    s3 = hostile_cloud.client("s3")
    s3.create_bucket(Bucket="headers")
    s3.put_object(Bucket="headers", Key="secret", Body=b"a secret")
    return "headers"


class LeavesOut:
    """Signs fewer headers than it sends, and the signature is right for those."""

    left_out: tuple[str, ...] = ()

    def headers_to_sign(self, request: Any) -> Any:
        kept = super().headers_to_sign(request)  # type: ignore[misc]
        for name in self.left_out:
            del kept[name]
        return kept


def partly(cloud: RunningCloud, service: str, *left_out: str, **given: Any) -> Headers:
    own = S3SigV4Auth if service == "s3" else SigV4Auth
    signer = type("Signer", (LeavesOut, own), {"left_out": left_out})
    return signed(cloud, service, auth=signer, **given)


@pytest.mark.parametrize("header", S3_HEADERS, ids=lambda each: each[0])
def test_an_unsigned_header_to_s3_is_refused_and_nothing_stored(
    hostile_cloud: RunningCloud, bucket: str, header: tuple[str, str]
) -> None:
    target = f"/{bucket}/target"
    headers = [*signed(hostile_cloud, "s3", "PUT", target, b"mine"), header]
    refused = send(hostile_cloud, "PUT", target, headers, b"mine")
    assert (refused.status, refused.code) == (403, "AccessDenied")
    assert f"<HeadersNotSigned>{header[0]}</HeadersNotSigned>".encode() in refused.body
    assert hostile_cloud.client("s3").list_objects_v2(Bucket=bucket)["KeyCount"] == 1


@pytest.mark.parametrize("header", S3_HEADERS, ids=lambda each: each[0])
def test_an_unsigned_header_on_a_presigned_put_is_refused(
    hostile_cloud: RunningCloud, bucket: str, header: tuple[str, str]
) -> None:
    from botocore.config import Config

    s3 = hostile_cloud.client("s3", config=Config(signature_version="s3v4"))
    url = s3.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "target"})
    target = url.removeprefix(hostile_cloud.endpoint)
    host = ("Host", hostile_cloud.endpoint.removeprefix("http://"))
    refused = send(hostile_cloud, "PUT", target, [host, header], b"mine")
    assert refused.status == 403
    assert hostile_cloud.client("s3").list_objects_v2(Bucket=bucket)["KeyCount"] == 1


@pytest.mark.parametrize(
    "header",
    [
        ("X-Amz-Invocation-Type", "Event"),
        ("X-Amz-Log-Type", "Tail"),
        ("X-Amz-Client-Context", "e30="),
        ("X-Amz-Target", "AmazonSQS.DeleteQueue"),
        ("x-amz-security-token", "token"),
        ("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
        ("X-AMZ-Unheard-Of", "1"),
    ],
    ids=lambda each: each[0],
)
def test_an_unsigned_header_to_another_service_is_refused(
    hostile_cloud: RunningCloud, header: tuple[str, str]
) -> None:
    headers = [*signed(hostile_cloud, "lambda", "GET", LIST), header]
    refused = send(hostile_cloud, "GET", LIST, headers)
    assert (refused.status, refused.code) == (403, "InvalidSignatureException")


def test_an_invocation_type_added_on_the_way_is_not_obeyed(hostile_cloud: RunningCloud) -> None:
    name = hostile_cloud.create("def handler(event, context): return 'ran'\n")
    target = f"/2015-03-31/functions/{name}/invocations"
    headers = signed(hostile_cloud, "lambda", "POST", target, b"{}")
    assert send(hostile_cloud, "POST", target, headers, b"{}").body == b'"ran"'
    headers.append(("X-Amz-Invocation-Type", "Event"))
    assert send(hostile_cloud, "POST", target, headers, b"{}").status == 403
    hostile_cloud.delete(name)


@pytest.mark.parametrize("service", ["s3", "lambda", "sqs"])
@pytest.mark.parametrize("name", ["host", "x-amz-date"])
def test_host_and_date_are_signed(hostile_cloud: RunningCloud, service: str, name: str) -> None:
    target = LIST if service == "lambda" else "/"
    headers = partly(hostile_cloud, service, name, method="GET", target=target)
    refused = send(hostile_cloud, "GET", target, headers)
    code = "AccessDenied" if service == "s3" else "InvalidSignatureException"
    assert (refused.status, refused.code) == (403, code)


def test_a_signed_date_header_stands_for_x_amz_date(hostile_cloud: RunningCloud) -> None:
    """Botocore signs Date when a request has one; AWS takes it (IAM User Guide, same page)."""
    now = datetime.datetime.now(datetime.UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    headers = signed(hostile_cloud, "lambda", "GET", LIST, headers={"Date": now})
    assert not any(name.lower() == "x-amz-date" for name, _ in headers)
    assert send(hostile_cloud, "GET", LIST, headers).status == 200
    unsigned = partly(
        hostile_cloud, "lambda", "date", method="GET", target=LIST, headers={"Date": now}
    )
    assert send(hostile_cloud, "GET", LIST, unsigned).status == 403


@pytest.mark.parametrize(
    "stamp", ["", "now", "2026-11-29T00:00:00Z", "20261332T000000Z", "٢٠٢٦1129T000000Z"]
)
def test_a_date_that_is_none(hostile_cloud: RunningCloud, stamp: str) -> None:
    headers = without(signed(hostile_cloud, "lambda", "GET", LIST), "x-amz-date")
    headers.append(("X-Amz-Date", stamp.encode().decode("latin-1")))
    refused = send(hostile_cloud, "GET", LIST, headers)
    assert (refused.status, refused.code) == (403, "IncompleteSignature")


def test_the_scopes_date_is_that_of_the_request(hostile_cloud: RunningCloud) -> None:
    headers = [
        (name, value.replace(value.split("/")[1], "20200101") if "Credential=" in value else value)
        for name, value in signed(hostile_cloud, "lambda", "GET", LIST)
    ]
    refused = send(hostile_cloud, "GET", LIST, headers)
    assert (refused.status, refused.code) == (403, "InvalidSignatureException")
    assert b"Date in Credential scope does not match" in refused.body


@pytest.mark.parametrize(
    "scope",
    [
        "s3/sts",
        "us-east/sts",
        "us-east-1.s3/sts",
        "us-east-1/",
        "us-east-1/s t s",
        "a/b/c",
        "*/sts",
    ],
)
def test_a_scope_that_names_no_region_or_service(hostile_cloud: RunningCloud, scope: str) -> None:
    """With the region ``s3`` a call to STS reached S3."""
    region, _, service = scope.partition("/")
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    headers = signed(hostile_cloud, service, "POST", "/", body, kind, region=region)
    assert send(hostile_cloud, "POST", "/", headers, body).status in (400, 403)


@pytest.mark.parametrize(
    "name", ["Authorization", "X-Amz-Date", "X-Amz-Security-Token", "Content-Type", "X-Amz-Target"]
)
def test_a_second_header_of_a_kind_that_decides(hostile_cloud: RunningCloud, name: str) -> None:
    kind = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AmazonSQS.ListQueues"}
    headers = signed(hostile_cloud, "sqs", "POST", "/", b"{}", kind)
    assert send(hostile_cloud, "POST", "/", headers, b"{}").status == 200
    given = dict(headers).get(name, "x")
    for second in (given, "AmazonSQS.DeleteQueue"):
        refused = send(hostile_cloud, "POST", "/", [*headers, (name, second)], b"{}")
        assert 400 <= refused.status < 500, (name, second)


def test_a_token_that_a_long_lived_key_does_not_have(hostile_cloud: RunningCloud) -> None:
    keys = keys_of(hostile_cloud)
    keys.token = "made up"
    headers = signed(hostile_cloud, "lambda", "GET", LIST, keys=keys)
    refused = send(hostile_cloud, "GET", LIST, headers)
    assert (refused.status, refused.code) == (403, "UnrecognizedClientException")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA1 "),
        lambda text: text.replace("AWS4-HMAC-SHA256 ", "AWS4-ECDSA-P256-SHA256 "),
        lambda text: text + ", Signature=" + "0" * 64,
        lambda text: "AWS AKIA:c2lnbmF0dXJl",
        lambda text: text.replace("aws4_request", "aws5_request"),
        lambda text: text.replace("SignedHeaders=", "SignedHeaders=;"),
        lambda text: text[:-1] + ("0" if text[-1] != "0" else "1"),
        lambda text: text[:-1],
        lambda text: text.upper(),
        lambda text: text.partition("Signature")[0],
        lambda text: "Bearer abc",
        lambda text: "é" * 50,
    ],
)
def test_an_authorization_that_is_another(hostile_cloud: RunningCloud, change: Any) -> None:
    headers = [
        (name, change(value) if name == "Authorization" else value)
        for name, value in signed(hostile_cloud, "lambda", "GET", LIST)
    ]
    refused: Answer = send(hostile_cloud, "GET", LIST, headers)
    assert refused.status in (400, 403)
