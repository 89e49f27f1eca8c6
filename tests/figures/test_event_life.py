"""An event's life, measured and modelled."""

from __future__ import annotations

from dataclasses import replace

import pytest

from serverless_course.figures.event_life import DrawnLife, event_life, life_table
from serverless_course.figures.retry_planner import (
    modelled_life,
    planner_picture,
    retry_planner,
    sentence,
)
from serverless_course.functions.attempts import Attempt

TRIES = (Attempt(1, 100.0, None, 5.0), Attempt(2, 101.0, 1.0, 5.0), Attempt(3, 103.0, 2.0, 5.0))


@pytest.mark.parametrize(
    ("retries", "age_s", "failures", "when", "ending"),
    [
        (2, 21_600, 3, (0, 60, 180), "RetriesExhausted"),
        (2, 21_600, 2, (0, 60, 180), "handled"),
        (2, 21_600, 1, (0, 60), "handled"),
        (2, 21_600, 0, (0,), "handled"),
        (0, 21_600, 1, (0,), "RetriesExhausted"),
        (1, 21_600, 3, (0, 60), "RetriesExhausted"),
        (2, 60, 3, (0,), "EventAgeExceeded"),
        (2, 180, 3, (0, 60), "EventAgeExceeded"),
        (2, 181, 3, (0, 60, 180), "RetriesExhausted"),
        (0, 60, 0, (0,), "handled"),
    ],
)
def test_the_model_follows_the_documented_pauses(
    retries: int, age_s: int, failures: int, when: tuple[int, ...], ending: str
) -> None:
    life = modelled_life(retries, age_s, failures)
    assert (life.attempts_s, life.ending) == (when, ending)
    assert life.lost == (ending != "handled")


def test_the_model_says_in_words_what_it_draws() -> None:
    assert sentence(0, 21_600, 0).startswith("1 attempt, at 0 s: the last one succeeds")
    assert "RetriesExhausted" in sentence(2, 21_600, 3)
    assert sentence(2, 60, 3) in planner_picture(2, 60, 3).alt


def test_the_planner_follows_its_fields_and_shows_a_first_state_without_a_kernel() -> None:
    planner = retry_planner()
    assert "RetriesExhausted" in planner.picture.value
    planner.failures.value = 1
    assert "handled" in planner.picture.value
    planner.retries.value = 9
    assert planner.retries.value == 2
    bundle = planner._repr_mimebundle_()
    assert bundle["text/plain"] == sentence(2, 21_600, 3)
    assert "alt=" in bundle["text/html"]
    fields = (planner.retries, planner.age, planner.failures)
    assert all(field.description for field in fields)


def test_the_picture_of_a_life_has_three_series_with_their_sources() -> None:
    picture = event_life(TRIES, 60.0)
    for words in ("60 times faster", "21 Nov 2025", "model", "0, 60, 180 s", "0, 66, 196 s"):
        assert words in picture.alt
    assert "measured, on AWS" in event_life(TRIES, 1.0).alt
    assert "One attempt so far" in DrawnLife(TRIES[:1], 60.0).plot().alt


def test_a_life_that_a_busy_machine_disturbed_says_so_in_its_title() -> None:
    assert "was busy" not in event_life(TRIES, 60.0).alt
    late = event_life((TRIES[0], TRIES[1], replace(TRIES[2], at_s=TRIES[2].at_s + 2)), 60.0)
    assert "This machine was busy: an attempt came 110 s late" in late.alt


def test_the_table_has_both_clocks() -> None:
    table = life_table(TRIES, 60.0)
    assert list(table["seconds here"]) == [0.0, 1.0, 3.0]
    assert list(table["on AWS's clock"]) == [0.0, 60.0, 180.0]


def test_a_life_without_an_attempt_is_not_drawn() -> None:
    with pytest.raises(ValueError, match="no attempt"):
        event_life((), 60.0)
