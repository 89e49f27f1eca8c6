"""Servers for the conformance suite, and the marker that names where a fact comes from."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "localcloud"))

from lambda_account import AS_ROOT, LambdaAccount
from running_cloud import (
    RunningCloud,
    own_launcher,
    remove_unprivileged_copy,
    running,
    unprivileged_launcher,
)

WAYS = ["own", *(["unprivileged"] if AS_ROOT else [])]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "source(text): where the fact that a test holds comes from: a page of AWS's documentation, "
        "a shape of botocore's model, or a public recording of AWS's answers.",
    )


@pytest.fixture(scope="session", autouse=True)
def _copies() -> Iterator[None]:
    yield
    remove_unprivileged_copy()


@pytest.fixture(scope="session")
def one_server() -> Iterator[RunningCloud]:
    """One server, for what does not depend on the user it runs as."""
    with running(own_launcher(), "--clock-factor", "60") as cloud:
        yield cloud


@pytest.fixture(scope="session")
def account(one_server: RunningCloud) -> LambdaAccount:
    """Lambda in one account and region, on a server of the user who runs the tests."""
    return LambdaAccount(one_server)


@pytest.fixture(scope="session", params=WAYS)
def each_account(request: pytest.FixtureRequest) -> Iterator[LambdaAccount]:
    """The same; as root, also on a server of a user without rights."""
    if request.param == "own":
        yield request.getfixturevalue("account")
        return
    with running(unprivileged_launcher(), "--clock-factor", "60") as cloud:
        yield LambdaAccount(cloud)
