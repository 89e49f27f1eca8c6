"""Progress: predictions, time and the whole course at a glance, in a file that outlives kernels."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from serverless_course.exercises.overview import Overview, times_off
from serverless_course.exercises.predictions import Predictions
from serverless_course.exercises.progress import Progress
from serverless_course.exercises.verdict import State, Verdict

RIGHT = Verdict("t", State.RIGHT, "yes")
NOT_YET = Verdict("t", State.NOT_YET_RIGHT, "no")


def compared(key: str, said: float | None, measured: float):
    predictions = Predictions()
    if said is not None:
        predictions.predict(key, seconds=said)
    return predictions.compare(key, seconds=measured)


def test_the_first_comparison_of_a_prediction_is_kept(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "progress.json")
    progress.record_prediction("01-a", compared("k", 2, 4))
    progress.record_prediction("01-a", compared("k", 4, 4))
    progress.record_prediction("01-a", compared("never said", None, 4))
    kept = Progress(tmp_path / "progress.json").kept().predictions["01-a"]
    assert list(kept) == ["k"]
    assert kept["k"]["ratio"] == 2


def test_minutes_count_from_the_first_check_to_the_right_one(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    progress = Progress(path)
    progress.record("01-a", NOT_YET)
    document = json.loads(path.read_text())
    entry = document["labs"]["01-a"]["t"]
    earlier = datetime.fromisoformat(entry["first_checked"]) - timedelta(minutes=7)
    entry["first_checked"] = earlier.isoformat()
    path.write_text(json.dumps(document))
    progress.record("01-a", RIGHT)
    assert progress.table("01-a", {"t": "T"}).loc["t", "minutes"] == "7"
    overview = Overview(progress.kept(), {"01-a": ["t", "u"]})
    assert overview.table.loc["01-a", "minutes on tasks"] == "7"
    assert "1 of 2 tasks are right." in overview.text


def test_it_tells_whether_predictions_were_getting_better(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "progress.json")
    for number, (said, measured) in enumerate([(1, 8), (8, 1), (4, 5), (5, 5)]):
        progress.record_prediction("01-a", compared(f"k{number}", said, measured))
    told = Overview(progress.kept(), {"01-a": []}).text
    assert "first 2 predictions were typically off 8.0 times" in told
    assert "after them 1.1 times" in told
    assert times_off(0.5) == times_off(2) == 2


def test_a_file_of_the_form_before_is_read_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    entry = {"state": "right", "tries": 2, "right_since": "2026-11-01T10:00:00+00:00"}
    path.write_text(json.dumps({"labs": {"04-b": {"t": entry}}}))
    progress = Progress(path)
    progress.record_end("04-b")
    assert progress.notice is None
    assert progress.state("04-b", "t") is State.RIGHT
    assert Overview(progress.kept(), {"04-b": ["t"]}).table.loc["04-b", "cleaned up"]


def test_one_lab_is_forgotten_and_no_other(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "progress.json")
    for slug in ("01-a", "02-b"):
        progress.record(slug, RIGHT)
        progress.record_prediction(slug, compared("k", 2, 4))
        progress.record_end(slug)
    progress.forget("01-a")
    kept = progress.kept()
    assert list(kept.labs) == list(kept.predictions) == list(kept.finished) == ["02-b"]


@pytest.mark.parametrize(
    "damage",
    [
        {"labs": {}, "predictions": {"a": {"k": {"ratio": "x", "at": ""}}}},
        {"labs": {}, "predictions": {"a": {"k": {"ratio": -1, "at": ""}}}},
        {"labs": {}, "predictions": {"a": {"k": {"ratio": 1}}}},
        {"labs": {}, "finished": {"a": 3}},
        {"labs": {}, "predictions": []},
        {"labs": {"a": {"t": {"state": "right", "first_checked": "x", "right_since": "y"}}}},
    ],
)
def test_what_is_damaged_is_set_aside_and_not_guessed_at(tmp_path: Path, damage) -> None:
    path = tmp_path / "progress.json"
    path.write_text(json.dumps(damage))
    progress = Progress(path)
    progress.record("01-a", RIGHT)
    assert progress.notice is not None
    assert json.loads((tmp_path / "progress.damaged-1.json").read_text()) == damage
