"""The order flow as a state machine: the check plants troubles, and counts what became of them."""

import json
from secrets import randbelow, token_hex
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_09_good_practice_and_orchestration.outcome import (
    Case,
    judge,
    status_in,
)
from serverless_course.exercises.checks.lab_09_good_practice_and_orchestration.shop import (
    done,
    in_words,
    plant,
)
from serverless_course.exercises.feedback import (
    EnvironmentProblem,
    Feedback,
    NotAttempted,
    NotYet,
    Right,
)
from serverless_course.exercises.task import task
from serverless_course.waiting import until

MACHINE = "order-flow"
ENDS_WITHIN_S = 60.0


@task("machine", needs_answer=False, time_limit_s=240)
def machine(lab: CheckedLab, answer: Any) -> Feedback:
    """order-flow retries what helps, undoes what must be undone, and charges once."""
    arn, definition = machine_of(lab)
    if '"Retry"' not in definition and '"Catch"' not in definition:
        raise NotAttempted(
            "The machine is as it came: no state of it has a Retry or a Catch.",
            next_step="Write your `definition`, and deploy it with `deploy_machine(definition)`.",
        )
    states, evidence = lab.client("stepfunctions"), []
    cases = fresh_cases()
    started = {case: _start(lab, arn, case) for case in cases}
    for case in cases:
        ended = _ended(states, started[case])
        counts = done(lab, case.order)
        evidence.append(f"{case.what}: {ended['status']}, {in_words(counts)}")
        status = status_in(ended.get("output"))
        problem = judge(case, counts, status)
        if problem:
            raise NotYet(
                problem.message,
                expected=problem.expected,
                got=f"{ended['status']}, {ended.get('output') or ended.get('cause') or ''}"[:200],
                evidence=evidence,
                next_step=_next_step(ended, problem.machine_step),
            )
    return Right(
        "Yes: five fresh orders, four of them in trouble. Nobody has paid for nothing, and nobody "
        "twice.",
        evidence=evidence,
        not_checked=["a refund that fails, too", "an execution that runs into its own time-out"],
    )


def machine_of(lab: CheckedLab) -> tuple[str, str]:
    """ARN and definition of the lab's state machine; `NotAttempted` when it is not there."""
    states, name = lab.client("stepfunctions"), lab.name(MACHINE, kind="states:state-machine")
    for page in states.get_paginator("list_state_machines").paginate():
        for each in page["stateMachines"]:
            if each["name"] == name:
                if each["type"] != "STANDARD":
                    raise NotYet(
                        "It is an express machine, which keeps no history of its own to look at.",
                        next_step="Delete it, and make it with `deploy_machine(definition)`.",
                    )
                arn = each["stateMachineArn"]
                return arn, states.describe_state_machine(stateMachineArn=arn)["definition"]
    raise NotAttempted(
        f"There is no state machine {name} yet.", next_step="Run the cells above this one."
    )


def fresh_cases() -> list[Case]:
    """An order without trouble, and one of each trouble, with fresh numbers."""
    first = 100_000 + randbelow(900_000_000)
    troubles: list[tuple[str, dict[str, Any]]] = [
        ("a courier that is busy for a while", {"busy": 1 + randbelow(2)}),
        ("an order without trouble", {}),
        ("an answer of the bank that is lost", {"lost": 1}),
        ("a courier that is closed", {"closed": 1}),
        ("a card that is declined", {"declined": 1}),
    ]
    return [Case(first + n, what, trouble) for n, (what, trouble) in enumerate(troubles)]


def _start(lab: CheckedLab, arn: str, case: Case) -> str:
    plant(lab, case.order, **case.trouble)
    event = {"order": case.order, "cents": 1_500 + randbelow(6_000)}
    started = lab.client("stepfunctions").start_execution(
        stateMachineArn=arn, name=f"check-{case.order}-{token_hex(3)}", input=json.dumps(event)
    )
    return str(started["executionArn"])


def _ended(states: Any, execution: str) -> dict[str, Any]:
    found: dict[str, Any] = until(
        lambda: states.describe_execution(executionArn=execution),
        ENDS_WITHIN_S,
        ends=lambda each: each["status"] != "RUNNING",
    )
    if found["status"] == "RUNNING":
        states.stop_execution(executionArn=execution)
        raise EnvironmentProblem(
            f"An execution was not over after {ENDS_WITHIN_S:.0f} s, and was stopped. Your answer "
            "was not judged.",
            evidence=[execution],
            next_step="Are the waits of your machine a second or two? Then check again.",
        )
    return found


def _next_step(ended: dict[str, Any], otherwise: str) -> str:
    """What to do next: an order that an error replaced is a reason of its own."""
    if "JSONPath" in str(ended.get("cause", "")):
        return (
            'Give each catcher `"ResultPath": "$.error"`: without it the error takes the place of '
            "the order, and the next state finds no number."
        )
    return otherwise
