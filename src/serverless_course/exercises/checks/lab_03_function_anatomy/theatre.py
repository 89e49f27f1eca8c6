"""The theatre's functions and its table, as the checks look at them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from secrets import token_hex
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.feedback import EnvironmentProblem, NotAttempted
from serverless_course.functions.configure import configure
from serverless_course.functions.folder import function_folder
from serverless_course.functions.invocation import Invocation
from serverless_course.functions.package import zip_files
from serverless_course.functions.patience import wait_until_ready
from serverless_course.waiting import until

SLUG = "03-function-anatomy"
ARRIVES_WITHIN_S = 30


def deployed(lab: CheckedLab, short: str) -> dict[str, Any]:
    """The configuration of a function; `NotAttempted` when it is not deployed."""
    client, name = lab.client("lambda"), lab.name(short)
    try:
        found: dict[str, Any] = client.get_function_configuration(FunctionName=name)
    except client.exceptions.ResourceNotFoundException:
        raise NotAttempted(
            f"The function {short} is not deployed yet.",
            next_step=f'Change functions/{short}, and deploy it: `lab.deploy("{short}", …)`.',
        ) from None
    return found


def renew(lab: CheckedLab, short: str, **variables: str) -> None:
    """Give a function a new environment variable, so that its next invocation is a cold start."""
    own = deployed(lab, short).get("Environment", {}).get("Variables", {})
    set_variables(lab, short, {**own, **variables, "RENEWED": token_hex(4)})


def set_variables(lab: CheckedLab, short: str, variables: dict[str, str]) -> None:
    """Replace a function's environment variables, and wait."""
    configure(
        lab.client("lambda"),
        lab.name(short),
        permissions_spread=False,
        Environment={"Variables": variables},
    )


def table_of(lab: CheckedLab) -> str:
    """The name of the theatre's table."""
    return lab.name("theatre", kind="dynamodb:table")


def item(lab: CheckedLab, key: str) -> dict[str, Any]:
    """An item of the theatre's table, as DynamoDB writes it; empty when it is not there."""
    found = lab.client("dynamodb").get_item(
        TableName=table_of(lab), Key={"id": {"S": key}}, ConsistentRead=True
    )
    kept: dict[str, Any] = found.get("Item", {})
    return kept


def messages_of(lab: CheckedLab, short: str, run: Invocation, since_ms: int) -> list[str]:
    """The messages in a function's log since then, once the REPORT of `run` is among them."""
    logs = lab.client("logs")

    def look() -> list[str]:
        try:
            pages = logs.get_paginator("filter_log_events").paginate(
                logGroupName=f"/aws/lambda/{lab.name(short)}", startTime=since_ms
            )
            found = [event["message"] for page in pages for event in page["events"]]
        except logs.exceptions.ResourceNotFoundException:
            return []
        whole = any(m.startswith("REPORT") and run.request_id in m for m in found)
        return found if whole else []

    told: list[str] = until(look, ARRIVES_WITHIN_S, every_s=0.3)
    if not told:
        raise EnvironmentProblem(
            f"The log of one invocation was not whole after {ARRIVES_WITHIN_S} s. Your answer was "
            "not judged.",
            next_step="Run the check again in a minute.",
        )
    return told


@contextmanager
def probe(lab: CheckedLab, short: str, files: dict[str, str], handler: str) -> Iterator[str]:
    """A function of its own with the learner's folder in it, some files put in or replaced.

    Yields its full name; it is deleted afterwards.
    """
    settings, client = deployed(lab, short), lab.client("lambda")
    folder = function_folder(SLUG, short)
    own = {each.relative_to(folder).as_posix(): each.read_bytes() for each in folder.rglob("*.py")}
    name = lab.name("probe")
    with suppress(client.exceptions.ResourceNotFoundException):
        client.delete_function(FunctionName=name)
    client.create_function(
        FunctionName=name,
        Runtime=settings["Runtime"],
        Handler=handler,
        Role=settings["Role"],
        Code={"ZipFile": zip_files({**own, **files})},
        MemorySize=512,
        Timeout=20,
        Environment={"Variables": settings.get("Environment", {}).get("Variables", {})},
        Layers=[each["Arn"] for each in settings.get("Layers", [])],
    )
    try:
        wait_until_ready(client, name, created=True)
        yield name
    finally:
        client.delete_function(FunctionName=name)


def now_ms() -> int:
    """Milliseconds since 1970."""
    return int(time.time() * 1000)
