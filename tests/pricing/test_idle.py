"""What traffic costs on Lambda and on hosts: worked examples, and what must hold for all."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serverless_course.pricing.hosts import FARGATE_RATES, fargate_task, small_instance
from serverless_course.pricing.idle import (
    Traffic,
    Work,
    break_even,
    copies,
    following_usd,
    host_usd,
    lambda_usd,
)
from serverless_course.pricing.tables import UnknownPrice, price_table

WORK = Work(billed_ms=50, memory_mb=512, cpu_ms=15)
TABLE = price_table()
RATES = st.lists(st.decimals(0, 500, places=1), min_size=24, max_size=24)


def steady(rate: float) -> Traffic:
    return Traffic.of([rate] * 24)


def test_a_fargate_task_costs_its_vcpu_and_its_memory() -> None:
    # 0.25 x 0.04048 + 0.5 x 0.004445 (rates of March 2026).
    assert fargate_task().usd_per_hour == Decimal("0.0123425")
    assert fargate_task(architecture="arm64").usd_per_hour == Decimal("0.009875")


def test_a_price_that_nobody_confirms_is_none_and_not_a_guess() -> None:
    host = small_instance("sa-east-1")
    assert host.usd_per_hour is None
    assert "not confirmed" in host.source
    assert host_usd(steady(1), WORK, host) is None
    assert following_usd(steady(1), WORK, host) is None
    with pytest.raises(UnknownPrice, match="no price"):
        break_even(WORK, host, TABLE)
    own = host.at(Decimal("0.03"))
    assert host_usd(steady(1), WORK, own) == 2 * Decimal("0.03") * 730


def test_a_month_of_one_request_a_second() -> None:
    # 730 h: 2,628,000 requests; 0.025 GB-s each at 0.0000166667, and 0.20 a million.
    expected = 2_628_000 * (Decimal("0.025") * Decimal("0.0000166667") + Decimal("0.0000002"))
    assert lambda_usd(steady(1), WORK, TABLE) == pytest.approx(expected)
    assert lambda_usd(steady(0), WORK, TABLE) == 0


def test_idle_hosts_cost_the_same_as_busy_ones() -> None:
    host = small_instance()
    assert host_usd(steady(0), WORK, host) == host_usd(steady(1), WORK, host) == Decimal("30.368")


def test_hosts_are_sized_for_the_peak_and_for_what_they_may_use_without_end() -> None:
    spike = Traffic.of([400, *[0] * 23])
    # 400 x 0.015 s = 6 vCPU in the peak; at 60 % of 2 vCPU each: five instances.
    assert copies(spike, WORK, small_instance()) == 5
    # Steady 400: 6 vCPU without end, at a baseline of 0.4 each: fifteen.
    assert copies(steady(400), WORK, small_instance()) == 15


def test_the_break_even_is_where_both_bills_are_equal() -> None:
    host = small_instance()
    rate = break_even(WORK, host, TABLE)
    assert rate is not None
    at_rate = steady(float(rate))
    assert lambda_usd(at_rate, WORK, TABLE) == pytest.approx(
        host_usd(at_rate, WORK, host), rel=1e-3
    )
    assert copies(at_rate, WORK, host) == 2


def test_work_that_keeps_a_cpu_busy_at_little_memory_has_no_break_even_on_dear_hosts() -> None:
    heavy = Work(billed_ms=100, memory_mb=128, cpu_ms=100)
    assert break_even(heavy, small_instance().at(Decimal(5)), TABLE) is None
    idle = Work(billed_ms=100, memory_mb=128, cpu_ms=0)
    assert break_even(idle, small_instance(), TABLE) is not None


@given(RATES)
def test_hosts_that_follow_the_hour_never_cost_more_than_hosts_for_the_peak(rates) -> None:
    traffic, host = Traffic.of(rates), fargate_task()
    following, peak = following_usd(traffic, WORK, host), host_usd(traffic, WORK, host)
    assert following is not None
    assert peak is not None
    assert following <= peak * Decimal("1.0000001")


@given(RATES)
def test_lambdas_bill_depends_on_how_many_and_not_on_when(rates) -> None:
    assert lambda_usd(Traffic.of(rates), WORK, TABLE) == lambda_usd(
        Traffic.of(sorted(rates)), WORK, TABLE
    )


@pytest.mark.parametrize("rates", [[1] * 23, [1] * 25, [], [-1] + [1] * 23])
def test_what_is_no_day_is_refused(rates) -> None:
    with pytest.raises(ValueError, match=r"24 numbers|0 or more"):
        Traffic.of(rates)


def test_every_fargate_rate_is_for_a_region_with_lambda_prices() -> None:
    for region, architecture in FARGATE_RATES:
        assert price_table(region, architecture)
    with pytest.raises(UnknownPrice):
        fargate_task("eu-central-1")
