"""Five states; what the learner did and what the course did are told apart."""

from pathlib import Path

import numpy as np
import pytest
from botocore.exceptions import EndpointConnectionError

from serverless_course.exercises.feedback import NotYet, Right
from serverless_course.exercises.hints import parse
from serverless_course.exercises.inputs import real, shown, whole
from serverless_course.exercises.predictions import Predictions
from serverless_course.exercises.progress import Progress
from serverless_course.exercises.task import Task
from serverless_course.exercises.verdict import State, Verdict, inline


def run(check: object, answer: object = 1, limit_s: float = 5) -> State:
    return Task("t", check, limit_s, needs_answer=True).run(None, answer).state  # type: ignore[arg-type]


def unreachable(lab: object, answer: object) -> Right:
    raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")


def sleeping(lab: object, answer: object) -> Right:
    while True:
        pass


@pytest.mark.parametrize("untouched", [..., None, {"a": ...}, [..., ...]])
def test_an_untouched_answer_does_not_reach_the_check(untouched: object) -> None:
    assert run(lambda lab, answer: Right("no"), untouched) is State.NOT_ATTEMPTED


def test_none_in_a_container_is_an_answer() -> None:
    assert run(lambda lab, answer: Right("yes"), {"coupon": None}) is State.RIGHT


def test_half_an_answer_is_not_yet_right() -> None:
    assert run(lambda lab, answer: Right("no"), {"a": 1, "b": ...}) is State.NOT_YET_RIGHT


def test_right_and_not_yet_come_back_as_found() -> None:
    assert run(lambda lab, answer: Right("yes")) is State.RIGHT
    assert run(lambda lab, answer: NotYet("why")) is State.NOT_YET_RIGHT


def test_a_server_that_is_gone_is_no_fault_of_the_learner() -> None:
    assert run(unreachable) is State.PROBLEM_OF_THE_ENVIRONMENT


def test_a_state_folder_that_cannot_be_written_is_no_fault_of_the_learner_nor_ours(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").touch()
    progress = Progress(tmp_path / "file" / "progress.json")
    right = Verdict("t", State.RIGHT, "yes")

    def deploying(lab: object, answer: object) -> Right:
        progress.record("90-sample", right)
        return Right("yes")

    verdict = Task("t", deploying, 5, needs_answer=True).run(None, 1)
    assert verdict.state is State.PROBLEM_OF_THE_ENVIRONMENT
    assert "COURSE_STATE_DIR" in (verdict.next_step or "")
    assert "bug in the course" not in str(verdict)


def test_a_check_has_a_time_limit() -> None:
    assert run(sleeping, limit_s=0.2) is not State.RIGHT


def test_plain_text_says_the_state_in_words_and_html_has_a_role() -> None:
    verdict = Task("t", lambda lab, answer: NotYet("Too small."), 5, needs_answer=True).run(None, 1)
    assert "not yet right" in str(verdict)
    assert "Too small." in str(verdict)
    assert 'role="status"' in verdict._repr_html_()


def test_two_prices_in_a_sentence_are_no_formula() -> None:
    assert inline("$1.20, not $1.10") == "<span>$</span>1.20, not <span>$</span>1.10"


def test_hints_come_one_by_one_and_end_in_a_sentence() -> None:
    book = parse('{"tasks": [{"task": "t", "hints": ["one", "two"], "solution": "x = 1"}]}')
    assert ["one" in str(book.hint("t")), "two" in str(book.hint("t"))] == [True, True]
    assert "no more hints" in str(book.hint("t"))
    assert "x = 1" in str(book.solution("t"))
    # JupyterLab shows HTML where there is some, and would leave the markdown unread.
    assert not hasattr(book.hint("t"), "_repr_html_")
    assert "**One solution of `t`**" in book.solution("t")._repr_markdown_()


@pytest.mark.parametrize(
    ("units", "told"),
    [
        ({"milliseconds": -5}, "-5 is below zero"),
        ({"milliseconds": "80 ms"}, '"80 ms" is more than a number'),
        ({"milliseconds": True}, "True is not a number"),
        ({"milliseconds": float("nan")}, "not a number"),
        ({"milliseconds": [1]}, "not a number"),
        ({"parsecs": 3}, "milliseconds="),
        ({"seconds": 3, "milliseconds": 4}, "one number"),
    ],
)
def test_what_cannot_be_a_prediction_is_told_and_locks_nothing(
    units: dict[str, object], told: str
) -> None:
    predictions = Predictions()
    said = predictions.predict("it takes", **units)
    assert "Not kept" in said.text
    assert told in said.text
    assert "Now measure" in predictions.predict("it takes", seconds=np.int64(2)).text
    assert predictions.compare("it takes", seconds=4).ratio == pytest.approx(2)


@pytest.mark.parametrize("is_predicted", [True, False])
def test_a_comparison_in_an_unknown_unit_names_the_units(is_predicted: bool) -> None:
    predictions = Predictions()
    if is_predicted:
        predictions.predict("it takes", seconds=2)
    names = r"seconds=, milliseconds=, dollars=, megabytes=, times=, percent=, count="
    with pytest.raises(TypeError, match=rf"no unit 'parsecs'.* one of {names}\.$"):
        predictions.compare("it takes", parsecs=3)


def test_an_untouched_prediction_locks_nothing() -> None:
    predictions = Predictions()
    assert "No prediction yet" in predictions.predict("it takes", seconds=...).text
    assert "Now measure" in predictions.predict("it takes", seconds=0).text


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("2.6", '"2.6"'),
        (2.6, "2.6"),
        (np.float64(2.6), "2.6"),
        (True, "True"),
        (object(), "an object of type object"),
        ("x" * 200, '"' + "x" * 58 + "…"),
        ({"a": 1}, "{'a': 1}"),
    ],
)
def test_an_answer_is_told_back_short_and_text_in_quotes(value: object, told: str) -> None:
    assert shown(value) == told


def test_the_first_prediction_stands() -> None:
    predictions = Predictions()
    predictions.predict("it takes", seconds=2)
    predictions.predict("it takes", seconds=9)
    assert predictions.compare("it takes", seconds=4).ratio == pytest.approx(2)


@pytest.mark.parametrize(
    ("said", "measured", "told"),
    [
        ({"count": 3}, {"count": 3}, "exactly."),
        ({"count": "3"}, {"count": 3}, "exactly."),
        ({"count": 0}, {"count": 0}, "exactly."),
        ({"seconds": 0.18}, {"milliseconds": 180}, "exactly."),
        ({"count": 20}, {"count": 21}, "very close."),
        ({"milliseconds": 85}, {"milliseconds": 84.7}, "very close."),
        ({"count": 0}, {"count": 4}, "more than zero."),
    ],
)
def test_an_exact_prediction_is_told_as_exact(
    said: dict[str, float], measured: dict[str, float], told: str
) -> None:
    predictions = Predictions()
    predictions.predict("it is", **said)
    assert predictions.compare("it is", **measured).text.endswith(told)


@pytest.mark.parametrize("value", ["128", " 128 ", "128.0", "1,024", "4.6", ".5", "1e-6", "-3"])
def test_text_that_holds_a_number_and_nothing_else_is_that_number(value: str) -> None:
    assert real(value) == float(value.replace(",", ""))


@pytest.mark.parametrize(
    "value", ["128 MB", "$4.60", "4,6", "1,02", "1_024", "nan", "inf", "", "0x80", True, [1]]
)
def test_text_with_more_than_a_number_is_none(value: object) -> None:
    assert real(value) is None
    assert whole(value) is None
