"""The logs of the shop: written, kept for 30 to 90 days, and not for ever."""

from __future__ import annotations

import json
from secrets import randbelow
from typing import Any

from serverless_course.exercises.audited_shop import FAULTS, FUNCTIONS, topic_arn
from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_02_responsibility.shop import (
    group_of,
    log_of,
    new_order,
    not_there_in_time,
    now_ms,
    settings_of,
    soon,
)
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.task import task

LEAST_DAYS, MOST_DAYS = 30, 90


@task("logs", needs_answer=False, time_limit_s=120)
def logs(lab: CheckedLab, answer: Any) -> Feedback:
    """After fresh invocations, each function's group is there and keeps events 30 to 90 days."""
    for short in FUNCTIONS:
        settings_of(lab, short)
    before = kept_days(lab)
    silent = _use_everything(lab)
    if silent:
        raise _no_log(lab, silent)
    days = kept_days(lab)
    for_ever = [short for short in FUNCTIONS if days.get(short) is None]
    evidence = [f"{short}: {_told(days.get(short))}" for short in FUNCTIONS]
    remade = [short for short in for_ever if short not in before]
    if not remade and for_ever == [each for each in FUNCTIONS if each in FAULTS["logs"]]:
        raise NotAttempted(
            f"The logs of {', '.join(for_ever)} are kept for ever.",
            evidence=evidence,
            next_step='`lab.hint("logs")` gives a first step.',
        )
    if remade:
        return NotYet(
            f"The log group of {remade[0]} was not there. With the next invocation Lambda made it "
            "again, and one that Lambda makes keeps its events for ever.",
            evidence=evidence,
            next_step="Do not delete a group, or create it yourself; then put_retention_policy.",
        )
    if for_ever:
        return NotYet(
            f"Some logs are limited now. That of {for_ever[0]} is still kept for ever.",
            evidence=evidence,
            next_step="logs.describe_log_groups(…): go through all groups of the shop.",
        )
    return _fitting(days, evidence)


def _no_log(lab: CheckedLab, silent: list[str]) -> Feedback:
    """Why a function's fresh invocation is in no log: its group is gone, or the cloud is slow."""
    groups = kept_days(lab)
    gone = [short for short in silent if short not in groups]
    if not gone:
        return not_there_in_time(f"The log of {', '.join(silent)}")
    return NotYet(
        f"{gone[0]} has no log group any more, and its role may not make one: what it does now is "
        "written nowhere.",
        next_step="logs.create_log_group(…), then put_retention_policy.",
    )


def _fitting(days: dict[str, int | None], evidence: list[str]) -> Feedback:
    for short in FUNCTIONS:
        kept = days[short] or 0
        if kept < LEAST_DAYS:
            return NotYet(
                f"The log of {short} is gone after {kept} day{'s' if kept != 1 else ''}, and a "
                f"customer may complain for {LEAST_DAYS} days.",
                evidence=evidence,
                next_step=f"Keep it {LEAST_DAYS} to {MOST_DAYS} days.",
            )
        if kept > MOST_DAYS:
            return NotYet(
                f"The log of {short} is kept {kept:,} days. For a log that tells of customers that "
                "is as good as for ever.",
                evidence=evidence,
                next_step=f"Keep it {LEAST_DAYS} to {MOST_DAYS} days.",
            )
    return Right(
        "Yes: every function wrote to its log just now, and no group keeps it for ever.",
        evidence=evidence,
        not_checked=[
            "that events do go after that time: no lab is that long",
            "a function that somebody deploys tomorrow: its group needs the same",
        ],
    )


def kept_days(lab: CheckedLab) -> dict[str, int | None]:
    """How many days each function's log group keeps events: None for ever; no entry, no group."""
    pages = lab.client("logs").get_paginator("describe_log_groups")
    found: dict[str, int | None] = {}
    for short in FUNCTIONS:
        name = group_of(lab, short)
        for page in pages.paginate(logGroupNamePrefix=name):
            for group in page["logGroups"]:
                if group["logGroupName"] == name:
                    found[short] = group.get("retentionInDays")
    return found


def _use_everything(lab: CheckedLab) -> list[str]:
    """Invoke each function once; those whose log shows nothing of it in time."""
    began_ms, number = now_ms(), 100_000 + randbelow(900_000)
    lab.invoke(lab.name("orders"), new_order())
    lab.invoke(lab.name("carrier"), {"parcel": number, "carrier": "quick"})
    lab.invoke(lab.name("stamp"), {"paper": number})
    lab.invoke(lab.name("refunds"), {"body": json.dumps({"order": number, "cents": 1})})
    lab.client("sns").publish(TopicArn=topic_arn(lab), Message=json.dumps({"order": number}))
    # An error line counts as well: what is asked is where it goes.
    return [short for short in FUNCTIONS if not _wrote(lab, short, began_ms)]


def _wrote(lab: CheckedLab, short: str, since_ms: int) -> bool:
    return bool(soon(lambda: log_of(lab, short, since_ms)))


def _told(days: int | None) -> str:
    return "for ever" if days is None else f"{days} days"
