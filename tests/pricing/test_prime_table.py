"""Every number of the talk's prime table, to its printed digit."""

import itertools
from decimal import Decimal

import pytest

from serverless_course.pricing.prime_table import TALK_ROWS, prime_table, published_formula

# memory, talk, formula, then, x86 now, arm now: dollars for 1,000 invocations
PRINTED = [
    (128, "0.024628", "0.0246277", "0.024744", "0.024623", "0.019738"),
    (256, "0.028035", "0.0280345", "0.028139", "0.028029", "0.022463"),
    (512, "0.026830", "0.0268299", "0.026888", "0.026825", "0.021500"),
    (1024, "0.024638", "0.0246380", "0.025205", "0.024633", "0.019747"),
]


def printed(value, like):
    return str(value.quantize(Decimal(like)))


@pytest.mark.parametrize("region", ["us-east-1", "sa-east-1"])
@pytest.mark.parametrize(("index", "row"), list(enumerate(PRINTED)))
def test_every_printed_digit(region, index, row):
    memory, talk, formula, then, x86, arm = row
    computed = prime_table(region)[index]
    assert computed.talk.memory_mb == memory
    assert str(computed.talk.usd) == talk
    assert printed(computed.formula, talk) == talk
    assert printed(computed.formula, formula) == formula
    assert printed(computed.then, then) == then
    assert printed(computed.x86, x86) == x86
    assert printed(computed.arm, arm) == arm


def test_the_formula_needs_the_rounded_rate():
    exact_rate = Decimal("0.0000166667")
    row = TALK_ROWS[1]
    cost = (row.memory_mb * row.seconds / 1024 * exact_rate + Decimal("0.0000002")) * 1000
    assert printed(cost, "0.000001") != str(row.usd)


def test_what_the_talk_reads_from_it():
    by_cost = sorted(TALK_ROWS, key=lambda row: row.usd)
    assert [row.memory_mb for row in by_cost] == [128, 1024, 512, 256]
    assert by_cost[1].usd - by_cost[0].usd == Decimal("0.000010")
    assert TALK_ROWS[0].seconds - TALK_ROWS[3].seconds == Decimal("10.256981")
    ratios = [round(float(a.seconds / b.seconds), 3) for a, b in itertools.pairwise(TALK_ROWS)]
    assert ratios == [1.755, 2.090, 2.179]


def test_the_operator_guides_label_1536_cannot_be_right():
    assert printed(published_formula(1536, TALK_ROWS[3].seconds), "0.000001") == "0.036857"
