"""Waiting for Lambda's control plane: functions not ready, throttled and conflicting calls.

The clients of this course do not retry (a retried Invoke would run a function twice), so calls
that are safe to repeat are repeated here.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from botocore.exceptions import ClientError, WaiterError

T = TypeVar("T")

_PASSING = {"TooManyRequestsException", "ThrottlingException", "ServiceException"}


class NotReady(RuntimeError):
    """A function did not become usable; the message gives Lambda's own reason."""


def code_of(error: ClientError) -> str:
    """The error code of a refused call, for example ``"ResourceConflictException"``."""
    return str(error.response.get("Error", {}).get("Code", ""))


def message_of(error: ClientError) -> str:
    """The message of a refused call."""
    return str(error.response.get("Error", {}).get("Message", ""))


def passing(error: ClientError) -> bool:
    """Whether the refusal passes by itself: throttling, a fault of the service, an update."""
    return code_of(error) in _PASSING or (
        code_of(error) == "ResourceConflictException" and "in progress" in message_of(error)
    )


def patiently(
    call: Callable[[], T],
    *,
    also: Callable[[ClientError], bool] = lambda error: False,
    limit_s: float = 30.0,
    sleep: Callable[[float], None] = time.sleep,
) -> T:
    """Make a control-plane call, and repeat it while the refusal is one that passes.

    Its limit is a sum of pauses and not the clock's, so a call that takes long itself is still
    repeated; that is why it does not wait with :func:`serverless_course.waiting.until`.

    Args:
        call: the call. It must be safe to repeat.
        also: further refusals that pass.
        limit_s: seconds to spend on waiting, in growing pauses.
        sleep: how to wait.

    Raises:
        ClientError: a refusal that does not pass, or did not in time.
    """
    waited, pause = 0.0, 0.2
    while True:
        try:
            return call()
        except ClientError as error:
            if not (passing(error) or also(error)) or waited >= limit_s:
                raise
        sleep(pause)
        waited += pause
        pause = min(pause * 2, 5.0)


def wait_until_ready(client: Any, name: str, *, created: bool = False) -> None:
    """Wait until a function is Active and its last update Successful.

    Args:
        client: a boto3 Lambda client.
        name: FunctionName.
        created: whether it was created rather than updated.

    Raises:
        NotReady: it failed, or took more than five minutes.
            In a VPC it may be Pending for some minutes on AWS.
    """
    waiter = client.get_waiter("function_active_v2" if created else "function_updated_v2")
    try:
        waiter.wait(FunctionName=name, WaiterConfig={"Delay": 0.25, "MaxAttempts": 1200})
    except WaiterError as error:
        last = (error.last_response or {}).get("Configuration", {})
        reason = last.get("StateReason") or last.get("LastUpdateStatusReason") or str(error)
        raise NotReady(
            f"The function {name} did not become ready. Lambda says: {reason}"
        ) from error
