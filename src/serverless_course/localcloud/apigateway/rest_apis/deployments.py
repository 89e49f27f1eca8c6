"""Deployments of REST APIs.

Source: API Gateway API reference, "Deployment"; Developer Guide, "Deploy REST APIs" (read 2026-11).
"""

from __future__ import annotations

from datetime import UTC, datetime

from ..call import Call, Members
from ..http_apis.stages import check_variables
from ..refusals import bad_request, refuse
from .paging import page
from .patching import patched
from .rest_api import Deployment, Stage
from .stages import REFUSED, check_name, deployment_of, new_stage


def create_deployment(call: Call) -> Members:
    """CreateDeployment: a stage of that name is made, or serves it from now on."""
    api = call.apis.rest_api(call.region, call["restApiId"])
    refuse(call.parameters, REFUSED)
    name = call.get("stageName")
    if name and name not in api.stages:
        check_name(name)
    check_variables(call.get("variables") or {})
    made = api.deploy(call.get("description"))
    if name:
        stage = api.stages.get(name)
        if stage is None:
            stage = api.stages[name] = new_stage(name, made)
            stage.members["description"] = call.get("stageDescription")
        if call.get("variables"):
            stage.members["variables"] = {**stage.variables, **call["variables"]}
        _serve(stage, made)
    return made.members


def get_deployment(call: Call) -> Members:
    """GetDeployment."""
    api = call.apis.rest_api(call.region, call["restApiId"])
    return deployment_of(api, call["deploymentId"]).members


def get_deployments(call: Call) -> Members:
    """GetDeployments."""
    api = call.apis.rest_api(call.region, call["restApiId"])
    return page([each.members for each in api.deployments.values()], call)


def update_deployment(call: Call) -> Members:
    """UpdateDeployment: its description."""
    api = call.apis.rest_api(call.region, call["restApiId"])
    members = deployment_of(api, call["deploymentId"]).members
    members.update(patched(members, call.get("patchOperations"), {"description": str}))
    return members


def delete_deployment(call: Call) -> Members:
    """DeleteDeployment, unless a stage serves it."""
    api = call.apis.rest_api(call.region, call["restApiId"])
    own = deployment_of(api, call["deploymentId"]).members["id"]
    if any(stage.members["deploymentId"] == own for stage in api.stages.values()):
        raise bad_request("Active stages pointing to this deployment must be moved or deleted")
    del api.deployments[own]
    return {}


def _serve(stage: Stage, deployment: Deployment) -> None:
    stage.members["deploymentId"] = deployment.members["id"]
    stage.members["lastUpdatedDate"] = datetime.now(UTC)
    stage.snapshot = deployment.snapshot


OPERATIONS = {
    "CreateDeployment": create_deployment,
    "GetDeployment": get_deployment,
    "GetDeployments": get_deployments,
    "UpdateDeployment": update_deployment,
    "DeleteDeployment": delete_deployment,
}
