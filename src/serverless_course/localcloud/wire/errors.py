"""Errors as AWS answers them: a code, a message, an HTTP status."""

from __future__ import annotations

import json
from typing import Any
from xml.sax.saxutils import escape

from .cbor import encoded
from .http import Request, Response

# Services of the REST-XML protocol (botocore's models, 1.44): S3's own errors, and the others'.
LIKE_S3 = frozenset({"s3", "s3-object-lambda", "s3express"})
REST_XML = frozenset({"cloudfront", "route53"})
# What AWS's JSON protocols are told by, before the version.
JSON = "application/x-amz-json-"
# CloudWatch's name in signatures.
METRICS = "monitoring"
NO_OPERATION = "UnknownOperationException"


class ServiceError(Exception):
    """A refusal that the client sees as a botocore ``ClientError``.

    Parameters: ``code`` is AWS's error code (``ResourceNotFoundException``), ``message`` its
    text, ``status`` the HTTP status, ``fields`` further members of the error's shape
    (``Reason``; ``Type`` is ``User`` unless it says otherwise, None for an error without one),
    ``headers`` further response headers.
    """

    def __init__(
        self,
        code: str,
        message: str,
        status: int = 400,
        *,
        fields: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.fields = fields or {}
        self.headers = headers or {}


def json_error(error: ServiceError, request_id: str, kind: str = "application/json") -> Response:
    """The error in the rest-json and json protocols (botocore reads ``x-amzn-errortype``).

    ``kind`` is its content type.
    """
    members = {
        "Type": "User",
        "message": error.message,
        "Message": error.message,
        "__type": error.code,
        **error.fields,
    }
    body = {name: value for name, value in members.items() if value is not None}
    return Response(
        error.status,
        {
            "Content-Type": kind,
            "x-amzn-ErrorType": error.code,
            "x-amzn-RequestId": request_id,
            **error.headers,
        },
        json.dumps(body).encode(),
    )


def xml_error(error: ServiceError, request_id: str, *, s3: bool) -> Response:
    """The error in the query protocol, or in S3's own XML."""
    inner = f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
    if s3:
        inner += "".join(f"<{key}>{escape(str(e))}</{key}>" for key, e in error.fields.items())
    identity = f"<RequestId>{request_id}</RequestId>"
    body = (
        f"<Error>{inner}{identity}</Error>"
        if s3
        else f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error>{identity}</ErrorResponse>"
    )
    return Response(error.status, {"Content-Type": "text/xml", **error.headers}, body.encode())


def cbor_error(error: ServiceError, request_id: str) -> Response:
    """The error in Smithy's RPC protocol with CBOR bodies (RFC 8949), which CloudWatch speaks."""
    members = {"__type": error.code, "message": error.message}
    return Response(
        error.status,
        {
            "Content-Type": "application/cbor",
            "smithy-protocol": "rpc-v2-cbor",
            "x-amzn-RequestId": request_id,
            **error.headers,
        },
        encoded(members),
    )


def error_response(
    error: ServiceError, request: Request, service: str, request_id: str
) -> Response:
    """The error in the protocol that the request itself speaks."""
    if request.header("smithy-protocol") == "rpc-v2-cbor":
        return _query_compatible(cbor_error(error, request_id), error)
    if service in LIKE_S3:
        return xml_error(error, request_id, s3=True)
    if service == "sqs" and request.method == "GET" and error.code == NO_OPERATION:
        # As recorded from AWS (localstack, TestSqsQueryApi, 2024).
        return Response(error.status, {"Content-Type": "text/xml"}, f"<{NO_OPERATION}/>".encode())
    # The query protocol has one address, but for SQS; a form elsewhere is another protocol's.
    form = request.header("content-type").startswith("application/x-www-form-urlencoded")
    form = form or (request.method == "GET" and "Action=" in request.query)
    form = form and (service == "sqs" or request.path == "/")
    if form or service in REST_XML:
        return xml_error(error, request_id, s3=False)
    kind = request.header("content-type")
    if not kind.startswith(JSON):
        return json_error(error, request_id)
    # A JSON protocol answers in the version that it was asked in.
    response = json_error(error, request_id, kind)
    return _query_compatible(response, error) if service in (METRICS, "sqs") else response


def _query_compatible(response: Response, error: ServiceError) -> Response:
    """With the code of the query protocol, which older clients of the service know (Smithy 2.0,
    ``aws.protocols#awsQueryCompatible``, read 2026-11)."""
    response.headers.setdefault("x-amzn-query-error", f"{error.code};Sender")
    return response
