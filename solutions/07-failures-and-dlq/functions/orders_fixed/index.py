"""Book an order: work out what it costs, and write it into the table that TABLE names."""

import os

import boto3

dynamodb = boto3.client("dynamodb")


def handler(event, context):
    """Book one order; beside its price, the row says which request booked it.

    The event: {"order": 7, "items": [{"cents": 450, "number": 2}], "coupon": {"percent": 10},
    "gift": {"cents": 250}, "card": {"credit": 100}}.
    """
    cents = total(event)
    dynamodb.put_item(
        TableName=os.environ["TABLE"],
        Item={
            "order": {"N": str(event["order"])},
            "cents": {"N": str(cents)},
            "request": {"S": context.aws_request_id},
        },
    )
    return {"order": event["order"], "cents": cents}


def total(order):
    """What the order costs, in cents. A customer may have no coupon, no gift paper, no card."""
    coupon = order.get("coupon") or {"percent": 0}
    gift = order.get("gift") or {"cents": 0}
    card = order.get("card") or {"credit": 0}
    cents = sum(item["cents"] * item["number"] for item in order["items"])
    cents -= cents * coupon["percent"] // 100
    return cents + gift["cents"] - card["credit"]
