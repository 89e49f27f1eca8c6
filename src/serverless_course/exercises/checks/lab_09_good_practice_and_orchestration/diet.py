"""The label on a diet: the same labels, a small package, little read, a quick start."""

from secrets import choice, randbelow
from typing import Any
from urllib.parse import urlencode

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_09_good_practice_and_orchestration.shop import (
    deployed,
    quicker,
    spied,
    spied_answer,
)
from serverless_course.exercises.deployed import fresh, seen
from serverless_course.exercises.feedback import Feedback, NotYet, Right
from serverless_course.exercises.flower_shop import places
from serverless_course.exercises.inputs import shown
from serverless_course.exercises.task import task

FAT, LEAN = "label", "label_lean"
# The goals: parts of the package, and of the time before; bytes of data read for one label.
PACKAGE_GOAL, TIME_GOAL = 0.5, 0.6
READ_GOAL_BYTES = 100_000


@task("diet", needs_answer=False, time_limit_s=240)
def diet(lab: CheckedLab, answer: Any) -> Feedback:
    """label_lean writes the same labels with a smaller package, and reads little for each."""
    deployed(lab, LEAN)
    deployed(lab, FAT)
    known = places()
    evidence = _labels(lab, known)
    _reads_little(lab, known, evidence)
    before_bytes, after_bytes = carried(lab, FAT), carried(lab, LEAN)
    evidence.append(f"package and layers: {before_bytes:,} bytes before, {after_bytes:,} now")
    if after_bytes > PACKAGE_GOAL * before_bytes:
        raise NotYet(
            f"The function still carries {after_bytes / before_bytes:.0%} of what it carried: "
            "package and layers, zipped.",
            expected=f"{PACKAGE_GOAL:.0%} or less",
            evidence=evidence,
            next_step="A label needs town and zone. What else is in your layer, and which layer is "
            "not used any more?",
        )
    event = {"order": 1 + randbelow(9_999), "postcode": choice(list(known))}
    before, after = quicker(lab, (FAT, event), (LEAN, event), TIME_GOAL, evidence)
    return Right(
        f"Yes: {after_bytes / before_bytes:.0%} of the bytes, and the first label after "
        f"{after.median:.0f} ms instead of {before.median:.0f} ms.",
        evidence=evidence,
        not_checked=["what AWS needs to fetch a package: this machine fetches none"],
    )


def carried(lab: CheckedLab, short: str) -> int:
    """Bytes of a function's package and of its layers, zipped."""
    found = deployed(lab, short)
    return int(found["CodeSize"]) + sum(int(each["CodeSize"]) for each in found.get("Layers", []))


def wanted_label(order: int, place: dict[str, Any]) -> dict[str, str]:
    """What functions/label/index.py writes."""
    asked = urlencode({"order": order, "town": place["town"]})
    link = f"https://parcel.example/track?{asked}"
    return {"town": place["town"], "zone": place["zone"], "link": link}


def _labels(lab: CheckedLab, known: dict[str, dict[str, Any]]) -> list[str]:
    """Evidence that labels are as before: of any place, of the last one, and of none."""
    evidence: list[str] = []
    numbers = [*(choice(list(known)) for _ in range(5)), min(known), max(known)]
    for postcode in numbers:
        order = 1 + randbelow(9_999)
        run = fresh(lab, LEAN, {"order": order, "postcode": postcode})
        wanted = wanted_label(order, known[postcode])
        if run.payload != wanted:
            raise NotYet(
                _mistake(run.payload, wanted),
                expected=str(wanted),
                got=shown(run.payload),
                evidence=[*evidence, f"postcode {postcode}: {seen(run)}"],
            )
    evidence.append(f"{len(numbers)} labels as before; the last: {seen(run)}")
    nowhere = str(90_000 + randbelow(9_999))
    run = fresh(lab, LEAN, {"order": 1, "postcode": nowhere})
    if run.payload != {"error": f"no place has the postcode {nowhere}"}:
        raise NotYet(
            f"Nobody lives at {nowhere}, and the answer is not the error that it was.",
            expected=f'{{"error": "no place has the postcode {nowhere}"}}',
            got=shown(run.payload),
        )
    return evidence


def _mistake(payload: Any, wanted: dict[str, str]) -> str:
    if not isinstance(payload, dict) or not payload.keys() >= wanted.keys():
        error = payload.get("error") if isinstance(payload, dict) else None
        if error:
            return "A place that the shop delivers to is not found any more."
        return "The answer is no label: it has the keys town, zone and link."
    wrong = next(key for key in wanted if payload[key] != wanted[key])
    if wrong == "link":
        return "The link is not as before: blanks and umlauts are written in another way in it."
    return f"The {wrong} is not as before."


def _reads_little(lab: CheckedLab, known: dict[str, dict[str, Any]], evidence: list[str]) -> None:
    with spied(lab, LEAN) as name:
        event = {"order": 1 + randbelow(9_999), "postcode": choice(list(known))}
        told = spied_answer(lab, name, LEAN, event)
    evidence.append(f"one label read {told['read_bytes']:,} bytes of data")
    if "requests" in told["modules"]:
        raise NotYet(
            "requests is still loaded, a library of its own with four others, to put two values "
            "into a link.",
            evidence=evidence,
            next_step="`urllib.parse.urlencode` of Python's own library writes the same.",
        )
    if told["read_bytes"] > READ_GOAL_BYTES:
        raise NotYet(
            f"For one label it reads {told['read_bytes'] / 1e6:.2f} MB of files.",
            expected=f"{READ_GOAL_BYTES / 1e6:.1f} MB or less",
            evidence=evidence,
            next_step="Cut the places into files by the first digits of the postcode, and open "
            "the one that you need.",
        )
