def handler(event, context):
    """Return twice the number in the event."""
    return event["n"] * 2
