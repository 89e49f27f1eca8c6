"""Usage plans. Source: API Gateway API reference, "UsagePlan", "UsagePlanKey" (read 2026-11)."""

from __future__ import annotations

from ..call import Call, Members
from ..identifiers import new_id
from ..refusals import bad_request, conflict, not_found
from .paging import page
from .patching import Convert, decimal, number, parts_of, patched
from .usage import PERIODS_S, UsagePlan

PLAIN: dict[str, Convert] = {"name": str, "description": str}
THROTTLE: dict[str, Convert] = {"rateLimit": decimal, "burstLimit": number}
QUOTA: dict[str, Convert] = {"limit": number, "offset": number, "period": str}


def create_usage_plan(call: Call) -> Members:
    """CreateUsagePlan."""
    members: Members = {
        "id": new_id(6),
        "name": call["name"],
        "apiStages": [dict(each) for each in call.get("apiStages") or []],
        "tags": dict(call.get("tags") or {}),
    }
    for name in ("description", "throttle", "quota"):
        if call.get(name):
            members[name] = call[name]
    _check(call, members)
    call.apis.region(call.region).plans[members["id"]] = UsagePlan(members)
    return members


def get_usage_plan(call: Call) -> Members:
    """GetUsagePlan."""
    return _plan(call).members


def get_usage_plans(call: Call) -> Members:
    """GetUsagePlans: all, or those of one key."""
    found = [
        each.members
        for each in call.apis.region(call.region).plans.values()
        if call.get("keyId") is None or call["keyId"] in each.keys
    ]
    return page(found, call)


def update_usage_plan(call: Call) -> Members:
    """UpdateUsagePlan."""
    plan = _plan(call)
    own: list[Members] = []
    stages: list[Members] = []
    for each in call.get("patchOperations") or []:
        name = parts_of(str(each.get("path") or "/"))[0]
        (stages if name == "apiStages" else own).append(each)
    whole = [each for each in own if each.get("op") == "remove" and each["path"].count("/") == 1]
    own = [each for each in own if each not in whole or parts_of(each["path"])[0] in PLAIN]
    members = {**plan.members}
    for each in whole:
        members.pop(parts_of(each["path"])[0], None)
    for holder, converts in (("throttle", THROTTLE), ("quota", QUOTA)):
        inner = [each for each in own if parts_of(each["path"])[0] == holder]
        if inner:
            short = [{**each, "path": each["path"].removeprefix(f"/{holder}")} for each in inner]
            members[holder] = patched(members.get(holder) or {}, short, converts)
            own = [each for each in own if each not in inner]
    members = patched(members, own, PLAIN)
    members["apiStages"] = _patched_stages(members.get("apiStages") or [], stages)
    _check(call, members)
    plan.members = members
    return members


def delete_usage_plan(call: Call) -> Members:
    """DeleteUsagePlan, once no stage is in it."""
    plan = _plan(call)
    if plan.members["apiStages"]:
        raise bad_request(
            "Cannot delete usage plan with associated API stages. Take them out first"
        )
    del call.apis.region(call.region).plans[plan.members["id"]]
    return {}


def create_usage_plan_key(call: Call) -> Members:
    """CreateUsagePlanKey."""
    plan, usage = _plan(call), call.apis.region(call.region)
    if call["keyType"] != "API_KEY":
        raise bad_request("Usage Plan Key type must be API_KEY")
    key = usage.keys.get(call["keyId"])
    if key is None:
        raise not_found("Invalid API Key identifier specified")
    if key["id"] in plan.keys:
        raise conflict("Usage Plan Key already exists")
    plan.keys.append(key["id"])
    return _shown(key)


def get_usage_plan_key(call: Call) -> Members:
    """GetUsagePlanKey."""
    plan = _plan(call)
    if call["keyId"] not in plan.keys:
        raise not_found("Invalid Usage Plan Key identifier specified")
    return _shown(call.apis.region(call.region).keys[call["keyId"]])


def get_usage_plan_keys(call: Call) -> Members:
    """GetUsagePlanKeys."""
    keys = call.apis.region(call.region).keys
    return page([_shown(keys[each]) for each in _plan(call).keys], call)


def delete_usage_plan_key(call: Call) -> Members:
    """DeleteUsagePlanKey."""
    get_usage_plan_key(call)
    _plan(call).keys.remove(call["keyId"])
    return {}


def _patched_stages(stages: list[Members], operations: list[Members]) -> list[Members]:
    found = [dict(each) for each in stages]
    for each in operations:
        parts = parts_of(each["path"])
        if len(parts) != 1:
            raise bad_request(f"Invalid patch path '{each['path']}'")
        api_id, _, stage = str(each.get("value") or "").partition(":")
        if each.get("op") == "add":
            found.append({"apiId": api_id, "stage": stage})
        elif each.get("op") == "remove":
            found = [one for one in found if (one["apiId"], one["stage"]) != (api_id, stage)]
        else:
            raise bad_request("Invalid patch operation specified. Must be one of: add, remove")
    return found


def _check(call: Call, members: Members) -> None:
    for each in members["apiStages"]:
        api = call.apis.rest_api(call.region, str(each.get("apiId")))
        if each.get("stage") not in api.stages:
            raise not_found(f"API Stage not found: {api.id}:{each.get('stage')}")
    quota = members.get("quota")
    if quota and (quota.get("period") not in PERIODS_S or not quota.get("limit")):
        raise bad_request("A quota needs a limit, and DAY, WEEK or MONTH as its period")


def _plan(call: Call) -> UsagePlan:
    plans = call.apis.region(call.region).plans
    if call["usagePlanId"] not in plans:
        raise not_found("Invalid Usage Plan ID specified")
    return plans[call["usagePlanId"]]


def _shown(key: Members) -> Members:
    return {"id": key["id"], "type": "API_KEY", "name": key.get("name"), "value": key["value"]}


OPERATIONS = {
    "CreateUsagePlan": create_usage_plan,
    "GetUsagePlan": get_usage_plan,
    "GetUsagePlans": get_usage_plans,
    "UpdateUsagePlan": update_usage_plan,
    "DeleteUsagePlan": delete_usage_plan,
    "CreateUsagePlanKey": create_usage_plan_key,
    "GetUsagePlanKey": get_usage_plan_key,
    "GetUsagePlanKeys": get_usage_plan_keys,
    "DeleteUsagePlanKey": delete_usage_plan_key,
}
