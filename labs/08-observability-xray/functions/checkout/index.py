"""Check out an order: five steps, one after the other."""

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
# On one day in three, the warehouse takes its time.
BUSY = sum(os.environ.get("DAY", "").encode()) % 3 == 2


def handler(event, context):
    """The event: {"order": 7, "customer": "c-03", "country": "BR", "cents": 1200}."""
    known = {name: event[name] for name in ("order", "customer", "country")}
    try:
        cents = check_out(event)
    except Exception:
        log.exception("checkout failed", extra=known)
        raise
    log.info("checked out", extra={**known, "cents": cents})
    return {"order": event["order"], "cents": cents}


def check_out(order):
    """Take an order through all steps; returns what it costs, in cents."""
    cents = price(order)
    stock()
    cents -= cents * coupon(order) // 100
    reserve(order, cents)
    notify(order)
    return cents


@xray_recorder.capture("price")
def price(order):
    return ask(os.environ["PRICE"], order)["cents"]


@xray_recorder.capture("stock")
def stock():
    time.sleep(0.2 if BUSY else 0)
    key = {"order": {"N": "0"}}
    return dynamodb.get_item(TableName=os.environ["TABLE"], Key=key)


@xray_recorder.capture("coupon")
def coupon(order):
    return ask(os.environ["COUPON"], {"customer": order["customer"]})["percent"]


@xray_recorder.capture("reserve")
def reserve(order, cents):
    item = {"order": {"N": str(order["order"])}, "cents": {"N": str(cents)}}
    dynamodb.put_item(TableName=os.environ["TABLE"], Item=item)


@xray_recorder.capture("notify")
def notify(order):
    sqs.send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=json.dumps(order))


def ask(function, event):
    """Invoke another function and wait for its answer."""
    answer = lam.invoke(FunctionName=function, Payload=json.dumps(event))
    if "FunctionError" in answer:
        raise RuntimeError(f"{function} failed")
    return json.loads(answer["Payload"].read())
