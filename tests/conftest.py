"""How the tests are distributed: a group for each file, and the groups that take longest first."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings
from progress import Progress
from work_groups import by_duration, group_of

TESTS = Path(__file__).parent

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
    config.addinivalue_line("markers", "xdist_group(name): tests of one group run in one process.")
    phase = config.getoption("--calm")
    if phase and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Progress(phase, config), "course-progress")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give each test its group and, where several processes share the work, order the groups."""
    if not hasattr(config, "workerinput"):
        return
    groups = {item.nodeid: group_of(item, TESTS) for item in items}
    for item in items:
        item.add_marker(pytest.mark.xdist_group(groups[item.nodeid]))
    items.sort(key=lambda item: by_duration(groups[item.nodeid]))
