"""Stages and deployments of HTTP APIs.

Source: API Gateway Version 2 API reference, "Stages" and "Deployments"; Developer Guide, "Stages
for HTTP APIs" (read 2026-11).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from ..call import Call, Members
from ..paging import page
from ..refusals import bad_request, conflict, not_found, refuse
from .http_api import Deployment, HttpApi, Stage
from .route_table import DEFAULT

_NAME = re.compile(r"[-_a-zA-Z0-9]{1,128}")
_VARIABLE = re.compile(r"[A-Za-z0-9_]+")
_VALUE = re.compile(r"[A-Za-z0-9\-._~:/?#&=,]+")
_LOG_GROUP = re.compile(r"arn:aws:logs:([a-z0-9-]+):\d{12}:log-group:([\w./#-]+)(:\*)?", re.ASCII)
SETTINGS = (
    *("AccessLogSettings", "AutoDeploy", "DefaultRouteSettings", "Description", "RouteSettings"),
    "StageVariables",
)
ROUTE_REFUSED = {
    "DataTraceEnabled": "WebSocket APIs only",
    "LoggingLevel": "WebSocket APIs only",
}


def create_stage(call: Call) -> Members:
    """CreateStage. With AutoDeploy it serves the API as it is now, and each change."""
    api = call.apis.http_api(call.region, call["ApiId"])
    name = call["StageName"]
    if name != DEFAULT and not _NAME.fullmatch(name):
        raise bad_request("Stage name only allows a-zA-Z0-9_- or $default")
    if name in api.stages:
        raise conflict("Stage already exists")
    _check(api, call.parameters)
    given = {key: call[key] for key in SETTINGS if call.get(key) is not None}
    stage = new_stage(name, {"Tags": dict(call.get("Tags") or {}), **given})
    api.stages[name] = stage
    _deploy(call, api, stage)
    return stage.members


def get_stage(call: Call) -> Members:
    """GetStage."""
    return stage_of(call)[1].members


def get_stages(call: Call) -> Members:
    """GetStages."""
    api = call.apis.http_api(call.region, call["ApiId"])
    return page([stage.members for stage in api.stages.values()], call)


def update_stage(call: Call) -> Members:
    """UpdateStage: what is left out stays."""
    api, stage = stage_of(call)
    _check(api, call.parameters, already=bool(stage.members["AutoDeploy"]))
    for key in SETTINGS:
        if call.get(key) is not None:
            stage.members[key] = call[key]
    stage.members["LastUpdatedDate"] = datetime.now(UTC)
    _deploy(call, api, stage)
    return stage.members


def delete_stage(call: Call) -> Members:
    """DeleteStage."""
    api, stage = stage_of(call)
    del api.stages[stage.name]
    return {}


def delete_access_log_settings(call: Call) -> Members:
    """DeleteAccessLogSettings."""
    stage_of(call)[1].members.pop("AccessLogSettings", None)
    return {}


def delete_route_settings(call: Call) -> Members:
    """DeleteRouteSettings."""
    settings = stage_of(call)[1].members["RouteSettings"]
    if call["RouteKey"] not in settings:
        raise not_found(f"Unable to find Route by key {call['RouteKey']}")
    del settings[call["RouteKey"]]
    return {}


def reset_authorizers_cache(call: Call) -> Members:
    """ResetAuthorizersCache: what authorizers have answered counts no more."""
    stage_of(call)[1].flushes += 1
    return {}


def create_deployment(call: Call) -> Members:
    """CreateDeployment, for a stage where one is named."""
    api = call.apis.http_api(call.region, call["ApiId"])
    stage = None
    if call.get("StageName"):
        stage = stage_of(call)[1]
        if stage.members["AutoDeploy"]:
            raise bad_request("Deployments cannot be created for a stage with AutoDeploy")
    if not api.routes:
        raise bad_request("At least one route is required before deploying the Api.")
    return api.deploy(stage, call.get("Description")).members


def get_deployment(call: Call) -> Members:
    """GetDeployment."""
    api = call.apis.http_api(call.region, call["ApiId"])
    return _deployment(api, call["DeploymentId"]).members


def get_deployments(call: Call) -> Members:
    """GetDeployments."""
    api = call.apis.http_api(call.region, call["ApiId"])
    return page([each.members for each in api.deployments.values()], call)


def update_deployment(call: Call) -> Members:
    """UpdateDeployment: its description."""
    api = call.apis.http_api(call.region, call["ApiId"])
    members = _deployment(api, call["DeploymentId"]).members
    if call.get("Description") is not None:
        members["Description"] = call["Description"]
    return members


def delete_deployment(call: Call) -> Members:
    """DeleteDeployment, unless a stage serves it."""
    api = call.apis.http_api(call.region, call["ApiId"])
    own = _deployment(api, call["DeploymentId"]).members["DeploymentId"]
    if any(stage.members.get("DeploymentId") == own for stage in api.stages.values()):
        raise bad_request("Active stages pointing to this deployment must be moved or deleted")
    del api.deployments[own]
    return {}


def new_stage(name: str, given: Members) -> Stage:
    """A stage that serves nothing yet, with the members that are given."""
    now = datetime.now(UTC)
    return Stage(
        {
            "AutoDeploy": False,
            "CreatedDate": now,
            "DefaultRouteSettings": {"DetailedMetricsEnabled": False},
            "LastUpdatedDate": now,
            "RouteSettings": {},
            "StageName": name,
            "StageVariables": {},
            "Tags": {},
            **given,
        }
    )


def stage_of(call: Call) -> tuple[HttpApi, Stage]:
    """The stage that a call names, and its API. Raises NotFoundException."""
    api = call.apis.http_api(call.region, call["ApiId"])
    if call["StageName"] not in api.stages:
        raise not_found("Invalid stage identifier specified")
    return api, api.stages[call["StageName"]]


def check_variables(variables: dict[str, str]) -> None:
    """Refuse names and values that AWS refuses. Raises BadRequestException."""
    for name, value in variables.items():
        if not _VARIABLE.fullmatch(name) or not _VALUE.fullmatch(value):
            raise bad_request(f"Invalid stage variable {name}={value}")


def check_log_settings(settings: Members | None, region: str) -> None:
    """Refuse access logs without a format or a log group. Raises BadRequestException."""
    if not settings:
        return
    match = _LOG_GROUP.fullmatch(settings.get("DestinationArn") or "")
    if match is None or match[1] != region:
        raise bad_request(
            "Invalid ARN specified in the request. ARNs must start with 'arn:' and contain at "
            "least 6 elements separated by colons: it is a log group's of this region"
        )
    if not settings.get("Format"):
        raise bad_request("Format is a required parameter of AccessLogSettings")


def _check(api: HttpApi, given: Members, *, already: bool = False) -> None:
    if given.get("ClientCertificateId"):
        raise bad_request("ClientCertificateId is supported for WebSocket APIs only")
    automatic = given.get("AutoDeploy")
    if given.get("DeploymentId") and (automatic or (already and automatic is not False)):
        raise bad_request("DeploymentId cannot be set for a stage with AutoDeploy")
    if given.get("DeploymentId"):
        _deployment(api, given["DeploymentId"])
    check_variables(given.get("StageVariables") or {})
    settings = given.get("RouteSettings") or {}
    keys = {route["RouteKey"] for route in api.routes.values()}
    for key in settings:
        if key not in keys:
            raise not_found(f"Unable to find Route by key {key} within the provided RouteSettings")
    for each in (given.get("DefaultRouteSettings") or {}, *settings.values()):
        refuse({k: v for k, v in each.items() if v != "OFF"}, ROUTE_REFUSED)
    check_log_settings(given.get("AccessLogSettings"), api.region)


def _deploy(call: Call, api: HttpApi, stage: Stage) -> None:
    """Let a stage serve what it should: the deployment that was named, or the API as it is."""
    if call.get("DeploymentId"):
        api.serve(stage, _deployment(api, call["DeploymentId"]))
    elif call.get("AutoDeploy"):
        api.deploy(stage, automatic=True)
        stage.members["LastDeploymentStatusMessage"] = (
            f"Successfully deployed stage with deployment ID '{stage.members['DeploymentId']}'"
        )


def _deployment(api: HttpApi, deployment_id: str) -> Deployment:
    if deployment_id not in api.deployments:
        raise not_found(f"Invalid deployment identifier specified {deployment_id}")
    return api.deployments[deployment_id]


OPERATIONS = {
    "CreateStage": create_stage,
    "GetStage": get_stage,
    "GetStages": get_stages,
    "UpdateStage": update_stage,
    "DeleteStage": delete_stage,
    "DeleteAccessLogSettings": delete_access_log_settings,
    "DeleteRouteSettings": delete_route_settings,
    "ResetAuthorizersCache": reset_authorizers_cache,
    "CreateDeployment": create_deployment,
    "GetDeployment": get_deployment,
    "GetDeployments": get_deployments,
    "UpdateDeployment": update_deployment,
    "DeleteDeployment": delete_deployment,
}
