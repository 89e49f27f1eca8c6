"""The audited shop as checks use it: fresh sales, settings, logs, credentials, signatures."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from secrets import choice, randbelow, token_hex
from typing import Any, TypeVar

from serverless_course.exercises.audited_shop import EVERYBODY_MAY
from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.feedback import EnvironmentProblem, NotAttempted, NotYet
from serverless_course.functions.configure import configure
from serverless_course.functions.invocation import Invocation
from serverless_course.functions.patience import code_of, patiently
from serverless_course.waiting import until

T = TypeVar("T")
CENTS = {"label": 250, "poster": 1900, "mug": 1250}
ARRIVES_WITHIN_S = 20
RUN_HANDED_OVER = "Run the cells above that deploy the shop and hand it over."


def settings_of(lab: CheckedLab, short: str) -> dict[str, Any]:
    """The configuration of one of the shop's functions; `NotAttempted` when it is not there."""
    client = lab.client("lambda")
    try:
        found: dict[str, Any] = client.get_function_configuration(FunctionName=lab.name(short))
    except client.exceptions.ResourceNotFoundException:
        raise NotAttempted(
            f"There is no function {lab.name(short)}.", next_step=RUN_HANDED_OVER
        ) from None
    return found


def variables_of(lab: CheckedLab, short: str) -> dict[str, str]:
    """The environment variables of a function."""
    found: dict[str, str] = settings_of(lab, short).get("Environment", {}).get("Variables", {})
    return found


def new_order() -> dict[str, Any]:
    """An order that nobody has seen before."""
    return {
        "order": 100_000 + randbelow(900_000),
        "item": choice(list(CENTS)),
        "number": 1 + randbelow(9),
    }


def cents_of(order: dict[str, Any]) -> int:
    """What an order costs."""
    return int(CENTS[order["item"]] * order["number"])


def receipt_of(order: dict[str, Any], key: str) -> str:
    """The receipt that functions/orders/index.py signs with a key, worked out here."""
    text = f"{order['order']}:{cents_of(order)}"
    return hmac.new(key.encode(), text.encode(), "sha256").hexdigest()


def sell(lab: CheckedLab, *, renewed: bool = False) -> tuple[dict[str, Any], Invocation]:
    """Take a fresh order; it must be priced and stored, else `NotYet` says that the shop is shut.

    ``renewed``: in an environment that is new, so that nothing cached is used.
    """
    if renewed:
        variables = {**variables_of(lab, "orders"), "RENEWED": token_hex(4)}
        change(lab, "orders", Environment={"Variables": variables})
    order = new_order()
    run = lab.invoke(lab.name("orders"), order)
    if not run.ok:
        raise shop_is_shut(run)
    stored = lab.client("dynamodb").get_item(
        TableName=lab.name("orders", kind="dynamodb:table"),
        Key={"order": {"N": str(order["order"])}},
        ConsistentRead=True,
    )
    cents = stored.get("Item", {}).get("cents", {}).get("N")
    answered = run.payload.get("cents") if isinstance(run.payload, dict) else None
    if (cents, answered) != (str(cents_of(order)), cents_of(order)):
        raise NotYet(
            "The shop answers, but a fresh order was not priced and stored as it must be.",
            expected=f"{cents_of(order)} cents, in the answer and in the table",
            got=f"answered {answered}, stored {cents}",
            evidence=[f"request {run.request_id}: {order}"],
            next_step="Put the code of orders back: run the cells that deploy it and hand it over.",
        )
    return order, run


def shop_is_shut(run: Invocation) -> NotYet:
    """What is told when orders fails, with the reason that it gives."""
    said = run.error_message or str(run.error_type)
    step = "Look at the error; undo what you changed last, and change less."
    if "AccessDenied" in said or "not authorized" in said:
        step = "The role lacks what this call needs: add this one action on this one resource."
    elif "SIGNING_SECRET" in said or "TABLE" in said:
        step = "The code reads TABLE, and SIGNING_SECRET where there is no SIGNING_KEY."
    return NotYet(
        "The shop does not sell any more: a fresh order failed. A fix that shuts the shop is none.",
        got=f"{run.error_type}: {said}"[:300],
        evidence=[f"request {run.request_id}"],
        next_step=step,
    )


def change(lab: CheckedLab, short: str, **settings: Any) -> None:
    """Change a function's settings, and wait until they are in force."""
    configure(lab.client("lambda"), lab.name(short), permissions_spread=False, **settings)


def stopped(lab: CheckedLab, short: str) -> int | None:
    """The reserved concurrency of a function, where somebody set one."""
    found = lab.client("lambda").get_function_concurrency(FunctionName=lab.name(short))
    limit: int | None = found.get("ReservedConcurrentExecutions")
    return limit


def group_of(lab: CheckedLab, short: str) -> str:
    """The log group that a function writes to: its own choice, or Lambda's usual name."""
    chosen: str = settings_of(lab, short).get("LoggingConfig", {}).get("LogGroup", "")
    return chosen or f"/aws/lambda/{lab.name(short)}"


def log_of(lab: CheckedLab, short: str, since_ms: int) -> list[str]:
    """What a function wrote since then; nothing when it has no log group."""
    logs = lab.client("logs")
    pages = logs.get_paginator("filter_log_events")
    try:
        found = pages.paginate(logGroupName=group_of(lab, short), startTime=since_ms)
        return [event["message"] for page in found for event in page["events"]]
    except logs.exceptions.ResourceNotFoundException:
        return []


def now_ms() -> int:
    """Milliseconds since 1970, a moment ago: clocks need not agree to the millisecond."""
    return int(time.time() * 1000) - 500


def soon(look: Callable[[], T], within_s: float = ARRIVES_WITHIN_S) -> T:
    """What ``look`` gives once it gives something true, or what it gives at the end."""
    return until(look, within_s, every_s=0.3)


def credentials_of(lab: CheckedLab, role: str) -> dict[str, str]:
    """Credentials of one of the lab's roles, by its short name."""
    arn = lab.client("iam").get_role(RoleName=lab.name(role, kind="iam:role"))["Role"]["Arn"]
    # A role that was made a moment ago cannot be assumed everywhere yet.
    session = patiently(
        lambda: lab.client("sts").assume_role(RoleArn=arn, RoleSessionName=role),
        also=lambda error: code_of(error) == "AccessDenied",
    )
    found: dict[str, str] = session["Credentials"]
    return found


def planted_url_policy(statements: list[dict[str, Any]]) -> bool:
    """Whether the two statements that let everybody in still stand there."""
    return set(EVERYBODY_MAY) <= {statement["Sid"] for statement in statements}


def not_there_in_time(what: str) -> EnvironmentProblem:
    """What is told when the cloud was too slow for a judgement."""
    return EnvironmentProblem(
        f"{what} did not arrive within {ARRIVES_WITHIN_S} s. Your answer was not judged.",
        next_step="Run the check again in a minute.",
    )
