"""What a customer's coupon takes off, in percent. A partner knows; here, a pause stands for it."""

import time


def handler(event, context):
    """The event: {"customer": "c-03"}."""
    time.sleep(0.15)
    return {"percent": 5}
