"""EventBridge Scheduler. Source: Service Authorization Reference (read 2026-11)."""

from __future__ import annotations

from ...wire.http import Request
from ...wire.rest_json import find_operation, read_parameters
from .need import ANY, Need, passed_role
from .request_tags import request_tags


def needs(request: Request, region: str, account: str) -> list[Need]:
    """What a request of Scheduler's API asks leave for. Raises `ServiceError` for no operation."""
    operation, fields = find_operation(request, "scheduler")
    given = read_parameters(request, operation, fields)
    name, action = given.get("Name"), f"scheduler:{operation.name}"
    own = f"arn:aws:scheduler:{region}:{account}"
    if given.get("ResourceArn"):
        resource = str(given["ResourceArn"])
    elif name is None:
        resource = ANY
    elif operation.name.endswith("ScheduleGroup"):
        resource = f"{own}:schedule-group/{name}"
    else:
        resource = f"{own}:schedule/{given.get('GroupName') or 'default'}/{name}"
    role = (given.get("Target") or {}).get("RoleArn", "")
    return [
        Need(action, resource, request_tags(given)),
        *passed_role(role, "scheduler.amazonaws.com"),
    ]
