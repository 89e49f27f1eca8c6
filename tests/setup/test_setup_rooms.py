"""No import circle between files, and no arrow between rooms but those of docs/rooms.md."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from import_graph import Graph, Room, arrows, circle, import_graph, read_rooms, room_of

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "serverless_course"
PAGE = ROOT / "docs" / "rooms.md"
HEADING = "Rooms and their arrows"
# What may lie flat in localcloud/: whatever else there is belongs into a room.
FLAT = {
    "__init__",
    "__main__",
    "assembly",
    "clock",
    "gateway",
    "keeper",
    "keeper_process",
    "server",
    "settings",
    "signers",
    "stop_signals",
    "timetable",
    "wildcards",
}


@pytest.fixture(scope="module")
def graph() -> Graph:
    return import_graph(PACKAGE)


@pytest.fixture(scope="module")
def rooms() -> list[Room]:
    return read_rooms(PAGE.read_text("utf-8"), HEADING)


def test_no_files_import_each_other_in_a_circle(graph: Graph) -> None:
    assert len(graph) > 300
    found = circle(graph)
    assert not found, "import circle: " + " -> ".join(f"{name}.py" for name in found)


def test_every_module_is_in_a_room(graph: Graph, rooms: list[Room]) -> None:
    homeless = [f"{module}.py" for module in sorted(graph) if not room_of(module, rooms)]
    assert homeless == []


def test_every_room_holds_modules(graph: Graph, rooms: list[Room]) -> None:
    names = [room.name for room in rooms]
    assert len(names) == len(set(names)) > 20
    assert set(names) == {room_of(module, rooms) for module in graph}
    for room in rooms:
        for held in room.holds:
            assert held in graph or any(module.startswith(held) for module in graph), held


def test_rooms_import_only_what_the_architecture_allows(graph: Graph, rooms: list[Room]) -> None:
    allowed = {(room.name, other) for room in rooms for other in room.may_import}
    forbidden = {
        f"{arrow[0]} may not import {arrow[1]}": why
        for arrow, why in arrows(graph, rooms).items()
        if arrow not in allowed
    }
    assert forbidden == {}


def test_every_allowed_arrow_is_used(graph: Graph, rooms: list[Room]) -> None:
    allowed = {(room.name, other) for room in rooms for other in room.may_import}
    assert allowed - set(arrows(graph, rooms)) == set()


def test_the_allowed_arrows_make_no_circle(rooms: list[Room]) -> None:
    found = circle({room.name: room.may_import for room in rooms})
    assert not found, "circle of rooms: " + " -> ".join(found)


def test_no_other_module_lies_flat_in_localcloud() -> None:
    assert {path.stem for path in (PACKAGE / "localcloud").glob("*.py")} == FLAT


# tests of the test


def write(package: Path, **files: str) -> Path:
    """A package with these files; two underscores in a name stand for a slash."""
    for name, text in files.items():
        path = package / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for folder in (package, *(path for path in package.rglob("*") if path.is_dir())):
        (folder / "__init__.py").touch()
    return package


@pytest.mark.parametrize(
    "back",
    [
        "from . import a",
        "from .a import X",
        "from pkg.room import a",
        "import pkg.room.a",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .a import X",
        "def late():\n    from .a import X",
    ],
)
def test_a_circle_is_found_and_named(tmp_path: Path, back: str) -> None:
    package = write(
        tmp_path / "pkg", room__a="from ..other import b", other__b="from ..room.c import y"
    )
    assert circle(import_graph(package)) == []
    write(package, room__c=back)
    found = circle(import_graph(package))
    assert found[0] == found[-1]
    assert set(found) == {"room/a", "other/b", "room/c"}
    following = dict(itertools.pairwise(found))
    assert following == {"room/a": "other/b", "other/b": "room/c", "room/c": "room/a"}


def test_a_forbidden_arrow_is_found_with_the_import_that_draws_it(tmp_path: Path) -> None:
    package = write(
        tmp_path / "pkg",
        main="from .high.a import f",
        high__a="from ..low.b import g",
        high__deep__d="from ...low import b",
        low__b="import json",
        low__c="from ..high.deep.d import h",
    )
    page = (
        "# Page\n\n## Other\n\n| `high` | `low/` | – |\n\n"
        "## Rooms\n\nWords.\n\n| room | holds | may import |\n| --- | --- | --- |\n"
        "| `main` | `__init__` `main` | `high` |\n| `high` | `high/` | `deep` `low` |\n"
        "| `deep` | `high/deep/` | `low` |\n| `low` | `low/` | – |\n\n## Later\n\n| `x` | | |\n"
    )
    rooms = read_rooms(page, "Rooms")
    assert [room.name for room in rooms] == ["main", "high", "deep", "low"]
    assert rooms[1] == Room("high", ("high/",), frozenset({"deep", "low"}))
    assert room_of("high/deep/d", rooms) == "deep"
    assert room_of("elsewhere", rooms) == ""
    assert arrows(import_graph(package), rooms) == {
        ("main", "high"): "main.py imports high/a.py",
        ("high", "low"): "high/a.py imports low/b.py",
        ("deep", "low"): "high/deep/d.py imports low/b.py",
        ("low", "deep"): "low/c.py imports high/deep/d.py",
    }
    assert circle({room.name: room.may_import for room in rooms}) == []
