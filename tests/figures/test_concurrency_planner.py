"""The model of a burst, and the widget that shows it."""

from __future__ import annotations

import pytest

from serverless_course.figures.concurrency_model import Load, sentence
from serverless_course.figures.concurrency_planner import concurrency_planner, planner_picture


def test_rate_times_duration_is_what_a_load_needs() -> None:
    assert Load(100, 200).needed == 20
    assert Load(100, 3000).needed == 300


def test_an_environment_counts_for_ten_requests_a_second_at_most() -> None:
    assert Load(200, 50).needed == 20
    assert Load(200, 1).needed == 20


def test_the_accounts_limit_throttles_what_is_beyond_it() -> None:
    load = Load(3000, 500)
    assert (load.needed, load.given(0), load.given(30)) == (1500, 1000, 1000)
    assert load.throttled(30) == pytest.approx(1 / 3)
    assert "the account's limit of 1,000 holds: 33% stay throttled" in sentence(load)


def test_a_raised_limit_is_reached_a_hundred_environments_a_second() -> None:
    load = Load(3000, 500, account=3000)
    assert [load.given(at) for at in (0, 2, 5, 9)] == [1000, 1200, 1500, 1500]
    assert load.steady_at_s == 5
    assert "new environments come for 5 s. Then nothing is throttled." in sentence(load)


def test_provisioned_environments_are_there_before_the_burst() -> None:
    load = Load(3000, 500, account=3000, provisioned=500)
    assert (load.given(0), load.steady_at_s) == (1500, 0)
    assert "500 are ready before; 1,000 begin with a cold start" in sentence(load)


def test_reserved_concurrency_caps_and_zero_stops() -> None:
    assert Load(20, 600, reserved=5).given(10) == 5
    assert "reserved concurrency of 5 holds: 58%" in sentence(Load(20, 600, reserved=5))
    stopped = Load(20, 600, reserved=0, provisioned=3)
    assert (stopped.given(10), stopped.throttled(10)) == (0, 1)
    assert "every request is throttled" in sentence(stopped)


@pytest.mark.parametrize("load", [Load(1, 1), Load(20, 600, reserved=0), Load(100_000, 900_000)])
def test_each_picture_tells_its_model_in_words(load: Load) -> None:
    assert sentence(load) in planner_picture(load).alt


def test_a_field_changes_picture_and_sentence() -> None:
    planner = concurrency_planner()
    before = planner.picture.value
    assert "33% stay throttled" in before
    planner.duration.value = 100
    assert "Nothing is throttled." in planner.picture.value
    planner.reserved.value = 0
    assert "every request is throttled" in planner.picture.value
    assert planner.chosen() == Load(3000, 100, reserved=0)


def test_without_a_kernel_a_reader_sees_the_first_state_with_its_words() -> None:
    bundle = concurrency_planner()._repr_mimebundle_()
    assert 'alt="A model of the first 30 seconds' in bundle["text/html"]
    assert "need 1,500 environments" in bundle["text/plain"]
