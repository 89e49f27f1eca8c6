"""Where the shop should run: the break-even, and a decision for traffic of any shape."""

from math import ceil, sqrt
from secrets import randbelow
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.feedback import Feedback, NotYet, Right
from serverless_course.exercises.function_answers import (
    function_of,
    given_back,
    return_missing,
)
from serverless_course.exercises.inputs import shown, word
from serverless_course.exercises.task import task
from serverless_course.pricing.vpc import HOURS_IN_A_MONTH as HOURS

SECONDS = HOURS * 3600
USD_AN_HOUR = 0.0208
A_SERVER_TAKES = 40
WITHIN = 0.005
WORDS = ("lambda", "servers", "too close")


@task("break-even")
def break_even(lab: CheckedLab, answer: Any) -> Feedback:
    """A function that gives the steady rate at which two servers cost what Lambda costs."""
    rate_of = function_of(answer, "break_even", "break_even(usd_a_request, usd_an_hour)")
    lines = []
    for _ in range(3):
        usd_a_request = (2 + randbelow(80)) * 1e-7
        usd_an_hour = (8 + randbelow(90)) / 1000
        told = given_back("requests a second", rate_of(usd_a_request, usd_an_hour))
        right = 2 * usd_an_hour * HOURS / (usd_a_request * SECONDS)
        call = f"break_even({usd_a_request:.7f}, {usd_an_hour:.3f})"
        lines.append(f"{call}: {right:.3f} a second")
        if abs(told - right) > WITHIN * right:
            return NotYet(
                _mistake(told, right),
                expected=f"{call} is {right:.3f}",
                got=f"{told:.3f}",
                next_step="Write down both months as formulas, and set them equal.",
            )
    return Right(
        "Yes: at that rate both months cost the same.",
        evidence=lines,
        not_checked=["whether two servers can carry that rate: task 7 asks it"],
    )


def _mistake(told: float, right: float) -> str:
    ratio = told / right if right else 0.0
    wrong = {
        0.5: "That is the rate for one server. The shop has two, for the day when one fails.",
        3600: "That is requests an hour. The answer is requests a second.",
        SECONDS: "That is requests a month. The answer is requests a second.",
        1 / HOURS: "The servers are paid for a whole month, not for an hour.",
        24 * 3600: "That is requests a day. The answer is requests a second.",
    }
    for factor, text in wrong.items():
        if abs(ratio - factor) <= 0.02 * factor:
            return text
    return "At that rate the two months do not cost the same."


@task("decide")
def decide(lab: CheckedLab, answer: Any) -> Feedback:
    """A function that says where traffic of any shape costs less, or that it is too close."""
    cheaper = function_of(answer, "cheaper", "cheaper(per_second, usd_low, usd_high)")
    lines = []
    for what, per_second, low, high in _days():
        told = cheaper(list(per_second), low, high)
        right = _right(per_second, low, high)
        lines.append(f"{what}: {right}")
        if word(told) not in WORDS:
            return NotYet(
                f'The function returns "Lambda", "servers" or "too close".{return_missing(told)}',
                got=shown(told),
            )
        if word(told) != right:
            return NotYet(
                _why(what, per_second, word(told), right),
                expected=right,
                got=word(told),
                evidence=lines,
                next_step="Work out both ends of Lambda's bill, and the servers' one number.",
            )
    return Right(
        "Yes: for six days that you did not know, and where the interval leaves it open you said "
        "so.",
        evidence=lines,
        not_checked=["people, load balancers, addresses, logs: no price list has them all"],
    )


def _servers(per_second: list[float]) -> int:
    return max(2, ceil(max(per_second) / A_SERVER_TAKES))


def _servers_usd(per_second: list[float]) -> float:
    return _servers(per_second) * USD_AN_HOUR * HOURS


def _right(per_second: list[float], low: float, high: float) -> str:
    requests = sum(per_second) / 24 * SECONDS
    servers = _servers_usd(per_second)
    if requests * high < servers:
        return "lambda"
    return "servers" if requests * low > servers else "too close"


def _days() -> list[tuple[str, list[float], float, float]]:
    """Days of fresh traffic, with what a request costs on Lambda: from, and to."""
    low = (3 + randbelow(40)) * 1e-7
    high = low * 1.2
    two = 2 * USD_AN_HOUR * HOURS
    even = two / (low * 1.1 * SECONDS)
    peak = A_SERVER_TAKES * (4 + randbelow(5))
    spike_hour = randbelow(24)
    spike = [0.0] * 24
    spike[spike_hour] = float(peak)
    small, large = even * 0.5, min(even * 2, 2 * A_SERVER_TAKES * 0.95)
    # A cheap request has its break-even beyond what two servers carry.
    steady_even = even if even < 2 * A_SERVER_TAKES else 2 * A_SERVER_TAKES * 0.9
    close = two / (steady_even * SECONDS)
    dear = two / (large * SECONDS) * 1.5
    return [
        ("a quiet steady day", [min(small, 30.0)] * 24, low, high),
        ("a day without orders", [0.0] * 24, low, high),
        ("a busy steady day", [large] * 24, dear, dear * 1.2),
        ("a steady day near the break-even", [steady_even] * 24, close * 0.95, close * 1.05),
        ("one hour of rush", spike, *_between(spike)),
        (
            "a steady day of many servers",
            [float(peak)] * 24,
            _servers_usd([float(peak)]) / (peak * SECONDS) * 1.1,
            _servers_usd([float(peak)]) / (peak * SECONDS) * 1.3,
        ),
    ]


def _between(per_second: list[float]) -> tuple[float, float]:
    """What a request costs where Lambda's bill lies between that of two servers and of all."""
    usd = sqrt(2 * _servers(per_second)) * USD_AN_HOUR * HOURS
    requests = sum(per_second) / 24 * SECONDS
    return usd / requests * 0.95, usd / requests * 1.05


def _why(what: str, per_second: list[float], told: str, right: str) -> str:
    servers = _servers(per_second)
    if right == "too close":
        return (
            f"For {what}, the servers' bill lies between the two ends of Lambda's: your "
            "measurement cannot tell which is cheaper."
        )
    if told == "too close":
        return f"For {what}, both ends of Lambda's bill lie on the same side of the servers' bill."
    if what == "one hour of rush":
        return (
            f"The rush needs {servers} servers, which are paid all day; Lambda is paid for one "
            "hour of orders."
        )
    if servers > 2 and told == "servers":
        return f"For {what}, it takes {servers} servers: {max(per_second):g} orders a second."
    return f"For {what}, the other one costs less."
