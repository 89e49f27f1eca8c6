"""What a customer's coupon takes off, in percent. A partner knows; here, a pause stands for it."""

import os
import time

# On one day in three, the partner takes his time.
BUSY = sum(os.environ.get("DAY", "").encode()) % 3 == 1


def handler(event, context):
    """The event: {"customer": "c-03"}."""
    time.sleep(0.2 if BUSY else 0.02)
    return {"percent": 5}
