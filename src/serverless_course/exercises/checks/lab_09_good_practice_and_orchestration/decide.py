"""Which way for a million orders: bills of what was measured, and from when the safe one pays."""

from collections.abc import Mapping
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_09_good_practice_and_orchestration.durable import (
    flow_version,
)
from serverless_course.exercises.checks.lab_09_good_practice_and_orchestration.machine import (
    machine_of,
)
from serverless_course.exercises.feedback import (
    EnvironmentProblem,
    Feedback,
    NotAttempted,
    NotYet,
    Right,
)
from serverless_course.exercises.inputs import number_wanted, real, shown, word
from serverless_course.exercises.order_usage import ORDERS, WAYS, Usage, use_of
from serverless_course.exercises.task import task
from serverless_course.pricing.orchestration import durable_bill, standard_bill, waiting_bill

MILLION = 1_000_000
LOST_ORDER_USD = 25.0
KEYS = ("usage", *WAYS, "choice", "pays_from")
# Dollars may be rounded; counts of five orders may differ by a retry; times by a busy machine.
ROUNDED, COUNTED, TIMED = 0.01, 0.2, 6.0


def bills_of(usage: Mapping[str, Usage]) -> dict[str, float]:
    """Dollars of a million orders, each way, from what some orders used."""
    found = {}
    for way, used in usage.items():
        times = MILLION // used.orders
        bill = {
            "waiting": lambda u, n: waiting_bill(n, u.compute),
            "machine": lambda u, n: standard_bill(n, u.compute, u.transitions),
            "durable": lambda u, n: durable_bill(n, u.compute, u.operations, u.written_bytes),
        }[way](used, times)
        found[way] = float(bill.usd or 0)
    return found


@task("decide", time_limit_s=300)
def decide(lab: CheckedLab, answer: Any) -> Feedback:
    """Three bills by one's own measurement, the cheapest safe way, and from when it pays."""
    if not isinstance(answer, Mapping) or set(answer) != set(KEYS):
        return NotYet(
            f"The answer is a dictionary with the keys {', '.join(KEYS)}.", got=shown(answer)
        )
    usage = answer["usage"]
    if not isinstance(usage, Mapping) or not all(isinstance(usage.get(way), Usage) for way in WAYS):
        raise NotAttempted(
            "`usage` is what the cell above measured, for all three ways.",
            next_step="Do tasks 4 and 5, run the cell `use` again, and give `usage` as it is.",
        )
    machine_of(lab)
    flow_version(lab)
    bills = bills_of({way: usage[way] for way in WAYS})
    evidence = [f"{way}: ${usd:,.2f} for a million orders" for way, usd in bills.items()]
    wrong = _wrong_bill(answer, bills, usage) or _wrong_choice(answer, bills)
    if wrong is not None:
        wrong.evidence = evidence
        return wrong
    evidence += _measured_honestly(lab, usage)
    return Right(
        f"Yes: {word(answer['choice'])} is the cheapest way that loses no order. It pays as soon "
        f"as it saves {real(answer['pays_from']):,.1f} of a million.",
        evidence=evidence,
        not_checked=["express state machines", "what your people cost"],
    )


def _measured_honestly(lab: CheckedLab, usage: Mapping[str, Usage]) -> list[str]:
    """Evidence that five fresh orders each way use what the learner's did."""
    evidence = []
    for way in WAYS:
        said = usage[way]
        try:
            fresh = use_of(lab, way)
        except (LookupError, RuntimeError) as error:
            raise EnvironmentProblem(
                f"Five fresh orders by {way} could not be measured, so your answer was not "
                f"judged: {error}",
                next_step="Check again.",
            ) from error
        for what, mine, now in (
            ("requests", said.compute.requests, fresh.compute.requests),
            ("state transitions", said.transitions, fresh.transitions),
            ("durable operations", said.operations, fresh.operations),
        ):
            evidence.append(f"{way}: five fresh orders used {now} {what}")
            if abs(mine * ORDERS / max(said.orders, 1) - now) > COUNTED * max(now, 1):
                raise NotYet(
                    f"Your `usage` of {way} has {mine} {what} for {said.orders} orders, and five "
                    "fresh ones used another number.",
                    expected=f"about {now}",
                    got=str(mine),
                    evidence=evidence,
                    next_step="Measure again after each change: run the cell `use`.",
                )
        ratio = float(said.compute.gb_s) * ORDERS / max(said.orders, 1) / float(fresh.compute.gb_s)
        if not 1 / TIMED < ratio < TIMED:
            raise EnvironmentProblem(
                f"The GB-seconds of {way} in your `usage` are {ratio:.1f} times those of five "
                "fresh orders: this machine was busy, then or now. Your answer was not judged.",
                evidence=evidence,
                next_step="Run the cell `use` again, then check again.",
            )
    return evidence


def _wrong_bill(
    answer: Mapping[str, Any], bills: dict[str, float], usage: Mapping[str, Usage]
) -> NotYet | None:
    for way in WAYS:
        usd = real(answer[way])
        if usd is None:
            return NotYet(number_wanted("dollars for a million orders", answer[way]), got=way)
        if abs(usd - bills[way]) > ROUNDED * bills[way] + 0.01:
            return NotYet(
                f"The bill of {way}: {_mistake(way, usd, bills[way], usage[way])}",
                expected=f"${bills[way]:,.2f}, by your own measurement",
                got=f"${usd:,.2f}",
                next_step="`usage` holds five orders: a million is 200,000 times that.",
            )
    return None


def _mistake(way: str, usd: float, right: float, used: Usage) -> str:
    alone = float(waiting_bill(MILLION // used.orders, used.compute).usd or 0)
    for factor, text in (
        (used.orders, "your million counts five orders as one."),
        (1 / used.orders, "your million is one of 200,000."),
    ):
        if abs(usd - right * factor) <= ROUNDED * right * factor:
            return text
    if way != "waiting" and abs(usd - alone) <= ROUNDED * alone:
        what = "state transitions" if way == "machine" else "durable operations"
        return f"that is Lambda alone; the {what} are missing."
    return "that is not what your `usage` costs by the price list."


def _wrong_choice(answer: Mapping[str, Any], bills: dict[str, float]) -> NotYet | None:
    choice = word(answer["choice"])
    if choice not in WAYS:
        return NotYet(f"The choice is one of {', '.join(WAYS)}.", got=shown(answer["choice"]))
    safe = {way: bills[way] for way in ("machine", "durable")}
    best = min(safe, key=lambda way: safe[way])
    if choice == "waiting":
        return NotYet(
            "The waiting code is the cheapest, and it took money for nothing: your goal is 0 such "
            "orders.",
            expected="the cheapest way that reaches the goal",
            got=shown(answer["choice"]),
        )
    if choice != best:
        return NotYet(
            f"Both {best} and {choice} reach the goal, and by your own bills {choice} costs "
            f"{safe[choice] / safe[best]:.1f} times as much.",
            expected="the cheapest way that reaches the goal",
            got=shown(answer["choice"]),
        )
    right, said = (bills[best] - bills["waiting"]) / LOST_ORDER_USD, real(answer["pays_from"])
    if said is None:
        return NotYet(number_wanted("a number of orders in a million", answer["pays_from"]))
    if abs(said - right) > 0.02 * right + 0.5:
        return NotYet(
            f"A lost order costs {LOST_ORDER_USD:.0f} dollars. From how many orders in a million "
            "on are those worth more than the difference of the two bills?",
            expected=f"{right:.1f}: the difference divided by {LOST_ORDER_USD:.0f} dollars",
            got=f"{said:g}",
            next_step="(the bill of your choice − the bill of waiting) ÷ 25 dollars",
        )
    return None
