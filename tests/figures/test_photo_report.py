"""The report of lab 10 and the page of pictures: whole files, with words for every picture."""

from __future__ import annotations

import re

import pytest

from serverless_course.figures.photo_goals import GOALS, reached
from serverless_course.figures.photo_report import PhotoReport
from serverless_course.figures.picture_page import PicturePage
from serverless_course.figures.rollout_plot import rollout_plot

BEST = {
    "pictures": 200,
    "written_again": 0,
    "lost": 0,
    "usd_per_1000": 0.0002,
    "p50_ms": 300,
    "p95_ms": 900,
    "cold_share": 0.02,
    "detect_s": 5.0,
}
FIRST = {"pictures": 193, "written_again": 40, "lost": 7, "usd_per_1000": 0.0003, "p50_ms": 3_000}
WORSE = {
    "pictures": 199,
    "written_again": 1,
    "lost": 1,
    "usd_per_1000": 0.0004,
    "p50_ms": 2_500,
    "p95_ms": 20_000,
    "cold_share": 0.5,
    "detect_s": 61.0,
}


def test_all_goals_can_be_reached_and_each_can_be_missed() -> None:
    assert len(reached(BEST, FIRST)) == len(GOALS) == len(BEST)
    for key, value in WORSE.items():
        missed = {goal.key for goal in GOALS} - {g.key for g in reached(BEST | {key: value}, FIRST)}
        assert missed == {key}
        assert key not in {goal.key for goal in reached(BEST | {key: None}, FIRST)}


def test_a_report_grades_and_shows_goal_first_attempt_and_figure() -> None:
    report = PhotoReport(BEST | {"lost": 1}, FIRST, data={})
    assert report.grade == "7 of 8 goals reached"
    table = report.table()
    assert table.loc["pictures of 200 photos", "at first"] == "193"
    assert table.loc["first failure to alarm", "at first"] == "–"
    assert table.loc["neither picture nor dead letter", "reached"] == "no"
    assert "7 of 8" in repr(report)


def test_a_figure_that_is_missing_is_named() -> None:
    with pytest.raises(KeyError, match="detect_s"):
        PhotoReport({key: value for key, value in BEST.items() if key != "detect_s"}, {}, data={})


def test_a_report_is_one_file_with_words_for_its_pictures(tmp_path) -> None:
    picture = rollout_plot([(0.5, "4", True), (1.5, "5", False)], {"alarm": 1.8})
    data = {"evidence": [{"photo": "</script><b>", "request": "r"}], "metrics": []}
    report = PhotoReport(BEST, FIRST, data=data, pictures={"A day": picture}, notes=["<here>"])
    text = report.write(tmp_path / "report.html").read_text(encoding="utf-8")
    assert not re.search(r'(?:src|href)="(?!data:)', text)
    assert text.count("<img") == text.count("<img alt=") == 1
    assert "&lt;here&gt;" in text
    assert text.count("</script>") == 1
    assert "None." in text


def test_a_page_of_pictures_is_one_file_with_words_for_each(tmp_path) -> None:
    page = PicturePage([("a", b"\x89PNG", 'the "sun"'), ("b", b"\x89PNG", "the moon")], "All")
    text = page.write(tmp_path / "pictures.html").read_text(encoding="utf-8")
    assert text.count("<img") == 2
    assert "the &quot;sun&quot;" in text
    assert "b: the moon" in repr(page)


def test_a_page_needs_pictures_and_words() -> None:
    with pytest.raises(ValueError, match="no picture"):
        PicturePage([])
    with pytest.raises(ValueError, match="what b shows"):
        PicturePage([("b", b"", " ")])
