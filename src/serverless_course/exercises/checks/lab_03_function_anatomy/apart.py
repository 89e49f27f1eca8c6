"""Handler and logic apart: rules that need no cloud, a handler that asks them, and a real test."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from secrets import randbelow
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_03_function_anatomy.theatre import (
    SLUG,
    deployed,
    probe,
)
from serverless_course.exercises.deployed import fresh, seen
from serverless_course.exercises.feedback import CodeError, Feedback, NotYet, Right
from serverless_course.exercises.function_answers import function_of
from serverless_course.exercises.inputs import shown
from serverless_course.exercises.task import task
from serverless_course.functions.folder import function_folder

APART = "refund_apart"
FORM = "refund_cents(paid_cents, days_left, fee_cents)"
FEE_CENTS = 250
# Calls the rules in a process of its own: no course, no boto3, no variable of AWS.
CALLER = """
import json, sys
sys.path.insert(0, sys.argv[1])
from rules import refund_cents
print(json.dumps([refund_cents(*case) for case in json.loads(sys.argv[2])]))
"""
Refund = Callable[[int, int, int], Any]


def right(paid_cents: int, days_left: int, fee_cents: int) -> int:
    """The rules as functions/refund/index.py has them."""
    if days_left >= 30:
        return max(paid_cents - fee_cents, 0)
    return max(paid_cents // 2 - fee_cents, 0) if days_left >= 7 else 0


# Rules that are wrong in one place each: a good test finds every one.
PLANTED: dict[str, Refund] = {
    "takes no fee": lambda paid, days, fee: right(paid, days, 0),
    "pays back all of it, however late": lambda paid, days, fee: right(paid, 30, fee),
    "gives nothing at exactly 7 days": lambda paid, days, fee: right(
        paid, 6 if days == 7 else days, fee
    ),
    "gives half at exactly 30 days": lambda paid, days, fee: right(
        paid, 29 if days == 30 else days, fee
    ),
    "gives half in the last week": lambda paid, days, fee: right(
        paid, 7 if days < 7 else days, fee
    ),
    "goes below zero when the fee is higher": lambda paid, days, fee: (
        (paid if days >= 30 else paid // 2) - fee if days >= 7 else 0
    ),
}


@task("apart", time_limit_s=90)
def apart(lab: CheckedLab, answer: Any) -> Feedback:
    """rules.py alone knows the rules, the handler asks it, and the test finds planted mistakes."""
    test = function_of(answer, "test_refund", "test_refund(refund_cents)")
    deployed(lab, APART)
    evidence = _rules_alone()
    evidence += _deployed_answers(lab)
    evidence.append(_handler_asks(lab))
    _test_is_good(test)
    evidence.append(f"your test passed the right rules and found {len(PLANTED)} wrong ones")
    return Right(
        "Yes: the rules run without a cloud, the handler asks them, and your test would notice.",
        evidence=evidence,
        not_checked=["what the handler does with an event that is no order"],
    )


def _cases() -> list[tuple[int, int, int]]:
    paid, fee = 2_001 + 2 * randbelow(5_000), 100 + randbelow(300)
    days = [0, 6, 7, 29, 30, 8 + randbelow(20), 31 + randbelow(200)]
    return [*((paid, each, fee) for each in days), (fee - 50, 40, fee), (fee, 10, fee)]


def _rules_alone() -> list[str]:
    """Evidence that rules.py answers fresh cases in a Python of its own."""
    folder, cases = function_folder(SLUG, APART), _cases()
    with tempfile.TemporaryDirectory() as empty:
        command = [
            sys.executable,
            "-I",
            "-S",
            "-c",
            CALLER,
            str(folder.resolve()),
            json.dumps(cases),
        ]
        ran = subprocess.run(
            command, cwd=empty, env={}, capture_output=True, text=True, timeout=30, check=False
        )
    if ran.returncode:
        raise _cannot_run(ran.stderr.strip().splitlines()[-1], folder)
    told = json.loads(ran.stdout.strip().splitlines()[-1])
    for case, got in zip(cases, told, strict=True):
        if got != right(*case):
            raise NotYet(
                "Your rules do not say what functions/refund says.",
                expected=f"refund_cents{case} is {right(*case)}",
                got=shown(got),
                next_step="Move the rules as they are; change nothing in them.",
            )
    return [f"rules.py alone, in a Python without a cloud: {len(cases)} cases"]


def _cannot_run(error: str, folder: Path) -> Feedback:
    if "cannot import name 'refund_cents'" in error:
        return NotYet(
            f"rules.py has no function `{FORM}` yet.",
            evidence=[error],
            next_step="Move the rules from index.py to rules.py; the handler imports them.",
        )
    if error.startswith(("ModuleNotFoundError", "KeyError", "ImportError")):
        return NotYet(
            f"rules.py still needs something of the cloud: {error}",
            evidence=[f"{folder.name}/rules.py, in a Python without boto3 and without variables"],
            next_step=f"All that the rules need comes in as an argument: `{FORM}`.",
        )
    return CodeError(f"rules.py, alone, raised {error}", next_step="Fix it, then check again.")


def _event(paid_cents: int, days_left: int) -> dict[str, str]:
    show = date.today() + timedelta(days=days_left)
    return {"body": json.dumps({"paid_cents": paid_cents, "show": show.isoformat()})}


def _refund_in(payload: Any) -> Any:
    try:
        return json.loads(payload["body"])["refund_cents"]
    except (TypeError, KeyError, ValueError):
        return None


def _deployed_answers(lab: CheckedLab) -> list[str]:
    evidence = []
    for days in (3, 15, 60):
        paid = 2_001 + 2 * randbelow(5_000)
        run = fresh(lab, APART, _event(paid, days))
        evidence.append(f"{paid} cents, {days} days before: {seen(run)}")
        if _refund_in(run.payload) != right(paid, days, FEE_CENTS):
            raise NotYet(
                "The deployed function does not answer as functions/refund does.",
                expected=f"refund_cents {right(paid, days, FEE_CENTS)}, with a fee of {FEE_CENTS}",
                got=shown(run.payload),
                evidence=evidence,
                next_step='Deploy it with `environment={"FEE_CENTS": "250"}`, after your change.',
            )
    return evidence


def _handler_asks(lab: CheckedLab) -> str:
    """Evidence that the handler returns what rules.py says, whatever that is."""
    number = 1_000_000 + randbelow(1_000_000)
    rules = f"def refund_cents(*args, **named):\n    return {number}\n"
    with probe(lab, APART, {"rules.py": rules}, "index.handler") as name:
        run = lab.invoke(name, _event(5_000, 60))
    if _refund_in(run.payload) != number:
        raise NotYet(
            "With other rules in rules.py, your handler answers as before: it still has rules of "
            "its own.",
            expected=f"refund_cents {number}, which those rules say",
            got=shown(run.payload),
            next_step="Let the handler call `refund_cents`, and give back what that returns.",
        )
    return f"with other rules in rules.py the handler answered {number}, as those say"


def _test_is_good(test: Callable[..., Any]) -> None:
    try:
        test(right)
    except AssertionError as error:
        raise NotYet(
            f"Your test fails for rules that are right: {error or 'an assert without a message'}",
            next_step="Work out by hand what your case must give.",
        ) from error
    missed = [what for what, rules in PLANTED.items() if _passes(test, rules)]
    if len(missed) == len(PLANTED):
        raise NotYet(
            "Your test passes for each of six rules that are wrong: it asserts nothing.",
            next_step="`assert refund_cents(10_000, 30, 250) == 9_750` is a beginning.",
        )
    if missed:
        raise NotYet(
            f"Your test is happy with rules that are wrong: one that {missed[0]}.",
            got=f"found {len(PLANTED) - len(missed)} of {len(PLANTED)} mistakes",
            next_step="Test both sides of each border, and a fee that is higher than the refund.",
        )


def _passes(test: Callable[..., Any], rules: Refund) -> bool:
    try:
        test(rules)
    except AssertionError:
        return False
    return True
