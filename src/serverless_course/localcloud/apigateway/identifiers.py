"""Ids as API Gateway makes them, and the ARNs of its resources.

Source: API Gateway Developer Guide, "Amazon API Gateway Amazon Resource Name (ARN) reference" and
"Control access for invoking an API" (read 2026-11).
"""

from __future__ import annotations

import secrets
import string

from ..iam.account import ACCOUNT_ID

_CHARACTERS = string.ascii_lowercase + string.digits


def new_id(length: int = 7) -> str:
    """An id: 10 characters for an API, 7 for an integration or a route, 6 for a deployment."""
    return "".join(secrets.choice(_CHARACTERS) for _ in range(length))


def resource_arn(region: str, path: str) -> str:
    """The ARN of a resource of the control plane, such as ``/apis/ID``."""
    return f"arn:aws:apigateway:{region}::{path}"


def invoke_arn(region: str, api_id: str, rest: str) -> str:
    """The ARN of what a client calls: ``rest`` is ``STAGE/METHOD/PATH`` or ``authorizers/ID``."""
    return f"arn:aws:execute-api:{region}:{ACCOUNT_ID}:{api_id}/{rest}"
