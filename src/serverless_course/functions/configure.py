"""Change a function's configuration, and wait until the change is in force."""

from __future__ import annotations

from typing import Any

from serverless_course.functions.function import Function, name_of
from serverless_course.functions.patience import message_of, patiently, wait_until_ready


def configure(
    client: Any, function: Function | str, *, permissions_spread: bool, **settings: Any
) -> None:
    """Call UpdateFunctionConfiguration and wait.

    Args:
        client: a boto3 Lambda client.
        function: the function, or its name.
        permissions_spread: whether IAM needs time to make a new permission known, as on AWS;
            then a call that was refused for want of one is repeated.
        settings: arguments of UpdateFunctionConfiguration.

    Raises:
        ClientError: Lambda refused.
        NotReady: the update failed.
    """
    name = name_of(function)
    patiently(
        lambda: client.update_function_configuration(FunctionName=name, **settings),
        also=lambda error: permissions_spread and "permissions" in message_of(error),
    )
    wait_until_ready(client, name)
