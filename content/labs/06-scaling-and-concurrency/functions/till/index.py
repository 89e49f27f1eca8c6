"""Book orders in the database: one, or all that a batch of messages holds."""

import json
import time

from database import Connection


def handler(event, context):
    """The event is {"order": "a-7"}, or a batch of messages with such a body each."""
    if event.get("warm"):  # Starts an environment, books nothing.
        return time.sleep(0.5)
    if "Records" in event:
        orders = [json.loads(record["body"])["order"] for record in event["Records"]]
    else:
        orders = [event["order"]]
    with Connection() as database:
        time.sleep(0.4)  # The query.
        for order in orders:
            database.book(order)
    return {"booked": orders}
