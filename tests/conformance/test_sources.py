"""Every test of this folder names where its fact comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def test_every_test_names_its_source(request: pytest.FixtureRequest) -> None:
    ours = [item for item in request.session.items if item.path.name.startswith("test_lambda_")]
    lacking = [
        item.nodeid
        for item in ours
        if item.path.parent == HERE
        and not any(len(mark.args[0]) > 10 for mark in item.iter_markers("source"))
    ]
    assert lacking == []
