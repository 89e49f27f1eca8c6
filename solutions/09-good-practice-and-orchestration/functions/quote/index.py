"""What a bunch costs, and nothing else: no library, no data, no client."""

COUPONS = {"SPRING": 10, "FRIEND": 15}


def handler(event, context):
    """What a bunch costs: {"items": [{"cents": 250, "number": 3}], "coupon": "SPRING"}."""
    cents = 0
    for item in event["items"]:
        price = item["cents"] * item["number"]
        cents += price * 95 // 100 if item["number"] >= 10 else price
    percent = COUPONS.get(event.get("coupon"), 0)
    return {"cents": cents - cents * percent // 100, "percent": percent}
