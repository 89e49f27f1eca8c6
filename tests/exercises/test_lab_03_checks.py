"""Lab 03's checks: what each says to figures and answers, without a cloud."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from serverless_course.exercises.checks.lab_03_function_anatomy import (
    apart,
    cold_starts,
    connections,
    layers,
    posters,
    receipts,
)
from serverless_course.exercises.feedback import CodeError, NotYet, Right
from serverless_course.exercises.verdict import State

NO_LAB: Any = None


def good_test(refund_cents: Any) -> None:
    assert refund_cents(10_000, 30, 250) == 9_750
    assert refund_cents(10_000, 29, 250) == 4_750
    assert refund_cents(10_001, 7, 250) == 4_750
    assert refund_cents(10_000, 6, 250) == 0
    assert refund_cents(100, 60, 250) == 0


def test_each_planted_mistake_differs_from_the_rules_and_a_good_test_finds_it() -> None:
    cases = [(10_001, days, 250) for days in range(60)] + [(100, 60, 250), (300, 10, 250)]
    for what, rules in apart.PLANTED.items():
        wrong = [case for case in cases if rules(*case) != apart.right(*case)]
        assert wrong, what
        with pytest.raises(AssertionError):
            good_test(rules)
    apart._test_is_good(good_test)


@pytest.mark.parametrize(
    ("test", "says"),
    [
        (lambda refund: None, "it asserts nothing"),
        (lambda refund: refund(10_000, 30, 250) == 0, "it asserts nothing"),
    ],
)
def test_a_test_that_cannot_fail_is_told_so(test, says) -> None:
    with pytest.raises(NotYet, match=says):
        apart._test_is_good(test)


def test_a_test_of_one_case_is_told_what_it_misses() -> None:
    def one_case(refund: Any) -> None:
        assert refund(10_000, 100, 250) == 9_750

    with pytest.raises(NotYet, match="happy with rules that are wrong") as raised:
        apart._test_is_good(one_case)
    assert raised.value.got == "found 1 of 6 mistakes"


def test_a_test_that_fails_for_right_rules_is_told_so() -> None:
    def wrong(refund: Any) -> None:
        assert refund(10_000, 30, 250) == 10_000, "no fee?"

    with pytest.raises(NotYet, match="fails for rules that are right: no fee"):
        apart._test_is_good(wrong)


def test_an_answer_that_is_no_function_is_told_before_anything_is_looked_at() -> None:
    for check, answer in ((apart.apart, "test_refund"), (layers.layer, "arn:aws:lambda")):
        verdict = check.run(NO_LAB, answer)
        assert verdict.state is State.NOT_YET_RIGHT
        assert "the function itself" in verdict.message


def written(folder: Path, monkeypatch: pytest.MonkeyPatch, rules: str) -> None:
    (folder / "rules.py").write_text(rules)
    monkeypatch.setattr(apart, "function_folder", lambda slug, short: folder)


RIGHT_RULES = """
def refund_cents(paid_cents, days_left, fee_cents):
    if days_left < 7:
        return 0
    return max((paid_cents if days_left >= 30 else paid_cents // 2) - fee_cents, 0)
"""


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        ('"""Nothing yet."""\n', "no function"),
        ("import boto3\n" + RIGHT_RULES, "something of the cloud"),
        ("import os\nFEE = os.environ['FEE_CENTS']\n" + RIGHT_RULES, "something of the cloud"),
        (RIGHT_RULES.replace("30", "31"), "do not say what functions/refund says"),
        (RIGHT_RULES.replace("< 7", "<= 7"), "do not say what functions/refund says"),
        ("def refund_cents(*case):\n    return 0\n", "do not say what functions/refund says"),
        ("def refund_cents(*case):\n    return 1 / 0\n", "raised ZeroDivisionError"),
    ],
)
def test_rules_are_run_where_there_is_no_cloud(rules, says, tmp_path, monkeypatch) -> None:
    written(tmp_path, monkeypatch, rules)
    with pytest.raises((NotYet, CodeError), match=says):
        apart._rules_alone()


def test_right_rules_pass_with_fresh_cases(tmp_path, monkeypatch) -> None:
    written(tmp_path, monkeypatch, RIGHT_RULES)
    for _ in range(3):
        assert "9 cases" in apart._rules_alone()[0]


def test_rules_that_print_are_no_trouble(tmp_path, monkeypatch) -> None:
    written(tmp_path, monkeypatch, RIGHT_RULES + "print('loaded')\n")
    assert apart._rules_alone()


@pytest.mark.parametrize(
    ("grown_mb", "is_kept", "says"),
    [
        (42, False, "something of each order"),
        (42, True, "kept for ever"),
        (19, True, "kept for ever"),
        (3, False, "nothing is kept"),
    ],
)
def test_a_leak_is_told_by_its_kind(grown_mb, is_kept, says) -> None:
    with pytest.raises(NotYet, match=says):
        posters._judge(grown_mb, is_kept, [])


def test_bounded_posters_are_right() -> None:
    assert isinstance(posters._judge(18, True, []), Right)


def test_drawings_are_counted_however_they_are_called(tmp_path) -> None:
    (tmp_path / "counting.py").write_text(posters.COUNTING)
    (tmp_path / "index.py").write_text(
        "from hashlib import pbkdf2_hmac\n"
        "def handler(event, context):\n"
        "    pbkdf2_hmac('sha256', b'a', b'b', 1)\n"
    )
    code = "import counting\nprint(counting.handler(1, None), counting.handler(2, None))"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == ["1", "2"]


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        (4, 2, "one for each event"),
        (0, 0, "no connection was opened"),
        (1, 0, "no connection was opened"),
        (3, 2, "opened again when the hall"),
        (2, 1, "opened again when the hall"),
    ],
)
def test_connections_are_told_by_their_number(first, second, says) -> None:
    with pytest.raises(NotYet, match=says):
        connections._judge(first, second, [])


def test_one_connection_for_each_hall_is_fine() -> None:
    assert connections._judge(1, 1, []) is None


@pytest.mark.parametrize(
    ("arn", "says"),
    [
        ("arn:aws:lambda:us-east-1:123456789012:layer:dishes", "takes a version of it"),
        (None, "`return` missing"),
        ("dishes", "must return the LayerVersionArn"),
        (7, "must return the LayerVersionArn"),
    ],
)
def test_what_is_no_layer_version_is_told_before_lambda_is_asked(arn, says) -> None:
    with pytest.raises(NotYet, match=says):
        layers._attach(NO_LAB, arn)


def test_pythons_import_times_are_read() -> None:
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import json.decoder"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {
        found[1] for line in ran.stderr.splitlines() if (found := cold_starts.IMPORTED.search(line))
    }
    assert {"json", "json.decoder"} <= loaded
    assert not cold_starts.IMPORTED.search("[INFO] | json")


def test_the_boto3_that_counts_counts_every_way_to_a_client(tmp_path) -> None:
    (tmp_path / "boto3.py").write_text(cold_starts.COUNTING_BOTO3)
    (tmp_path / "counting.py").write_text(cold_starts.COUNTING_HANDLER)
    (tmp_path / "index.py").write_text(
        "import boto3\n"
        "def handler(event, context):\n"
        "    made = {'client': lambda: boto3.client('s3'), 'none': lambda: None,\n"
        "        'resource': lambda: boto3.resource('s3').Table('t').put_item(Item={}),\n"
        "        'session': lambda: boto3.session.Session().client('s3')}\n"
        "    made[event]()\n"
    )
    code = (
        "import counting\n"
        "for kind in ('none', 'client', 'resource', 'session', 'none'):\n"
        "    print(counting.handler(kind, None))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == ["0", "1", "2", "3", "3"]


class Shop:
    """A lab whose table fills up after some events."""

    def __init__(self, after: int) -> None:
        self.events, self.after = 0, after

    def name(self, short: str, kind: str = "") -> str:
        return short


@pytest.mark.parametrize(
    ("after", "says"), [(1, "frozen.*thawed it"), (3, "frozen.*thawed it"), (99, "never printed")]
)
def test_a_receipt_that_is_late_is_told_from_one_that_never_comes(after, says, monkeypatch) -> None:
    shop = Shop(after)

    def event(lab: Any, short: str, payload: Any) -> Any:
        shop.events += 1

    monkeypatch.setattr(receipts, "fresh", event)
    monkeypatch.setattr(
        receipts, "item", lambda lab, key: {"id": 1} if shop.events >= after else {}
    )
    monkeypatch.setattr(receipts.time, "sleep", lambda seconds: None)
    told = receipts._not_there(shop, "receipt-1", 0.3, [])
    assert re.search(says, told.message)
