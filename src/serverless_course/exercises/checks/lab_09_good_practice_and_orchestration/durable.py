"""The flow as a durable function: its environment is killed at a step that the check draws."""

import hashlib
import json
import random
from secrets import randbelow, token_hex
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_09_good_practice_and_orchestration.outcome import (
    Case,
    judge,
    status_in,
)
from serverless_course.exercises.checks.lab_09_good_practice_and_orchestration.shop import (
    deployed,
    done,
    in_words,
    package_of,
    plant,
    trouble_left,
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

FLOW = "flow"
# Of functions/flow/desk.py, as it comes: it cuts the power.
DESK_SHA256 = "cb36f70dd299f732c5cea9250fd117b5998db5e7d4e01bc8ef5a437b45c514f7"
WAY = ("reserve", "charge", "book")
ENDS_WITHIN_S = 150.0
# So many invocations of one execution that failed by themselves: it would be tried until it times
# out. One more is the power cut.
FAILURES = 3


@task("durable", needs_answer=False, time_limit_s=400)
def durable(lab: CheckedLab, answer: Any) -> Feedback:
    """flow goes on after kill -9, does no completed step again, and undoes what must be undone."""
    version = flow_version(lab)
    _desk_as_it_came(lab, version)
    evidence: list[str] = []
    cases = fresh_cases()
    started = {case: start(lab, version, case.order, case.trouble) for case in cases}
    for case in cases:
        ended = ended_execution(lab, started[case], ENDS_WITHIN_S)
        counts = done(lab, case.order)
        evidence.append(f"{case.what}: {ended['Status']}, {in_words(counts)}")
        if "die" in case.trouble:
            _judge_cut(lab, case, counts, ended, evidence)
        problem = judge(case, counts, status_in(ended.get("Result")))
        if problem:
            error = ended.get("Error") or {}
            raise NotYet(
                problem.message,
                expected=problem.expected,
                got=f"{ended['Status']}, {ended.get('Result') or error.get('ErrorMessage') or ''}"[
                    :200
                ],
                evidence=evidence,
                next_step=problem.durable_step,
            )
    return Right(
        "Yes: its environment was killed twice, at steps that were drawn; every completed step was "
        "done once, and each order came to its end.",
        evidence=evidence,
        not_checked=["a new version of the code while an execution waits"],
    )


def flow_version(lab: CheckedLab) -> str:
    """The newest published version of flow; `NotAttempted` or `NotYet` when there is none."""
    found = deployed(lab, FLOW)
    if "DurableConfig" not in found:
        raise NotYet(
            "flow is deployed as an ordinary function: it has no DurableConfig, and none can be "
            "added later.",
            next_step="Delete it (`lam.delete_function`), and deploy it with `deploy_flow()`.",
        )
    pages = lab.client("lambda").get_paginator("list_versions_by_function")
    versions = [
        int(each["Version"])
        for page in pages.paginate(FunctionName=lab.name(FLOW))
        for each in page["Versions"]
        if each["Version"] != "$LATEST"
    ]
    if not versions:
        raise NotAttempted(
            "flow has no published version, and a durable function is invoked by its version.",
            next_step="Deploy it with `deploy_flow()`.",
        )
    return str(max(versions))


def _desk_as_it_came(lab: CheckedLab, version: str) -> None:
    found = package_of(lab, FLOW, version).get("desk.py", b"")
    if hashlib.sha256(found).hexdigest() != DESK_SHA256:
        raise NotYet(
            "desk.py is not the file that came with the lab, so the check cannot cut the power.",
            next_step="Copy functions/shop/desk.py over functions/flow/desk.py; change index.py "
            "only.",
        )


def fresh_cases() -> list[Case]:
    """Two orders whose environment is killed at a drawn place, and three in other trouble."""
    draw, first = random.SystemRandom(), 100_000 + randbelow(900_000_000)
    # The second must have a completed step before the one that is cut.
    cuts = [f"{draw.choice(('before', 'after'))} {draw.choice(WAY)}"]
    cuts.append(f"after {draw.choice(WAY[1:])}")
    troubles: list[tuple[str, dict[str, Any]]] = [
        (f"its environment killed {cuts[0]}", {"die": cuts[0]}),
        (f"its environment killed {cuts[1]}", {"die": cuts[1]}),
        ("a busy courier and a lost answer", {"busy": 1, "lost": 1}),
        ("a courier that is closed", {"closed": 1}),
        ("a card that is declined", {"declined": 1}),
    ]
    return [Case(first + n, what, trouble) for n, (what, trouble) in enumerate(troubles)]


def start(lab: CheckedLab, version: str, order: int, trouble: dict[str, Any]) -> str:
    """Start an execution for an order with a trouble; its ARN."""
    plant(lab, order, **trouble)
    answer = lab.client("lambda").invoke(
        FunctionName=lab.name(FLOW),
        Qualifier=version,
        InvocationType="Event",
        DurableExecutionName=f"order-{order}-{token_hex(3)}",
        Payload=json.dumps({"order": order, "cents": 1_500 + randbelow(6_000)}),
    )
    return str(answer["DurableExecutionArn"])


def ended_execution(lab: CheckedLab, arn: str, limit_s: float) -> dict[str, Any]:
    """An execution when it has ended; `EnvironmentProblem` when it does not in time."""
    client = lab.client("lambda")
    found: dict[str, Any] = until(
        lambda: client.get_durable_execution(DurableExecutionArn=arn),
        limit_s,
        ends=lambda each: each["Status"] != "RUNNING" or len(failures(client, arn)) >= FAILURES,
    )
    errors = failures(client, arn) if found["Status"] == "RUNNING" else []
    if len(errors) >= FAILURES:
        client.stop_durable_execution(DurableExecutionArn=arn)
        return {**found, "Status": "FAILED at each invocation", "Error": errors[-1]}
    if found["Status"] == "RUNNING":
        client.stop_durable_execution(DurableExecutionArn=arn)
        raise EnvironmentProblem(
            f"An execution was not over after {limit_s:.0f} s, and was stopped. Your answer was "
            "not judged.",
            evidence=[arn],
            next_step="Look at its history (`lam.get_durable_execution_history`). If it only "
            "waits, check again.",
        )
    if found["Status"] == "TIMED_OUT":
        raise EnvironmentProblem(
            "An execution ran into its ExecutionTimeout: this machine was busy, or that is too "
            "short. Your answer was not judged.",
            evidence=[arn],
            next_step="Deploy it with `deploy_flow()` as it is, then check again.",
        )
    return found


def failures(client: Any, arn: str) -> list[dict[str, Any]]:
    """The errors of an execution's invocations, but time-outs: those are the machine's, too."""
    pages = client.get_paginator("get_durable_execution_history").paginate(
        DurableExecutionArn=arn, IncludeExecutionData=True
    )
    ended = [
        event["InvocationCompletedDetails"].get("Error", {}).get("Payload")
        for page in pages
        for event in page["Events"]
        if event["EventType"] == "InvocationCompleted"
    ]
    return [each for each in ended if each and "timed out" not in str(each.get("ErrorMessage"))]


def _judge_cut(
    lab: CheckedLab,
    case: Case,
    counts: dict[str, int],
    ended: dict[str, Any],
    evidence: list[str],
) -> None:
    """Raise `NotYet` when the order of a killed environment did not go on where it was."""
    when, step = case.trouble["die"].split()
    if ended["Status"] != "SUCCEEDED":
        error = ended.get("Error") or {}
        raise NotYet(
            f"The environment was killed {when} {step}, and the execution did not come to its end.",
            got=f"{ended['Status']}: {error.get('ErrorType')}: {error.get('ErrorMessage')}"[:200],
            evidence=evidence,
            next_step="An interrupted step was given up. Let it run again, with its key: that is "
            "the SDK's default, AT_LEAST_ONCE_PER_RETRY."
            if "interrupted" in str(error.get("ErrorMessage"))
            else "Does the handler have `@durable_execution`, and does it call `context.step`?",
        )
    if "die" in trouble_left(lab, case.order):
        raise NotYet(
            f"The check wanted to kill the environment {when} {step}, and could not: {step} was "
            "not done by `do` of desk.py.",
            evidence=evidence,
            next_step="Call `do` of desk.py in each step.",
        )
    asked = {each: counts[f"asked_{each}"] for each in WAY}
    again = [each for each in WAY[: WAY.index(step)] if asked[each] > 1]
    if again:
        raise NotYet(
            f"The environment was killed {when} {step}, and {again[0]} ran again, though it was "
            "done: what is no step of its own is not kept.",
            expected=f"{again[0]} asked for once",
            got=f"asked for: {asked}",
            evidence=evidence,
            next_step="Make each call of `do` a step of its own: `context.step(lambda _: "
            'do("charge", event, …), name="charge")`.',
        )
    most = 2 if when == "after" else 1
    if asked[step] > most:
        raise NotYet(
            f"The environment was killed {when} {step}, and {step} was asked for {asked[step]} "
            "times.",
            expected=f"{most}",
            evidence=evidence,
        )
