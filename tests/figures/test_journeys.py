"""One request through several doors: what the picture, its words and its table tell."""

from __future__ import annotations

import pytest

from serverless_course.figures.journeys import Attempt, Journey, journeys_picture, journeys_table

FAILED = Journey("HTTP API", 420.0, "HTTP 500", [Attempt(12.0, 415.0, ok=False)])
RETRIED = Journey(
    "SNS topic", 0.4, "HTTP 200", [Attempt(0.2, 30.0, ok=False), Attempt(1030.0, 1034.0, ok=True)]
)
WAITING = Journey("SQS queue", 8.0, "HTTP 200", [])


def test_the_words_say_who_waited_and_which_attempt_succeeded() -> None:
    alt = journeys_picture([FAILED, RETRIED, WAITING]).alt
    assert "1 of 3 requests were handled" in alt
    assert "HTTP API: the caller got HTTP 500 after 420 ms; attempt 1 after 12.0 ms failed." in alt
    assert "attempt 2 after 1,030 ms succeeded" in alt
    assert "SQS queue: the caller got HTTP 200 after 8.00 ms; no attempt." in alt


def test_the_table_has_a_row_for_each_door() -> None:
    table = journeys_table([FAILED, RETRIED, WAITING])
    assert list(table["attempts"]) == [1, 2, 0]
    assert list(table["handled"]) == [False, True, False]
    assert table.loc["SNS topic", "began after, ms"] == "0, 1,030"


def test_a_door_with_no_journey_is_refused() -> None:
    with pytest.raises(ValueError, match="send a request first"):
        journeys_picture([])
