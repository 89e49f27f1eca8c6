"""Gives money back. The shop's payment partner calls it, over its function URL."""

import json


def handler(event, context):
    asked = json.loads(event.get("body") or "{}")
    print(json.dumps({"refunded": asked.get("order")}))
    return {"refunded": asked.get("order"), "cents": asked.get("cents")}
