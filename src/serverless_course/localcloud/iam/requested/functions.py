"""Lambda. Source: Service Authorization Reference, Lambda (read 2026-11)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from ...lambda_.function_version import parse_reference
from ...wire.http import Request
from ...wire.rest_json import find_operation
from .json_body import json_body
from .need import ANY, Need, passed_role

# Operations whose permission has another name.
ACTIONS = {
    "Invoke": "InvokeFunction",
    "InvokeAsync": "InvokeFunction",
    "InvokeWithResponseStream": "InvokeFunction",
    "GetLayerVersionByArn": "GetLayerVersion",
}
WITH_ROLE = frozenset({"CreateFunction", "UpdateFunctionConfiguration"})
# Where an operation names an object of S3 that becomes code. Lambda reads it with the caller's
# rights: "your request credentials have permission to GetObject" (public error reports, 2018 to
# 2025); layers: Lambda Developer Guide, "Granting layer access" (read 2026-11).
WITH_CODE = {"CreateFunction": "Code", "PublishLayerVersion": "Content", "UpdateFunctionCode": ""}
READ_FROM_BODY = frozenset({*WITH_ROLE, *WITH_CODE, "CreateEventSourceMapping"})


def needs(request: Request, region: str, account: str) -> list[Need]:
    """What a request to Lambda asks leave for: functions with their qualifier, layers, mappings."""
    operation, fields = find_operation(request)
    action = f"lambda:{ACTIONS.get(operation.name, operation.name)}"
    query = dict(parse_qsl(request.query)) if request.query else {}
    start = f"arn:aws:lambda:{region}:{account}"
    body = json_body(request) if operation.name in READ_FROM_BODY else {}
    name = fields.get("FunctionName") or str(body.get("FunctionName") or "")
    if operation.name == "CreateEventSourceMapping":
        return [Need(action, ANY, {"lambda:functionarn": _function(start, name, "")})]
    used = _used(operation.name, body)
    if "LayerName" in fields:
        end = f":{fields['VersionNumber']}" if "VersionNumber" in fields else ""
        return [Need(action, _named(start, "layer", fields["LayerName"]) + end), *used]
    if operation.name == "GetLayerVersionByArn":
        return [Need(action, query.get("Arn", ANY))]
    resource = ANY
    if "UUID" in fields:
        resource = f"{start}:event-source-mapping:{fields['UUID']}"
    elif "Resource" in fields or "ResourceArn" in fields:
        resource = fields.get("Resource") or fields["ResourceArn"]
    elif "DurableExecutionArn" in fields:
        resource = fields["DurableExecutionArn"]
    elif name:
        qualifier = query.get("Qualifier") or fields.get("Qualifier") or ""
        resource = _function(start, name, qualifier)
    found = [Need(action, resource), *used]
    if operation.name in WITH_ROLE:
        found += passed_role(str(body.get("Role") or ""), "lambda.amazonaws.com")
    return found


def _used(operation: str, body: dict[str, Any]) -> list[Need]:
    """What a caller has to be allowed to read: an object that becomes code, layers."""
    found = []
    member = WITH_CODE.get(operation)
    code = body if member == "" else body.get(member or "")
    if member is not None and isinstance(code, dict) and code.get("S3Bucket"):
        version = "Version" if code.get("S3ObjectVersion") else ""
        path = f"{code['S3Bucket']}/{code.get('S3Key') or ''}"
        found.append(Need(f"s3:GetObject{version}", f"arn:aws:s3:::{path}"))
    layers = body.get("Layers") if operation in WITH_ROLE else None
    for layer in layers if isinstance(layers, list) else []:
        found.append(Need("lambda:GetLayerVersion", str(layer)))
    return found


def _function(start: str, name: str, qualifier: str) -> str:
    reference = parse_reference(name)
    if reference is None:
        return f"{start}:function:{name}"
    qualifier = qualifier or reference.qualifier or ""
    return f"{start}:function:{reference.name}" + (f":{qualifier}" if qualifier else "")


def _named(start: str, kind: str, name: str) -> str:
    return name if name.startswith("arn:") else f"{start}:{kind}:{name}"
