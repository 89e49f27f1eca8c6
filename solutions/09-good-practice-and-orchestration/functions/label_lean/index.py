"""The label of a parcel: the town, the courier's zone, and a link to follow it."""

import json
import os
from urllib.parse import urlencode

LAYERS = os.environ.get("LAMBDA_OPT_DIR", "/opt")


def handler(event, context):
    """The event: {"order": 7, "postcode": "20417"}."""
    place = find(event["postcode"])
    if place is None:
        return {"error": f"no place has the postcode {event['postcode']}"}
    town, zone = place
    asked = urlencode({"order": event["order"], "town": town})
    return {"town": town, "zone": zone, "link": f"https://parcel.example/track?{asked}"}


def find(postcode):
    """Town and zone of a postcode, from the one small file that may hold it; None without one."""
    try:
        with open(f"{LAYERS}/places/{postcode[:3]}.json", encoding="utf-8") as file:
            return json.load(file).get(postcode)
    except FileNotFoundError:
        return None
