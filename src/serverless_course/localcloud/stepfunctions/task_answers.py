"""SdkHttpMetadata and SdkResponseMetadata in the output of optimized integrations.

As recorded from AWS (localstack's test_task_service_lambda, _sqs, _sns, _events, _sfn and
_dynamodb, 2024); the interpreter leaves them out.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Mapping
from email.utils import formatdate
from typing import Any

from .repair import replace

_thread = threading.local()
SERVICES = (
    "localstack.services.stepfunctions.asl.component.state.state_execution.state_task.service"
)
# How AWS writes these headers.
NAMES = (
    *("Connection", "Content-Length", "Content-Type", "Date", "X-Amz-Executed-Version"),
    *("X-Amzn-Trace-Id", "x-amz-crc32", "x-amzn-Remapped-Content-Length", "x-amzn-RequestId"),
)
# The integrations whose outputs have the metadata: module, class.
WITH_METADATA = {
    "dynamodb": "StateTaskServiceDynamoDB",
    "events": "StateTaskServiceEvents",
    "lambda": "StateTaskServiceLambda",
    "sfn": "StateTaskServiceSfn",
    "sns": "StateTaskServiceSns",
    "sqs": "StateTaskServiceSqs",
}


def answered(http_response: Any, parsed: Any, service: str) -> None:
    """Keep what the last answer to this thread says of itself: called after a state's call.

    ``service`` is botocore's name of it.
    """
    headers = headers_of(http_response.headers, service)
    _thread.metadata = {
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in headers.items()},
            "HttpHeaders": headers,
            "HttpStatusCode": http_response.status_code,
        },
        "SdkResponseMetadata": {
            "RequestId": parsed.get("ResponseMetadata", {}).get("RequestId", "")
        },
    }


def headers_of(headers: Mapping[str, str], service: str) -> dict[str, str]:
    """An answer's headers as that service of AWS names them, and its Date."""
    written = {name.lower(): name for name in NAMES}
    found = {written.get(name.lower(), name): value for name, value in headers.items()}
    found.pop("server", None)
    found.setdefault("Date", formatdate(usegmt=True))
    if service == "dynamodb":
        found["Server"] = "Server"
    elif service == "lambda":
        found.setdefault("x-amzn-Remapped-Content-Length", "0")
    elif "Connection" in found:
        found["connection"] = found.pop("Connection")
    return found


def install() -> None:
    """Put this into the interpreter. It must be loaded."""
    for service, name in WITH_METADATA.items():
        module = importlib.import_module(f"{SERVICES}.state_task_service_{service}")
        replace(getattr(module, name), "_eval_service_task", _with_metadata)


def _with_metadata(known: Any) -> Any:
    def eval_service_task(self: Any, env: Any, *given: Any, **named: Any) -> None:
        _thread.metadata = {}
        known(self, env, *given, **named)
        if env.stack and isinstance(env.stack[-1], dict):
            env.stack[-1] = {**env.stack[-1], **_thread.metadata}

    return eval_service_task
