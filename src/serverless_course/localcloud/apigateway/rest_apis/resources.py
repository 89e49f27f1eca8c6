"""Resources: the tree of paths. Source: API Gateway API reference, "Resource" (read 2026-11)."""

from __future__ import annotations

import re

from ..call import Call, Members
from ..refusals import bad_request, conflict, not_found
from .paging import page
from .rest_api import Resource, RestApi

_PART = re.compile(r"[a-zA-Z0-9._\-:%$~,!&'()*+;=@]+|\{[a-zA-Z0-9._\-:]+\+?\}")


def create_resource(call: Call) -> Members:
    """CreateResource."""
    api = call.apis.rest_api(call.region, call["restApiId"])
    parent, part = _of(api, call["parentId"]), call["pathPart"]
    check_part(parent, part)
    if api.child(parent, part) is not None:
        raise conflict("Another resource with the same parent already has this name: " + part)
    variable = [
        each
        for each in api.resources.values()
        if each.parent_id == parent.id and each.part.startswith("{")
    ]
    if part.startswith("{") and any(v.part.endswith("+}") == part.endswith("+}") for v in variable):
        raise bad_request(
            f"A sibling ({variable[0].part}) of this resource already has a variable path part -- "
            "only one is allowed"
        )
    return api.add(parent, part).shown()


def get_resource(call: Call) -> Members:
    """GetResource."""
    return resource_of(call)[1].shown(methods="methods" in (call.get("embed") or []))


def get_resources(call: Call) -> Members:
    """GetResources."""
    api = call.apis.rest_api(call.region, call["restApiId"])
    methods = "methods" in (call.get("embed") or [])
    found = sorted(api.resources.values(), key=lambda each: each.path)
    return page([each.shown(methods=methods) for each in found], call)


def delete_resource(call: Call) -> Members:
    """DeleteResource, and all below it."""
    api, resource = resource_of(call)
    if resource.parent_id is None:
        raise bad_request("Root resource cannot be removed")
    gone = {resource.id}
    while True:
        below = {each.id for each in api.resources.values() if each.parent_id in gone}
        if below <= gone:
            break
        gone |= below
    for each in gone:
        del api.resources[each]
    return {}


def check_part(parent: Resource, part: str) -> None:
    """Refuse a part of a path that AWS refuses. Raises BadRequestException."""
    if not _PART.fullmatch(part):
        raise bad_request(
            "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and "
            "curly braces at the beginning and the end."
        )
    if parent.part.endswith("+}"):
        raise bad_request(
            f"Cannot create a child of a resource with a greedy path variable: {part}"
        )


def resource_of(call: Call) -> tuple[RestApi, Resource]:
    """The resource that a call names, and its API. Raises NotFoundException."""
    api = call.apis.rest_api(call.region, call["restApiId"])
    return api, _of(api, call["resourceId"])


def _of(api: RestApi, resource_id: str) -> Resource:
    if resource_id not in api.resources:
        raise not_found("Invalid Resource identifier specified")
    return api.resources[resource_id]


OPERATIONS = {
    "CreateResource": create_resource,
    "GetResource": get_resource,
    "GetResources": get_resources,
    "DeleteResource": delete_resource,
}
