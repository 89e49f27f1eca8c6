"""One server for the hostile cases, and the helpers of the engine's tests."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "localcloud"))

from running_cloud import RunningCloud, own_launcher, running


@pytest.fixture(scope="module")
def one_cloud(request: pytest.FixtureRequest) -> Iterator[RunningCloud]:
    """A server for a module; its CLOCK_FACTOR says how fast AWS's long waits run."""
    factor = str(getattr(request.module, "CLOCK_FACTOR", 60))
    with running(own_launcher(), "--clock-factor", factor) as found:
        yield found


@pytest.fixture(scope="module")
def hostile_cloud(request: pytest.FixtureRequest) -> Iterator[RunningCloud]:
    """One server for a module's cases; it must outlive them all."""
    factor = str(getattr(request.module, "CLOCK_FACTOR", 6000))
    with running(own_launcher(), "--clock-factor", factor) as found:
        yield found
        assert found.process.poll() is None, "a hostile case ended the server"
