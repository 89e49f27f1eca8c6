"""The shop's order function: deployed by the learner, invoked and read by the checks."""

import hashlib
from secrets import choice, randbelow, token_hex
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.feedback import EnvironmentProblem, NotAttempted
from serverless_course.functions.configure import configure
from serverless_course.functions.invocation import Invocation
from serverless_course.traces.log_line import LogLine, log_lines
from serverless_course.waiting import until

CENTS = {"label": 250, "poster": 1900, "mug": 1250}
SIGNING_ROUNDS = 20_000
ARRIVES_WITHIN_S = 30


def new_order() -> dict[str, Any]:
    """An order that nobody has seen before."""
    return {
        "order": 10_000 + randbelow(90_000),
        "item": choice(list(CENTS)),
        "number": 1 + randbelow(9),
    }


def receipt_of(order: dict[str, Any]) -> str:
    """The receipt that functions/orders/orders.py signs for an order, worked out here."""
    cents = CENTS[order["item"]] * order["number"]
    text = f"{order['order']}:{order['item']}:{order['number']}:{cents}"
    signed = hashlib.pbkdf2_hmac("sha256", text.encode(), b"shop", SIGNING_ROUNDS)
    return signed.hex()


def configuration(lab: CheckedLab) -> dict[str, Any]:
    """The configuration of the function orders; `NotAttempted` when there is none."""
    client = lab.client("lambda")
    name = lab.name("orders")
    try:
        found: dict[str, Any] = client.get_function_configuration(FunctionName=name)
    except client.exceptions.ResourceNotFoundException:
        raise NotAttempted(
            f"There is no function {name} yet.",
            next_step='Create it in task 1, with FunctionName=lab.name("orders").',
        ) from None
    return found


def renew(lab: CheckedLab) -> None:
    """Give orders a new environment variable, so that its next invocation is a cold start."""
    variables = configuration(lab).get("Environment", {}).get("Variables", {})
    new = {**variables, "RENEWED": token_hex(4)}
    configure(
        lab.client("lambda"),
        lab.name("orders"),
        permissions_spread=False,
        Environment={"Variables": new},
    )


def take_order(lab: CheckedLab) -> Invocation:
    """One new order, taken now."""
    configuration(lab)
    return lab.invoke(lab.name("orders"), new_order())


def log(lab: CheckedLab, since_ms: int) -> list[LogLine]:
    """The lines in the log of orders since then."""
    pages = (
        lab.client("logs")
        .get_paginator("filter_log_events")
        .paginate(logGroupName=f"/aws/lambda/{lab.name('orders')}", startTime=since_ms)
    )
    return log_lines(event for page in pages for event in page["events"])


def reports_of(lab: CheckedLab, runs: list[Invocation], since_ms: int) -> list[LogLine]:
    """The REPORT lines of these invocations, once they are in the log."""
    wanted = {run.request_id for run in runs}

    def complete() -> list[LogLine]:
        lines = [
            line
            for line in log(lab, since_ms)
            if line.kind in ("REPORT", "platform.report") and line.request_id in wanted
        ]
        return lines if len(lines) >= len(wanted) else []

    found: list[LogLine] = until(complete, ARRIVES_WITHIN_S, every_s=0.3)
    if not found:
        raise EnvironmentProblem(
            f"The log of {len(wanted)} invocations was not whole after {ARRIVES_WITHIN_S} s. Your "
            "answer was not judged.",
            next_step="Run the check again in a minute.",
        )
    return found
