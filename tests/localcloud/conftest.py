"""Servers for the engine's tests: one for each governor, and one of a user without rights."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from running_cloud import (
    RunningCloud,
    own_launcher,
    remove_unprivileged_copy,
    running,
    unprivileged_launcher,
)

from serverless_course.localcloud.lambda_.environment.governor.choose import available_governors

USERS = ["own", *(["unprivileged"] if os.geteuid() == 0 else [])]
WAYS = available_governors() + (["unprivileged"] if os.geteuid() == 0 else [])


@pytest.fixture(scope="session", autouse=True)
def _copies() -> Iterator[None]:
    yield
    remove_unprivileged_copy()


def clock(request: pytest.FixtureRequest) -> tuple[str, str]:
    """How fast the waits of a module's servers run: its CLOCK_FACTOR, or the default."""
    return "--clock-factor", str(getattr(request.module, "CLOCK_FACTOR", 60))


@pytest.fixture(scope="module", params=WAYS)
def cloud(request: pytest.FixtureRequest) -> Iterator[RunningCloud]:
    """A server on each governor that works here, and as a user without rights."""
    if request.param == "unprivileged":
        with running(unprivileged_launcher(), *clock(request)) as found:
            yield found
        return
    with running(own_launcher(), "--governor", request.param, *clock(request)) as found:
        assert found.governor == request.param
        yield found


@pytest.fixture(scope="module")
def one_cloud(request: pytest.FixtureRequest) -> Iterator[RunningCloud]:
    """One server, where the governor does not matter."""
    with running(own_launcher(), *clock(request)) as found:
        yield found


@pytest.fixture(scope="module", params=USERS)
def each_user(request: pytest.FixtureRequest) -> Iterator[RunningCloud]:
    """A server of the user who runs the tests and, as root, one of a user without rights."""
    if request.param == "own":
        yield request.getfixturevalue("one_cloud")
        return
    with running(unprivileged_launcher(), *clock(request)) as found:
        yield found
