"""The shop at the end: she can buy, and so can others whose country has no tax of its own."""

from secrets import choice
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_08_observability_xray.log import unlucky
from serverless_course.exercises.checks.lab_08_observability_xray.shop import (
    CENTS,
    buy,
    error_of,
    fail_early,
    new_country,
    new_customer,
    paid_in,
)
from serverless_course.exercises.deployed import seen
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.task import task

TAXES = {"BR": 17, "DE": 19, "PT": 23}
OTHER_TAX = 20
COUPON = 5


@task("fix", needs_answer=False, time_limit_s=120)
def fix(lab: CheckedLab, answer: Any) -> Feedback:
    """Countries without a tax of their own pay 20 percent; nothing else has changed."""
    hers = unlucky(lab)
    if hers is None:
        return NotYet("No checkout has failed yet.", next_step="Run the cells `send` and `fetch`.")
    countries = {str(hers.get("country")): OTHER_TAX, new_country(): OTHER_TAX, **TAXES}
    runs = {country: buy(lab, new_customer(), country) for country in countries}
    her_country, *others = countries
    if not any(runs[country].ok for country in (her_country, others[0])):
        return _nobody(runs[her_country])
    for country, tax in countries.items():
        wrong = _price_problem(country, tax, runs[country])
        if wrong is not None:
            return wrong
    bad = fail_early(lab, new_customer(), choice(sorted(TAXES)))
    if bad.ok:
        return NotYet(
            "An order without a price goes well now: an error is hidden.",
            evidence=[seen(bad)],
            next_step="Fix the tax alone, without `except`.",
        )
    return Right(
        f"Yes: she can buy, and so can everybody from {others[0]} and elsewhere.",
        evidence=[seen(runs[her_country])],
    )


def _nobody(run: Any) -> Feedback:
    if run.error_type == "RuntimeError" and "price" in str(run.error_message):
        return NotAttempted(
            "A checkout from her country still fails in the function price.",
            evidence=[seen(run), error_of(run)],
            next_step="Change functions/price_fixed/index.py, and deploy it in place of `price`.",
        )
    return NotYet(
        f"A checkout from her country fails now: {error_of(run)}",
        evidence=[seen(run)],
        next_step="Fix functions/price_fixed, and deploy it again.",
    )


def _price_problem(country: str, tax: int, run: Any) -> Feedback | None:
    with_tax = CENTS * (100 + tax) // 100
    expected = with_tax - with_tax * COUPON // 100
    if not run.ok:
        return NotYet(
            f"A checkout from {country} fails: {error_of(run)}",
            expected="every country can buy",
            evidence=[seen(run)],
            next_step="The shop cannot list every country: take 20 for all that are not listed.",
        )
    paid = paid_in(run)
    if paid != expected:
        return NotYet(
            f"An order of {CENTS} cents from {country} costs another sum than it should.",
            expected=f"{expected} cents: {tax} % tax, then {COUPON} % off",
            got=str(paid),
            evidence=[seen(run)],
            next_step="Listed countries keep their tax; all others pay 20 %.",
        )
    return None
