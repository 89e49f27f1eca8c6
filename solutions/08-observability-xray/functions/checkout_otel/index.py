"""Check out an order, traced with OpenTelemetry: the same spans would suit any other vendor."""

import json
import os

import boto3
from opentelemetry.trace import SpanKind
from telemetry import caller, provider, tracer

lam = boto3.client("lambda")


def handler(event, context):
    """The event: {"order": 7, "customer": "c-03", "country": "BR", "cents": 1200}."""
    try:
        with tracer.start_as_current_span("check out", caller(), kind=SpanKind.SERVER) as span:
            span.set_attribute("customer", event["customer"])
            return check_out(event)
    finally:
        # Between invocations the function is frozen: what is not sent now may be sent too late.
        provider.force_flush()


def check_out(order):
    """Price and coupon; what the order costs, in cents."""
    with tracer.start_as_current_span("price"):
        cents = ask(os.environ["PRICE"], order)["cents"]
    with tracer.start_as_current_span("coupon"):
        percent = ask(os.environ["COUPON"], {"customer": order["customer"]})["percent"]
    return {"order": order["order"], "cents": cents - cents * percent // 100}


def ask(function, event):
    """Invoke another function and wait for its answer."""
    answer = lam.invoke(FunctionName=function, Payload=json.dumps(event))
    if "FunctionError" in answer:
        raise RuntimeError(f"{function} failed")
    return json.loads(answer["Payload"].read())
