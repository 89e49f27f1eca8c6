"""Address plans: AWS's five, the formula of 2019, Hyperplane, and blocks cut into subnets."""

from ipaddress import ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serverless_course.network.addresses import (
    interfaces_now,
    interfaces_then,
    overlaps,
    split,
    usable,
)


@pytest.mark.parametrize(
    # VPC User Guide, "Subnet CIDR blocks": a /28 has 16 addresses, five of them AWS's.
    ("prefix", "left"),
    [("10.0.0.0/28", 11), ("10.0.0.0/24", 251), ("10.0.0.0/16", 65531)],
)
def test_five_addresses_of_each_subnet_are_not_given_out(prefix: str, left: int) -> None:
    assert usable(prefix) == left


@pytest.mark.parametrize(
    ("prefix", "says"),
    [
        ("10.0.0.0/29", "/29"),
        ("10.0.0.0/15", "/15"),
        ("10.0.0.1/24", "host bits"),
        ("house", "no IPv4 CIDR block"),
        ("2600::/56", "no IPv4 CIDR block"),
    ],
)
def test_a_block_that_no_subnet_may_have_is_refused(prefix: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        usable(prefix)


@pytest.mark.parametrize(
    # Lambda Developer Guide, 19 Aug 2019: peak concurrent executions * (memory in GB / 3 GB).
    ("peak", "memory", "interfaces"),
    [(1000, 3072, 1000), (1000, 1536, 500), (1000, 128, 42), (1, 128, 1), (0, 128, 0)],
)
def test_before_hyperplane_interfaces_grew_with_concurrency(
    peak: int, memory: int, interfaces: int
) -> None:
    assert interfaces_then(peak, memory) == interfaces


def test_since_hyperplane_they_grow_with_subnets_and_group_sets() -> None:
    assert interfaces_now(3) == 3
    assert interfaces_now(3, group_sets=2) == 6
    assert interfaces_now(2, connections=65_000) == 2
    assert interfaces_now(2, connections=65_001) == 4


def test_negative_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        interfaces_now(-1)
    with pytest.raises(ValueError, match="0 or more"):
        interfaces_then(-1, 128)


def test_overlapping_prefixes_are_found_in_pairs() -> None:
    assert overlaps(["10.0.0.0/16", "10.0.5.0/24", "10.1.0.0/16", "10.0.5.128/25"]) == [
        ("10.0.0.0/16", "10.0.5.0/24"),
        ("10.0.0.0/16", "10.0.5.128/25"),
        ("10.0.5.0/24", "10.0.5.128/25"),
    ]


@settings(deadline=None)
@given(
    st.integers(16, 26),
    st.integers(1, 4),
    st.lists(st.sampled_from(["public", "private", "data"]), unique=True, min_size=1),
)
def test_a_plan_stays_within_its_block_and_never_overlaps(
    length: int, zones: int, tiers: list[str]
) -> None:
    whole = ip_network(f"10.64.0.0/{length}")
    names = [f"us-east-1{letter}" for letter in "abcd"[:zones]]
    try:
        plan = split(str(whole), names, tiers)
    except ValueError:
        assert length + (zones * len(tiers) - 1).bit_length() > 28
        return
    assert [(each.tier, each.zone) for each in plan] == [(t, z) for t in tiers for z in names]
    assert all(each.prefix.subnet_of(whole) for each in plan)
    assert overlaps(str(each.prefix) for each in plan) == []
    assert all(each.usable == usable(str(each.prefix)) for each in plan)


def test_three_zones_and_three_tiers_of_a_16_are_nine_20s() -> None:
    plan = split("10.0.0.0/16", ["a", "b", "c"], ["public", "private", "data"])
    assert {each.prefix.prefixlen for each in plan} == {20}
    assert plan[3].name == "private a"
    assert str(plan[3].prefix) == "10.0.48.0/20"


def test_a_plan_needs_room_and_names_that_differ() -> None:
    with pytest.raises(ValueError, match="smallest is a /28"):
        split("10.0.0.0/26", ["a", "b", "c"])
    with pytest.raises(ValueError, match="zone"):
        split("10.0.0.0/16", ["a", "a"])
    with pytest.raises(ValueError, match="tier"):
        split("10.0.0.0/16", ["a"], [])
