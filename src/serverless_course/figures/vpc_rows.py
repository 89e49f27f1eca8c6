"""The lines of text in a subnet, and how high each is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from serverless_course.figures import fitted_text
from serverless_course.figures.drawing_board import points
from serverless_course.figures.vpc_view import SubnetView
from serverless_course.network.journey import Behaviour

# A part of the drawing: the subnet in which it stands ("" outside of all), and its id.
Key = tuple[str, str]
MOST_PARTS, MOST_ROUTES, MOST_NOTE_LINES, MOST_HEADER_LINES = 5, 3, 4, 7

# Sign and word always go together: no verdict is told by colour alone.
SIGNS = {
    Behaviour.DELIVERED: "✓",
    Behaviour.DROPPED: "✗",
    Behaviour.REFUSED: "✗",
    Behaviour.UNKNOWN: "?",
}

# Height in units, size in points and weight of each kind of row.
ROWS = {
    "name": (20.0, 9.5, "bold"),
    "room": (16.0, 8.5, "normal"),
    "route": (15.0, 8.0, "normal"),
    "more": (15.0, 8.0, "normal"),
    "part": (25.0, 8.5, "normal"),
    "note": (15.0, 8.5, "normal"),
}


@dataclass(frozen=True)
class Note:
    """What became of a path, written where it ended."""

    behaviour: Behaviour
    text: str


Notes = Mapping[Key, Sequence[Note]]


def texts(subnet: SubnetView, notes: Notes, room: float) -> list[tuple[str, str, str]]:
    """The rows of a subnet: kind, text, and the id of what the row shows."""
    rows = [("name", subnet.name, ""), ("room", f"{subnet.cidr} · {subnet.room}", "")]
    ways = list(subnet.routes) or ["no route out of the VPC"]
    rows += [("route", way, "") for way in ways[:MOST_ROUTES]]
    if len(ways) > MOST_ROUTES:
        rows.append(("more", f"and {len(ways) - MOST_ROUTES} routes more", ""))
    rows += _note_rows(notes.get((subnet.id, ""), ()), room)
    # What a path touches is always shown.
    touched = [part for part in subnet.parts if (subnet.id, part.id) in notes]
    spare = max(MOST_PARTS - len(touched), 0)
    shown = touched + [part for part in subnet.parts if part not in touched][:spare]
    for part in sorted(shown, key=subnet.parts.index):
        rows.append((part.kind, part.text, part.id))
        rows += _note_rows(notes.get((subnet.id, part.id), ()), room)
    if len(subnet.parts) > len(shown):
        rows.append(("more", f"and {len(subnet.parts) - len(shown)} more in this subnet", ""))
    return rows


def _note_rows(notes: Sequence[Note], room: float) -> list[tuple[str, str, str]]:
    rows = []
    for note in notes:
        rows += [(note.behaviour.value, line, "") for line in note_lines(note, room)]
    return rows


def note_lines(note: Note, room: float, most: int = MOST_NOTE_LINES) -> list[str]:
    """The note in at most `most` lines of `room` units, led by its sign."""
    text = f"{SIGNS[note.behaviour]} {note.text}"
    return fitted_text.lines(text, points(room), ROWS["note"][1], most)


def measure(kind: str) -> tuple[float, float, str]:
    """Height in units, size in points and weight of a row."""
    if kind in SIGNS:
        return ROWS["note"]
    return ROWS.get(kind, ROWS["part"])
