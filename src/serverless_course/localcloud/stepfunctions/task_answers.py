"""SdkHttpMetadata and SdkResponseMetadata in the output of optimized integrations.

As recorded from AWS (localstack's test_task_service_lambda, _sqs, _sns, _events, _sfn and
_dynamodb, 2024); the interpreter leaves them out.
"""

from __future__ import annotations

import importlib
import threading
from typing import Any

from .repair import replace

_thread = threading.local()
SERVICES = (
    "localstack.services.stepfunctions.asl.component.state.state_execution.state_task.service"
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


def answered(http_response: Any, parsed: Any) -> None:
    """Keep what the last answer to this thread says of itself: called after a state's call."""
    headers = dict(http_response.headers)
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
