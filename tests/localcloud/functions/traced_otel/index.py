"""A function traced with OpenTelemetry, without an agent: its spans go to X-Ray over OTLP.

X-Ray takes OTLP at ``/v1/traces`` of its own endpoint; a request is signed as any other of AWS's.
"""

import os

import boto3
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.propagators.aws.aws_xray_propagator import AwsXRayLambdaPropagator
from opentelemetry.sdk.extension.aws.resource import AwsLambdaResourceDetector
from opentelemetry.sdk.extension.aws.trace import AwsXRayIdGenerator
from opentelemetry.sdk.resources import get_aggregated_resources
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

REGION = os.environ["AWS_REGION"]
ENDPOINT = os.environ.get("AWS_ENDPOINT_URL", f"https://xray.{REGION}.amazonaws.com")


class Signed(requests.auth.AuthBase):
    """Signs requests with the function's own credentials."""

    def __init__(self):
        self.credentials = boto3.Session().get_credentials()

    def __call__(self, request):
        kept = {"Content-Type": request.headers["Content-Type"]}
        signed = AWSRequest(request.method, request.url, kept, request.body)
        SigV4Auth(self.credentials, "xray", REGION).add_auth(signed)
        request.headers.update(dict(signed.headers))
        return request


session = requests.Session()
session.auth = Signed()
provider = TracerProvider(
    id_generator=AwsXRayIdGenerator(),
    resource=get_aggregated_resources([AwsLambdaResourceDetector()]),
)
provider.add_span_processor(
    BatchSpanProcessor(OTLPSpanExporter(f"{ENDPOINT}/v1/traces", session=session))
)
tracer = provider.get_tracer("orders")


def handler(event, context):
    """Do two things, each a span of its own below the handler's."""
    # Who called is in _X_AMZN_TRACE_ID; the propagator reads it there.
    caller = AwsXRayLambdaPropagator().extract({})
    # A span of kind SERVER is a segment of its own in X-Ray, below Lambda's.
    with tracer.start_as_current_span("handler", caller, kind=trace.SpanKind.SERVER) as span:
        span.set_attribute("order_id", event["id"])
        with tracer.start_as_current_span("check the order"):
            total = sum(event["prices"])
        with tracer.start_as_current_span("print the bill"):
            bill = f"{event['id']}: {total}"
    # Between invocations the function is frozen: what is not sent now may be sent too late.
    provider.force_flush()
    return bill
