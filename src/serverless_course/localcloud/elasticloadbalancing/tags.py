"""Tags of load balancers, listeners, rules and target groups.

Source: Elastic Load Balancing API reference, AddTags, RemoveTags, DescribeTags (read 2026-11).
"""

from __future__ import annotations

from ..wire.errors import ServiceError
from .balancer import Members
from .balancing import Call, tags_of

MOST = 50
# DescribeTags takes so many resources at once.
MOST_RESOURCES = 20


def add(call: Call) -> Members:
    """AddTags."""
    new = tags_of(call["Tags"])
    things = [call.region.tagged(arn) for arn in call["ResourceArns"]]
    for thing in things:
        if len({**thing.tags, **new}) > MOST:
            raise ServiceError("TooManyTags", f"A resource can have at most {MOST} tags")
    for thing in things:
        thing.tags |= new
    return {}


def remove(call: Call) -> Members:
    """RemoveTags."""
    for thing in [call.region.tagged(arn) for arn in call["ResourceArns"]]:
        for key in call["TagKeys"]:
            thing.tags.pop(key, None)
    return {}


def describe(call: Call) -> Members:
    """DescribeTags."""
    if len(call["ResourceArns"]) > MOST_RESOURCES:
        text = f"You can specify up to {MOST_RESOURCES} resources"
        raise ServiceError("ValidationError", text)
    return {
        "TagDescriptions": [
            {
                "ResourceArn": arn,
                "Tags": [
                    {"Key": key, "Value": value}
                    for key, value in call.region.tagged(arn).tags.items()
                ],
            }
            for arn in call["ResourceArns"]
        ]
    }


OPERATIONS = {"AddTags": add, "RemoveTags": remove, "DescribeTags": describe}
