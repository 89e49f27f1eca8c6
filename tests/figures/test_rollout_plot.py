"""A roll-out's picture counts answers and errors by version, and says so in words."""

import math

import pytest

from serverless_course.figures.rollout_plot import Answer, by_version, rollout_plot, seconds

ANSWERS = [
    *((0.1 * number, "1", True) for number in range(27)),
    (0.55, "2", True),
    (1.2, "2", False),
    (1.9, "2", False),
]


def test_answers_and_errors_are_counted_by_version() -> None:
    table = by_version(ANSWERS)
    assert list(table.index) == ["1", "2"]
    assert list(table["answers"]) == [27, 3]
    assert list(table["errors"]) == [0, 2]
    assert list(table["errors, %"]) == [0, 66.7]
    assert list(table["share of all, %"]) == [90, 10]


def test_versions_are_in_the_order_of_their_numbers() -> None:
    found = by_version([(0, "10", True), (0, "9", True), (0, "$LATEST", True)])
    assert list(found.index) == ["$LATEST", "9", "10"]


def test_a_second_holds_what_was_answered_in_it() -> None:
    given = [Answer(*each) for each in ANSWERS]
    assert seconds(given, "2") == ({0: 1}, {1: 2})


def test_the_words_name_the_version_with_the_errors_and_what_happened() -> None:
    picture = rollout_plot(ANSWERS, {"taken back": 2.5, "alarm": 2.0})
    assert "2 errors in 30 answers: version 2 has 2 of them, with 10 % of the traffic" in (
        picture.alt
    )
    assert "Second 2.0: alarm. Second 2.5: taken back." in picture.alt
    assert picture.table is not None


def test_no_error_is_said_without_blame() -> None:
    assert "27 answers, no error" in rollout_plot(ANSWERS[:27]).alt


@pytest.mark.parametrize(
    ("answers", "marks", "why"),
    [
        ([], {}, "nobody answered"),
        ([(math.nan, "1", True)], {}, "finite"),
        ([(-1, "1", True)], {}, "finite"),
        ([(0, "1", True)], {"alarm": math.inf}, "finite"),
        ([(0, str(n), True) for n in range(9)], {}, "At most 4 versions"),
    ],
)
def test_what_cannot_be_drawn_is_said(answers: list, marks: dict, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        rollout_plot(answers, marks)
