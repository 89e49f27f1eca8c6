"""The order service on Lambda: what is left when the platform does the rest."""

import uuid

from orders import take

ENVIRONMENT = uuid.uuid4().hex[:8]  # made during Init: one for each execution environment


def handler(event, context):
    """Take one order; an order that cannot be taken is refused with its reason."""
    try:
        return {"environment": ENVIRONMENT, **take(event)}
    except ValueError as error:
        return {"environment": ENVIRONMENT, "refused": str(error)}
