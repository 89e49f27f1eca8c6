import math
import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serverless_course.functions.samples import Summary, interval_ranks

values = st.lists(st.floats(0, 1e9), min_size=1, max_size=200)


# Ranks of Le Boudec's table for the 95 % interval of the median.
@pytest.mark.parametrize(
    ("n", "ranks"),
    [
        (6, (1, 6)),
        (7, (1, 7)),
        (8, (1, 8)),
        (9, (2, 8)),
        (10, (2, 9)),
        (20, (6, 15)),
        (70, (27, 44)),
    ],
)
def test_ranks_of_the_median_interval(n, ranks):
    assert interval_ranks(n) == ranks


@pytest.mark.parametrize("n", range(1, 6))
def test_fewer_than_six_values_give_no_interval(n):
    summary = Summary.of(range(n))
    assert (summary.low, summary.high) == (None, None)
    assert f"n = {n} is too small" in summary.describe()


@given(st.integers(6, 1000))
def test_the_ranks_keep_95_percent_and_the_next_ones_do_not(n):
    low, high = interval_ranks(n)
    assert low + high == n + 1

    outside = 2 * sum(math.comb(n, i) for i in range(low))
    # In whole numbers: 20 x outside <= 2**n says that 5 % or less lies outside.
    assert 20 * outside <= 2**n
    assert 20 * (outside + 2 * math.comb(n, low)) > 2**n


@given(values)
def test_the_order_of_the_figures(numbers):
    found = Summary.of(numbers)
    assert found.n == len(numbers)
    assert found.least <= found.median <= found.greatest
    assert found.least <= found.mean <= found.greatest
    assert found.least <= found.trimmed_mean <= found.greatest
    assert found.median <= found.p95 <= found.greatest or found.n == 2
    assert found.median == statistics.median(numbers)
    if found.has_interval:
        assert found.least <= found.low <= found.median <= found.high <= found.greatest


@given(values, st.randoms())
def test_the_order_of_the_values_does_not_matter(numbers, rng):
    shuffled = list(numbers)
    rng.shuffle(shuffled)
    assert Summary.of(shuffled) == Summary.of(numbers)


def test_the_interval_covers_the_true_median_as_often_as_it_says():
    rng = random.Random(7)
    hits = 0
    for _ in range(2000):
        found = Summary.of(rng.lognormvariate(0, 1) for _ in range(10))
        hits += found.low <= 1.0 <= found.high
    # 97.9 % is exact for n = 10; three standard deviations of 2,000 trials are 1 %.
    assert 0.969 <= hits / 2000 <= 0.989


def test_the_trimmed_mean_is_the_tools():
    numbers = [100, 1, 2, 3, 4, 5, 6, 7, 8, 1000]
    assert Summary.of(numbers).trimmed_mean == statistics.mean([3, 4, 5, 6, 7, 8])
    assert Summary.of(numbers, trim=0).trimmed_mean == statistics.mean(numbers)
    assert Summary.of([1, 2, 9], trim=0.2).trimmed_mean == 4


@pytest.mark.parametrize("bad", [[], [1, float("nan")], [float("inf")]])
def test_values_that_are_none_are_refused(bad):
    with pytest.raises(ValueError, match="value"):
        Summary.of(bad)


def test_a_trim_out_of_range_is_refused():
    with pytest.raises(ValueError, match=r"between 0 and 0\.4"):
        Summary.of([1], trim=0.5)


def test_overlap():
    low, high = Summary.of([1] * 6 + [2]), Summary.of([3] * 7)
    assert not low.overlaps(high)
    assert low.overlaps(Summary.of([2] * 7))
    assert low.overlaps(Summary.of([100]))
    assert low.describe("s") == "1 s (1 to 2, n = 7)"
