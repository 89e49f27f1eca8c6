"""Tags of REST APIs, their stages, API keys and usage plans."""

from __future__ import annotations

import re

from ..call import Call, Members
from ..refusals import bad_request, not_found

_ARN = re.compile(
    r"arn:aws:apigateway:(?P<region>[a-z0-9-]+)::/(?P<kind>restapis|apikeys|usageplans)/"
    r"(?P<id>[a-z0-9]+)(/stages/(?P<stage>[^/]+))?"
)
MAX_TAGS = 50


def get_tags(call: Call) -> Members:
    """GetTags."""
    return {"tags": dict(_tags(call))}


def tag_resource(call: Call) -> Members:
    """TagResource."""
    tags, given = _tags(call), call.get("tags") or {}
    if len({*tags, *given}) > MAX_TAGS:
        raise bad_request(f"A resource has at most {MAX_TAGS} tags")
    tags.update(given)
    return {}


def untag_resource(call: Call) -> Members:
    """UntagResource."""
    tags = _tags(call)
    for key in call["tagKeys"]:
        tags.pop(key, None)
    return {}


def _tags(call: Call) -> dict[str, str]:
    match = _ARN.fullmatch(call["resourceArn"])
    if match is None or match["region"] != call.region:
        raise bad_request(f"Invalid ARN: {call['resourceArn']}")
    usage = call.apis.region(call.region)
    members: Members | None
    if match["kind"] == "apikeys":
        members = usage.keys.get(match["id"])
    elif match["kind"] == "usageplans":
        plan = usage.plans.get(match["id"])
        members = plan.members if plan else None
    else:
        api = call.apis.rest_api(call.region, match["id"])
        stage = api.stages.get(match["stage"] or "")
        members = api.members if match["stage"] is None else (stage.members if stage else None)
    if members is None:
        raise not_found(f"Invalid resource specified: {call['resourceArn']}")
    if members.get("tags") is None:
        members["tags"] = {}
    found: dict[str, str] = members["tags"]
    return found


OPERATIONS = {
    "GetTags": get_tags,
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
}
