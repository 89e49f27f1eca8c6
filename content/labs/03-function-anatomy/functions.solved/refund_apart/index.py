"""What does a customer get back for a ticket?"""

import json
import os
from datetime import date

from rules import refund_cents


def handler(event, context):
    """An order as a web page sends it: `body` is JSON with `paid_cents` and the day of the show."""
    order = json.loads(event["body"])
    days_left = (date.fromisoformat(order["show"]) - date.today()).days
    cents = refund_cents(order["paid_cents"], days_left, int(os.environ["FEE_CENTS"]))
    return {"statusCode": 200, "body": json.dumps({"refund_cents": cents})}
