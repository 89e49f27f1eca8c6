"""Requests through the failure of a zone are counted by when they were sent."""

import pytest

from serverless_course.figures.zone_failure_plot import (
    answered_during,
    binned,
    summary,
    zone_failure_plot,
)

FAILED = (2.0, 4.0)
STEADY = [(n / 4, True, 10.0) for n in range(24)]
STOPPED = [(at, not 2 <= at < 4, 3000.0 if 2 <= at < 4 else 12.0) for at, _, _ in STEADY]


def test_each_second_has_its_own_success_and_median() -> None:
    table = binned([(0.1, True, 10), (0.9, False, 30), (1.0, True, 50), (3.2, True, 70)])
    assert list(table.index) == [0, 1, 3]
    assert list(table["requests"]) == [2, 1, 1]
    assert list(table["success, %"]) == [50, 100, 100]
    assert list(table["median, ms"]) == [20, 50, 70]


def test_a_request_belongs_to_the_failure_when_it_was_sent_in_it() -> None:
    assert answered_during([(1.9, True, 1), (2.0, False, 1), (3.9, True, 1), (4.0, True, 1)],
                          FAILED) == 50  # fmt: skip
    assert answered_during([(0.5, True, 1)], FAILED) is None


def test_an_answer_after_the_failure_did_not_come_in_it() -> None:
    assert answered_during([(2.5, True, 1400), (3.5, True, 600)], FAILED) == 50


def test_the_picture_says_who_lived_through_it() -> None:
    picture = zone_failure_plot({"one subnet": STOPPED, "two subnets": STEADY}, FAILED)
    said = "Answered in time while the zone was down: one subnet 0 %, two subnets 100 %"
    assert said in picture.alt
    assert "from second 2 to second 4" in picture.alt


def test_the_table_has_before_during_and_after() -> None:
    table = summary({"one subnet": STOPPED}, FAILED)
    assert list(table["success, also late, %"]) == [100, 0, 100]
    assert list(table["median, ms"]) == [12, 3000, 12]
    assert list(table.index.get_level_values("zone")) == ["before", "failed", "after"]


@pytest.mark.parametrize(
    ("runs", "failed", "why"),
    [
        ({}, FAILED, "nothing to draw"),
        ({"one": []}, FAILED, "nothing to draw"),
        ({str(n): STEADY for n in range(9)}, FAILED, "At most 4 runs"),
        ({"one": STEADY}, (4.0, 2.0), "ends before it begins"),
    ],
)
def test_what_cannot_be_drawn_is_said(runs: dict, failed: tuple, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        zone_failure_plot(runs, failed)


def test_without_requests_in_the_failure_no_rate_is_claimed() -> None:
    picture = zone_failure_plot({"one": [(0.1, True, 5)]}, FAILED)
    assert "No request was sent while the zone was down" in picture.alt


def test_requests_that_waited_longer_than_their_time_out_are_told_in_the_title():
    runs = {"one": [(0.0, True, 20.0), (1.2, False, 3030.0), (1.4, True, 8700.0)]}
    told = zone_failure_plot(runs, failed_s=(1, 2), timeout_s=3)
    assert "Disturbed: 1 request waited for cold starts" in told.alt
    assert "cold starts" not in zone_failure_plot(runs, failed_s=(1, 2), timeout_s=10).alt


def test_the_table_has_the_share_of_the_title_beside_the_one_that_counts_late_answers():
    late = {"one": [(0.0, True, 20.0), (1.2, True, 1500.0), (2.5, True, 20.0)]}
    table = summary(late, (1, 2))
    assert table.loc[("one", "failed"), "success, also late, %"] == 100
    assert table.loc[("one", "failed"), "in time, %"] == 0
