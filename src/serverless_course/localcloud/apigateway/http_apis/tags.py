"""Tags of HTTP APIs and of their stages."""

from __future__ import annotations

import re

from ..call import Call, Members
from ..refusals import bad_request, not_found

_ARN = re.compile(
    r"arn:aws:apigateway:(?P<region>[a-z0-9-]+)::/(v2/)?apis/(?P<api>[a-z0-9]+)"
    r"(/stages/(?P<stage>[^/]+))?"
)
MAX_TAGS = 50


def get_tags(call: Call) -> Members:
    """GetTags."""
    return {"Tags": dict(_tags(call))}


def tag_resource(call: Call) -> Members:
    """TagResource."""
    tags, given = _tags(call), call.get("Tags") or {}
    if len({*tags, *given}) > MAX_TAGS:
        raise bad_request(f"A resource has at most {MAX_TAGS} tags")
    tags.update(given)
    return {}


def untag_resource(call: Call) -> Members:
    """UntagResource."""
    tags = _tags(call)
    for key in call["TagKeys"]:
        tags.pop(key, None)
    return {}


def _tags(call: Call) -> dict[str, str]:
    match = _ARN.fullmatch(call["ResourceArn"])
    if match is None or match["region"] != call.region:
        raise bad_request(f"Invalid ARN: {call['ResourceArn']}")
    api = call.apis.http_api(call.region, match["api"])
    if match["stage"] is None:
        found: dict[str, str] = api.members["Tags"]
        return found
    if match["stage"] not in api.stages:
        raise not_found("Invalid stage identifier specified")
    of_stage: dict[str, str] = api.stages[match["stage"]].members["Tags"]
    return of_stage


OPERATIONS = {
    "GetTags": get_tags,
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
}
