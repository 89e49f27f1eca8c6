"""Draw the poster of a show. A drawing takes long, so it is kept."""

import hashlib

POSTERS = {}


def draw(show):
    """Three megabytes, and some time."""
    seed = hashlib.pbkdf2_hmac("sha256", show.encode(), b"poster", 60_000)
    return seed * (3 * 1024 * 1024 // len(seed))


def handler(event, context):
    """The number and the check sum of a poster, for an order such as {"order": 7, "show": "Tosca"}."""
    if str(event) not in POSTERS:
        POSTERS[str(event)] = draw(event["show"])
    poster = POSTERS[str(event)]
    return {"order": event["order"], "poster": hashlib.sha256(poster).hexdigest()}
