"""The street before the shop: who comes in this morning, from where, and for how much."""

import random

KNOWN = ("BR", "DE", "PT")
# Nobody told the shop the tax of these.
UNKNOWN = ("CH", "IE", "JP", "NO", "UK", "ZA")


def handler(event, context):
    """The event: {"orders": 40, "day": "…"}. The same day brings the same customers."""
    draw = random.Random(event["day"])
    people = [f"c-{number}" for number in draw.sample(range(10, 100), 9)]
    abroad = draw.sample(UNKNOWN, 2)
    orders = []
    # Of the nine, one lives in a country without a tax, and one is away from home now and then.
    for who, country, times in ((0, abroad[0], draw.randint(6, 8)), (1, abroad[1], 2)):
        orders += [{"customer": people[who], "country": country} for _ in range(times)]
    while len(orders) < event["orders"]:
        orders.append({"customer": draw.choice(people[1:]), "country": draw.choice(KNOWN)})
    draw.shuffle(orders)
    return [
        {"order": number, "cents": 100 * draw.randint(5, 90), **order}
        for number, order in enumerate(orders, 1)
    ]
