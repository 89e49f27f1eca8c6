"""How the tests are distributed: a group for each file, and the groups that take longest first."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from progress import Progress
from work_groups import GroupScheduling, by_duration, group_of

# A machine that does something else as well is no reason to fail.
settings.register_profile("course", deadline=None)
settings.load_profile("course")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--calm",
        metavar="PHASE",
        default="",
        help="tell every 20 seconds how far this phase is, and no dots",
    )


def pytest_configure(config: pytest.Config) -> None:
    phase = config.getoption("--calm")
    if phase and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Progress(phase, config), "course-progress")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> GroupScheduling:
    return GroupScheduling(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several processes share the work, put the groups that take longest first."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: by_duration(group_of(item.nodeid)))
