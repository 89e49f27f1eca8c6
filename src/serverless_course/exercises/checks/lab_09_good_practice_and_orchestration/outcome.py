"""What became of an order in trouble, and what is wrong with it: machine and durable function."""

import json
from dataclasses import dataclass, field
from typing import Any

from serverless_course.exercises.flower_shop import wrongs_of

KEYLESS = (
    "Give the step a key that is the same at each try, such as the order's number: then the bank "
    "charges once, however often it is asked."
)


@dataclass(frozen=True, eq=False)
class Case:
    """An order of a check.

    Attributes:
        order: its number.
        what: its trouble, in words.
        trouble: the trouble, as it is planted.
    """

    order: int
    what: str
    trouble: dict[str, Any] = field(default_factory=dict)

    @property
    def hopeless(self) -> bool:
        """Whether the order can only be cancelled."""
        return "closed" in self.trouble or "declined" in self.trouble


@dataclass(frozen=True)
class Problem:
    """What is wrong, and the next step for a state machine and for a durable function."""

    message: str
    expected: str
    machine_step: str
    durable_step: str


def status_in(output: str | None) -> str | None:
    """The word that a flow's output, as JSON, has under `status`; None without one."""
    try:
        found = json.loads(output or "null")
    except ValueError:
        return None
    return str(found.get("status")) if isinstance(found, dict) else None


def judge(case: Case, counts: dict[str, int], status: str | None) -> Problem | None:
    """What is wrong with the end of an order; None when it ended as it should.

    Args:
        case: the order.
        counts: how often each step was done and asked for.
        status: the word with which the flow ended; None when it ended with an error.
    """
    return (
        _nothing_done(case, counts, status)
        or _useless_retry(case, counts)
        or _wrong(case, counts)
        or _wrong_status(case, status)
    )


def _nothing_done(case: Case, counts: dict[str, int], status: str | None) -> Problem | None:
    if status == "shipped" and not counts["book"]:
        return Problem(
            f"With {case.what}, the flow says *shipped*, and no courier was asked: nothing was "
            "booked.",
            "reserve, charge and book, once each",
            "Each order passes Reserve, Charge and Book.",
            "Let each step call `do`.",
        )
    if not case.hopeless and not counts["book"]:
        return Problem(
            f"With {case.what}, the order was given up: it could have been shipped.",
            "book once",
            "Retry the state on CourierBusy and on AnswerLost, a few times, after a second.",
            "Give the step a retry strategy for CourierBusy and AnswerLost.",
        )
    return None


def _useless_retry(case: Case, counts: dict[str, int]) -> Problem | None:
    step = {"closed": "book", "declined": "charge"}.get(next(iter(case.trouble), ""))
    if step and counts[f"asked_{step}"] > 1:
        return Problem(
            f"With {case.what}, {step} was asked for {counts[f'asked_{step}']} times. To ask again "
            "is useless here, and makes the customer wait.",
            f"{step} asked for once",
            "Retry on CourierBusy and AnswerLost only, and not on States.ALL.",
            "Name the errors in `retryable_error_types`; the SDK's default retries every error.",
        )
    return None


def _wrong(case: Case, counts: dict[str, int]) -> Problem | None:
    wrongs = wrongs_of(counts)
    if not wrongs:
        return None
    machine, durable = {
        "paid, and gets no parcel": (
            "Catch what Book raises, and go to a state that refunds, and then releases.",
            "Catch the StepError of book; then refund and release, as steps.",
        ),
        "keeps flowers that nobody gets": (
            "Catch what Charge raises, and go to a state that releases the flowers.",
            "Catch the StepError of charge; then release, as a step.",
        ),
        "gets a parcel, and has not paid": (
            "A booked parcel is never refunded: only what Book raises leads to Refund.",
            "A step that was interrupted may be done: let it run again, with its key. That is the "
            "SDK's default (AT_LEAST_ONCE_PER_RETRY).",
        ),
        "refunded what was never charged": (
            "What Charge raises leads to Release; only what Book raises leads to Refund.",
            "What charge raises needs no refund: nothing was charged.",
        ),
    }.get(wrongs[0], (KEYLESS, KEYLESS))
    return Problem(
        f"With {case.what}, a customer {wrongs[0]}."
        if not wrongs[0].startswith("keeps")
        else f"With {case.what}, the stock {wrongs[0]}.",
        "cancelled, and all that was done is undone" if case.hopeless else "each step done once",
        machine,
        durable,
    )


def _wrong_status(case: Case, status: str | None) -> Problem | None:
    wanted = "cancelled" if case.hopeless else "shipped"
    if status == wanted:
        return None
    return Problem(
        f"With {case.what}, all was done as it should be, and the flow does not end with the "
        f'status "{wanted}".',
        f'an output with "status": "{wanted}"',
        'End with a Pass state: {"Type": "Pass", "Result": "…", "ResultPath": "$.status", '
        '"End": True}.',
        f'Return {{"order": event["order"], "status": "{wanted}"}}.',
    )
