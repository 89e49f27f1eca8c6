"""The function URL of refunds: shut for everybody, open for the payment partner."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from secrets import randbelow, token_hex
from typing import Any

from serverless_course.exercises.audited_shop import bare_role, policy_of, the_account
from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_02_responsibility.shop import (
    credentials_of,
    planted_url_policy,
    settings_of,
    stopped,
)
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.task import task
from serverless_course.functions.function_url import call_url


@task("url", needs_answer=False)
def url(lab: CheckedLab, answer: Any) -> Feedback:
    """Unsigned calls and strangers are refused; the partner's refund goes through."""
    settings_of(lab, "refunds")
    client = lab.client("lambda")
    try:
        found = client.get_function_url_config(FunctionName=lab.name("refunds"))
    except client.exceptions.ResourceNotFoundException:
        return NotYet(
            "The URL is gone: nobody gets in, and the payment partner neither. No refund is paid.",
            next_step="Create it again with AuthType='AWS_IAM'; tell the partner the new address.",
        )
    limit = stopped(lab, "refunds")
    if limit is not None:
        return NotYet(
            f"refunds has a reserved concurrency of {limit}. That decides how many calls run at "
            "once, not whose.",
            next_step="lam.delete_function_concurrency(FunctionName=…), then change the URL.",
        )
    unsigned, _ = call_url(found["FunctionUrl"], _refund())
    if unsigned != 403:
        return _open(lab, found, unsigned)
    partner, said = _partner(lab, found["FunctionUrl"])
    if partner is not None:
        return partner
    with stranger(lab) as credentials:
        status, _ = call_url(found["FunctionUrl"], _refund(), credentials)
    if status != 403:
        return NotYet(
            "A call without a signature is refused, and a role without any right gets in: the "
            "function's policy lets everybody in who has an AWS account, whichever.",
            got=f"HTTP {status}",
            next_step="lam.remove_permission(…) for each statement with the Principal *.",
        )
    return Right(
        "Yes: 403 without a signature, 403 for a role without rights, and the partner's fresh "
        "refund was paid.",
        evidence=["unsigned: HTTP 403", "stranger: HTTP 403", f"partner: HTTP 200, {said}"],
        not_checked=["how the partner keeps its credentials"],
    )


def _open(lab: CheckedLab, found: dict[str, Any], status: int) -> Feedback:
    if found["AuthType"] == "NONE" and "Cors" not in found:
        statements = policy_of(lab, "refunds")
        if planted_url_policy(statements) and len(statements) == 2:
            raise NotAttempted(
                f"Anybody gets a refund: a call without a signature was answered with {status}.",
                next_step='`lab.hint("url")` gives a first step.',
            )
    if "Cors" in found:
        return NotYet(
            "CORS tells browsers which pages may read the answer. A program asks nobody: this call "
            "without a signature was answered.",
            got=f"HTTP {status}",
            next_step="Change who may call: AuthType.",
        )
    return NotYet(
        "A call without a signature was not refused.",
        expected="HTTP 403",
        got=f"HTTP {status}",
        next_step="lam.update_function_url_config(FunctionName=…, AuthType='AWS_IAM')",
    )


def _partner(lab: CheckedLab, address: str) -> tuple[Feedback | None, Any]:
    refund = _refund()
    status, said = call_url(address, refund, credentials_of(lab, "partner"))
    if status == 200 and said == {"refunded": refund["order"], "cents": refund["cents"]}:
        return None, said
    return NotYet(
        "Nobody gets in, and the payment partner neither: its signed call was not answered as it "
        "must be.",
        expected="HTTP 200, with the order and the cents that were sent",
        got=f"HTTP {status}, {json.dumps(said)[:120]}",
        next_step="AuthType AWS_IAM lets in who has the rights; the partner's role has them.",
    ), said


def _refund() -> dict[str, int]:
    return {"order": 100_000 + randbelow(900_000), "cents": 100 + randbelow(5_000)}


@contextmanager
def stranger(lab: CheckedLab) -> Iterator[dict[str, str]]:
    """Credentials of a role that has no policy at all; the role is deleted afterwards."""
    iam, short = lab.client("iam"), f"stranger-{token_hex(3)}"
    bare_role(lab, short, the_account(lab))
    try:
        yield credentials_of(lab, short)
    finally:
        iam.delete_role(RoleName=lab.name(short, kind="iam:role"))
