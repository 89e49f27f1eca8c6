"""What does a customer get back for a ticket?"""

import json
import os
from datetime import date


def handler(event, context):
    """An order as a web page sends it: `body` is JSON with `paid_cents` and the day of the show."""
    order = json.loads(event["body"])
    days_left = (date.fromisoformat(order["show"]) - date.today()).days
    fee = int(os.environ["FEE_CENTS"])
    if days_left >= 30:
        cents = order["paid_cents"] - fee
    elif days_left >= 7:
        cents = order["paid_cents"] // 2 - fee
    else:
        cents = 0
    return {"statusCode": 200, "body": json.dumps({"refund_cents": max(cents, 0)})}
