"""The recorded cases: each is a test of its own, all are run at once before the first.

As root, the core of them runs a second time against a server of a user without rights.
"""

from __future__ import annotations

import pytest
from lambda_account import AS_ROOT
from recorded_case import Target
from run_cases import load_cases, run_cases
from running_cloud import RUNTIME, Launcher, own_launcher, running, unprivileged_launcher

CLOCK_FACTOR = 60.0
JOBS = 3
CASES = {case["id"]: case for case in load_cases()}
CORE = [name for name, case in CASES.items() if case["relevance"] == "core"]

Problems = dict[str, list[str]]


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
        return run_cases(target, [CASES[name] for name in names], JOBS)


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


@pytest.mark.parametrize("name", CASES)
def test_recorded(name: str, problems: Problems) -> None:
    assert not problems[name], report(name, problems[name])


@pytest.mark.skipif(not AS_ROOT, reason="only root can start a server as another user")
@pytest.mark.parametrize("name", CORE)
def test_recorded_without_rights(name: str, problems_without_rights: Problems) -> None:
    assert not problems_without_rights[name], report(name, problems_without_rights[name])


def test_every_case_names_its_source() -> None:
    assert len(CASES) == len(load_cases()), "two cases have one id"
    assert [name for name, case in CASES.items() if not case["source"]] == []


def report(name: str, problems: list[str]) -> str:
    """What a reader of the failure needs: the case, its source, what is wrong."""
    case = CASES[name]
    return "\n".join([f"{name}: {case['title']}", *problems, f"source: {case['source']}"])
