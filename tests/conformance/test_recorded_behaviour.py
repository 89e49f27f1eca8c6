"""The recorded cases: each is a test of its own, all are run at once before the first.

A case that measures is run alone, and again when it fails: a handler with a time-out of one second
has to start in it, which a busy machine may not let it. What AWS's answer was stays as recorded.
As root, the core of them runs a second time against a server of a user without rights.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import pytest
from lambda_account import AS_ROOT
from recorded_case import Target
from run_cases import load_cases, run_cases
from running_cloud import RUNTIME, Launcher, own_launcher, running, unprivileged_launcher

CLOCK_FACTOR = 60.0
JOBS = 3
CASES = {case["id"]: case for case in load_cases()}
CORE = [name for name, case in CASES.items() if case["relevance"] == "core"]
# How often a case that measures is tried on a machine that others use as well.
TRIES = 3

Problems = dict[str, list[str]]


def measured(case: dict[str, Any]) -> bool:
    """Whether a case holds a figure in seconds: of a call, or a time-out of one second."""
    text = json.dumps(case)
    return "._dt" in text or re.search(r'"Timeout": 1\b', text) is not None


def parameters(names: Iterable[str]) -> list[Any]:
    """The cases as pytest's parameters; those that measure are marked so."""
    return [
        pytest.param(name, marks=pytest.mark.measures if measured(CASES[name]) else ())
        for name in names
    ]


def judge(launcher: Launcher, names: list[str]) -> Problems:
    """What is wrong with each of these cases on a server of its own."""
    with running(launcher, "--clock-factor", str(CLOCK_FACTOR)) as cloud:
        ready = cloud.ready
        target = Target(
            cloud.endpoint,
            ready["access_key_id"],
            ready["secret_access_key"],
            ready["account_id"],
            "",
            RUNTIME,
            scale=CLOCK_FACTOR,
        )
        together = [CASES[name] for name in names if not measured(CASES[name])]
        found = run_cases(target, together, JOBS)
        for case in (CASES[name] for name in names if measured(CASES[name])):
            for _ in range(TRIES):
                found |= run_cases(target, [case], 1)
                if not found[case["id"]]:
                    break
        return found


def chosen(request: pytest.FixtureRequest, test: str) -> list[str]:
    """The cases of a test that this run has selected."""
    return [
        item.callspec.params["name"]
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.originalname == test
    ]


@pytest.fixture(scope="module")
def problems(request: pytest.FixtureRequest) -> Problems:
    return judge(own_launcher(), chosen(request, "test_recorded"))


@pytest.fixture(scope="module")
def problems_without_rights(request: pytest.FixtureRequest) -> Problems:
    return judge(unprivileged_launcher(), chosen(request, "test_recorded_without_rights"))


@pytest.mark.parametrize("name", parameters(CASES))
def test_recorded(name: str, problems: Problems) -> None:
    assert not problems[name], report(name, problems[name])


@pytest.mark.skipif(not AS_ROOT, reason="only root can start a server as another user")
@pytest.mark.parametrize("name", parameters(CORE))
def test_recorded_without_rights(name: str, problems_without_rights: Problems) -> None:
    assert not problems_without_rights[name], report(name, problems_without_rights[name])


def test_every_case_names_its_source() -> None:
    assert len(CASES) == len(load_cases()), "two cases have one id"
    assert [name for name, case in CASES.items() if not case["source"]] == []


def report(name: str, problems: list[str]) -> str:
    """What a reader of the failure needs: the case, its source, what is wrong."""
    case = CASES[name]
    return "\n".join([f"{name}: {case['title']}", *problems, f"source: {case['source']}"])
