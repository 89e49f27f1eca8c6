"""The delivery fee's rules outside the code: the check changes them, and counts who asks."""

import json
import time
from dataclasses import dataclass
from secrets import randbelow, token_hex
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_09_good_practice_and_orchestration.shop import (
    deployed,
    spied,
    spied_answer,
)
from serverless_course.exercises.deployed import fresh
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.inputs import shown
from serverless_course.exercises.task import task
from serverless_course.waiting import until

FEE = "fee"
PARAMETER = "delivery"
# Orders of one burst, and how old the rules may be that they are worked out by.
BURST = 25
FOLLOWS_WITHIN_S = 10.0
KEPT_AT_LEAST_S = 2.0
Rules = dict[str, int]


@task("delivery", needs_answer=False, time_limit_s=180)
def delivery(lab: CheckedLab, answer: Any) -> Feedback:
    """fee follows the parameter within 10 s, asks for it seldom, and is told its name."""
    deployed(lab, FEE)
    name = lab.name(PARAMETER, kind="ssm:parameter")
    before = _value(lab, name)
    fresh(lab, FEE, {"cents": 100})
    burst = _burst(lab)
    # What asks nobody cannot learn of a change later: one look is enough.
    limit_s = FOLLOWS_WITHIN_S if burst.calls else 0.0
    try:
        first = _follows(lab, name, None, limit_s)
        second = _follows(lab, name, first, limit_s)
    finally:
        lab.client("ssm").put_parameter(Name=name, Value=before, Overwrite=True)
    evidence = [f"two changes of {name} were in force within {FOLLOWS_WITHIN_S:.0f} s: {second}"]
    evidence += _asked_seldom(burst)
    evidence.append(_takes_its_name(burst))
    return Right(
        "Yes: a new fee needs no deployment, and a thousand orders do not ask a thousand times.",
        evidence=evidence,
        not_checked=["what it does while Parameter Store does not answer"],
    )


def _value(lab: CheckedLab, name: str) -> str:
    ssm = lab.client("ssm")
    try:
        return str(ssm.get_parameter(Name=name)["Parameter"]["Value"])
    except ssm.exceptions.ParameterNotFound:
        raise NotAttempted(
            f"There is no parameter {name} yet.", next_step="Run the cell that makes it."
        ) from None


def _new_rules() -> Rules:
    return {"fee_cents": 500 + randbelow(400), "free_from_cents": 6_000 + randbelow(3_000)}


def _set(lab: CheckedLab, name: str, rules: Rules) -> None:
    lab.client("ssm").put_parameter(
        Name=name, Value=json.dumps(rules), Type="String", Overwrite=True
    )


def _answers(lab: CheckedLab, rules: Rules) -> tuple[list[Any], list[Any]]:
    """What the deployed function says, and what it has to: far below the border, below, on it."""
    asked = (100, rules["free_from_cents"] - 1, rules["free_from_cents"])
    said = [fresh(lab, FEE, {"cents": cents}).payload for cents in asked]
    paid = {"fee_cents": rules["fee_cents"]}
    return said, [paid, paid, {"fee_cents": 0}]


def _follows(lab: CheckedLab, name: str, before: Rules | None, limit_s: float) -> Rules:
    """Change the parameter, and wait until the deployed function works by it."""
    rules = _new_rules()
    _set(lab, name, rules)
    said, wanted = until(
        lambda: _answers(lab, rules),
        limit_s,
        ends=lambda pair: pair[0] == pair[1],
        every_s=0.4,
    )
    if said == wanted:
        return rules
    told = {
        "expected": f"{[each['fee_cents'] for each in wanted]} for flowers of 100, "
        f"{rules['free_from_cents'] - 1} and {rules['free_from_cents']} cents",
        "got": shown(said),
        "evidence": [f"the check put {rules} into {name}, and asked for {limit_s:.0f} s"]
        if limit_s
        else [f"the check put {rules} into {name}", "a new environment made no call of AWS"],
    }
    if said[0] == {"fee_cents": 490}:
        raise NotYet(
            "The check changed the parameter, and the fee is still 490 cents: as in the code, or "
            "as it was read once.",
            next_step="Read the parameter that PARAMETER names, again after a few seconds.",
            **told,  # type: ignore[arg-type]
        )
    if before is not None and said[0] == {"fee_cents": before["fee_cents"]}:
        raise NotYet(
            "It follows the first change and not the second: what it read once, it keeps for more "
            "than 10 s. For as long as its environment lives? That may be hours.",
            next_step="Keep it for a few seconds: note when it was read.",
            **told,  # type: ignore[arg-type]
        )
    if said[:2] == wanted[:2]:
        raise NotYet(
            "It follows, and flowers of exactly `free_from_cents` pay for the delivery: they did "
            "not.",
            **told,  # type: ignore[arg-type]
        )
    raise NotYet(
        "The check changed the parameter, and the fee does not follow: it works by other values.",
        next_step="Was it copied into an environment variable, or read once, at Init?",
        **told,  # type: ignore[arg-type]
    )


@dataclass(frozen=True)
class Burst:
    """What a burst of orders did in a new environment that was told of another parameter.

    Attributes:
        calls: the calls of AWS that it made.
        took_s: how long the burst took, in seconds.
        parameter: the name of the other parameter.
        rules: what that holds.
        said: what the last order of the burst was answered.
    """

    calls: list[str]
    took_s: float
    parameter: str
    rules: Rules
    said: Any


def _burst(lab: CheckedLab) -> Burst:
    """Send a burst of orders to the deployed package, in a function with another PARAMETER."""
    other, rules = lab.name(f"{PARAMETER}-{token_hex(3)}", kind="ssm:parameter"), _new_rules()
    _set(lab, other, rules)
    event = {"cents": rules["free_from_cents"] - 1}
    try:
        with spied(lab, FEE, SPY_CALLS="1", PARAMETER=other) as probe:
            began = time.monotonic()
            for _ in range(BURST):
                told = spied_answer(lab, probe, FEE, event)
            took_s = time.monotonic() - began
    finally:
        lab.client("ssm").delete_parameter(Name=other)
    return Burst(told["calls"], took_s, other, rules, told["answer"])


def _asked_seldom(burst: Burst) -> list[str]:
    """Evidence that a burst of orders asked for the rules a few times only."""
    calls, took_s = burst.calls, burst.took_s
    most = 1 + int(took_s / KEPT_AT_LEAST_S) + 1
    line = f"{BURST} orders in {took_s:.1f} s made {len(calls)} calls of AWS"
    if len(calls) > most:
        raise NotYet(
            f"{BURST} orders made {len(calls)} calls. Each order waits for one, and Parameter "
            "Store throttles who asks too often.",
            expected=f"{most} calls at most in {took_s:.1f} s",
            evidence=[line],
            next_step="Keep the value in a global, with the time at which it was read, for at "
            f"least {KEPT_AT_LEAST_S:.0f} s.",
        )
    if not calls:
        raise NotYet(
            "A new environment made no call of AWS, and yet the deployed function follows the "
            "parameter. How does it learn of a change?",
            evidence=[line],
            next_step="Read the parameter with boto3.",
        )
    return [line]


def _takes_its_name(burst: Burst) -> str:
    """Evidence that the same package works by another parameter when PARAMETER names it."""
    if burst.said != {"fee_cents": burst.rules["fee_cents"]}:
        raise NotYet(
            "With another name in the variable PARAMETER, it works by the same rules as before: "
            "the name stands in the code. So a test would change the price of the real shop.",
            expected=f"fee_cents {burst.rules['fee_cents']}, as in {burst.parameter}",
            got=shown(burst.said),
            next_step='Read `os.environ["PARAMETER"]`.',
        )
    return "the same package with another PARAMETER worked by that one"
