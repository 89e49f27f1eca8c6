"""A body is the one that was signed: hashes, chunk signatures, trailers and checksums.

Sources: Amazon S3 API Reference, "Signature Calculations for the Authorization Header: Transferring
Payload in Multiple Chunks", "... Including Trailing Headers", "List of error codes"; S3 User Guide,
"Checking object integrity" (read 2026-11).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth
from running_cloud import RunningCloud
from sent import Answer, keys_of, send, signed

SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
SIGNED_TRAILER = f"{SIGNED}-TRAILER"
UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
BODY = bytes(range(256)) * 40
FIRST = 8192
EMPTY = hashlib.sha256(b"").hexdigest()
# The check value of a CRC is that of these nine digits (each CRC's own specification).
DIGITS = b"123456789"
CHECKS = {
    "crc32": 0xCBF43926.to_bytes(4, "big"),
    "crc32c": 0xE3069283.to_bytes(4, "big"),
    "crc64nvme": 0xAE8B14860A799888.to_bytes(8, "big"),
    "sha1": hashlib.sha1(DIGITS).digest(),
    "sha256": hashlib.sha256(DIGITS).digest(),
}


@pytest.fixture(scope="module")
def bucket(hostile_cloud: RunningCloud) -> str:
    hostile_cloud.client("s3").create_bucket(Bucket="bodies")
    return "bodies"


def stored(cloud: RunningCloud, key: str) -> bytes | None:
    """What is stored under a key; None for nothing."""
    s3 = cloud.client("s3")
    listed = s3.list_objects_v2(Bucket="bodies", Prefix=key)
    if not listed["KeyCount"]:
        return None
    return bytes(s3.get_object(Bucket="bodies", Key=key)["Body"].read())


def new_key() -> str:
    return f"k-{secrets.token_hex(4)}"


def claiming(kind: str) -> type[S3SigV4Auth]:
    class Claiming(S3SigV4Auth):
        def payload(self, request: Any) -> str:
            return kind

    return Claiming


class Streaming:
    """A PUT in chunks, signed as S3 documents it; a test then spoils a part."""

    def __init__(
        self, cloud: RunningCloud, kind: str, trailer: str = "", length: int | None = None
    ):
        self.cloud, self.kind, self.trailer = cloud, kind, trailer
        self.key = new_key()
        given = {"x-amz-decoded-content-length": str(len(BODY) if length is None else length)}
        given["Content-Encoding"] = "aws-chunked"
        if trailer:
            given["x-amz-trailer"] = trailer
        self.target = f"/bodies/{self.key}"
        self.headers = signed(cloud, "s3", "PUT", self.target, b"", given, auth=claiming(kind))
        named = dict(self.headers)
        self.previous = named["Authorization"].rpartition("Signature=")[2]
        self.stamp = named["X-Amz-Date"]
        self.scope = "/".join(named["Authorization"].split("Credential=")[1].split("/")[1:4])
        self.scope += "/aws4_request"

    def sign(self, algorithm: str, *hashes: str) -> str:
        keys = keys_of(self.cloud)
        key = f"AWS4{keys.secret_key}".encode()
        for part in self.scope.split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        text = "\n".join((algorithm, self.stamp, self.scope, self.previous, *hashes))
        self.previous = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        return self.previous

    def chunk(self, data: bytes, signature: str | None = None, size: str | None = None) -> bytes:
        head = size if size is not None else f"{len(data):x}"
        if self.kind != UNSIGNED_TRAILER:
            made = self.sign("AWS4-HMAC-SHA256-PAYLOAD", EMPTY, hashlib.sha256(data).hexdigest())
            head += f";chunk-signature={signature or made}"
        end = b"" if self.trailer and not data else b"\r\n"
        return head.encode() + b"\r\n" + data + end

    def trail(self, value: str, signature: str | None = None) -> bytes:
        line = f"{self.trailer}:{value}"
        if self.kind == UNSIGNED_TRAILER:
            return f"{line}\r\n\r\n".encode()
        made = self.sign(
            "AWS4-HMAC-SHA256-TRAILER", hashlib.sha256(f"{line}\n".encode()).hexdigest()
        )
        return f"{line}\r\nx-amz-trailer-signature:{signature or made}\r\n\r\n".encode()

    def put(self, *parts: bytes) -> Answer:
        return send(self.cloud, "PUT", self.target, self.headers, b"".join(parts))


def crc32(body: bytes = BODY) -> str:
    return base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()


def whole(put: Streaming) -> list[bytes]:
    return [put.chunk(BODY[:FIRST]), put.chunk(BODY[FIRST:]), put.chunk(b"")]


@pytest.mark.parametrize(
    ("kind", "trailer"),
    [
        (SIGNED, ""),
        (SIGNED_TRAILER, "x-amz-checksum-crc32"),
        (UNSIGNED_TRAILER, "x-amz-checksum-crc32"),
    ],
)
def test_chunks_that_are_right_are_stored_whole(
    hostile_cloud: RunningCloud, bucket: str, kind: str, trailer: str
) -> None:
    put = Streaming(hostile_cloud, kind, trailer)
    parts = whole(put) + ([put.trail(crc32())] if trailer else [])
    answer = put.put(*parts)
    assert answer.status == 200, answer.body
    assert stored(hostile_cloud, put.key) == BODY
    found = hostile_cloud.client("s3").head_object(
        Bucket=bucket, Key=put.key, ChecksumMode="ENABLED"
    )
    assert found["ContentLength"] == len(BODY)
    assert "aws-chunked" not in found.get("ContentEncoding", "")
    assert not trailer or found["ChecksumCRC32"] == crc32()


Spoil = Callable[[Streaming], list[bytes]]
SPOILED: dict[str, tuple[str, Spoil, set[tuple[int, str]]]] = {
    "a false signature of the first chunk": (
        SIGNED,
        lambda put: [
            put.chunk(BODY[:FIRST], "0" * 64),
            put.chunk(BODY[FIRST:]),
            put.chunk(b""),
        ],
        {(403, "SignatureDoesNotMatch")},
    ),
    "a false signature of the last chunk": (
        SIGNED,
        lambda put: [put.chunk(BODY[:FIRST]), put.chunk(BODY[FIRST:]), put.chunk(b"", "f" * 64)],
        {(403, "SignatureDoesNotMatch")},
    ),
    "chunks in another order": (
        SIGNED,
        lambda put: [each for one in [whole(put)] for each in (one[1], one[0], one[2])],
        {(403, "SignatureDoesNotMatch"), (403, "InvalidChunkSizeError")},
    ),
    "no signature": (
        SIGNED,
        lambda put: [f"{len(BODY):x}\r\n".encode(), BODY, b"\r\n0\r\n\r\n"],
        {(403, "SignatureDoesNotMatch")},
    ),
    "other data under a signature": (
        SIGNED,
        lambda put: [part.replace(b"\x01\x02", b"\x02\x01") for part in whole(put)],
        {(403, "SignatureDoesNotMatch")},
    ),
    "cut after a chunk": (SIGNED, lambda put: whole(put)[:1], {(400, "IncompleteBody")}),
    "cut within a chunk": (SIGNED, lambda put: [whole(put)[0][:500]], {(400, "IncompleteBody")}),
    "nothing": (SIGNED, lambda put: [], {(400, "IncompleteBody")}),
    "no chunks": (
        UNSIGNED_TRAILER,
        lambda put: [BODY],
        {(400, "IncompleteBody"), (400, "InvalidChunkSizeError")},
    ),
    "a size that is no number": (
        UNSIGNED_TRAILER,
        lambda put: [b"zz\r\n", BODY],
        {(400, "InvalidChunkSizeError")},
    ),
    "a negative size": (
        UNSIGNED_TRAILER,
        lambda put: [b"-5\r\n", BODY],
        {(400, "InvalidChunkSizeError")},
    ),
    "a size beyond the body": (
        UNSIGNED_TRAILER,
        lambda put: [b"ffffffffffffffff\r\n", BODY],
        {(400, "IncompleteBody")},
    ),
    "a huge size": (
        UNSIGNED_TRAILER,
        lambda put: [b"f" * 4000 + b"\r\n", BODY],
        {(400, "InvalidChunkSizeError")},
    ),
    "small chunks": (
        UNSIGNED_TRAILER,
        lambda put: [
            put.chunk(BODY[:100]),
            put.chunk(BODY[100:]),
            put.chunk(b""),
            put.trail(crc32()),
        ],
        {(403, "InvalidChunkSizeError")},
    ),
    "a wrong checksum": (
        UNSIGNED_TRAILER,
        lambda put: [*whole(put), put.trail(crc32(b"other"))],
        {(400, "BadDigest")},
    ),
    "a checksum that is none": (
        UNSIGNED_TRAILER,
        lambda put: [*whole(put), put.trail("!")],
        {(400, "InvalidRequest")},
    ),
    "no trailer": (
        UNSIGNED_TRAILER,
        lambda put: [*whole(put), b"\r\n"],
        {(400, "MalformedTrailerError")},
    ),
    "another trailer": (
        UNSIGNED_TRAILER,
        lambda put: [*whole(put), b"x-amz-meta-a:b\r\n\r\n"],
        {(400, "MalformedTrailerError")},
    ),
    "one trailer more": (
        UNSIGNED_TRAILER,
        lambda put: [*whole(put), put.trail(crc32())[:-2], b"x-amz-acl:public-read\r\n\r\n"],
        {(400, "MalformedTrailerError")},
    ),
    "bytes behind the end": (
        UNSIGNED_TRAILER,
        lambda put: [*whole(put), put.trail(crc32()), b"more"],
        {(400, "MalformedTrailerError")},
    ),
    "a wrong signed checksum": (
        SIGNED_TRAILER,
        lambda put: [*whole(put), put.trail(crc32(b"other"))],
        {(400, "BadDigest")},
    ),
    "a false signature of the trailer": (
        SIGNED_TRAILER,
        lambda put: [*whole(put), put.trail(crc32(), "0" * 64)],
        {(403, "SignatureDoesNotMatch")},
    ),
    "an unsigned trailer": (
        SIGNED_TRAILER,
        lambda put: [*whole(put), f"x-amz-checksum-crc32:{crc32()}\r\n\r\n".encode()],
        {(403, "SignatureDoesNotMatch")},
    ),
}


@pytest.mark.parametrize("case", SPOILED)
def test_spoiled_chunks_are_refused_and_not_stored(
    hostile_cloud: RunningCloud, bucket: str, case: str
) -> None:
    kind, spoil, expected = SPOILED[case]
    put = Streaming(hostile_cloud, kind, "" if kind == SIGNED else "x-amz-checksum-crc32")
    refused = put.put(*spoil(put))
    assert (refused.status, refused.code) in expected, refused.body
    assert stored(hostile_cloud, put.key) is None


@pytest.mark.parametrize("length", [0, len(BODY) - 1, len(BODY) + 1, 10**17])
def test_a_false_decoded_length(hostile_cloud: RunningCloud, bucket: str, length: int) -> None:
    put = Streaming(hostile_cloud, UNSIGNED_TRAILER, "x-amz-checksum-crc32", length)
    refused = put.put(*whole(put), put.trail(crc32()))
    assert (refused.status, refused.code) == (400, "IncompleteBody")
    assert stored(hostile_cloud, put.key) is None


def test_a_trailer_that_is_no_checksum(hostile_cloud: RunningCloud, bucket: str) -> None:
    put = Streaming(hostile_cloud, UNSIGNED_TRAILER, "x-amz-acl")
    refused = put.put(*whole(put), put.trail("public-read"))
    assert (refused.status, refused.code) == (400, "InvalidRequest")
    assert stored(hostile_cloud, put.key) is None


@pytest.mark.parametrize(
    ("claimed", "code"),
    [
        (hashlib.sha256(b"another").hexdigest(), "XAmzContentSHA256Mismatch"),
        ("0" * 64, "XAmzContentSHA256Mismatch"),
        ("A" * 64, "InvalidArgument"),
        ("UNSIGNED", "InvalidArgument"),
        ("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", "InvalidArgument"),
        ("", "InvalidArgument"),
    ],
)
def test_a_body_under_another_hash(
    hostile_cloud: RunningCloud, bucket: str, claimed: str, code: str
) -> None:
    key = new_key()
    headers = signed(hostile_cloud, "s3", "PUT", f"/bodies/{key}", BODY, auth=claiming(claimed))
    refused = send(hostile_cloud, "PUT", f"/bodies/{key}", headers, BODY)
    assert (refused.status, refused.code) == (400, code)
    assert stored(hostile_cloud, key) is None


@pytest.mark.parametrize("claimed", ["UNSIGNED-PAYLOAD", SIGNED, UNSIGNED_TRAILER, "0" * 64])
def test_only_s3_takes_a_body_that_is_not_signed(hostile_cloud: RunningCloud, claimed: str) -> None:
    class Claiming(S3SigV4Auth):
        def payload(self, request: Any) -> str:
            return claimed

    body = b'{"QueueName": "unsigned"}'
    kind = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AmazonSQS.CreateQueue"}
    headers = signed(hostile_cloud, "sqs", "POST", "/", body, kind, auth=Claiming)
    assert send(hostile_cloud, "POST", "/", headers, body).status == 403
    assert "QueueUrls" not in hostile_cloud.client("sqs").list_queues()


@pytest.mark.parametrize("algorithm", CHECKS)
def test_a_checksum_is_compared(hostile_cloud: RunningCloud, bucket: str, algorithm: str) -> None:
    name = f"x-amz-checksum-{algorithm}"
    right = base64.b64encode(CHECKS[algorithm]).decode()
    wrong = base64.b64encode(bytes(len(CHECKS[algorithm]))).decode()
    for value, status, code in (
        (right, 200, ""),
        (wrong, 400, "BadDigest"),
        ("none", 400, "InvalidRequest"),
        (right[:-4], 400, "InvalidRequest"),
    ):
        key = new_key()
        headers = signed(hostile_cloud, "s3", "PUT", f"/bodies/{key}", DIGITS, {name: value})
        answer = send(hostile_cloud, "PUT", f"/bodies/{key}", headers, DIGITS)
        assert (answer.status, answer.code) == (status, code), (value, answer.body)
        assert stored(hostile_cloud, key) == (DIGITS if status == 200 else None)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"Content-MD5": base64.b64encode(hashlib.md5(b"x").digest()).decode()}, "BadDigest"),
        ({"Content-MD5": "no Base64"}, "InvalidDigest"),
        ({"x-amz-checksum-crc32": crc32(), "x-amz-checksum-sha1": "AAAA"}, "InvalidRequest"),
        ({"x-amz-checksum-whatever": "AAAAAA=="}, "InvalidRequest"),
        ({"x-amz-sdk-checksum-algorithm": "CRC32"}, "InvalidRequest"),
        (
            {"x-amz-sdk-checksum-algorithm": "SHA1", "x-amz-checksum-crc32": crc32()},
            "InvalidRequest",
        ),
    ],
)
def test_a_checksum_that_is_none(
    hostile_cloud: RunningCloud, bucket: str, given: dict[str, str], code: str
) -> None:
    key = new_key()
    headers = signed(hostile_cloud, "s3", "PUT", f"/bodies/{key}", BODY, given)
    refused = send(hostile_cloud, "PUT", f"/bodies/{key}", headers, BODY)
    assert (refused.status, refused.code) == (400, code)
    assert stored(hostile_cloud, key) is None


def test_boto3_stores_as_it_does_by_default(hostile_cloud: RunningCloud, bucket: str) -> None:
    """With its checksums, from bytes, files and streams, in one part and in several."""
    import io

    s3 = hostile_cloud.client("s3")
    key = new_key()
    for body in (b"", BODY, io.BytesIO(BODY)):
        assert s3.put_object(Bucket=bucket, Key=key, Body=body)["ChecksumCRC32"]
    assert stored(hostile_cloud, key) == BODY
    for algorithm in ("CRC32", "SHA1", "SHA256"):
        answer = s3.put_object(Bucket=bucket, Key=key, Body=BODY, ChecksumAlgorithm=algorithm)
        assert answer[f"Checksum{algorithm}"]
    big = secrets.token_bytes(9 * 1024 * 1024)
    s3.upload_fileobj(io.BytesIO(big), bucket, key)
    assert stored(hostile_cloud, key) == big
    s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key}]})
    assert stored(hostile_cloud, key) is None
