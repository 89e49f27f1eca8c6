"""Say what an order costs in another currency. Three calls, and each leaves a trace."""

import json
import logging
import os
import time

import boto3
from aws_xray_sdk.core import patch_all, xray_recorder

# Libraries are chatty: their lines would stand between those of the function.
for library in ("aws_xray_sdk", "botocore"):
    logging.getLogger(library).setLevel(logging.WARNING)

patch_all()

lam, dynamodb, sqs = boto3.client("lambda"), boto3.client("dynamodb"), boto3.client("sqs")
log = logging.getLogger()


def handler(event, context):
    """The event: {"order": 7, "cents": 1200, "currency": "EUR"}."""
    rate = rate_of(event["currency"])
    quote = {"order": event["order"], "quote": round(event["cents"] / rate, 2)}
    item = {"order": {"N": str(event["order"])}, "quote": {"N": str(quote["quote"])}}
    dynamodb.put_item(TableName=os.environ["TABLE"], Item=item)
    sqs.send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=json.dumps(quote))
    log.info("quoted", extra={"currency": event["currency"], "order": event["order"]})
    count("QuotedCents", event["cents"], Currency=event["currency"])
    return quote


@xray_recorder.capture("ask for the rate")
def rate_of(currency):
    """Ask the function that RATES names."""
    xray_recorder.current_subsegment().put_annotation("currency", currency)
    answer = lam.invoke(
        FunctionName=os.environ["RATES"], Payload=json.dumps({"currency": currency})
    )
    if "FunctionError" in answer:
        raise ValueError(f"there is no rate for {currency}")
    return json.loads(answer["Payload"].read())["cents"]


def count(name, value, **dimensions):
    """A metric of our own, in the embedded metric format: a log line, and nothing to wait for."""
    directive = {
        "Namespace": "Quotes",
        "Dimensions": [list(dimensions)],
        "Metrics": [{"Name": name, "Unit": "None"}],
    }
    head = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    print(json.dumps({"_aws": head, name: value, **dimensions}))
