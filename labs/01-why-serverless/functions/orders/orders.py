"""What the shop does: price an order, and sign its receipt. It knows no server and no Lambda."""

import hashlib

CENTS = {"label": 250, "poster": 1900, "mug": 1250}
SIGNING_ROUNDS = 20_000


def take(order):
    """Price an order such as {"order": 7, "item": "mug", "number": 2}; sign the receipt.

    Raises ValueError for an order that cannot be taken.
    """
    item, number = order.get("item"), order.get("number")
    if item not in CENTS:
        raise ValueError(f"We have no {item!r}.")
    if not isinstance(number, int) or not 1 <= number <= 100:
        raise ValueError("number must be a whole number from 1 to 100.")
    cents = CENTS[item] * number
    receipt = f"{order.get('order')}:{item}:{number}:{cents}"
    signed = hashlib.pbkdf2_hmac("sha256", receipt.encode(), b"shop", SIGNING_ROUNDS)
    return {"order": order.get("order"), "cents": cents, "receipt": signed.hex()}
