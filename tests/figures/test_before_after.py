"""Before and now: what the title, the alternative text and the table say."""

import pytest

from serverless_course.figures.before_after import before_after
from serverless_course.functions.samples import Summary

SLOW = Summary.of([900.0, 950, 1000, 1050, 1100, 1200])
QUICK = Summary.of([100.0, 110, 120, 130, 140, 150])


def test_it_says_how_much_quicker_each_is() -> None:
    drawn = before_after({"a quote": (SLOW, QUICK)}, what="a first visitor waits")
    assert drawn.alt.startswith("A quote takes 12% of the time before.")
    assert "a quote, now 125 ms (100 to 150)" in drawn.alt
    assert drawn.table is not None
    assert list(drawn.table.index) == ["a quote, before", "a quote, now"]


def test_no_winner_is_named_when_intervals_overlap() -> None:
    drawn = before_after({"a quote": (SLOW, SLOW), "a label": (SLOW, None)}, what="it takes")
    assert "A quote: no difference shown, the intervals overlap" in drawn.alt
    assert "a label: measured before, and not yet now" in drawn.alt


def test_a_busy_machine_is_told_in_the_title() -> None:
    drawn = before_after({"a": (SLOW, QUICK)}, what="it takes", disturbed="9 of 12 cold starts")
    assert drawn.alt.startswith("This machine was busy in 9 of 12 cold starts: measure again.")


def test_nothing_measured_is_refused() -> None:
    with pytest.raises(ValueError, match="measure something first"):
        before_after({}, what="it takes")
