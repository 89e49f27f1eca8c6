"""API Gateway: its actions are the methods of HTTP, its resources the paths of its own API.

Source: Service Authorization Reference, "Amazon API Gateway Management" and "API Gateway
Management V2"; API Gateway Developer Guide, "Control access to an API with IAM permissions"
(read 2026-11).
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from ...wire.http import Request
from .need import Need, passed_role

_ROLE = re.compile(r"arn:aws:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)


def needs(request: Request, region: str, account: str) -> list[Need]:
    """What a request to API Gateway asks leave for: ``apigateway:POST`` on ``/apis``, and so on.

    Both APIs name their resources without a version: ``arn:aws:apigateway:REGION::/apis/ID``. A
    role may stand in a member or deep in an OpenAPI document: each that the body names is passed.
    """
    path = unquote(request.path).removeprefix("/v2").rstrip("/") or "/"
    found = [Need(f"apigateway:{request.method}", f"arn:aws:apigateway:{region}::{path}")]
    for role in dict.fromkeys(_ROLE.findall(request.body.decode("utf-8", "replace"))):
        found += passed_role(role, "apigateway.amazonaws.com")
    return found
