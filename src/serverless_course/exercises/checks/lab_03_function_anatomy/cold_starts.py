"""A slow cold start made fast: what is loaded, which clients are built, and the time it takes."""

import re
from secrets import choice, randbelow
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_03_function_anatomy.theatre import (
    deployed,
    item,
    messages_of,
    now_ms,
    probe,
    renew,
    set_variables,
)
from serverless_course.exercises.deployed import fresh, seen
from serverless_course.exercises.feedback import EnvironmentProblem, Feedback, NotYet, Right
from serverless_course.exercises.inputs import shown
from serverless_course.exercises.task import task
from serverless_course.functions.samples import SMALLEST_N, Summary

SLOW, FAST = "tickets", "tickets_fast"
CENTS = {"stalls": 4500, "balcony": 3000, "box": 7500}
IMPORTED = re.compile(r"import time:.*\|\s+(\S+)\s*$")
# The goal: at most this part of the time before.
GOAL = 0.6
# Stands in for boto3 in a probe: it builds nothing, and counts what it is asked for.
COUNTING_BOTO3 = """
from unittest.mock import MagicMock

MADE = []


def client(*args, **kwargs):
    MADE.append(args)
    return MagicMock()


resource = client


class Session:
    client = staticmethod(client)
    resource = staticmethod(client)


session = MagicMock(Session=Session)
"""
COUNTING_HANDLER = """
import boto3
import index


def handler(event, context):
    index.handler(event, context)
    return len(boto3.MADE)
"""


@task("fast", needs_answer=False, time_limit_s=240)
def fast(lab: CheckedLab, answer: Any) -> Feedback:
    """tickets_fast sells as before, loads little, builds one client, and starts quickly."""
    settings = deployed(lab, FAST)
    deployed(lab, SLOW)
    evidence = _sells(lab)
    loaded = _loaded(lab)
    evidence.append(f"an order without archive loaded {len(loaded)} modules")
    if settings.get("Layers"):
        raise NotYet(
            "The layer is still attached. Here its files lie on this machine, and cost nothing "
            "while nobody imports them; on AWS they are part of what a cold start fetches.",
            evidence=evidence,
            next_step='Deploy it with `options={"Layers": []}`.',
        )
    _client_once(lab)
    before, after, ratio = _compared(lab)
    evidence += [f"before: {before.describe()}", f"after: {after.describe()}"]
    if before.overlaps(after):
        raise EnvironmentProblem(
            "Nothing slow is loaded any more, and yet the two intervals overlap: this machine was "
            "too busy to tell them apart. Your answer was not judged.",
            evidence=evidence,
            next_step="Close what you can, then check again.",
        )
    if ratio > GOAL:
        raise NotYet(
            f"A cold start still takes {ratio:.0%} of the time before. What else is done before "
            "the first answer?",
            expected=f"{GOAL:.0%} or less",
            evidence=evidence,
            next_step="Look at the import times again, and at what runs at module level.",
        )
    return Right(
        f"Yes: the first visitor waits {after.median:.0f} ms for Init and handler, and waited "
        f"{before.median:.0f} ms before.",
        evidence=evidence,
        not_checked=["what AWS needs to fetch a package: this machine fetches none"],
    )


def _order(archive: bool = False) -> dict[str, Any]:
    order = {"seat": choice(list(CENTS)), "number": 1 + randbelow(8)}
    return {**order, "archive": True} if archive else order


def _sells(lab: CheckedLab) -> list[str]:
    """Evidence that fresh orders are sold as before, the archived one with its receipt."""
    evidence, tickets = [], set()
    for archive in (False, True, False):
        order = _order(archive)
        run = fresh(lab, FAST, order)
        evidence.append(f"{order}: {seen(run)}")
        payload = run.payload if isinstance(run.payload, dict) else {}
        ticket, cents = str(payload.get("ticket", "")), CENTS[order["seat"]] * order["number"]
        if payload.get("cents") != cents or not re.fullmatch("[0-9a-f]{32}", ticket):
            raise NotYet(
                "It answers, but not as before: with the price of that order, and a ticket of 32 "
                "hexadecimal digits.",
                expected=f"cents {cents}, and a ticket",
                got=shown(run.payload),
                evidence=evidence,
            )
        if ticket in tickets:
            raise NotYet(f"Two orders got the same ticket, {ticket}.", evidence=evidence)
        tickets.add(ticket)
        if archive and item(lab, ticket).get("cents", {}).get("N") != str(cents):
            raise NotYet(
                "An order with `archive` must leave its receipt in the table, and it did not.",
                evidence=evidence,
                next_step='Keep the call of `put_item` for orders with `"archive": true`.',
            )
    return evidence


def _loaded(lab: CheckedLab) -> set[str]:
    """What an order without archive loads, Python's own words for it; `NotYet` names the slow."""
    own = deployed(lab, FAST).get("Environment", {}).get("Variables", {})
    since = now_ms()
    renew(lab, FAST, PYTHONPROFILEIMPORTTIME="1")
    try:
        run = fresh(lab, FAST, _order())
        lines = messages_of(lab, FAST, run, since)
    finally:
        set_variables(lab, FAST, own)
    loaded = {found[1] for line in lines if (found := IMPORTED.search(line))}
    if not loaded:
        raise EnvironmentProblem(
            "Python told no import times, so your answer was not judged.",
            next_step="Check again. If it happens a second time, deploy the function again.",
        )
    for name, why in (
        ("opentelemetry", "for a random number, which `secrets` has"),
        ("boto3", "and only an order with `archive` needs it"),
    ):
        if name in loaded:
            raise NotYet(
                f"{name} is still loaded for an order without archive, {why}. Moving the import "
                "from the top into the handler does not help: then the handler waits for it.",
                evidence=[f"{len(loaded)} modules loaded, {name} among them"],
                next_step=f"Import {name} only where it is needed, if at all.",
            )
    return loaded


def _client_once(lab: CheckedLab) -> None:
    """`NotYet` when clients are built for orders that need none, or again for each that does."""
    files = {"boto3.py": COUNTING_BOTO3, "counting.py": COUNTING_HANDLER}
    with probe(lab, FAST, files, "counting.handler") as name:
        built = []
        for archive in (False, True, True, True):
            run = lab.invoke(name, _order(archive))
            if not run.ok:
                raise NotYet(
                    f"Your folder does not run with a boto3 that only counts: {run.error_type}: "
                    f"{run.error_message}",
                    next_step="Call boto3.client, and put_item of what it returns.",
                )
            built.append(int(run.payload))
    if built[-1] > 1:
        raise NotYet(
            f"Three orders with archive built {built[-1]} clients: one for each call.",
            expected="one client, built by the first order that needs it",
            got=f"built after each of four orders: {built}",
            next_step="Keep the client in a global variable, and build it only if it is not there.",
        )
    if built[-1] == 0:
        raise NotYet(
            "Orders with archive built no client of boto3 in your folder, and in the deployed "
            "function they did: deploy the folder again.",
        )


def _compared(lab: CheckedLab) -> tuple[Summary, Summary, float]:
    """Init plus handler of cold starts in ms, in turns: before, after, and their ratio."""
    waits: dict[str, list[float]] = {SLOW: [], FAST: []}
    for _ in range(SMALLEST_N):
        for short, found in waits.items():
            renew(lab, short)
            run = fresh(lab, short, _order())
            found.append(run.duration_ms + (run.init_ms or 0.0))
    before, after = Summary.of(waits[SLOW]), Summary.of(waits[FAST])
    return before, after, after.median / before.median
