"""Takes an order: a message to a queue, an item into a table, a question to another function.

The X-Ray SDK records a subsegment for every call that boto3 makes.
"""

import json
import os

import boto3
from aws_xray_sdk.core import patch_all, xray_recorder

patch_all()
sqs = boto3.client("sqs")
dynamodb = boto3.client("dynamodb")
functions = boto3.client("lambda")


def handler(event, context):
    """Keep the order, tell the queue, ask for the stock; answers what the other function said."""
    with xray_recorder.in_subsegment("take order") as subsegment:
        subsegment.put_annotation("order_id", event["id"])
        subsegment.put_metadata("order", event)
        sqs.send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=json.dumps(event))
        dynamodb.put_item(TableName=os.environ["TABLE"], Item={"id": {"S": event["id"]}})
    answer = functions.invoke(FunctionName=os.environ["STOCK"], Payload=json.dumps(event))
    return json.load(answer["Payload"])
