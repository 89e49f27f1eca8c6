"""Lambda's refusals as a state machine sees them: the names that Retry and Catch match.

Source: AWS Step Functions Developer Guide, "Handling errors in Step Functions workflows" and "Best
practices: handle transient Lambda service exceptions" (read 2026-11).
"""

from __future__ import annotations

import importlib
from typing import Any

from .repair import replace

TASKS = "localstack.services.stepfunctions.asl.component.state.state_execution.state_task"
# Exceptions that the Lambda client knows; every other becomes Lambda.AWSLambdaException.
KNOWN_TO_LAMBDA_CLIENT = frozenset(
    {
        *("EC2AccessDeniedException", "EC2ThrottledException", "EC2UnexpectedException"),
        *("ENILimitReachedException", "EFSIOException", "EFSMountConnectivityException"),
        *("InvalidParameterValueException", "InvalidRequestContentException"),
        *("InvalidRuntimeException", "InvalidZipFileException", "KMSAccessDeniedException"),
        *("RecursiveInvocationException", "RequestTooLargeException"),
        *("ResourceConflictException", "ResourceNotFoundException", "ResourceNotReadyException"),
        *("ServiceException", "SnapStartException", "TooManyRequestsException"),
        "UnsupportedMediaTypeException",
    }
)
# SQS's exceptions of its client, by the code of the error.
KNOWN_TO_SQS_CLIENT = {
    "NonExistentQueue": "QueueDoesNotExistException",
    "QueueDoesNotExist": "QueueDoesNotExistException",
    "InvalidMessageContents": "InvalidMessageContentsException",
    "UnsupportedOperation": "UnsupportedOperationException",
}
# A state's role is assumed before its service is asked.
ASSUMING = "AssumeRole"


def install() -> None:
    """Name Lambda's refusals alike in both kinds of task: lambda:invoke, and a function's ARN."""
    state_task_lambda: Any = importlib.import_module(f"{TASKS}.state_task_lambda")
    state_task_service_lambda: Any = importlib.import_module(
        f"{TASKS}.service.state_task_service_lambda"
    )

    state_task_service_sqs: Any = importlib.import_module(f"{TASKS}.service.state_task_service_sqs")
    replace(state_task_service_sqs.StateTaskServiceSqs, "_from_error", _with_sqs_error)
    of_service = state_task_service_lambda.StateTaskServiceLambda
    replace(of_service, "_error_cause_from_client_error", lambda _: staticmethod(_lambda_error))
    replace(state_task_lambda.StateTaskLambda, "_from_error", _with_lambda_error)


def _with_sqs_error(known: Any) -> Any:
    """A refusal of SQS: as recorded from AWS (localstack's error_handling/test_task_service_sqs,
    2023), an exception that its client does not know becomes SQS.AmazonSQSException."""
    from botocore.exceptions import ClientError  # noqa: PLC0415

    def from_error(self: Any, env: Any, ex: Exception) -> Any:
        event = known(self, env, ex)
        if isinstance(ex, ClientError) and ex.operation_name != ASSUMING:
            error, cause = _sqs_error(ex)
            event.error_name.error_name = error
            event.event_details["taskFailedEventDetails"] |= {"error": error, "cause": cause}
        return event

    return from_error


def _sqs_error(error: Any) -> tuple[str, str]:
    code = str(error.response["Error"]["Code"]).rsplit(".", 1)[-1]
    known = KNOWN_TO_SQS_CLIENT.get(code, "AmazonSQSException")
    return f"SQS.{known}", _cause(error, "AmazonSQS")


def _lambda_error(error: Any) -> tuple[str, str]:
    """A refusal of Lambda as a state machine sees it: the error's name, and its cause.

    A role that may not be assumed is no refusal of Lambda's; the name of that error is ours.
    """
    told = error.response["Error"]
    code = told["Code"]
    if error.operation_name == ASSUMING:
        return f"Lambda.{code}", str(told["Message"])
    known = code if code in KNOWN_TO_LAMBDA_CLIENT else "AWSLambdaException"
    return f"Lambda.{known}", _cause(error, "AWSLambda")


def _cause(error: Any, service: str) -> str:
    """A refusal's text as AWS's client for Java tells it; ``service`` is its name there."""
    told, meta = error.response["Error"], error.response["ResponseMetadata"]
    return (
        f"{told['Message']} (Service: {service}; Status Code: {meta['HTTPStatusCode']}; "
        f"Error Code: {told['Code']}; Request ID: {meta.get('RequestId', '')}; Proxy: null)"
    )


def _with_lambda_error(known: Any) -> Any:
    """A task that is a function's ARN names Lambda's refusals as the lambda:invoke task does."""
    from botocore.exceptions import ClientError  # noqa: PLC0415
    from localstack.services.stepfunctions.asl.component.common.error_name import (  # noqa: PLC0415
        custom_error_name,
    )

    def from_error(self: Any, env: Any, ex: Exception) -> Any:
        event = known(self, env, ex)
        if isinstance(ex, ClientError):
            error, cause = _lambda_error(ex)
            event.error_name = custom_error_name.CustomErrorName(error)
            details = event.event_details["lambdaFunctionFailedEventDetails"]
            details |= {"error": error, "cause": cause}
        return event

    return from_error
