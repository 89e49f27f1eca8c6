"""OTLP over HTTP: spans of an OpenTelemetry SDK become segment documents.

Source: CloudWatch User Guide, "OTLP endpoints" (read 2026-11): ``POST /v1/traces``, signed for
xray, OTLP 1.x, binary or JSON, gzip or not compressed. AWS takes spans there only with Transaction
Search; the embedded cloud takes them without it, and shows them as X-Ray's traces. What is answered
follows the OTLP specification: a partial success names how many spans were rejected and why.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from ..wire.errors import ServiceError
from ..wire.http import Request, Response
from .documents import Unprocessed
from .spans import documents_of

PROTOBUF = "application/x-protobuf"
JSON = "application/json"
_IDS = frozenset({"traceId", "spanId", "parentSpanId"})
INVALID_ARGUMENT = 3
FRAMES = ("T1S", "T1U")
SAMPLED_FRAME = FRAMES[0]

Put = Callable[[list[str]], list[Unprocessed]]


def export(request: Request, put: Put) -> Response:
    """Take the spans of one request, and answer in the form it came in.

    ``put`` takes segment documents. Raises `ServiceError` (415) for another form than OTLP's two.
    """
    kind = request.header("content-type").partition(";")[0].strip().lower()
    if kind not in (PROTOBUF, JSON) or request.header("content-encoding") not in ("", "identity"):
        raise ServiceError(
            "UnsupportedMediaTypeException",
            f"Send {PROTOBUF} or {JSON}, compressed with gzip or not at all.",
            415,
        )
    try:
        message = _read(request.body, kind)
    except ValueError as error:
        return _refused(str(error), kind)
    rejected, reasons = 0, []
    for resource_spans in message.resource_spans:
        for scope_spans in resource_spans.scope_spans:
            for span in scope_spans.spans:
                documents = documents_of(span, resource_spans.resource)
                problems = put([json.dumps(document) for document in documents])
                rejected += bool(problems)
                reasons += [problem.message for problem in problems]
    return _accepted(rejected, reasons, kind)


def documents_in_frame(frame: str) -> list[str]:
    """Segment documents of the spans in a frame that a daemon got; none when it is no such frame.

    AWS's distributions of OpenTelemetry send an ExportTraceServiceRequest to the X-Ray daemon's
    port of a function: base64 behind ``T1S``, or ``T1U`` for spans that are not sampled, which
    X-Ray keeps no segments of (aws-opentelemetry-distro, ``otlp_udp_exporter``, read 2026-11).
    """
    if not frame.startswith(SAMPLED_FRAME):
        return []
    try:
        message = _read(base64.b64decode(frame[len(SAMPLED_FRAME) :], validate=True), PROTOBUF)
    except ValueError:
        return []
    return [
        json.dumps(document)
        for resource_spans in message.resource_spans
        for scope_spans in resource_spans.scope_spans
        for span in scope_spans.spans
        for document in documents_of(span, resource_spans.resource)
    ]


def _read(body: bytes, kind: str) -> Any:
    """An ExportTraceServiceRequest. Raises ValueError for a body that is none."""
    from google.protobuf import json_format  # noqa: PLC0415 - slow to import, rarely needed
    from google.protobuf.message import DecodeError  # noqa: PLC0415
    from opentelemetry.proto.collector.trace.v1 import (  # noqa: PLC0415
        trace_service_pb2 as service,
    )

    try:
        if kind == PROTOBUF:
            return service.ExportTraceServiceRequest.FromString(body)
        given = json.loads(body)
        if not isinstance(given, dict):
            raise ValueError("no JSON object")
        return json_format.ParseDict(
            _with_bytes(given),
            service.ExportTraceServiceRequest(),
            ignore_unknown_fields=True,
        )
    except (DecodeError, json_format.ParseError, ValueError, RecursionError) as error:
        raise ValueError("The body is no ExportTraceServiceRequest.") from error


def _with_bytes(value: Any) -> Any:
    """OTLP's JSON writes ids in hexadecimal digits, protobuf's wants base64."""
    if isinstance(value, list):
        return [_with_bytes(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: base64.b64encode(bytes.fromhex(item)).decode()
        if key in _IDS and isinstance(item, str)
        else _with_bytes(item)
        for key, item in value.items()
    }


def _accepted(rejected: int, reasons: list[str], kind: str) -> Response:
    from google.protobuf import json_format  # noqa: PLC0415
    from opentelemetry.proto.collector.trace.v1 import (  # noqa: PLC0415
        trace_service_pb2 as service,
    )

    answer = service.ExportTraceServiceResponse()
    if rejected:
        answer.partial_success.rejected_spans = rejected
        answer.partial_success.error_message = "; ".join(dict.fromkeys(reasons))
    body = (
        answer.SerializeToString()
        if kind == PROTOBUF
        else json_format.MessageToJson(answer).encode()
    )
    return Response(200, {"Content-Type": kind}, body)


def _refused(text: str, kind: str) -> Response:
    """OTLP's failure: a google.rpc.Status."""
    if kind == JSON:
        body = json.dumps({"code": INVALID_ARGUMENT, "message": text}).encode()
    else:
        from google.rpc.status_pb2 import Status  # noqa: PLC0415

        body = Status(code=INVALID_ARGUMENT, message=text).SerializeToString()
    return Response(400, {"Content-Type": kind}, body)
