"""A zone fails under load. Source: Lambda Developer Guide, "Resilience in AWS Lambda" (read
2026-11): a function in several zones goes on. When Lambda notices is ours (`vpc.placement`)."""

from __future__ import annotations

import pytest

from bench.cloud import running
from bench.zone_failure import run, share_ok


@pytest.mark.measures
def test_with_two_zones_a_function_lives_on_and_with_one_it_does_not() -> None:
    """Counts only: requests that began after the first time-out was known."""
    with running() as cloud:
        two, one = run(cloud, subnets=2), run(cloud, subnets=1, after_s=5.0)
    assert share_ok(two.before) == share_ok(one.before) == 1.0
    assert share_ok(two.meanwhile) < 1.0, "the failure was not felt at all"
    assert len(two.after) > 50
    assert share_ok(two.after) >= 0.99
    assert len(one.after) > 20
    assert share_ok(one.after) == 0.0
