"""Groups of tests that run in one process, and how long each took when it was last noted.

A group is a file of tests. A file that runs on several servers is one group for each server, and
each case of a test marked ``apart`` is a group of its own.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

DURATIONS = Path(__file__).with_name("durations.json")
# Fixtures with a server for each of their parameters.
SERVERS = ("cloud", "workbench", "each_user", "each_account")


def group_of(item: pytest.Item, tests: Path) -> str:
    """The name of a test's group, such as ``localcloud/test_capacity`` or ``…:signals``."""
    own = item.get_closest_marker("xdist_group")
    file = item.path.relative_to(tests).with_suffix("").as_posix()
    if own:
        return f"{file}:{own.args[0]}"
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    if item.get_closest_marker("apart"):
        return f"{file}:{item.callspec.id}" if parameters else f"{file}:{item.name}"
    servers = [str(parameters[name]) for name in SERVERS if name in parameters]
    return ":".join([file, *servers])


def by_duration(group: str, known: dict[str, float] | None = None) -> tuple[float, str]:
    """A key that sorts groups: unknown ones first, then those that take longest."""
    durations = _noted() if known is None else known
    return (-durations.get(group, float("inf")), group)


def _noted() -> dict[str, float]:
    if not _cache:
        _cache.update(json.loads(DURATIONS.read_text(encoding="utf-8")))
    return _cache


_cache: dict[str, float] = {}
