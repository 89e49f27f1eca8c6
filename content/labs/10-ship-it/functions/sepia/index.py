"""Turn each uploaded photo sepia, once: S3 -> SQS -> this function -> S3."""

import json
import os
import struct
import urllib.parse
import zlib

import boto3
from botocore.exceptions import ClientError

s3 = boto3.client("s3")
PICTURES = os.environ["PICTURES"]
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def read_png(data):
    """Width, height and pixels of an RGB picture with unfiltered rows."""
    if data[:8] != SIGNATURE:
        raise ValueError("not a PNG")
    at, packed = 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + size]
        if kind == b"IHDR":
            width, height, *form = struct.unpack(">IIBBBBB", body)
        packed += body if kind == b"IDAT" else b""
        at += size + 12
    rows, step = zlib.decompress(packed), 3 * width + 1
    if form != [8, 2, 0, 0, 0] or any(rows[::step]):
        raise ValueError("not a plain RGB picture")
    return width, height, b"".join(rows[i + 1 : i + step] for i in range(0, len(rows), step))


def write_png(width, height, pixels):
    """A PNG of these pixels."""
    step = 3 * width
    rows = b"".join(b"\0" + pixels[i : i + step] for i in range(0, len(pixels), step))
    parts = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))]
    parts += [(b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    chunks = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )
    return SIGNATURE + b"".join(chunks)


def sepia(pixels):
    """The same pixels in shades of brown."""
    out = bytearray(len(pixels))
    for i in range(0, len(pixels), 3):
        r, g, b = pixels[i : i + 3]
        out[i] = min(255, (393 * r + 769 * g + 189 * b) // 1000)
        out[i + 1] = min(255, (349 * r + 686 * g + 168 * b) // 1000)
        out[i + 2] = min(255, (272 * r + 534 * g + 131 * b) // 1000)
    return bytes(out)


def convert(bucket, key):
    """Convert one photo; whoever comes second with the same photo writes nothing."""
    photo = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    width, height, pixels = read_png(photo)
    picture = write_png(width, height, sepia(pixels))
    try:
        s3.put_object(
            Bucket=PICTURES, Key=key, Body=picture, ContentType="image/png", IfNoneMatch="*"
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "PreconditionFailed":
            raise


def handler(event, context):
    """Convert the photos of a batch; report the messages that failed."""
    failed = []
    for message in event["Records"]:
        try:
            for record in json.loads(message["body"]).get("Records", []):
                s3_part = record["s3"]
                key = urllib.parse.unquote_plus(s3_part["object"]["key"])
                convert(s3_part["bucket"]["name"], key)
        except Exception as error:
            print(json.dumps({"failed": message["messageId"], "why": repr(error)}))
            failed.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failed}
