"""What the first attempt did to the day's photos."""

from collections.abc import Mapping
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_10_ship_it.pipeline import part
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.inputs import number_wanted, shown, whole
from serverless_course.exercises.photo_evidence import writes_of
from serverless_course.exercises.task import task

KEYS = ("pictures", "written_again", "missing")


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
    count = writes_of(lab.client("s3"), part(lab, "Pictures"), uploaded)
    return judged(answer, count)


def judged(answer: Mapping[str, Any], count: Mapping[str, int]) -> Feedback:
    """What to say of an answer, when each picture was written ``count`` times by now."""
    pictures = sum(number > 0 for number in count.values())
    versions = sum(count.values())
    told = whole(answer["pictures"])
    if told is None:
        return NotYet(number_wanted("pictures", answer["pictures"]), got=shown(answer["pictures"]))
    if told == versions != pictures:
        return NotYet(
            "You counted versions. A picture that was written three times is still one picture.",
            expected="how many photos have a picture",
            got=str(told),
        )
    if told == len(count) != pictures:
        return NotYet(
            "That is how many photos were uploaded. Some of them have no picture.", got=str(told)
        )
    wanted = {key for key, number in count.items() if not number}
    _refuse_missing(answer["missing"], wanted, count)
    if told != pictures:
        return NotYet(
            "The number of pictures is another one by now.", expected=str(pictures), got=str(told)
        )
    again = sum(number > 1 for number in count.values())
    return _again(answer, again, versions - pictures, pictures, wanted)


def _refuse_missing(missing: Any, wanted: set[str], known: Mapping[str, int]) -> None:
    """Raise `NotYet` when these are not the keys of the photos without a picture."""
    if isinstance(missing, str) or not isinstance(missing, list | tuple | set | frozenset):
        raise NotYet(
            "missing is which photos, not how many: a list of their keys.", got=shown(missing)
        )
    strange = [each for each in missing if each not in known]
    if strange:
        raise NotYet(
            f"{shown(strange[0])} is the key of no photo of the first day.",
            next_step="Write the keys as they were uploaded.",
        )
    named = set(missing)
    if named - wanted:
        raise NotYet(
            f"{sorted(named - wanted)[0]} has a picture.",
            next_step="Look again: some may have come late.",
        )
    if named != wanted:
        raise NotYet(f"There are more without a picture: you name {len(named)} of {len(wanted)}.")


def _again(
    answer: Mapping[str, Any], again: int, rewrites: int, pictures: int, missing: set[str]
) -> Feedback:
    told = whole(answer["written_again"])
    if told is None:
        value = answer["written_again"]
        return NotYet(number_wanted("written_again", value), got=shown(value))
    if told == rewrites != again:
        return NotYet(
            "That is how many times too often. The question is how many *pictures* were written "
            "more than once.",
            got=str(told),
        )
    # Retries go on while the check looks: what was counted a moment ago may have grown.
    if not told <= again or (again and not told):
        return NotYet(
            "Another number of pictures was written more than once.",
            expected=str(again),
            got=str(told),
            next_step="Run the cell of your answer again: the queue still tries again.",
        )
    return Right(
        f"Yes: {pictures} pictures, {again} of them written more than once, and {len(missing)} "
        "photos without a picture. Nothing told you so.",
        evidence=[f"no picture: {', '.join(sorted(missing)[:4])} …"] if missing else [],
    )


def _uploaded(lab: CheckedLab) -> list[str]:
    pages = lab.client("s3").get_paginator("list_objects_v2")
    return [
        each["Key"]
        for page in pages.paginate(Bucket=part(lab, "Uploads"), Prefix="day-1/")
        for each in page.get("Contents", [])
    ]
