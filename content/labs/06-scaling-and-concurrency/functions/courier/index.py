"""Ask the courier when a cake can be there. How long it takes to answer, nobody promises."""

import json
import os
import random
import time

COURIER = os.environ["COURIER"]
# The courier is a model: its answers take a random time with a long tail. The waits are real.
TYPICAL_MS = random.Random(COURIER).uniform(5, 9)


class CourierTimeout(Exception):
    """The courier did not answer in time."""


def ask(limit_ms=None, hangs=False):
    """Ask the courier, and wait for its answer, or for `limit_ms`. Returns milliseconds."""
    began = time.perf_counter()
    wait_ms = 600_000 if hangs else TYPICAL_MS * random.lognormvariate(0, 0.9)
    if limit_ms is not None and wait_ms > limit_ms:
        time.sleep(limit_ms / 1000)
        raise CourierTimeout(f"no answer within {limit_ms:g} ms")
    time.sleep(wait_ms / 1000)
    return (time.perf_counter() - began) * 1000


def handler(event, context):
    """{"measure": 100} asks without a time-out, and notes how long each answer took.

    {"orders": 3} asks for so many orders, as in the shop: with the time-out. "courier": "hangs"
    makes the courier hang.
    """
    if "measure" in event:
        times = [round(ask(), 3) for _ in range(event["measure"])]
        note(times)
        return times
    limit_ms = float(os.environ.get("COURIER_TIMEOUT_MS", "5000"))
    for _ in range(event["orders"]):
        ask(limit_ms, hangs=event.get("courier") == "hangs")
    return {"delivered": event["orders"]}


def note(times):
    """Hand the values to CloudWatch: embedded metric format, at most 100 values a line."""
    metric = {
        "Namespace": "Bakery",
        "Dimensions": [["Courier"]],
        "Metrics": [{"Name": "Answer", "Unit": "Milliseconds"}],
    }
    head = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [metric]}
    print(json.dumps({"_aws": head, "Courier": COURIER, "Answer": times}))
