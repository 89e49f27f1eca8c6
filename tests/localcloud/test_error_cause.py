"""A cause for X-Ray is checked and cropped as AWS's runtime interface emulator does it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from serverless_course.localcloud.lambda_.environment.error_cause import (
    MAX_CAUSE_BYTES,
    MAX_TEXT_BYTES,
    error_cause,
)


def cause(count: int, size: int, message: str = "m") -> dict[str, Any]:
    exceptions = [{"type": "T", "message": "x" * size} for _ in range(count)]
    paths = [f"/var/task/{number}" for number in range(count)]
    return {"exceptions": exceptions, "working_directory": "/var/task", "paths": paths}


def test_a_small_cause_stays() -> None:
    given = cause(3, 10)
    assert json.loads(error_cause(json.dumps(given))) == given
    assert error_cause('{"message": "only", "other": 1}') == '{"message":"only"}'


@pytest.mark.parametrize(("count", "size", "kept"), [(10, 8_000, 8), (10, 12_000, 4)])
def test_a_large_cause_loses_its_last_exceptions(count: int, size: int, kept: int) -> None:
    found = error_cause(json.dumps(cause(count, size)))
    assert len(found) <= MAX_CAUSE_BYTES
    assert len(json.loads(found)["exceptions"]) == len(json.loads(found)["paths"]) == kept


def test_one_large_exception_leaves_the_rest() -> None:
    found = json.loads(error_cause(json.dumps({**cause(1, 70_000), "message": "é" * 90_000})))
    assert found["exceptions"] == found["paths"] == []
    assert found["working_directory"] == "/var/task"
    assert found["message"].endswith("...")
    assert len(found["message"]) == MAX_TEXT_BYTES


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '"x"', "null", '{"exceptions": []}', '{"paths": "no list"}']
)
def test_what_is_no_cause(text: str) -> None:
    assert error_cause(text) == ""
