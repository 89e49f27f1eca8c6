"""The policy of invoices: the shop's own topic invokes it, and no other topic does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from secrets import randbelow, token_hex
from typing import Any

from serverless_course.exercises.audited_shop import TOPIC_MAY, function_arn, policy_of, topic_arn
from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_02_responsibility.shop import (
    log_of,
    now_ms,
    settings_of,
    soon,
)
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.task import task

# How long a forged sale is waited for after the shop's own sale arrived.
FORGED_WITHIN_S = 2.0


@task("policy", needs_answer=False, time_limit_s=90)
def policy(lab: CheckedLab, answer: Any) -> Feedback:
    """A sale of the shop's topic is invoiced; one of another topic is not."""
    settings_of(lab, "invoices")
    statements = policy_of(lab, "invoices")
    tried = _try(lab)
    own, forged = tried.own, tried.forged
    if tried.forged_invoiced:
        return _forged(statements, forged)
    if not tried.own_invoiced:
        return NotYet(
            "No other topic invokes invoices now, and the shop's own does not either: a fresh sale "
            "was not invoiced.",
            expected="one statement: sns.amazonaws.com may invoke, with the SourceArn of sales",
            got=f"{len(statements)} statements",
            evidence=[f"sale {own}, published to {topic_arn(lab)}"],
            next_step="lam.add_permission(…, SourceArn=…) with the ARN of the topic sales.",
        )
    return Right(
        "Yes: a fresh sale of the shop's topic was invoiced, and one of another topic was not.",
        evidence=[f"sale {own}: invoiced", f"sale {forged}, from another topic: nothing"],
        not_checked=["topics of other accounts: the same condition keeps them out"],
    )


@dataclass(frozen=True)
class Tried:
    """Two sales: one of the shop's topic, one that another topic made up; which were invoiced."""

    own: int
    forged: int
    own_invoiced: bool
    forged_invoiced: bool


def _try(lab: CheckedLab) -> Tried:
    began_ms, (own, forged) = now_ms(), _two_numbers()
    with another_topic(lab) as other:
        _publish(lab, other, forged)
        _publish(lab, topic_arn(lab), own)
        arrived = soon(lambda: _invoiced(lab, own, began_ms))
        # A refusal leaves no trace: the forged sale gets time to arrive.
        invoiced = soon(lambda: _invoiced(lab, forged, began_ms), FORGED_WITHIN_S)
    return Tried(own, forged, arrived, invoiced)


def forged_is_invoiced(lab: CheckedLab) -> bool:
    """Whether a sale is invoiced now that a topic made up which is not the shop's."""
    return _try(lab).forged_invoiced


def _forged(statements: list[dict[str, Any]], number: int) -> Feedback:
    plain = [statement for statement in statements if "Condition" not in statement]
    if [statement["Sid"] for statement in statements] == [TOPIC_MAY] and plain:
        raise NotAttempted(
            "Any topic may invoke invoices: a sale that another topic made up was invoiced.",
            evidence=[f"sale {number}: invoiced, and the shop sold nothing"],
            next_step='`lab.hint("policy")` gives a first step.',
        )
    conditions = json.dumps([statement.get("Condition", {}) for statement in statements])
    if plain and len(statements) > 1:
        text = (
            "The new statement is right, and the old one still stands beside it: one that allows "
            "is enough."
        )
        step = "lam.remove_permission(FunctionName=…, StatementId=…) for the one without Condition."
    elif "SourceAccount" in conditions and "SourceArn" not in conditions:
        text = (
            "SourceAccount keeps out other accounts. Every topic of this account still invokes "
            "invoices."
        )
        step = "Name the one topic: SourceArn."
    elif "*" in conditions:
        text = "There is a SourceArn now, and its wildcard fits other topics as well."
        step = "Name the one topic, without a wildcard."
    else:
        text = "A sale that another topic made up was invoiced."
        step = "Read lam.get_policy(…): which statement lets it in?"
    return NotYet(
        text,
        got=conditions[:200],
        evidence=[f"sale {number}, from a topic that the check made: invoiced"],
        next_step=step,
    )


@contextmanager
def another_topic(lab: CheckedLab) -> Iterator[str]:
    """A topic that the function invoices is subscribed to, and that is not the shop's."""
    sns = lab.client("sns")
    arn = sns.create_topic(Name=lab.name(f"another-{token_hex(3)}", kind="sns:topic"))["TopicArn"]
    subscription = sns.subscribe(
        TopicArn=arn,
        Protocol="lambda",
        Endpoint=function_arn(lab, "invoices"),
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    try:
        yield arn
    finally:
        sns.unsubscribe(SubscriptionArn=subscription)
        sns.delete_topic(TopicArn=arn)


def _publish(lab: CheckedLab, topic: str, number: int) -> None:
    lab.client("sns").publish(TopicArn=topic, Message=json.dumps({"order": number}))


def _invoiced(lab: CheckedLab, number: int, since_ms: int) -> bool:
    line = json.dumps({"invoice": number})
    return any(line in each for each in log_of(lab, "invoices", since_ms))


def _two_numbers() -> tuple[int, int]:
    first = 100_000 + randbelow(400_000)
    return first, first + 1 + randbelow(400_000)
