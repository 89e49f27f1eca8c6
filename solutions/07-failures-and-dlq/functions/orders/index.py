"""Book an order: work out what it costs, and write it into the table that TABLE names."""

import os

import boto3

dynamodb = boto3.client("dynamodb")


def handler(event, context):
    """The event: {"order": 7, "items": [{"cents": 450, "number": 2}], "coupon": {"percent": 10}}."""
    cents = total(event)
    dynamodb.put_item(
        TableName=os.environ["TABLE"],
        Item={"order": {"N": str(event["order"])}, "cents": {"N": str(cents)}},
    )
    return {"order": event["order"], "cents": cents}


def total(order):
    """What the order costs, in cents, less what its coupon gives."""
    cents = sum(item["cents"] * item["number"] for item in order["items"])
    return cents - cents * order["coupon"]["percent"] // 100
