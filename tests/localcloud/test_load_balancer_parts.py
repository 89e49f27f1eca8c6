"""Parts of Elastic Load Balancing that need no server."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from serverless_course.localcloud.elasticloadbalancing.health_checks import matches
from serverless_course.localcloud.elasticloadbalancing.matching import name_of, pattern
from serverless_course.localcloud.elasticloadbalancing.serving.balancer_metrics import (
    Outcome,
    values_of,
)

TEXTS = some.text(alphabet="aB*?\\.", max_size=8)


@given(TEXTS)
def test_a_text_with_its_wildcards_escaped_is_itself(text: str) -> None:
    escaped = "".join(f"\\{each}" if each in "*?\\" else each for each in text)
    found = pattern(escaped, cased=True, escapes=True)
    assert found.fullmatch(text)
    assert not found.fullmatch(f"{text}x")


@given(some.text(alphabet="ab*?", max_size=6), some.text(alphabet="ab", max_size=6))
def test_wildcards_match_as_if_tried_one_by_one(wild: str, text: str) -> None:
    assert bool(pattern(wild, cased=True).fullmatch(text)) is tried(wild, text)


def tried(wild: str, text: str) -> bool:
    if not wild:
        return not text
    if wild[0] == "*":
        return any(tried(wild[1:], text[start:]) for start in range(len(text) + 1))
    return bool(text) and wild[0] in ("?", text[0]) and tried(wild[1:], text[1:])


def test_a_backslash_means_itself_where_nothing_is_escaped() -> None:
    assert pattern("a\\*", cased=True).fullmatch("a\\b")
    assert pattern("a\\b", cased=True, escapes=True).fullmatch("a\\b")


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
