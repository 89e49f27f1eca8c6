"""Handle an order, or fail, as the event says."""


def handler(event, context):
    """The event: {"order": 7, "fail": true}."""
    if event["fail"]:
        raise RuntimeError(f"order {event['order']} cannot be packed")
    return {"order": event["order"], "done": True}
