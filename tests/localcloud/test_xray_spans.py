"""OpenTelemetry's spans as X-Ray documents, sent by the OpenTelemetry SDK's own encoder."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from google.protobuf import json_format
from opentelemetry import trace as api
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as service
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
)

from serverless_course.localcloud.lambda_.environment.daemon import document_of
from serverless_course.localcloud.wire.errors import ServiceError
from serverless_course.localcloud.wire.http import Request
from serverless_course.localcloud.xray import TRACES_PATH, XRay

REGION = "us-east-1"
LAMBDA = {
    "cloud.provider": "aws",
    "cloud.platform": "aws_lambda",
    "faas.name": "shop",
    "cloud.resource_id": "arn:aws:lambda:us-east-1:1:function:shop",
}
REMOTE = NonRecordingSpan(
    SpanContext(0x6B0611D9000000000000000000000001, 0xABCDEF, True, TraceFlags(1))
)


class Program:
    """A program that is traced with the OpenTelemetry SDK."""

    def __init__(self, **about: Any) -> None:
        self._exporter = InMemorySpanExporter()
        provider = TracerProvider(resource=Resource.create(about or {"service.name": "shop"}))
        provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.tracer = provider.get_tracer("test")

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        return self._exporter.get_finished_spans()


def post(body: bytes, kind: str, **headers: str) -> tuple[XRay, Any]:
    xray = XRay("123456789012")
    given = [("content-type", kind), *((k.replace("_", "-"), v) for k, v in headers.items())]
    return xray, xray.answer(Request("POST", TRACES_PATH, given, body), REGION)


def sent(program: Program) -> list[dict[str, Any]]:
    """The documents that X-Ray then shows, segments first."""
    body = encode_spans(program.spans).SerializeToString()
    xray, response = post(body, "application/x-protobuf")
    assert response.status == 200
    answer = service.ExportTraceServiceResponse.FromString(response.body)
    assert answer.partial_success.rejected_spans == 0, answer
    (trace,) = xray.region(REGION).traces.snapshot()
    return [v.document for v in trace.view.visits] + trace.view.strays


def test_a_root_is_a_segment_and_what_is_in_it_are_subsegments():
    program = Program()
    with (
        program.tracer.start_as_current_span("GET /", kind=SpanKind.SERVER),
        program.tracer.start_as_current_span("work") as work,
    ):
        work.set_attribute("size", 3)
    (segment,) = sent(program)
    assert segment["name"] == "shop"
    assert "parent_id" not in segment
    (inner,) = segment["subsegments"]
    assert inner["name"] == "work"
    assert inner["metadata"]["default"]["size"] == 3
    assert segment["metadata"]["default"]["otel.resource.service.name"] == "shop"
    assert segment["aws"]["xray"]["sdk"] == "opentelemetry for python"


def test_a_lambda_handlers_span_is_a_segment_at_the_functions_node():
    program = Program(**LAMBDA)
    with program.tracer.start_as_current_span(
        "handler", context=api.set_span_in_context(REMOTE), kind=SpanKind.INTERNAL
    ):
        pass
    (segment,) = sent(program)
    assert (segment["name"], segment["origin"]) == ("shop", "AWS::Lambda::Function")
    assert segment["parent_id"] == f"{0xABCDEF:016x}"
    assert segment["trace_id"] == "1-6b0611d9-000000000000000000000001"
    assert segment["resource_arn"] == LAMBDA["cloud.resource_id"]


def test_an_aws_call_is_a_subsegment_of_the_namespace_aws_with_its_table_inferred():
    program = Program()
    attributes = {
        "rpc.system": "aws-api",
        "rpc.service": "DynamoDB",
        "rpc.method": "PutItem",
        "aws.request_id": "R1",
        "cloud.region": "us-east-1",
        "aws.dynamodb.table_names": ["orders"],
        "http.status_code": 400,
    }
    with program.tracer.start_as_current_span("GET /", kind=SpanKind.SERVER):
        program.tracer.start_span(
            "DynamoDB.PutItem", kind=SpanKind.CLIENT, attributes=attributes
        ).end()
    segment, table = sent(program)
    (call,) = segment["subsegments"]
    assert (call["name"], call["namespace"], call["error"]) == ("DynamoDB", "aws", True)
    assert call["aws"] == {
        "operation": "PutItem",
        "region": "us-east-1",
        "request_id": "R1",
        "table_name": "orders",
    }
    assert call["http"]["response"]["status"] == 400
    assert table["origin"] == "AWS::DynamoDB::Table"


@pytest.mark.parametrize(
    "attributes",
    [
        {"http.method": "GET", "http.url": "https://api.example.com/x", "http.status_code": 503},
        {
            "http.request.method": "GET",
            "url.full": "https://api.example.com/x",
            "http.response.status_code": 503,
        },
    ],
)
def test_both_editions_of_the_http_conventions_are_read(attributes):
    program = Program()
    with program.tracer.start_as_current_span("root", kind=SpanKind.SERVER):
        program.tracer.start_span(
            "GET",
            kind=SpanKind.CLIENT,
            attributes={**attributes, "server.address": "api.example.com"},
        ).end()
    call = sent(program)[0]["subsegments"][0]
    assert call["name"] == "api.example.com"
    assert call["namespace"] == "remote"
    assert call["fault"] is True
    assert call["http"] == {
        "request": {"method": "GET", "url": "https://api.example.com/x"},
        "response": {"status": 503},
    }


def test_an_exception_becomes_the_cause_with_its_stack():
    program = Program()
    with pytest.raises(KeyError), program.tracer.start_as_current_span("root"):
        raise KeyError("missing")
    (segment,) = sent(program)
    assert segment["fault"] is True
    (exception,) = segment["cause"]["exceptions"]
    assert (exception["type"], exception["message"]) == ("KeyError", "'missing'")
    assert exception["stack"][0]["path"] == __file__


def test_a_status_message_is_a_cause_without_an_exception():
    program = Program()
    with program.tracer.start_as_current_span("root") as span:
        span.set_status(Status(StatusCode.ERROR, "broken"))
    assert sent(program)[0]["cause"]["exceptions"][0]["message"] == "broken"


def test_named_attributes_become_annotations_and_the_rest_metadata():
    program = Program()
    given = {"tenant": "t1", "size": 2, "aws.xray.annotations": ["tenant"], "enduser.id": "alice"}
    with program.tracer.start_as_current_span("root", attributes=given):
        pass
    (segment,) = sent(program)
    assert segment["annotations"] == {"tenant": "t1"}
    assert segment["metadata"]["default"]["size"] == 2
    assert segment["user"] == "alice"


def test_a_call_that_is_the_root_is_its_services_segment_with_the_call_in_it():
    program = Program()
    program.tracer.start_span("GET", kind=SpanKind.CLIENT, attributes={"peer.service": "api"}).end()
    segment, inferred = sent(program)
    assert segment["name"] == "shop"
    assert [item["name"] for item in segment["subsegments"]] == ["api"]
    assert inferred["inferred"] is True


def test_an_sql_query_is_told_as_sql():
    program = Program()
    given = {"db.system": "postgresql", "db.name": "shop", "db.statement": "SELECT 1"}
    with program.tracer.start_as_current_span("root", kind=SpanKind.SERVER):
        program.tracer.start_span("SELECT", kind=SpanKind.CLIENT, attributes=given).end()
    segment, database = sent(program)
    assert segment["subsegments"][0]["sql"]["sanitized_query"] == "SELECT 1"
    assert database["origin"] == "Database::SQL"


def test_json_says_the_same_as_protobuf():
    program = Program()
    with program.tracer.start_as_current_span("root"):
        pass
    message = json_format.MessageToDict(encode_spans(program.spans))
    for group in message["resourceSpans"]:
        for scope in group["scopeSpans"]:
            for span in scope["spans"]:
                for key in ("traceId", "spanId"):
                    # OTLP's JSON has hexadecimal digits where protobuf's has base64.
                    span[key] = base64.b64decode(span[key]).hex()
    xray, response = post(json.dumps(message).encode(), "application/json")
    assert (response.status, json.loads(response.body)) == (200, {})
    (trace,) = xray.region(REGION).traces.snapshot()
    assert [visit.document for visit in trace.view.visits] == sent(program)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-protobuf", b"\xff\xff nothing"),
        ("application/json", b"\xff\xff nothing"),
        ("application/json", b"[]"),
        ("application/json", b'{"resourceSpans": 3}'),
        (
            "application/json",
            b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "x"}]}]}]}',
        ),
    ],
)
def test_a_body_that_is_none_is_a_bad_request(kind, body):
    _, response = post(body, kind)
    assert response.status == 400
    assert response.headers["Content-Type"] == kind


def test_other_forms_are_refused():
    for kind, headers in (("text/plain", {}), ("application/json", {"content_encoding": "br"})):
        with pytest.raises(ServiceError) as refused:
            post(b"{}", kind, **headers)
        assert refused.value.status == 415


def test_a_span_that_x_ray_cannot_take_is_counted_as_rejected():
    request = service.ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    scope.spans.add(
        name="x", trace_id=b"1", span_id=b"1", start_time_unix_nano=1, end_time_unix_nano=2
    )
    _, response = post(request.SerializeToString(), "application/x-protobuf")
    answer = service.ExportTraceServiceResponse.FromString(response.body)
    assert answer.partial_success.rejected_spans == 1
    assert "Invalid" in answer.partial_success.error_message


@pytest.mark.parametrize(("sampled", "kept"), [("T1S", True), ("T1U", False)])
def test_a_frame_of_spans_at_the_daemons_port(sampled: str, kept: bool) -> None:
    """As AWS's distribution of OpenTelemetry sends it to the X-Ray daemon of a function."""
    program = Program(**LAMBDA)
    with program.tracer.start_as_current_span("work", api.set_span_in_context(REMOTE)):
        pass
    spans = encode_spans(program.spans).SerializeToString()
    frame = sampled + base64.b64encode(spans).decode()
    datagram = b'{"format":"json","version":1}\n' + frame.encode()
    document = document_of(datagram)
    assert document == frame
    xray = XRay("123456789012")
    xray.put(REGION, [document, f"{sampled}no base64!", f"{sampled}AAAA"])
    trace_id = "1-6b0611d9-000000000000000000000001"
    found = xray.region(REGION).traces.find(trace_id)
    assert (found is not None) == kept
