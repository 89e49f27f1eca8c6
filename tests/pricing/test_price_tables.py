"""The dated tables: which one holds when, and that their digits are the sources' digits."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise, product

import pytest

from serverless_course.pricing.tables import (
    ARCHITECTURES,
    REGIONS,
    TABLES,
    UnknownPrice,
    price_table,
)


@pytest.mark.parametrize(
    ("day", "rounding_ms", "init_billed", "rate"),
    [
        (date(2017, 1, 26), 100, False, "0.00001667"),
        (date(2019, 8, 19), 100, False, "0.00001667"),
        (date(2020, 11, 30), 100, False, "0.00001667"),
        (date(2020, 12, 1), 1, False, "0.0000166667"),
        (date(2025, 7, 31), 1, False, "0.0000166667"),
        (date(2025, 8, 1), 1, True, "0.0000166667"),
        (None, 1, True, "0.0000166667"),
    ],
)
@pytest.mark.parametrize("region", REGIONS)
def test_rules_change_on_their_dates(region, day, rounding_ms, init_billed, rate):
    table = price_table(region, on=day)
    assert table.rounding_ms == rounding_ms
    assert table.init_billed is init_billed
    assert table.usd_per_gb_s == Decimal(rate)
    assert table.request * 1_000_000 == Decimal("0.20")


@pytest.mark.parametrize(
    ("architecture", "rates", "steps"),
    [
        ("x86_64", ["0.0000166667", "0.0000150000", "0.0000133334"], [0, 6, 15]),
        ("arm64", ["0.0000133334", "0.0000120001", "0.0000106667"], [0, 7.5, 18.75]),
    ],
)
def test_volume_tiers_have_the_price_lists_digits(architecture, rates, steps):
    tiers = price_table("sa-east-1", architecture).gb_second
    assert [tier.usd_per_gb_s for tier in tiers] == [Decimal(rate) for rate in rates]
    assert [tier.above_gb_s / 1e9 for tier in tiers] == steps


def test_sao_paulo_differs_only_where_the_price_list_does():
    north, south = price_table("us-east-1"), price_table("sa-east-1")
    assert north.gb_second == south.gb_second
    assert north.provisioned_gb_second == Decimal("0.0000041667")
    assert south.provisioned_gb_second == Decimal("0.0000066372")
    assert north.provisioned_duration_gb_second == Decimal("0.0000097222")
    assert south.provisioned_duration_gb_second == Decimal("0.0000154867")
    assert north.ephemeral_gb_second == Decimal("0.0000000309")
    assert south.ephemeral_gb_second == Decimal("0.0000000586")


def test_no_day_has_two_tables_and_no_gap_follows_the_first():
    for region, architecture in product(REGIONS, ARCHITECTURES):
        tables = [t for t in TABLES if (t.region, t.architecture) == (region, architecture)]
        for earlier, later in pairwise(tables):
            assert earlier.valid_to is not None
            assert later.valid_from == earlier.valid_to + timedelta(days=1)
        assert [t.valid_to for t in tables if t.valid_to is None] == [None]


def test_every_table_names_its_sources_with_a_year():
    for table in TABLES:
        assert table.sources
        assert all("20" in source or "tiered" in source for source in table.sources)
        assert table.region in table.describe()
        assert table.sources[0] in table.describe()


@pytest.mark.parametrize(
    ("region", "architecture", "day"),
    [
        ("af-south-1", "x86_64", None),
        ("us-east-1", "riscv", None),
        ("us-east-1", "x86_64", date(2016, 1, 1)),
        ("us-east-1", "arm64", date(2021, 9, 28)),
    ],
)
def test_an_unsourced_price_is_refused_and_the_message_says_what_there_is(
    region, architecture, day
):
    with pytest.raises(UnknownPrice, match="us-east-1 and sa-east-1"):
        price_table(region, architecture, on=day)
