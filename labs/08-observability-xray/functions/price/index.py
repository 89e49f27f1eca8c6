"""What an order costs, in cents, with the tax of the customer's country."""

TAX_PERCENT = {"BR": 17, "DE": 19, "PT": 23}


def handler(event, context):
    """The event: {"cents": 1200, "country": "BR"}."""
    return {"cents": event["cents"] * (100 + TAX_PERCENT[event["country"]]) // 100}
