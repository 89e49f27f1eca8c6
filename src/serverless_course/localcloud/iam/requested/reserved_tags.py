"""Keys of tags that begin with ``aws:``, in any case: AWS keeps them for itself.

Source: Tagging AWS Resources and Tag Editor, "Tag naming limits and requirements" (read 2026-11).
The words of API Gateway, CloudFormation and EC2 as quoted in error reports (2019 to 2023), S3's as
in moto; elsewhere they are those that CloudFormation and Cloud Control give, with the code that the
service has for a wrong parameter, which is ours. To take such a tag away is not refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from ...wire.errors import ServiceError
from ...wire.http import Request
from ...wire.plain_request import speaks_form
from .operation import CBOR, QUERY, Operation, form_of
from .protocols import cbor_map
from .request_tags import request_tags

RESERVED = "aws:"
TEXT = "aws: prefixed tag key names are not allowed for external use."
TEXTS = {
    "apigateway": "Invalid tag key. Tag keys cannot start with 'aws:' (case insensitive)",
    "ec2": "Tag keys starting with 'aws:' are reserved for internal use",
    "s3": "System tags cannot be added/updated by requester",
    "sns": f"Invalid parameter: {TEXT}",
}
USUAL = "ValidationException"
CODES = {
    "apigateway": "BadRequestException",
    "cloudformation": "ValidationError",
    "ec2": "InvalidParameterValue",
    "ecr": "InvalidTagParameterException",
    "elasticloadbalancing": "ValidationError",
    "firehose": "InvalidArgumentException",
    "iam": "InvalidInput",
    "kinesis": "InvalidArgumentException",
    "kms": "TagException",
    "lambda": "InvalidParameterValueException",
    "logs": "InvalidParameterException",
    "monitoring": "InvalidParameterValue",
    "s3": "InvalidTag",
    "secretsmanager": "InvalidParameterException",
    "sns": "InvalidParameter",
    "sqs": "InvalidParameterValue",
    "sts": "ValidationError",
    "tagging": "InvalidParameterException",
    "xray": "InvalidRequestException",
}


def check_reserved_tags(request: Request, service: str, operation: Operation | None = None) -> None:
    """Refuse a request that sets a tag with a reserved key. Raises `ServiceError`.

    ``service`` is its name in signatures; ``operation`` what the request is, where it was read.
    """
    if any(key.lower().startswith(RESERVED) for key in _keys(request, service, operation)):
        raise ServiceError(CODES.get(service, USUAL), TEXTS.get(service, TEXT))


def _keys(request: Request, service: str, operation: Operation | None) -> list[str]:
    if service == "s3":
        return [key for key, _ in parse_qsl(request.header("x-amz-tagging"))]
    start = "aws:requesttag/"
    found = request_tags(_parameters(request, operation))
    return [name.removeprefix(start) for name in found if name.startswith(start)]


def _parameters(request: Request, operation: Operation | None) -> Mapping[str, Any]:
    if operation is not None and operation.protocol == CBOR:
        return cbor_map(request.body)
    form = operation.protocol == QUERY if operation is not None else speaks_form(request)
    if form:
        return form_of(request)
    if not _may_hold(request.body):
        return {}
    try:
        read = json.loads(request.body)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _may_hold(body: bytes) -> bool:
    """Whether it is worth the time to read a JSON text: most have no tags."""
    lowered = body.lower()
    return b"tag" in lowered and (b'"aws:' in lowered or b"\\u" in lowered)
