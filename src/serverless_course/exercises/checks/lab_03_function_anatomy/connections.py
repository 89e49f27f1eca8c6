"""A connection kept across invocations: the database counts how many were opened."""

from secrets import randbelow, token_hex
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_03_function_anatomy.theatre import (
    deployed,
    item,
    renew,
    table_of,
)
from serverless_course.exercises.deployed import fresh, seen
from serverless_course.exercises.feedback import EnvironmentProblem, Feedback, NotYet, Right
from serverless_course.exercises.inputs import shown
from serverless_course.exercises.task import task
from serverless_course.functions.invocation import Invocation

KEPT = "stock_kept"


@task("keep", needs_answer=False, time_limit_s=120)
def keep(lab: CheckedLab, answer: Any) -> Feedback:
    """stock_kept opens one connection to each hall, and asks it for each event."""
    deployed(lab, KEPT)
    renew(lab, KEPT)
    first, second = f"red-{token_hex(3)}", f"blue-{token_hex(3)}"
    seats = {hall: 100 + randbelow(800) for hall in (first, second)}
    for hall, left in seats.items():
        _set_left(lab, hall, left)
    runs = [_ask(lab, hall, seats[hall], seats) for hall in (first, first, second, first, second)]
    seats[first] += 1 + randbelow(90)
    _set_left(lab, first, seats[first])
    runs.append(_ask(lab, first, seats[first], seats, changed=True))
    if sum(run.cold for run in runs) > 1:
        raise EnvironmentProblem(
            "The environment was replaced while the check looked. Your answer was not judged.",
            next_step="Check again.",
        )
    opened = {hall: _opened(lab, hall) for hall in seats}
    evidence = [f"hall {hall}: {number} connections opened" for hall, number in opened.items()]
    evidence.append(f"{len(runs)} events in one environment; the last: {seen(runs[-1])}")
    _judge(opened[first], opened[second], evidence)
    renew(lab, KEPT)
    _ask(lab, first, seats[first], seats)
    if _opened(lab, first) != 2:
        raise NotYet(
            "A new environment must open a connection of its own, and the database saw none.",
            evidence=evidence,
        )
    return Right(
        f"Yes: {len(runs)} events, two halls, two connections; a new environment opened its own.",
        evidence=evidence,
        not_checked=["a connection that breaks while it is kept: “go further” asks for it"],
    )


def _judge(first: int, second: int, evidence: list[str]) -> None:
    if first == 4:
        raise NotYet(
            "Four events of one hall opened four connections: one for each event.",
            expected="1 for each hall and environment",
            evidence=evidence,
            next_step="Keep what `Connection(…)` returned in a global variable.",
        )
    if first == 0 or second == 0:
        raise NotYet(
            "The answers are right, and no connection was opened: something goes past the "
            "database, or changes what it counted.",
            evidence=evidence,
            next_step="Ask through `Connection(hall).seats_left()`; leave database.py as it is.",
        )
    if (first, second) != (1, 1):
        raise NotYet(
            "Each hall has a connection of its own to keep; yours are opened again when the hall "
            "changes.",
            expected="1 for each hall",
            evidence=evidence,
            next_step="Keep them by hall: a dictionary.",
        )


def _ask(
    lab: CheckedLab, hall: str, right: int, seats: dict[str, int], changed: bool = False
) -> Invocation:
    """One event; `NotYet` when the answer is not that hall's number of seats."""
    run = fresh(lab, KEPT, {"hall": hall})
    told = run.payload.get("left") if isinstance(run.payload, dict) else None
    if told == right:
        return run
    if changed:
        text = "The answer of an earlier event came again: keep the connection, not what it said."
    elif told in seats.values():
        text = "One hall was asked, and the other one answered: the connection that was kept first."
    else:
        text = "That is not what the hall's database says."
    raise NotYet(
        text, expected=f"{hall}: {right} left", got=shown(run.payload), evidence=[seen(run)]
    )


def _set_left(lab: CheckedLab, hall: str, left: int) -> None:
    lab.client("dynamodb").update_item(
        TableName=table_of(lab),
        Key={"id": {"S": f"hall:{hall}"}},
        UpdateExpression="SET #left = :left",
        ExpressionAttributeNames={"#left": "left"},
        ExpressionAttributeValues={":left": {"N": str(left)}},
    )


def _opened(lab: CheckedLab, hall: str) -> int:
    return int(item(lab, f"hall:{hall}").get("opened", {}).get("N", 0))
