"""Parts of Elastic Load Balancing that need no server."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from serverless_course.localcloud.elasticloadbalancing.health_checks import matches
from serverless_course.localcloud.elasticloadbalancing.matching import fits, fits_escaped, name_of
from serverless_course.localcloud.elasticloadbalancing.serving.balancer_metrics import (
    Outcome,
    values_of,
)

TEXTS = some.text(alphabet="aB*?\\.", max_size=8)


@given(TEXTS)
def test_a_text_with_its_wildcards_escaped_is_itself(text: str) -> None:
    escaped = "".join(f"\\{each}" if each in "*?\\" else each for each in text)
    assert fits_escaped(escaped, text.upper())
    assert not fits_escaped(escaped, f"{text}x")


def test_wildcards_and_backslashes() -> None:
    assert fits("*.Shop.?om", "www.shop.COM")
    assert not fits("*.shop.com", "shop.com")
    assert fits("a\\*", "a\\b")
    assert fits_escaped("a\\b*", "A\\bc")
    assert not fits_escaped("a\\*", "ab")


@pytest.mark.parametrize(
    ("host", "name"),
    [("A.example:80", "a.example"), ("a.example", "a.example"), ("[::1]:80", "[::1]"), ("", "")],
)
def test_a_host_without_its_port(host: str, name: str) -> None:
    assert name_of(host) == name


@pytest.mark.parametrize(
    ("codes", "status", "fits"),
    [
        ("200", 200, True),
        ("200", 201, False),
        ("200,300-399", 301, True),
        ("200-299", 299, True),
        ("200-299", 300, False),
    ],
)
def test_codes_of_health_checks(codes: str, status: int, fits: bool) -> None:
    assert matches(codes, status) is fits


def test_a_failure_of_lambda_is_not_the_functions() -> None:
    outcome = Outcome("us-east-1", "app/a/1", 502, "elb", 10, "targetgroup/b/2")
    told = outcome._replace(is_internal_error=True)
    found = {name: (len(sets), value) for sets, name, value, _ in values_of(told)}
    assert found == {
        "ProcessedBytes": (1, 10.0),
        "HTTPCode_ELB_5XX_Count": (1, 1.0),
        "HTTPCode_ELB_502_Count": (1, 1.0),
        "RequestCount": (2, 1.0),
        "LambdaTargetProcessedBytes": (1, 10.0),
        "LambdaInternalError": (2, 1.0),
    }
