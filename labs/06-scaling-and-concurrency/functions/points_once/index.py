"""Add the points of orders to those of their customers."""

import json
import os
import time

import boto3

dynamodb = boto3.client("dynamodb")
TABLE = os.environ["TABLE"]


def handler(event, context):
    """Each message: {"order": "a-7", "customer": "c-3", "points": 20, "sent": 1764460800.5}."""
    for record in event["Records"]:
        order = json.loads(record["body"])
        book(order)
        send_receipt(order)


def book(order):
    """Add the order's points to its customer's. The accounting system takes its time."""
    accounting(order)
    dynamodb.update_item(
        TableName=TABLE,
        Key={"id": {"S": f"points of {order['customer']}"}},
        UpdateExpression="ADD points :points",
        ExpressionAttributeValues={":points": {"N": str(order["points"])}},
    )


def accounting(order):
    """Ask the accounting system. Raises ConnectionError when it is down."""
    time.sleep(0.05)
    if order.get("accounting") == "down":
        raise ConnectionError("the accounting system is down")


def send_receipt(order):
    """Send a receipt. Raises RuntimeError when the printer is out of paper."""
    if order.get("printer") == "no paper":
        raise RuntimeError("the printer is out of paper")
