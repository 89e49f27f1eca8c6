"""Arithmetic and words of the engine: bandwidth account, REPORT lines, function names."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serverless_course.localcloud.lambda_.environment.governor.bandwidth import (
    PERIOD_MS,
    TICK_MS,
    Bandwidth,
    share_of,
)
from serverless_course.localcloud.lambda_.environment.report import (
    InvocationReport,
    init_report_line,
)
from serverless_course.localcloud.lambda_.function_version import FunctionReference, parse_reference

TICKS = round(PERIOD_MS / TICK_MS)


def used_in(account: Bandwidth, periods: int, cores: float = 1.0) -> float:
    """CPU milliseconds that busy work gets under an account kept as the governor keeps it."""
    used = 0.0
    for tick in range(periods * TICKS):
        ran = 0.0 if account.throttled else TICK_MS * cores
        used += ran
        if tick % TICKS == 0:
            account.refill()
        account.charge(ran)
    return used


@given(st.one_of(st.integers(128, 1600), st.just(1769)))
def test_busy_work_gets_its_share_in_the_long_run(memory_mb: int) -> None:
    share = share_of(memory_mb)
    periods = 4000
    assert used_in(Bandwidth(share), periods) == pytest.approx(
        share * periods * PERIOD_MS, rel=0.01
    )


@given(st.integers(1601, 1768))
def test_just_below_one_vcpu_ticks_cost_up_to_six_percent(memory_mb: int) -> None:
    """A hold lasts whole ticks of 4 ms, which is more than such a size is to be held: what its
    pool has left at the end of a period is lost, as it is in the kernel."""
    promised = share_of(memory_mb) * 4000 * PERIOD_MS
    assert 0.94 * promised <= used_in(Bandwidth(share_of(memory_mb)), 4000) <= 1.01 * promised


@given(st.integers(1770, 3538))
def test_two_busy_threads_get_their_share_in_the_long_run(memory_mb: int) -> None:
    share = share_of(memory_mb)
    assert used_in(Bandwidth(share), 4000, cores=2.0) == pytest.approx(
        share * 4000 * PERIOD_MS, rel=0.01
    )


@given(
    st.integers(128, 1769),
    st.lists(st.tuples(st.sampled_from(["charge", "refill"]), st.floats(0, 40)), max_size=60),
)
def test_debt_is_never_forgiven(memory_mb: int, steps: list[tuple[str, float]]) -> None:
    """Whatever happens, what was used is covered by what was granted, or stands as debt."""
    account = Bandwidth(share_of(memory_mb))
    granted, used = account.quota, 0.0
    for kind, amount in steps:
        if kind == "refill":
            account.refill()
            granted += account.quota
        else:
            account.charge(amount)
            used += amount
        assert used <= granted - account.local + 1e-3
        assert account.throttled == (account.local <= 0) or not account.throttled


@given(st.floats(1, 500))
def test_a_debt_is_paid_before_it_runs_again(late_ms: float) -> None:
    account = Bandwidth(share_of(128))
    account.charge(account.quota + late_ms)
    periods = 0
    while account.throttled:
        account.refill()
        periods += 1
    assert periods == pytest.approx(late_ms / account.quota, abs=1.01)


def test_the_share_of_a_memory_size() -> None:
    assert share_of(1769) == 1.0
    assert share_of(3538) == 2.0
    assert share_of(128) == pytest.approx(0.07236, abs=1e-5)


@given(st.floats(0, 900_000), st.one_of(st.none(), st.floats(0, 10_000)))
def test_billed_is_both_durations_rounded_up(duration: float, init: float | None) -> None:
    report = InvocationReport("id", duration, 128, 40, init)
    assert report.billed_ms == math.ceil(round(duration + (init or 0.0), 2))
    # REPORT tells two decimals, and what it tells is what is billed.
    assert -0.01 < report.billed_ms - (duration + (init or 0.0)) < 1.01


def test_the_report_line_is_awss() -> None:
    assert InvocationReport("6f", 12.346, 128, 40, 101.2).line() == (
        "REPORT RequestId: 6f\tDuration: 12.35 ms\tBilled Duration: 114 ms\tMemory Size: 128 MB\t"
        "Max Memory Used: 40 MB\tInit Duration: 101.20 ms\t\n"
    )
    assert InvocationReport("6f", 1000, 128, 128, None, "error", "Runtime.OutOfMemory").line() == (
        "REPORT RequestId: 6f\tDuration: 1000.00 ms\tBilled Duration: 1000 ms\t"
        "Memory Size: 128 MB\tMax Memory Used: 128 MB\tStatus: error\t"
        "Error Type: Runtime.OutOfMemory\t\n"
    )
    assert InvocationReport("6f", 1, 128, 40, 2, "error", "X").record() == {
        "requestId": "6f",
        "status": "error",
        "errorType": "X",
        "metrics": {
            "durationMs": 1,
            "billedDurationMs": 3,
            "memorySizeMB": 128,
            "maxMemoryUsedMB": 40,
            "initDurationMs": 2,
        },
    }
    assert init_report_line(10_000, "init", "timeout") == (
        "INIT_REPORT Init Duration: 10000.00 ms\tPhase: init\tStatus: timeout\n"
    )
    assert init_report_line(2.5, "init", "success") == (
        "INIT_REPORT Init Duration: 2.50 ms\tPhase: init\n"
    )
    assert init_report_line(1, "invoke", "error", "Runtime.ExitError").endswith(
        "\tPhase: invoke\tStatus: error\tError Type: Runtime.ExitError\n"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("primes", ("primes", None, None)),
        ("primes:$LATEST", ("primes", "$LATEST", None)),
        ("primes:live", ("primes", "live", None)),
        ("123456789012:function:primes", ("primes", None, None)),
        ("123456789012:function:primes:3", ("primes", "3", None)),
        ("function:primes", ("primes", None, None)),
        ("arn:aws:lambda:eu-west-1:123456789012:function:a-b_c", ("a-b_c", None, "eu-west-1")),
        ("arn:aws:lambda:eu-west-1:123456789012:function:f:7", ("f", "7", "eu-west-1")),
    ],
)
def test_a_function_as_it_may_be_named(
    text: str, expected: tuple[str, str | None, str | None]
) -> None:
    account = "123456789012" if "123456789012" in text else None
    assert parse_reference(text) == FunctionReference(*expected, account)


@pytest.mark.parametrize("text", ["", "a b", "a/b", "a:b:c:d", "primes\n", "$LATEST", "a:$OTHER"])
def test_what_names_no_function(text: str) -> None:
    assert parse_reference(text) is None


@given(st.integers(128, 1769), st.lists(st.floats(0.1, 1.0), min_size=1, max_size=30))
def test_short_work_after_a_pause_is_never_held(memory_mb: int, works: list[float]) -> None:
    """AWS's almost empty handler takes as long at 128 MB as at 1,024 MB (maxday/lambda-perf,
    2026-08-21): its work fits into what a waking environment has, wherever a tick falls in it."""
    account = Bandwidth(share_of(memory_mb))
    for work_ms in works:
        account.wake()
        for part in (0.6, 0.4):
            account.charge(part * work_ms)
            assert not account.throttled
        account.rest()
