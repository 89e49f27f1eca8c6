"""The order flow, as code that one reads from top to bottom."""

from desk import do


def handler(event, context):
    """The event: {"order": 7, "cents": 2500}."""
    do("reserve", event)
    do("charge", event)
    do("book", event)
    return {"order": event["order"], "status": "shipped"}
