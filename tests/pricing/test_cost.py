"""Billed time and dollars, against real REPORT lines and against properties that must hold."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serverless_course.pricing.cost import (
    billed_ms,
    compute_cost,
    ephemeral_cost,
    invocation_cost,
    month,
    provisioned_cost,
    tiered_cost,
)
from serverless_course.pricing.tables import TABLES, UnknownPrice, price_table

THEN = price_table(on=date(2019, 8, 19))
BEFORE_INIT = price_table(on=date(2025, 6, 4))
NOW = price_table()

memory = st.integers(128, 10_240)
ms = st.floats(0.01, 900_000, allow_nan=False)
tables = st.sampled_from(TABLES)


@pytest.mark.parametrize(
    ("duration", "init", "table", "billed"),
    [
        (12.34, 0, THEN, 100),
        (3262.82, 1017.49, BEFORE_INIT, 3263),
        (18990.89, 353.02, NOW, 19344),
        (1233.96, 463.512, NOW, 1698),
        (133.61, 80.00, NOW, 214),
        (3016.78, 84.00, NOW, 3101),
        (3004.92, 111.23, NOW, 3117),
        (26.73, 0, NOW, 27),
        (100.10, 99.90, NOW, 200),
    ],
)
def test_billed_time_is_that_of_real_report_lines(duration, init, table, billed):
    assert billed_ms(duration, table, init_ms=init) == billed


@given(memory, ms, ms, tables)
def test_longer_never_costs_less(size, one, other, table):
    short, long = sorted((one, other))
    assert billed_ms(short, table) <= billed_ms(long, table)
    assert invocation_cost(size, billed_ms(short, table), table) <= invocation_cost(
        size, billed_ms(long, table), table
    )


@given(memory, memory, ms)
def test_more_memory_for_the_same_time_never_costs_less(one, other, duration):
    small, large = sorted((one, other))
    billed = billed_ms(duration, NOW)
    assert compute_cost(small, billed, NOW) <= compute_cost(large, billed, NOW)


@given(ms, tables)
def test_billed_time_covers_the_duration_by_less_than_one_step(duration, table):
    billed = billed_ms(duration, table)
    assert billed % table.rounding_ms == 0
    assert 0 <= Decimal(billed) - Decimal(str(duration)) < table.rounding_ms


@pytest.mark.parametrize("bad", [-1, float("nan"), float("inf")])
def test_a_duration_that_is_none_is_refused(bad):
    with pytest.raises(ValueError, match="0 or more"):
        billed_ms(bad, NOW)


def test_the_request_fee_is_twenty_cents_a_million():
    with_fee = invocation_cost(128, 10, NOW)
    assert (with_fee - invocation_cost(128, 10, NOW, request_fee=False)) * 10**6 == Decimal("0.2")


def test_a_month_inside_the_free_tier_costs_nothing():
    # 1,000,000 requests of 3,200 ms at 128 MB are 400,000 GB-seconds to the digit.
    bill = month(1_000_000, 128, 3200, NOW, free_tier=True)
    assert bill.gb_s == 400_000
    assert bill.total_usd == 0
    assert month(1_000_000, 128, 3200, NOW).total_usd == Decimal("6.86668")


def test_a_month_past_the_free_tier_pays_for_the_rest_only():
    bill = month(3_000_000, 512, 1000, NOW, free_tier=True)
    assert bill.requests_usd == Decimal("0.4")
    assert bill.compute_usd == Decimal(1_100_000) * Decimal("0.0000166667")


def test_the_free_tier_of_a_period_without_a_source_is_refused():
    with pytest.raises(UnknownPrice, match="free tier"):
        month(1, 128, 100, THEN, free_tier=True)


def test_a_month_of_2019_follows_the_published_table_for_100_ms():
    bill = month(1_000_000, 128, 200, THEN)
    assert bill.compute_usd == Decimal("0.416")
    assert bill.requests_usd == Decimal("0.2")


def test_volume_beyond_each_step_pays_the_next_price():
    billions = Decimal(10**9)
    expected = billions * (
        6 * Decimal("0.0000166667") + 9 * Decimal("0.0000150000") + 5 * Decimal("0.0000133334")
    )
    assert tiered_cost(20 * billions, NOW) == expected


@given(st.integers(0, 10**11), st.integers(0, 10**11))
def test_volume_price_rises_and_each_part_costs_no_more_than_the_first_price(one, other):
    low, high = sorted((one, other))
    assert tiered_cost(low, NOW) <= tiered_cost(high, NOW) <= high * NOW.usd_per_gb_s


def test_provisioned_concurrency_is_counted_in_steps_of_five_minutes():
    five = provisioned_cost(1024, 10, 1, NOW)
    assert five == 10 * 300 * Decimal("0.0000041667")
    assert provisioned_cost(1024, 10, 301, NOW) == 2 * five
    with pytest.raises(UnknownPrice, match="provisioned"):
        provisioned_cost(1024, 10, 1, price_table("us-east-1", "arm64"))


def test_tmp_is_free_up_to_512_mb():
    assert ephemeral_cost(512, 1000, NOW) == 0
    assert ephemeral_cost(512 + 1024, 1000, NOW) == Decimal("0.0000000309")
    with pytest.raises(UnknownPrice, match="/tmp"):
        ephemeral_cost(1024, 1000, THEN)
