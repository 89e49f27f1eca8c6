"""Deploy a folder as a Lambda function: create it, or bring an existing one up to date."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from serverless_course.functions.function import Function
from serverless_course.functions.memory import check_memory
from serverless_course.functions.package import zip_folder
from serverless_course.functions.patience import code_of, message_of, patiently, wait_until_ready
from serverless_course.functions.source import check_source

DEFAULT_HANDLER = "lambda_function.lambda_handler"
MAX_TIMEOUT_S = 900


class DeployError(RuntimeError):
    """Lambda refused the function; the message says what to change."""


def deploy(
    client: Any,
    name: str,
    folder: str | Path,
    *,
    role: str,
    runtime: str,
    memory: int = 128,
    timeout: int = 3,
    handler: str = DEFAULT_HANDLER,
    architecture: str = "x86_64",
    environment: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
    permissions_spread: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> Function:
    """Deploy a folder and wait until the function can be invoked.

    The source is looked at first, so that a mistake in it is told before anything is created.

    Args:
        client: a boto3 Lambda client.
        name: FunctionName. Journal it (and its log group) in the ledger before.
        folder: the function's folder; all of it is packaged.
        role: ARN of the execution role.
        runtime: Lambda's runtime name.
        memory: MemorySize in MB, 128 to 10,240.
        timeout: Timeout in seconds, 1 to 900.
        handler: Handler, ``file.function``.
        architecture: ``"x86_64"`` or ``"arm64"``.
        environment: environment variables; those of an existing function are replaced.
        tags: tags for a new function.
        options: further arguments of CreateFunction and UpdateFunctionConfiguration, for example
            ``{"TracingConfig": {"Mode": "Active"}}``.
        permissions_spread: whether IAM needs time to make a new permission known, as on AWS;
            then a call that was refused for want of one is repeated.
        sleep: how to wait.

    Raises:
        SourceError: the folder, the handler or the source is not right.
        PackageError: the package cannot be made.
        ValueError: memory or time-out out of range.
        DeployError: Lambda refused.
        NotReady: the function did not become ready.
    """
    size = check_memory(memory)
    if isinstance(timeout, bool) or not isinstance(timeout, int) or not 1 <= timeout <= 900:
        raise ValueError(
            f"timeout={timeout!r} is not possible. Give whole seconds from 1 to {MAX_TIMEOUT_S}."
        )
    check_source(folder, handler, runtime)
    package = zip_folder(folder)
    configuration = {
        "Role": role,
        "Runtime": runtime,
        "Handler": handler,
        "MemorySize": size,
        "Timeout": timeout,
        "Environment": {"Variables": dict(environment or {})},
        **(options or {}),
    }
    try:
        _create_or_update(
            client,
            name,
            package,
            configuration=configuration,
            architecture=architecture,
            tags=tags or {},
            also=_may_spread if permissions_spread else _role_is_new,
            sleep=sleep,
        )
    except ClientError as error:
        raise DeployError(_explain(error, name, size)) from error
    return Function.of(client.get_function_configuration(FunctionName=name))


def _create_or_update(
    client: Any,
    name: str,
    package: bytes,
    *,
    configuration: Mapping[str, Any],
    architecture: str,
    tags: Mapping[str, str],
    also: Callable[[ClientError], bool],
    sleep: Callable[[float], None],
) -> None:
    def create() -> Any:
        return client.create_function(
            FunctionName=name,
            Code={"ZipFile": package},
            Architectures=[architecture],
            Tags=dict(tags),
            **configuration,
        )

    try:
        patiently(create, also=also, sleep=sleep)
    except ClientError as error:
        if code_of(error) != "ResourceConflictException":
            raise
        wait_until_ready(client, name)
        patiently(
            lambda: client.update_function_code(
                FunctionName=name, ZipFile=package, Architectures=[architecture]
            ),
            sleep=sleep,
        )
        wait_until_ready(client, name)
        patiently(
            lambda: client.update_function_configuration(FunctionName=name, **configuration),
            also=also,
            sleep=sleep,
        )
        wait_until_ready(client, name)
    else:
        wait_until_ready(client, name, created=True)


def _role_is_new(error: ClientError) -> bool:
    # IAM tells Lambda about a new role some seconds later.
    return "cannot be assumed by Lambda" in message_of(error)


def _may_spread(error: ClientError) -> bool:
    # "The provided execution role does not have permissions to call CreateNetworkInterface on EC2"
    # is also what AWS says of a policy attached some seconds ago (public error reports).
    return _role_is_new(error) or "does not have permissions" in message_of(error)


def _explain(error: ClientError, name: str, memory_mb: int) -> str:
    said = message_of(error)
    if _role_is_new(error):
        return (
            f"Lambda still cannot assume the execution role of {name} after 30 s. Check that its "
            "trust policy names lambda.amazonaws.com, then deploy again."
        )
    if "MemorySize" in said:
        return (
            f"This account does not give a function {memory_mb} MB: new accounts often end at "
            f"3008 MB. Deploy with less memory. Lambda says: {said}"
        )
    return f"Lambda refused to deploy {name}: {code_of(error)}: {said}"
