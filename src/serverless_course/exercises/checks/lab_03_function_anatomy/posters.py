"""A cache that grows from event to event: bounded, and still a cache."""

import hashlib
from secrets import randbelow, token_hex
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_03_function_anatomy.theatre import (
    deployed,
    probe,
    renew,
)
from serverless_course.exercises.deployed import fresh, seen
from serverless_course.exercises.feedback import EnvironmentProblem, Feedback, NotYet, Right
from serverless_course.exercises.inputs import shown
from serverless_course.exercises.task import task
from serverless_course.functions.invocation import Invocation

BOUNDED = "posters_bounded"
POSTER_MB = 3
MANY = 14
# Growth that is no leak: a bounded cache of up to six posters fills up meanwhile.
ALLOWED_MB = 6 * POSTER_MB
# Counts what a drawing begins with, whoever calls it.
COUNTING = """
import hashlib

draw, drawn = hashlib.pbkdf2_hmac, 0


def counted(*args, **kwargs):
    global drawn
    drawn += 1
    return draw(*args, **kwargs)


hashlib.pbkdf2_hmac = counted
import index


def handler(event, context):
    index.handler(event, context)
    return drawn
"""


@task("leak", needs_answer=False, time_limit_s=150)
def leak(lab: CheckedLab, answer: Any) -> Feedback:
    """posters_bounded keeps posters for the orders of a show, and its memory stays bounded."""
    deployed(lab, BOUNDED)
    renew(lab, BOUNDED)
    # A bounded cache fills up with the first ones.
    start = [_poster(lab, _new_show()) for _ in range(5)][-1]
    many = [_poster(lab, _new_show()) for _ in range(MANY)]
    if any(run.cold for run in [start, *many]):
        raise EnvironmentProblem(
            "The environment was replaced while the check looked. Your answer was not judged.",
            evidence=[seen(run) for run in many if run.cold],
            next_step="Check again.",
        )
    grown_mb = many[-1].max_memory_mb - start.max_memory_mb
    drawn = _drawn(lab)
    evidence = [
        f"{MANY} more shows: from {start.max_memory_mb} to {many[-1].max_memory_mb} MB",
        f"two shows, two orders each: {drawn} posters were drawn",
    ]
    return _judge(grown_mb, drawn <= 2, evidence)


def _judge(grown_mb: int, is_kept: bool, evidence: list[str]) -> Feedback:
    if grown_mb > ALLOWED_MB and not is_kept:
        raise NotYet(
            f"Memory grew by {grown_mb} MB, and yet no order found its poster again: what the "
            "posters are kept under holds something of each order.",
            evidence=evidence,
            next_step="Keep them by the show alone, and only a few of them.",
        )
    if grown_mb > ALLOWED_MB:
        raise NotYet(
            f"Orders of a show find its poster now. But {MANY} more shows took {grown_mb} MB: each "
            "show's poster is kept for ever.",
            expected=f"at most {ALLOWED_MB} MB",
            evidence=evidence,
            next_step="Put a bound on it: functools.lru_cache(maxsize=…), for example.",
        )
    if not is_kept:
        raise NotYet(
            "Memory stays bounded, because nothing is kept: each order draws its poster again.",
            evidence=evidence,
            next_step="Keep a few posters, not none.",
        )
    return Right(
        "Yes: posters are kept, and memory has a bound.",
        evidence=evidence,
        not_checked=["whether your bound is the best one: that depends on your shows"],
    )


def _drawn(lab: CheckedLab) -> int:
    """How many posters two shows with two orders each draw, in a copy that counts."""
    shows = [_new_show(), _new_show()]
    with probe(lab, BOUNDED, {"counting.py": COUNTING}, "counting.handler") as name:
        for show in (show for show in shows for _ in range(2)):
            run = lab.invoke(name, {"order": randbelow(10**9), "show": show})
            if not run.ok:
                raise NotYet(
                    f"Your folder does not run in a copy that counts: {run.error_type}: "
                    f"{run.error_message}",
                    next_step="Keep `draw` and `handler` in index.py, and deploy the folder again.",
                )
    return int(run.payload)


def _new_show() -> str:
    return f"show-{token_hex(4)}"


def _poster(lab: CheckedLab, show: str) -> Invocation:
    order = {"order": randbelow(10**9), "show": show}
    run = fresh(lab, BOUNDED, order)
    seed = hashlib.pbkdf2_hmac("sha256", show.encode(), b"poster", 60_000)
    right = hashlib.sha256(seed * (POSTER_MB * 1024 * 1024 // len(seed))).hexdigest()
    if run.payload != {"order": order["order"], "poster": right}:
        raise NotYet(
            "That is not the answer to this order: its number, and the check sum of its show's "
            "poster.",
            expected=f"order {order['order']}, poster {right[:12]}…",
            got=shown(run.payload),
            evidence=[seen(run)],
        )
    return run
