"""Filter patterns: what they match, what they take out, and which are refused.

Source of the cases: CloudWatch Logs User Guide, "Filter pattern syntax" (read 2026-11).
"""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serverless_course.localcloud.logs.filter_patterns import (
    InvalidPattern,
    filter_pattern,
    matcher,
)

REQUESTS = [
    "[ERROR 400] BAD REQUEST",
    "[ERROR 401] UNAUTHORIZED REQUEST",
    "[ERROR 419] MISSING ARGUMENTS",
    "[INFO] REQUEST FAILED",
    "[ERROR 500] INTERNAL SERVER ERROR",
]


@pytest.mark.parametrize(
    ("pattern", "lines"),
    [
        ("", [0, 1, 2, 3, 4]),
        ("ERROR", [0, 1, 2, 4]),
        ("error", []),
        ("ERROR ARGUMENTS", [2]),
        ("?ARGUMENTS ?INTERNAL", [2, 4]),
        ("?ARGUMENTS ?INTERNAL REQUEST", [0, 1, 3]),
        ('"INTERNAL SERVER ERROR"', [4]),
        ('ERROR -ARGUMENTS -"BAD REQUEST"', [1, 4]),
        ("%AUTHORIZED%", [1]),
        (r"%ERROR 4\d\d% -%BAD|MISSING%", [1]),
    ],
)
def test_terms_match_lines(pattern: str, lines: list[int]) -> None:
    matches = matcher(pattern)
    assert [i for i, line in enumerate(REQUESTS) if matches(line)] == lines


EVENT = {
    "level": "ERROR",
    "ms": 120.5,
    "ok": False,
    "user": {"id": "u-1", "tags": ["red", "blue"]},
    "detail-type": "sold",
    "nothing": None,
    "ip": "10.1.2.3",
}


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ('{ $.level = "ERROR" && $.ms > 100 }', True),
        ('{ $.level = "ERROR" && $.ms > 200 }', False),
        ('{ $.level = "WARN" || ($.ms >= 120.5 && $.ok IS FALSE) }', True),
        ('{ $.level = "INFO" || $.level = "WARN" && $.ms > 1 }', False),
        ("{ $.level = ERR* }", True),
        ("{ $.level != ERR* }", False),
        ("{ $.user.id = %^u-[0-9]$% }", True),
        ('{ $.user.tags[1] = "blue" }', True),
        ('{ $.user.tags[7] = "blue" }', False),
        ("{ $.detail-type = sold }", True),
        ("{ $.nothing IS NULL }", True),
        ("{ $.missing IS NULL }", False),
        ("{ $.missing NOT EXISTS }", True),
        ("{ $.missing != 1 }", False),
        ("{ $.ok IS TRUE }", False),
        ('{ $.ip = "10.1.*" }', True),
        ("{ $.ms <= 1.2e2 }", False),
    ],
)
def test_a_json_pattern_matches_fields(pattern: str, matches: bool) -> None:
    assert matcher(pattern)(json.dumps(EVENT)) is matches
    assert not matcher(pattern)("no JSON")


LINE = '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534'


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("[ip, id, user, timestamp, request, status_code=404, size]", True),
        ("[ip, id, user, timestamp, request, status_code=4*, size>1000]", True),
        ("[ip, id, user, timestamp, request=*html*, status=500 || status=404, size]", True),
        ("[ip, user, timestamp, request, status_code, size]", False),
        ("[ip, ..., status_code=404, size]", True),
        ("[..., size=15]", False),
        ("[, , user=frank, ...]", True),
        ("[ip=%127[.]0[.]0[.][1-9]%, ...]", True),
        ("[ip!=127.0.0.1 && ip!=10.0.0.1, ...]", False),
    ],
)
def test_a_space_delimited_pattern_matches_fields(pattern: str, matches: bool) -> None:
    assert matcher(pattern)(LINE) is matches


def test_values_are_taken_out() -> None:
    fields = filter_pattern("[ip, ..., status=4*, size]").values(LINE)
    assert fields == {"$ip": "127.0.0.1", "$status": "404", "$size": "1534"}
    found = filter_pattern("{ $.ms > 1 && $.user.id = * }").values(json.dumps(EVENT))
    assert found == {"$.ms": "120.5", "$.user.id": "u-1"}
    assert filter_pattern("ERROR").values("ERROR 1") == {}


@pytest.mark.parametrize(
    ("pattern", "character"),
    [
        ("a/b", "/"),
        ("?Status: timeout", ":"),
        ("failed (again)", "("),
        ('{ $."detail-type" = 1 }', "$"),
    ],
)
def test_what_has_to_stand_in_quotation_marks_is_named(pattern: str, character: str) -> None:
    """Source: error reports of 2024 to 2026 quote "Invalid character(s) in term '('"."""
    with pytest.raises(InvalidPattern) as refused:
        filter_pattern(pattern)
    assert str(refused.value) == f"Invalid character(s) in term '{character}'"


@pytest.mark.parametrize(
    "pattern",
    [
        "{ $.a = }",
        "{ $.a }",
        "{ $.a = 1",
        "[a, b",
        "[a=1, b=]",
        "[..., ...]",
        "%(a)%",
        "{ $.a > x }",
    ],
)
def test_a_broken_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidPattern):
        filter_pattern(pattern)


PARTS = ["{", "}", "$.a", "$.b[0]", "=", "!=", ">", "1", "x*", '"q"', "%r%", "&&", "||", "(", ")"]
MORE = ["[", "]", ",", "...", "IS NULL", "NOT EXISTS", "?", "-", " ", "word", "%", '"', "\\"]


@given(st.lists(st.sampled_from(PARTS + MORE), max_size=12).map(" ".join), st.text(max_size=30))
def test_a_pattern_is_read_or_refused(pattern: str, message: str) -> None:
    try:
        values = filter_pattern(pattern).values
    except InvalidPattern:
        return
    for text in (message, json.dumps({"a": message, "b": [1]})):
        assert values(text) is None or isinstance(values(text), dict)
