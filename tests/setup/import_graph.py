"""Which modules of a package import which, the rooms that they make up, and circles of both."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from test_setup_boundaries import imports

# What imports what, by paths from the package: ``localcloud/wire/http``.
Graph = dict[str, set[str]]


@dataclass(frozen=True)
class Room:
    """Modules that belong together, and the rooms that they may import.

    ``holds`` names modules; what ends in a slash is a folder with everything in it that no other
    room holds.
    """

    name: str
    holds: tuple[str, ...]
    may_import: frozenset[str]


def import_graph(package: Path) -> Graph:
    """Every module of a package with those of the package that it imports.

    Imports within functions and under TYPE_CHECKING count, too.
    """
    files = {_dotted(path, package): path for path in package.rglob("*.py")}
    graph: Graph = {}
    for name, path in files.items():
        inside = ".".join(path.relative_to(package.parent).parent.parts)
        found = set()
        for imported in imports(path.read_text("utf-8"), inside):
            target = imported if imported in files else imported.rpartition(".")[0]
            if target in files and target != name:
                found.add(_shown(files[target], package))
        graph[_shown(path, package)] = found
    return graph


def circle(graph: Mapping[str, Iterable[str]]) -> list[str]:
    """One circle of a graph, from a node back to itself; empty when there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        # graphlib's arrows point at who needs the node.
        return [str(node) for node in reversed(error.args[1])]
    return []


def read_rooms(page: str, heading: str) -> list[Room]:
    """The rooms of a Markdown page: the table (room, holds, may import) under a heading."""
    section = page.partition(f"## {heading}\n")[2].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    rooms = []
    for row in rows:
        name, holds, may_import = (
            re.findall(r"`([^`]+)`", cell) for cell in row.strip("|").split("|")
        )
        rooms.append(Room(name[0], tuple(holds), frozenset(may_import)))
    return rooms


def room_of(module: str, rooms: Iterable[Room]) -> str:
    """The room that holds a module: who names it most exactly; empty when nobody does."""
    found = [
        (len(held), room.name)
        for room in rooms
        for held in room.holds
        if module == held or (held.endswith("/") and module.startswith(held))
    ]
    return max(found, default=(0, ""))[1]


def arrows(graph: Graph, rooms: list[Room]) -> dict[tuple[str, str], str]:
    """The arrows between rooms that the imports draw, each with one import that draws it."""
    found: dict[tuple[str, str], str] = {}
    for module in sorted(graph):
        for target in sorted(graph[module]):
            arrow = room_of(module, rooms), room_of(target, rooms)
            if arrow[0] != arrow[1]:
                found.setdefault(arrow, f"{module}.py imports {target}.py")
    return found


def _dotted(path: Path, package: Path) -> str:
    parts = path.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _shown(path: Path, package: Path) -> str:
    return path.relative_to(package).with_suffix("").as_posix()
