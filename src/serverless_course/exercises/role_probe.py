"""What a role may do, found by trying: a function with that role makes the calls."""

from __future__ import annotations

from contextlib import suppress
from secrets import token_hex
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.feedback import EnvironmentProblem
from serverless_course.functions.package import zip_files
from serverless_course.functions.patience import patiently, wait_until_ready

# name: service, boto3's name of the operation, parameters
Calls = dict[str, tuple[str, str, dict[str, Any]]]
ALLOWED = "allowed"
# Words of refusals for want of a permission, by service (IAM User Guide; read 2026-11).
REFUSED = ("AccessDenied", "AuthorizationError", "UnauthorizedOperation", "UnauthorizedAccess")
MEMORY_MB = 1769
CODE = """
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

once = Config(retries={"total_max_attempts": 1})


def tried(service, operation, parameters):
    try:
        getattr(boto3.client(service, config=once), operation)(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "allowed"


def handler(event, context):
    return {name: tried(*call) for name, call in event.items()}
"""


def tried(lab: CheckedLab, role: str, runtime: str, calls: Calls) -> dict[str, str]:
    """Make calls as a role, from a function that is made for this and deleted after it.

    Args:
        lab: the lab.
        role: the role's ARN; Lambda must be able to assume it.
        runtime: a Python runtime's name.
        calls: what to try. Their effects are real: try what changes nothing, or what names
            something that does not exist.

    Returns:
        For each call ``"allowed"``, or the code of the error that came back.

    Raises:
        EnvironmentProblem: the function did not answer.
    """
    client, name = lab.client("lambda"), lab.name(f"probe-{token_hex(3)}")
    package = zip_files({"index.py": CODE})
    patiently(
        lambda: client.create_function(
            FunctionName=name,
            Runtime=runtime,
            Handler="index.handler",
            Role=role,
            Code={"ZipFile": package},
            MemorySize=MEMORY_MB,
            Timeout=60,
        ),
        also=lambda error: "cannot be assumed" in str(error),
    )
    try:
        wait_until_ready(client, name, created=True)
        run = lab.invoke(name, calls)
    finally:
        client.delete_function(FunctionName=name)
        logs = lab.client("logs")
        with suppress(logs.exceptions.ResourceNotFoundException):
            logs.delete_log_group(logGroupName=f"/aws/lambda/{name}")
    if not run.ok or not isinstance(run.payload, dict):
        raise EnvironmentProblem(
            "The function that tries the calls of a role did not answer. Nothing was judged.",
            evidence=[str(run.payload)[:200]],
            next_step="Run the cell again.",
        )
    return {str(call): str(said) for call, said in run.payload.items()}


def was_refused(said: str) -> bool:
    """Whether a call was refused for want of a permission: another error means that it may."""
    return said.startswith(REFUSED)
