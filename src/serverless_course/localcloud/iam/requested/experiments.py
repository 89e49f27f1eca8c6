"""AWS Fault Injection Service. Source: Service Authorization Reference (2026-11)."""

from __future__ import annotations

from ...wire.http import Request
from ...wire.rest_json import find_operation, read_parameters
from .need import ANY, Need, passed_role


def needs(request: Request, region: str, account: str) -> list[Need]:
    """What a request of FIS's API asks leave for. Raises `ServiceError` for no operation."""
    operation, fields = find_operation(request, "fis")
    given = read_parameters(request, operation, fields)
    action = f"fis:{operation.name}"
    own = f"arn:aws:fis:{region}:{account}"
    identity = given.get("id") or given.get("experimentId") or "*"
    if operation.name == "CreateExperimentTemplate":
        used = {each["actionId"] for each in given["actions"].values()}
        return [
            Need(action, f"{own}:experiment-template/*"),
            *(Need(action, f"arn:aws:fis:{region}::action/{each}") for each in sorted(used)),
            *passed_role(given["roleArn"], "fis.amazonaws.com"),
        ]
    if operation.name == "UpdateExperimentTemplate" and given.get("roleArn"):
        return [
            Need(action, f"{own}:experiment-template/{identity}"),
            *passed_role(given["roleArn"], "fis.amazonaws.com"),
        ]
    if operation.name == "StartExperiment":
        template = given["experimentTemplateId"]
        return [
            Need(action, f"{own}:experiment-template/{template}"),
            Need(action, f"{own}:experiment/*"),
        ]
    if operation.name.startswith("List") and operation.name != "ListExperimentResolvedTargets":
        return [Need(action, ANY)]
    if operation.name == "GetAction":
        return [Need(action, f"arn:aws:fis:{region}::action/{identity}")]
    noun = "experiment-template" if "Template" in operation.name else "experiment"
    return [Need(action, f"{own}:{noun}/{identity}")]
