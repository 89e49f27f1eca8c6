"""What the delivery of an order costs."""

FEE_CENTS = 490
FREE_FROM_CENTS = 5000


def handler(event, context):
    """The event: {"cents": 2500}, the price of the flowers."""
    free = event["cents"] >= FREE_FROM_CENTS
    return {"fee_cents": 0 if free else FEE_CENTS}
