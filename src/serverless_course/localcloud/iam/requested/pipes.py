"""EventBridge Pipes. Source: Service Authorization Reference (read 2026-11)."""

from __future__ import annotations

from ...wire.http import Request
from ...wire.rest_json import find_operation, read_parameters
from .need import ANY, Need, passed_role
from .request_tags import request_tags


def needs(request: Request, region: str, account: str) -> list[Need]:
    """Which permissions a request to Pipes' API needs. Raises `ServiceError` for no operation."""
    operation, fields = find_operation(request, "pipes")
    given = read_parameters(request, operation, fields)
    resource = str(given.get("resourceArn") or ANY)
    if given.get("Name"):
        resource = f"arn:aws:pipes:{region}:{account}:pipe/{given['Name']}"
    tags = request_tags(given)
    asked = [Need(f"pipes:{operation.name}", resource, tags)]
    if operation.name == "CreatePipe" and given.get("Tags"):
        asked.append(Need("pipes:TagResource", resource, tags))
    return [*asked, *passed_role(str(given.get("RoleArn") or ""), "pipes.amazonaws.com")]
