"""The sampling model: what a rule records, and the chance to see a rare failure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serverless_course.figures.sampling_planner import sampled, sampling_planner, sentence

COUNTS = st.integers(1, 10_000)


@pytest.mark.parametrize(
    ("requests", "reservoir", "rate", "a_second"),
    [
        # "the first request each second, and five percent of any additional requests"
        # (X-Ray Developer Guide, "Configuring sampling rules", read 2026-11).
        (1, 1, 5, 1),
        (101, 1, 5, 6),
        (50, 0, 10, 5),
        (50, 100, 5, 50),
        (50, 0, 0, 0),
    ],
)
def test_the_reservoir_comes_first_and_the_rate_counts_for_the_others(
    requests, reservoir, rate, a_second
) -> None:
    assert sampled(requests, reservoir, rate).a_second == pytest.approx(a_second)


@given(COUNTS, st.integers(0, 10_000), st.integers(0, 100), COUNTS)
def test_shares_and_chances_lie_between_none_and_all(requests, reservoir, rate, rare) -> None:
    found = sampled(requests, reservoir, rate)
    assert 0 <= found.share <= 1
    assert 0 <= found.chance_of(rare, 60) <= found.chance_of(rare, 3600) <= 1


def test_the_sentence_follows_the_fields() -> None:
    planner = sampling_planner()
    planner.rate.value = 100
    assert "100.0% of all" in planner.picture.value
    assert sentence(50, 1, 100, 1000) in planner.picture.value


def test_without_a_kernel_the_default_rule_is_shown() -> None:
    bundle = sampling_planner()._repr_mimebundle_()
    assert "<img alt=" in bundle["text/html"]
    assert "Of 50 requests a second, 3.45 are recorded: 6.9% of all" in bundle["text/plain"]
