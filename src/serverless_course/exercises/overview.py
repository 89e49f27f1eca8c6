"""The whole course at a glance: what is done, how long it took, how good predictions were."""

from __future__ import annotations

from statistics import median

import pandas as pd

from serverless_course.exercises.progress import Kept, minutes_of
from serverless_course.exercises.verdict import State

FEWEST_TO_COMPARE = 4


class Overview:
    """A row for each lesson and lab; its text says the same in a sentence or two."""

    def __init__(self, kept: Kept, tasks: dict[str, list[str]]) -> None:
        """``tasks``: of each lesson and lab, by slug, the names of its tasks."""
        self.table = _table(kept, tasks)
        self.text = f"{_done(kept, tasks)} {_guesses(kept)}".strip()

    def __repr__(self) -> str:
        return f"{self.text}\n\n{self.table.to_string()}"

    def _repr_html_(self) -> str:
        return f'<p role="status">{self.text}</p>{self.table.to_html(border=0)}'


def times_off(ratio: float) -> float:
    """How many times too high or too low a prediction was; 1 is exact.

    Args:
        ratio: measured / predicted, above 0.
    """
    return max(ratio, 1 / ratio)


def _right(kept: Kept, slug: str, names: list[str]) -> int:
    entries = kept.labs.get(slug, {})
    return sum(entries.get(name, {}).get("state") == str(State.RIGHT) for name in names)


def _table(kept: Kept, tasks: dict[str, list[str]]) -> pd.DataFrame:
    rows = []
    for slug, names in tasks.items():
        entries = kept.labs.get(slug, {})
        minutes = [minutes_of(entries.get(name, {})) for name in names]
        spent = sum(int(each) for each in minutes if each)
        off = [times_off(each["ratio"]) for each in kept.predictions.get(slug, {}).values()]
        rows.append(
            {
                "lesson or lab": slug,
                "tasks right": f"{_right(kept, slug, names)} of {len(names)}" if names else "",
                "minutes on tasks": f"{spent}" if names else "",
                "predictions": f"{len(off)}, off {median(off):.1f} times" if off else "",
                "cleaned up": kept.finished.get(slug, "")[:10],
            }
        )
    columns = ["lesson or lab", "tasks right", "minutes on tasks", "predictions", "cleaned up"]
    return pd.DataFrame(rows, columns=columns).set_index("lesson or lab")


def _done(kept: Kept, tasks: dict[str, list[str]]) -> str:
    of = sum(len(names) for names in tasks.values())
    right = sum(_right(kept, slug, names) for slug, names in tasks.items())
    return f"{right} of {of} tasks are right."


def _guesses(kept: Kept) -> str:
    """How good predictions were getting, in a sentence; "" where there are too few."""
    every = [each for keys in kept.predictions.values() for each in keys.values()]
    in_order = [times_off(each["ratio"]) for each in sorted(every, key=lambda each: each["at"])]
    if len(in_order) < FEWEST_TO_COMPARE:
        return ""
    half = len(in_order) // 2
    first, last = median(in_order[:half]), median(in_order[half:])
    return (
        f"Your first {half} predictions were typically off {first:.1f} times, the "
        f"{len(in_order) - half} after them {last:.1f} times."
    )
