"""The bill of a million orders three ways: worked by hand, and None where no price is known."""

from __future__ import annotations

from decimal import Decimal

import pytest

from serverless_course.pricing import orchestration
from serverless_course.pricing.orchestration import (
    Used,
    durable_bill,
    express_bill,
    standard_bill,
    waiting_bill,
)
from serverless_course.pricing.vpc import Bill

MILLION = 1_000_000
# 512 MB for 1,000 ms and 500 ms: 0.75 GB-seconds.
USED = Used.of(512, [1000, 500])


def by_line(bill: Bill) -> dict[str, Decimal | None]:
    return {line.what: line.usd for line in bill.lines}


def test_used_adds_up_what_was_billed() -> None:
    assert Used(2, Decimal("0.75")) == USED


def test_code_that_waits_pays_lambda_alone() -> None:
    found = by_line(waiting_bill(MILLION, USED))
    # 2 million requests at 0.20; 750,000 GB-seconds at 0.0000166667.
    assert found == {"requests": Decimal("0.4"), "duration": Decimal("12.500025")}


def test_a_standard_machine_pays_for_each_transition() -> None:
    bill = standard_bill(MILLION, USED, 7)
    assert by_line(bill)["state transitions (standard)"] == 175
    assert bill.usd == Decimal("187.900025")
    brazil = standard_bill(MILLION, USED, 7, "sa-east-1")
    assert by_line(brazil)["state transitions (standard)"] == Decimal("262.5")


def test_an_express_machine_pays_by_time_in_its_steps() -> None:
    # 2.01 s count as 2.1 s, 65 MB as 128 MB: 2.1 x 0.125 GB x 0.00001667 each, and 1 dollar.
    found = by_line(express_bill(MILLION, USED, 2.01, 65))
    assert found["requests (express)"] == 1
    assert found["duration (express)"] == Decimal("4.375875")


def test_a_durable_function_pays_for_operations_and_for_data() -> None:
    bill = durable_bill(MILLION, USED, 9, 1024, retention_days=14)
    found = by_line(bill)
    assert found["durable operations"] == 72
    gigabytes = Decimal(1024) * MILLION / 1024**3
    assert found["data written by checkpoints"] == gigabytes * Decimal("0.25")
    months = Decimal(14) / (Decimal(730) / 24)
    assert found["data kept after the end"] == pytest.approx(gigabytes * months * Decimal("0.15"))
    assert bill.usd == sum(line.usd or 0 for line in bill.lines)


@pytest.mark.parametrize("what", ["express", "durable"])
def test_where_no_price_is_known_there_is_no_total(what: str) -> None:
    bill = (
        express_bill(MILLION, USED, 1, region="sa-east-1")
        if what == "express"
        else durable_bill(MILLION, USED, 9, 1024, region="sa-east-1")
    )
    assert bill.usd is None
    assert all(what in line.what or "data" in line.what for line in bill.unknown)
    assert all("not known" in line.source for line in bill.unknown)


def test_each_price_says_its_source_and_its_date() -> None:
    for rates in orchestration.RATES.values():
        for rate in rates.values():
            assert len(rate.source) > 20
            assert "2026" in rate.describe()
