"""Stages of REST APIs.

Source: API Gateway API reference, "Stage"; Developer Guide, "Deploy REST APIs", "Use
stage variables" (read 2026-11).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from ..call import Call, Members
from ..http_apis.stages import check_log_settings, check_variables
from ..refusals import bad_request, conflict, not_found, not_offered, refuse
from .patching import Convert, boolean, decimal, number, parts_of, patched
from .rest_api import Deployment, RestApi, Stage

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
REFUSED = {
    "cacheClusterEnabled": "caching",
    "canarySettings": "canary releases",
    "documentationVersion": "documentation of APIs",
    "tracingEnabled": "segments of REST APIs in X-Ray",
}
NO_LOG_ROLE = "CloudWatch Logs role ARN must be set in account settings to enable logging"
PLAIN: dict[str, Convert] = {"deploymentId": str, "description": str}
# Settings of methods that are done: the last part, or parts, of a patch's path.
SETTINGS = {
    "metrics/enabled": ("metricsEnabled", boolean),
    "throttling/burstLimit": ("throttlingBurstLimit", number),
    "throttling/rateLimit": ("throttlingRateLimit", decimal),
}
# Those that are not, and the value of theirs that asks for nothing.
OFF = {"logging/loglevel": "OFF", "logging/dataTrace": "false", "caching/enabled": "false"}


def create_stage(call: Call) -> Members:
    """CreateStage."""
    api = call.apis.rest_api(call.region, call["restApiId"])
    refuse(call.parameters, REFUSED)
    name = call["stageName"]
    check_name(name)
    if name in api.stages:
        raise conflict("Stage already exists")
    check_variables(call.get("variables") or {})
    stage = new_stage(name, deployment_of(api, call["deploymentId"]))
    stage.members |= {
        "description": call.get("description"),
        "variables": dict(call.get("variables") or {}),
        "tags": dict(call.get("tags") or {}),
    }
    api.stages[name] = stage
    return stage.members


def get_stage(call: Call) -> Members:
    """GetStage."""
    return stage_of(call)[1].members


def get_stages(call: Call) -> Members:
    """GetStages."""
    api = call.apis.rest_api(call.region, call["restApiId"])
    found = [
        each.members
        for each in api.stages.values()
        if call.get("deploymentId") in (None, each.members["deploymentId"])
    ]
    return {"item": found}


def update_stage(call: Call) -> Members:
    """UpdateStage."""
    api, stage = stage_of(call)
    own: list[Members] = []
    settings: list[Members] = []
    logs: list[Members] = []
    for each in call.get("patchOperations") or []:
        parts = parts_of(str(each.get("path") or ""))
        kind = logs if parts[:1] == ["accessLogSettings"] else own
        (settings if len(parts) == 4 else kind).append(each)
    members = patched(stage.members, _offered(own), PLAIN, maps={"variables": str})
    check_variables(members.get("variables") or {})
    deployment = deployment_of(api, members["deploymentId"])
    members["methodSettings"] = _with_settings(members.get("methodSettings") or {}, settings)
    _patch_logs(members, logs, api.region)
    if members["accessLogSettings"] and not call.apis.region(call.region).log_role:
        raise bad_request(NO_LOG_ROLE)
    members["lastUpdatedDate"] = datetime.now(UTC)
    stage.members = members
    stage.snapshot = deployment.snapshot
    return stage.members


def delete_stage(call: Call) -> Members:
    """DeleteStage."""
    api, stage = stage_of(call)
    for plan in call.apis.region(call.region).plans.values():
        for each in plan.members.get("apiStages") or []:
            if (each["apiId"], each["stage"]) == (api.id, stage.name):
                raise bad_request("Stage is associated with a usage plan. Take it out first")
    del api.stages[stage.name]
    return {}


def flush_stage_authorizers_cache(call: Call) -> Members:
    """FlushStageAuthorizersCache: what authorizers have answered counts no more."""
    stage_of(call)[1].flushes += 1
    return {}


def stage_of(call: Call) -> tuple[RestApi, Stage]:
    """The stage that a call names, and its API. Raises NotFoundException."""
    api = call.apis.rest_api(call.region, call["restApiId"])
    if call["stageName"] not in api.stages:
        raise not_found("Invalid stage identifier specified")
    return api, api.stages[call["stageName"]]


def _offered(operations: list[Members]) -> list[Members]:
    """The patches without those of what is not offered, which may ask for nothing only."""
    found = []
    for each in operations:
        name = parts_of(str(each.get("path") or "/"))[0]
        if name not in REFUSED:
            found.append(each)
        elif str(each.get("value") or "").lower() not in ("", "false"):
            raise not_offered(f"{name} ({REFUSED[name]})")
    return found


def _with_settings(settings: Members, operations: list[Members]) -> Members:
    found = {key: dict(value) for key, value in settings.items()}
    for each in operations:
        resource, method, *name = parts_of(each["path"])
        setting, value = "/".join(name), str(each.get("value") or "")
        if setting in OFF:
            off = OFF[setting]
            if each.get("op") != "remove" and value.lower() != off.lower():
                raise not_offered(f"the setting {setting} of methods", f"Set it to {off}.")
            continue
        if setting not in SETTINGS:
            raise bad_request(f"Invalid method setting path: {each['path']}")
        key = "*/*" if resource == "*" else f"{_escaped(resource)}/{method}"
        member, convert = SETTINGS[setting]
        if each.get("op") == "remove":
            found.get(key, {}).pop(member, None)
        else:
            made: Any = convert(value)
            found.setdefault(key, {})[member] = made
    return {key: value for key, value in found.items() if value}


def _escaped(resource: str) -> str:
    return resource.replace("~", "~0").replace("/", "~1")


def _patch_logs(members: Members, operations: list[Members], region: str) -> None:
    settings = dict(members.get("accessLogSettings") or {})
    for each in operations:
        parts = parts_of(each["path"])
        if each.get("op") == "remove" and len(parts) == 1:
            settings = {}
        elif len(parts) == 2 and parts[1] in ("destinationArn", "format"):
            settings[parts[1]] = each.get("value") or ""
        else:
            raise bad_request(f"Invalid patch path '{each['path']}'")
    check_log_settings(
        {"DestinationArn": settings.get("destinationArn"), "Format": settings.get("format")}
        if settings
        else None,
        region,
    )
    if settings and not re.search(r"\$context\.(extendedR|r)equestId", settings["format"]):
        raise bad_request("Access Log format must contain at least $context.requestId")
    members["accessLogSettings"] = settings or None


def new_stage(name: str, deployment: Deployment) -> Stage:
    """A stage that serves a deployment, with nothing set."""
    now = datetime.now(UTC)
    return Stage(
        {
            "stageName": name,
            "deploymentId": deployment.members["id"],
            "cacheClusterEnabled": False,
            "cacheClusterStatus": "NOT_AVAILABLE",
            "createdDate": now,
            "lastUpdatedDate": now,
            "methodSettings": {},
            "tracingEnabled": False,
        },
        deployment.snapshot,
    )


def deployment_of(api: RestApi, deployment_id: str) -> Deployment:
    """A deployment. Raises NotFoundException."""
    if deployment_id not in api.deployments:
        raise not_found("Invalid Deployment identifier specified")
    return api.deployments[deployment_id]


def check_name(name: str) -> None:
    """Refuse what is no name of a stage. Raises BadRequestException."""
    if not _NAME.fullmatch(name):
        raise bad_request("Stage name only allows a-zA-Z0-9_-")


OPERATIONS = {
    "CreateStage": create_stage,
    "GetStage": get_stage,
    "GetStages": get_stages,
    "UpdateStage": update_stage,
    "DeleteStage": delete_stage,
    "FlushStageAuthorizersCache": flush_stage_authorizers_cache,
}
