"""The function deployed by hand, its cold starts, and many orders at the same time."""

import time
from secrets import choice, randbelow
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_01_why_serverless.shop import (
    CENTS,
    configuration,
    log,
    new_order,
    receipt_of,
    renew,
    reports_of,
    take_order,
)
from serverless_course.exercises.deployed import fresh, seen
from serverless_course.exercises.feedback import Feedback, NotYet, Right
from serverless_course.exercises.function_answers import (
    function_of,
    given_back,
    return_missing,
)
from serverless_course.exercises.inputs import shown, yes_or_no
from serverless_course.exercises.task import task

MEMORY_MB = 512
FEWEST_AT_ONCE, MOST_AT_ONCE = 5, 8


@task("deploy", needs_answer=False)
def deploy(lab: CheckedLab, answer: Any) -> Feedback:
    """Orders is deployed: it prices fresh orders and signs their receipts."""
    settings = configuration(lab)
    order = new_order()
    run = fresh(lab, "orders", order)
    evidence = [seen(run), f"sent: {order}"]
    payload = run.payload if isinstance(run.payload, dict) else {}
    cents = CENTS[order["item"]] * order["number"]
    if payload.get("cents") != cents or payload.get("receipt") != receipt_of(order):
        return NotYet(
            "The function answers, but not with the price and the receipt of the order that it "
            "got.",
            expected=f"cents {cents}, and the receipt that orders.py signs",
            got=shown(run.payload),
            evidence=evidence,
            next_step="Put index.py and orders.py into the package as they are.",
        )
    if "refused" not in (fresh(lab, "orders", {**order, "number": 0}).payload or {}):
        return NotYet(
            "An order of 0 must be refused with a reason, and it was not.",
            evidence=evidence,
            next_step="Put index.py and orders.py into the package as they are.",
        )
    if settings["MemorySize"] != MEMORY_MB:
        return NotYet(
            f"The function has {settings['MemorySize']:,} MB. What follows is measured at "
            f"{MEMORY_MB} MB.",
            next_step=f"Set MemorySize={MEMORY_MB}.",
        )
    return Right(
        "Yes: a fresh order was priced and signed, and one of 0 was refused.",
        evidence=evidence,
        not_checked=["the time-out and the role: lesson 02 asks whose duty they are"],
    )


@task("cold", time_limit_s=90)
def cold(lab: CheckedLab, answer: Any) -> Feedback:
    """A function that tells from a log whether its invocation was a cold start."""
    is_cold = function_of(answer, "is_cold", "is_cold(log)")
    wanted = [True, choice([True, False]), False, choice([True, False]), True, False]
    runs = []
    for begin_cold in wanted:
        if begin_cold:
            renew(lab)
        runs.append(take_order(lab))
    said = [is_cold(run.log) for run in runs]
    told = [yes_or_no(each) for each in said]
    if None in told:
        odd = said[told.index(None)]
        return NotYet(f"is_cold must return True or False.{return_missing(odd)}", got=shown(odd))
    were = [run.cold for run in runs]
    evidence = [f"{seen(run)}; Init {_ms(run.init_ms)}" for run in runs]
    if told == were:
        return Right(
            f"Yes: of {len(runs)} fresh invocations, {sum(were)} were cold, and your function "
            "told each.",
            evidence=evidence,
            not_checked=["Init that runs again within an invocation: its REPORT does not show it"],
        )
    if len(set(told)) == 1:
        text = f"Your function said {told[0]} to all of them, and {sum(were)} of them were cold."
    elif told == [not cold for cold in were]:
        text = "It is the other way round: your function calls the warm ones cold."
    else:
        wrong = next(place for place, cold in enumerate(were) if told[place] != cold)
        kind = "cold" if were[wrong] else "warm"
        text = f"Number {wrong + 1} was {kind}, and your function said {told[wrong]}."
    return NotYet(
        text,
        expected=str(were),
        got=str(told),
        evidence=evidence,
        next_step="Compare the REPORT lines of a cold and of a warm invocation.",
    )


@task("at-once", time_limit_s=120)
def at_once(lab: CheckedLab, answer: Any) -> Feedback:
    """A function that sends orders at the same time and counts the environments."""
    send = function_of(answer, "at_once", "at_once(number)")
    number = FEWEST_AT_ONCE + randbelow(MOST_AT_ONCE - FEWEST_AT_ONCE + 1)
    renew(lab)
    began_ms = int(time.time() * 1000)
    told = given_back("how many environments answered", send(number))
    starts, streams = _used(lab, began_ms)
    evidence = [f"at_once({number}): {starts} invocations in {streams} environments, by the log"]
    if starts != number:
        return NotYet(
            f"at_once({number}) must send {number} orders. The log shows {starts}.",
            evidence=evidence,
            next_step="Send as many as `number` says, each once.",
        )
    if streams == 1:
        return NotYet(
            "All orders went to one environment: they came one after the other. The next was sent "
            "when the one before had been answered.",
            got=f"{told:g}",
            evidence=evidence,
            next_step="Send them from several threads: ThreadPoolExecutor(number).",
        )
    if told != streams:
        counted = " That is the number of orders." if told == number else ""
        return NotYet(
            f"Your function counted {told:g} environments, and the log shows {streams}.{counted}",
            evidence=evidence,
            next_step="Each answer names its environment: count the different names.",
        )
    return Right(
        f"Yes: {number} orders at once, in {streams} environments that Lambda made for them.",
        evidence=evidence,
        not_checked=["more than your account's quota: then some are refused (lesson 06)"],
    )


def _used(lab: CheckedLab, since_ms: int) -> tuple[int, int]:
    """Invocations and environments in the log since then, once a last order of ours is in it."""
    last = take_order(lab)
    reports_of(lab, [last], since_ms)
    starts = [
        line
        for line in log(lab, since_ms)
        if line.kind in ("START", "platform.start") and line.request_id != last.request_id
    ]
    return len(starts), len({line.stream for line in starts})


def _ms(value: float | None) -> str:
    return "none" if value is None else f"{value:.0f} ms"
