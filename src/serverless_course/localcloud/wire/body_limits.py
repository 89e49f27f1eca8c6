"""How large a request may be before it is known who signed it.

Sources: Lambda quotas and the words of its refusal of a large CreateFunction; quotas of DynamoDB
(BatchWriteItem, 16 MB), Kinesis (PutRecords, 10 MB), function URLs (6 MB) (read 2026-11). What S3
takes in one PUT is less here than on AWS (5 GB): `connection.MAX_BODY`.
"""

from __future__ import annotations

from .connection import MAX_BODY
from .errors import ServiceError
from .http import Request
from .post_form import is_post_form

MIB = 1024 * 1024
# Lambda takes a deployment package of 50 MB, in Base64: 70,167,211 bytes. What is a little more is
# read, so that its refusal names the operation.
MAX_LAMBDA_BYTES = 80 * 1024 * 1024
MAX_URL_BYTES = 6 * MIB
MAX_OTHER_BYTES = 24 * MIB
# An upload form, or a request to S3 whose key cannot be looked up yet.
MAX_UNKNOWN_BYTES = 64 * MIB


def most_bytes(head: Request, service: str) -> int:
    """The largest body of a request to a service, in bytes. Raises `ServiceError` for one that is
    larger, or that nobody signed."""
    if is_post_form(head):
        return MAX_UNKNOWN_BYTES
    if not service:
        raise ServiceError("MissingAuthenticationToken", "Missing Authentication Token", 403)
    if service == "s3":
        return _s3(head)
    most = MAX_LAMBDA_BYTES if service == "lambda" else MAX_OTHER_BYTES
    if _declared(head) > most:
        text = f"Request must be smaller than {most} bytes for this operation"
        raise ServiceError("RequestEntityTooLargeException", text, 413)
    return most


def _s3(head: Request) -> int:
    if _declared(head) > MAX_BODY:
        text = (
            "Your proposed upload exceeds the maximum allowed size: the embedded cloud takes "
            f"{MAX_BODY} bytes in one request. Upload it in parts."
        )
        raise ServiceError("EntityTooLarge", text, 400)
    return MAX_BODY


def _declared(head: Request) -> int:
    text = head.header("content-length")
    return int(text) if text.isascii() and text.isdigit() else 0
