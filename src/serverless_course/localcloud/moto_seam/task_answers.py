"""What a state machine's tasks and callers are told, where moto leaves it out.

* SdkHttpMetadata and SdkResponseMetadata in the output of optimized integrations, as recorded from
  AWS (localstack's test_task_service_lambda, _sqs, _sns, _events, _sfn and _dynamodb, 2024);
* `lambda:invoke` takes InvocationType, so that Event does not wait for the function (Step Functions
  Developer Guide, "Invoke an AWS Lambda function with Step Functions", read 2026-11);
* the cause of SendTaskFailure (Step Functions API Reference, read 2026-11).
"""

from __future__ import annotations

import importlib
import threading
from typing import Any

from .seam import replace

_thread = threading.local()
_SERVICES = "moto.stepfunctions.parser.asl.component.state.exec.state_task.service"
# The integrations whose outputs have the metadata: module, class.
WITH_METADATA = {
    "dynamodb": "StateTaskServiceDynamoDB",
    "events": "StateTaskServiceEvents",
    "lambda": "StateTaskServiceLambda",
    "sfn": "StateTaskServiceSfn",
    "sns": "StateTaskServiceSns",
    "sqs": "StateTaskServiceSqs",
}


def answered(http_response: Any, parsed: Any, **_: Any) -> None:
    """Keep what the last answer to this thread says of itself: called by botocore after a call."""
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
    """Put this into moto's interpreter. It must be loaded."""
    from moto.stepfunctions.responses import StepFunctionResponse  # noqa: PLC0415 - loads late

    for service, name in WITH_METADATA.items():
        module = importlib.import_module(f"{_SERVICES}.state_task_service_{service}")
        replace(getattr(module, name), "_eval_service_task", _with_metadata)
    of_lambda = importlib.import_module(f"{_SERVICES}.state_task_service_lambda")
    of_lambda._SUPPORTED_API_PARAM_BINDINGS["invoke"].add("InvocationType")
    replace(StepFunctionResponse, "send_task_failure", lambda _: _send_task_failure)


def _with_metadata(known: Any) -> Any:
    def eval_service_task(self: Any, env: Any, *given: Any, **named: Any) -> None:
        _thread.metadata = {}
        known(self, env, *given, **named)
        if env.stack and isinstance(env.stack[-1], dict):
            env.stack[-1] = {**env.stack[-1], **_thread.metadata}

    return eval_service_task


def _send_task_failure(response: Any) -> Any:
    from moto.core.responses import EmptyResult  # noqa: PLC0415 - moto loads late

    get = response._get_param
    response.stepfunction_backend.send_task_failure(
        get("taskToken"), error=get("error"), cause=get("cause")
    )
    return EmptyResult()
