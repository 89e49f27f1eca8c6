"""Send OpenTelemetry's spans to X-Ray, without an agent: OTLP over HTTP, signed as AWS asks."""

import os

import boto3
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
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
exporter = OTLPSpanExporter(f"{ENDPOINT}/v1/traces", session=session)
provider.add_span_processor(BatchSpanProcessor(exporter))
tracer = provider.get_tracer("shop")


def caller():
    """The trace that Lambda is in: _X_AMZN_TRACE_ID holds its header."""
    return AwsXRayLambdaPropagator().extract({})
