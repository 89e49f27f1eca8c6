"""Groups of tests that run in one process, and how long each took when it was last noted.

A group is a file of tests. A file that runs on several servers is one group for each server, and
each case of a test that takes long and needs nothing of its file is a group of its own. All of it
is read off a test's node id: that is all that pytest-xdist's scheduler knows of a test.
(``--dist=loadgroup`` does not group with pytest 9.2: xdist 3.8 writes a name that pytest no longer
reads.)
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

DURATIONS = Path(__file__).with_name("durations.json")
# Parameters of fixtures that start a server for each of them; they stand first in a node id.
SERVERS = {"signals", "cgroup1", "cgroup2", "none", "own", "unprivileged"}
WITH_SERVERS = ("localcloud/", "conformance/")
APART = {
    "test_a_notebook_runs_and_gives_its_kept_outputs_again",
    "test_each_answer_gets_the_verdict_that_its_source_promises",
}
# Tests that share a fixture of their own, apart from the rest of their file.
BY_NAME = {"test_recorded": "own", "test_recorded_without_rights": "without-rights"}


def group_of(node_id: str) -> str:
    """The name of a test's group, such as ``localcloud/test_capacity`` or ``…:signals``."""
    path, _, test = node_id.partition("::")
    file = path.removeprefix("tests/").removesuffix(".py")
    name, _, parameters = test.partition("[")
    parameters = parameters.removesuffix("]")
    if name in APART:
        return f"{file}:{parameters}"
    if name in BY_NAME:
        return f"{file}:{BY_NAME[name]}"
    server = parameters.partition("-")[0]
    if server in SERVERS and file.startswith(WITH_SERVERS):
        return f"{file}:{server}"
    return file


def by_duration(group: str) -> tuple[float, str]:
    """A key that sorts groups: unknown ones first, then those that take longest."""
    return (-noted().get(group, float("inf")), group)


@cache
def noted() -> dict[str, float]:
    """Seconds that each group took when `tools/note_durations.py` was last run."""
    durations: dict[str, float] = json.loads(DURATIONS.read_text(encoding="utf-8"))
    return durations


class GroupScheduling(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out whole groups, in the order of the collected tests."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)
