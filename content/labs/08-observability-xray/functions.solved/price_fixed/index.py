"""What an order costs, in cents, with the tax of the customer's country."""

import os
import time

TAX_PERCENT = {"BR": 17, "DE": 19, "PT": 23}
OTHER_PERCENT = 20
# On one day in three, the office that knows the taxes takes its time.
BUSY = sum(os.environ.get("DAY", "").encode()) % 3 == 0


def handler(event, context):
    """The event: {"cents": 1200, "country": "BR"}."""
    time.sleep(0.2 if BUSY else 0.02)
    tax = TAX_PERCENT.get(event["country"], OTHER_PERCENT)
    return {"cents": event["cents"] * (100 + tax) // 100}
