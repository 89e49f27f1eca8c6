"""The flower shop's functions and its table, as the checks look at them."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from secrets import token_hex
from typing import Any

import urllib3

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_09_good_practice_and_orchestration.spy import SPY
from serverless_course.exercises.deployed import fresh
from serverless_course.exercises.feedback import (
    CodeError,
    EnvironmentProblem,
    NotAttempted,
    NotYet,
)
from serverless_course.exercises.flower_shop import plant_trouble, what_became_of
from serverless_course.functions.package import zip_files
from serverless_course.functions.patience import wait_until_ready
from serverless_course.functions.samples import SMALLEST_N, Summary


def deployed(lab: CheckedLab, short: str) -> dict[str, Any]:
    """The configuration of a function; `NotAttempted` when it is not deployed."""
    client = lab.client("lambda")
    try:
        found: dict[str, Any] = client.get_function_configuration(FunctionName=lab.name(short))
    except client.exceptions.ResourceNotFoundException:
        raise NotAttempted(
            f"The function {short} is not deployed yet.",
            next_step=f"Change functions/{short}, and deploy it.",
        ) from None
    return found


def package_of(lab: CheckedLab, short: str, version: str = "$LATEST") -> dict[str, bytes]:
    """The files of a function's package as they are deployed, by their paths in it."""
    found = lab.client("lambda").get_function(FunctionName=lab.name(short), Qualifier=version)
    answer = urllib3.PoolManager().request("GET", found["Code"]["Location"])
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def table_of(lab: CheckedLab) -> str:
    """The name of the shop's table."""
    return lab.name("shop", kind="dynamodb:table")


def plant(lab: CheckedLab, order: int, **trouble: Any) -> None:
    """Write down what goes wrong with an order."""
    plant_trouble(lab.client("dynamodb"), table_of(lab), order, trouble)


def trouble_left(lab: CheckedLab, order: int) -> dict[str, Any]:
    """What is left of an order's trouble."""
    found = lab.client("dynamodb").get_item(
        TableName=table_of(lab), Key={"id": {"S": f"trouble:{order}"}}, ConsistentRead=True
    )
    kept: dict[str, Any] = found.get("Item", {})
    return kept


def done(lab: CheckedLab, order: int) -> dict[str, int]:
    """How often each step of an order was done and asked for."""
    return what_became_of(lab.client("dynamodb"), table_of(lab), order)


def in_words(counts: dict[str, int]) -> str:
    """What became of an order, as a line of evidence."""
    told = [f"{step} {n}×" for step, n in counts.items() if n and not step.startswith("asked_")]
    return ", ".join(told) or "no step was done"


@contextmanager
def spied(lab: CheckedLab, short: str, **variables: str) -> Iterator[str]:
    """A function of its own with the deployed package of `short`, and a spy around its handler.

    It answers `{"answer": …, "modules": […], "read_bytes": 1, "calls": […]}` (see `spy`). Yields
    its full name; it is deleted afterwards.
    """
    settings, client = deployed(lab, short), lab.client("lambda")
    own = settings.get("Environment", {}).get("Variables", {})
    name = lab.name(f"probe-{token_hex(3)}")
    module, _, handler = settings["Handler"].rpartition(".")
    client.create_function(
        FunctionName=name,
        Runtime=settings["Runtime"],
        Handler="spy.handler",
        Role=settings["Role"],
        Code={"ZipFile": zip_files({**package_of(lab, short), "spy.py": SPY})},
        MemorySize=512,
        Timeout=20,
        Environment={
            "Variables": {**own, **variables, "SPIED_MODULE": module, "SPIED_HANDLER": handler}
        },
        Layers=[each["Arn"] for each in settings.get("Layers", [])],
    )
    try:
        wait_until_ready(client, name, created=True)
        yield name
    finally:
        client.delete_function(FunctionName=name)
        logs = lab.client("logs")
        with suppress(logs.exceptions.ResourceNotFoundException):
            logs.delete_log_group(logGroupName=f"/aws/lambda/{name}")


def spied_answer(lab: CheckedLab, name: str, short: str, event: Any) -> dict[str, Any]:
    """What the spy tells of one event; `CodeError` when the function raised an error."""
    run = lab.invoke(name, event)
    if not run.ok or not isinstance(run.payload, dict):
        raise CodeError(
            f"The function {short} raised {run.error_type}: {run.error_message}",
            next_step=f"Fix functions/{short}, deploy it again, then check again.",
        )
    return dict(run.payload)


def renew(lab: CheckedLab, *shorts: str) -> None:
    """Give functions a new environment variable: their next invocations are cold starts."""
    client = lab.client("lambda")
    for short in shorts:
        own = deployed(lab, short).get("Environment", {}).get("Variables", {})
        client.update_function_configuration(
            FunctionName=lab.name(short),
            Environment={"Variables": {**own, "RENEWED": token_hex(4)}},
        )
    for short in shorts:
        wait_until_ready(client, lab.name(short))


def cold_starts(lab: CheckedLab, events: dict[str, Any]) -> dict[str, Summary]:
    """Init plus handler of cold starts in ms, in turns; ``events``: an event for each function."""
    waits: dict[str, list[float]] = {short: [] for short in events}
    for _ in range(SMALLEST_N):
        renew(lab, *events)
        for short, event in events.items():
            run = fresh(lab, short, event)
            waits[short].append(run.duration_ms + (run.init_ms or 0.0))
    return {short: Summary.of(found) for short, found in waits.items()}


def refuse_overlap(before: Summary, after: Summary, evidence: list[str]) -> None:
    """Raise `EnvironmentProblem` when two intervals overlap: then the machine was too busy."""
    if before.overlaps(after):
        raise EnvironmentProblem(
            "Nothing slow is left in it, and yet the two intervals overlap: this machine was too "
            "busy to tell them apart. Your answer was not judged.",
            evidence=evidence,
            next_step="Close what you can, then check again.",
        )


def quicker(
    lab: CheckedLab,
    slow: tuple[str, Any],
    quick: tuple[str, Any],
    goal: float,
    evidence: list[str],
) -> tuple[Summary, Summary]:
    """The cold starts of two functions in ms, the slow one's first; both go into ``evidence``.

    ``slow`` and ``quick`` are a function and an event for it. Raises `NotYet` when the quick one
    takes more than ``goal``, a part of the other's time, and `EnvironmentProblem` when the two
    cannot be told apart.
    """
    waits = cold_starts(lab, dict([slow, quick]))
    before, after = waits[slow[0]], waits[quick[0]]
    evidence += [f"before: {before.describe()}", f"after: {after.describe()}"]
    refuse_overlap(before, after, evidence)
    if after.median > goal * before.median:
        raise NotYet(
            f"A cold start still takes {after.median / before.median:.0%} of the time before.",
            expected=f"{goal:.0%} or less",
            evidence=evidence,
            next_step="What runs at module level, before the first answer?",
        )
    return before, after
