"""What the first attempt did to the day's photos."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_10_ship_it.pipeline import part
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.inputs import number_wanted, shown, whole
from serverless_course.exercises.photo_evidence import write_times_of
from serverless_course.exercises.task import task

KEYS = ("pictures", "written_again", "missing")
# An answer that was true at most so long ago is right: retries go on all the time.
ANSWERED_WITHIN_S = 10.0


@task("losses")
def losses(lab: CheckedLab, answer: Any) -> Feedback:
    """Pictures, pictures written again, and the missing ones, of the photos of the first day."""
    if not isinstance(answer, Mapping) or set(answer) != set(KEYS):
        return NotYet(
            f"The answer is a dictionary with the keys {', '.join(KEYS)}.", got=shown(answer)
        )
    uploaded = _uploaded(lab)
    if not uploaded:
        return NotAttempted("No photo of the first day is there.", next_step="Run the cells above.")
    times = write_times_of(lab.client("s3"), part(lab, "Pictures"), uploaded)
    known_s = time.time() - ANSWERED_WITHIN_S
    before = {key: sum(each < known_s for each in written) for key, written in times.items()}
    return judged(answer, {key: len(written) for key, written in times.items()}, before)


def judged(
    answer: Mapping[str, Any], count: Mapping[str, int], before: Mapping[str, int] | None = None
) -> Feedback:
    """What to say of an answer.

    The queue tries again while the answer is worked out and checked. What was true at any moment
    between the two counts is right.

    Args:
        answer: with the three keys.
        count: how often the picture of each photo was written by now.
        before: how often, ten seconds ago; the same as now, if not given.
    """
    now, then = _Totals.of(count), _Totals.of(count if before is None else before)
    told = whole(answer["pictures"])
    if told is None:
        return NotYet(number_wanted("pictures", answer["pictures"]), got=shown(answer["pictures"]))
    if told == len(count) != now.pictures and told != now.versions:
        return NotYet(
            "That is how many photos were uploaded. Some of them have no picture.", got=str(told)
        )
    if now.pictures < told and then.versions <= told <= now.versions:
        return NotYet(
            "You counted versions. A picture that was written three times is still one picture.",
            expected="how many photos have a picture",
            got=str(told),
        )
    named = _named(answer["missing"], now, then, count)
    if not then.pictures <= told <= now.pictures:
        return NotYet(
            "The number of pictures is another one by now.",
            got=str(told),
            next_step="Run the cell of your answer again: the queue still tries again.",
        )
    if told + len(named) != len(count):
        return NotYet(
            "Your figures do not fit together: each photo either has a picture or is missing.",
            expected=f"{len(count)} together",
            got=f"{told} pictures and {len(named)} missing",
            next_step="Count both in one go, from one `count = written(day)`.",
        )
    return _again(answer, now, then, named)


@dataclass(frozen=True)
class _Totals:
    """What the counts of a moment come to; each of the three numbers can only grow."""

    pictures: int
    again: int
    versions: int
    missing: frozenset[str]

    @classmethod
    def of(cls, count: Mapping[str, int]) -> _Totals:
        return cls(
            sum(number > 0 for number in count.values()),
            sum(number > 1 for number in count.values()),
            sum(count.values()),
            frozenset(key for key, number in count.items() if not number),
        )

    @property
    def too_often(self) -> int:
        return self.versions - self.pictures


def _named(missing: Any, now: _Totals, then: _Totals, known: Mapping[str, int]) -> set[str]:
    """The keys of ``missing``; raises `NotYet` when they are not those without a picture."""
    if isinstance(missing, str) or not isinstance(missing, list | tuple | set | frozenset):
        raise NotYet(
            "missing is which photos, not how many: a list of their keys.", got=shown(missing)
        )
    strange = [each for each in missing if not isinstance(each, str) or each not in known]
    if strange:
        raise NotYet(
            f"{shown(strange[0])} is the key of no photo of the first day.",
            next_step="Write the keys as they were uploaded.",
        )
    named = set(missing)
    if named - then.missing:
        raise NotYet(
            f"{sorted(named - then.missing)[0]} has a picture.",
            next_step="Look again: some may have come late.",
        )
    if now.missing - named:
        raise NotYet(
            f"There are more without a picture: you name {len(named)} of {len(now.missing)}."
        )
    return named


def _again(answer: Mapping[str, Any], now: _Totals, then: _Totals, missing: set[str]) -> Feedback:
    told = whole(answer["written_again"])
    if told is None:
        value = answer["written_again"]
        return NotYet(number_wanted("written_again", value), got=shown(value))
    if now.again < told and then.too_often <= told <= now.too_often:
        return NotYet(
            "That is how many times too often. The question is how many *pictures* were written "
            "more than once.",
            got=str(told),
        )
    if not then.again <= told <= now.again:
        return NotYet(
            "Another number of pictures was written more than once.",
            got=str(told),
            next_step="Run the cell of your answer again: the queue still tries again.",
        )
    return Right(
        f"Yes: {now.pictures} pictures, {now.again} of them written more than once, and "
        f"{len(now.missing)} photos without a picture. Nothing told you so.",
        evidence=[f"no picture: {', '.join(sorted(missing)[:4])} …"] if missing else [],
    )


def _uploaded(lab: CheckedLab) -> list[str]:
    pages = lab.client("s3").get_paginator("list_objects_v2")
    return [
        each["Key"]
        for page in pages.paginate(Bucket=part(lab, "Uploads"), Prefix="day-1/")
        for each in page.get("Contents", [])
    ]
