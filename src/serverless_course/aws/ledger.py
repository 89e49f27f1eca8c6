"""The ledger: what the labs made, written down before it is made.

An append-only file of JSON lines. A resource is journalled *before* its create call, so that a
crash between the two can leave a line without a resource, and never a resource without a line.
A line proves nothing about whose a resource of that name is; the ledger's id, in the resource's
tags, does.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FILE_NAME = "ledger.jsonl"
EVENTS = ("create", "made", "gone")
ID_BYTES = 8


class StateError(OSError):
    """What the course must remember cannot be kept; the message says what to do."""

    @classmethod
    def of(cls, folder: Path, error: OSError) -> StateError:
        """For a folder, and what the system said."""
        return cls(
            f"What the course must remember cannot be kept in {folder} ({error.strerror}). "
            "Set COURSE_STATE_DIR to a folder of your own and start again, as in "
            "'COURSE_STATE_DIR=~/course-state make lab'."
        )


@dataclass(frozen=True)
class Resource:
    """One resource that a lab made, or was about to make.

    Attributes:
        target: which cloud it lives in (see ``Cloud.target``), so that a line about the embedded
            cloud never leads to a deletion in a real account.
        slug: the lab.
        kind: resource type, a key of ``cleanup.KINDS``, for example ``"lambda:function"``.
        name: the identifier that its delete call takes.
    """

    target: str
    slug: str
    kind: str
    name: str


def state_dir(environ: Mapping[str, str] | None = None) -> Path:
    """The course's folder for state: ``COURSE_STATE_DIR``, else ``.course`` in the checkout.

    The checkout is the nearest folder at or above the working directory that holds a
    ``pyproject.toml`` or ``.git``; without one, the working directory itself.
    """
    env = os.environ if environ is None else environ
    if named := env.get("COURSE_STATE_DIR"):
        return Path(named).expanduser()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "pyproject.toml").is_file() or (folder / ".git").exists():
            return folder / ".course"
    return here / ".course"


class Ledger:
    """The ledger in one file. To read or write it raises StateError where that cannot be done.

    Args:
        path: the file; it and its folder are made when the first line is written. Without it,
            ``ledger.jsonl`` in :func:`state_dir`.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or state_dir() / FILE_NAME
        self._id: str | None = None

    def record(self, resource: Resource) -> None:
        """Write down `resource`. Call this before the call that creates it."""
        self._append_event("create", resource)

    @property
    def id(self) -> str:
        """What sets this ledger apart from every other; made when it is first asked for."""
        if self._id is None:
            # Of two that write at once, the first line counts, for both.
            self._id = self._first_id()
            if self._id is None:
                self._append({"event": "ledger", "id": secrets.token_hex(ID_BYTES)})
                self._id = self._first_id()
        if self._id is None:
            raise StateError(f"The line just written to {self.path} cannot be read back.")
        return self._id

    def _first_id(self) -> str | None:
        found = (entry.get("id") for entry in self._entries() if entry.get("event") == "ledger")
        return next((id_ for id_ in found if isinstance(id_, str) and id_), None)

    def confirm(self, resource: Resource) -> None:
        """Write down that `resource` was made, and that nothing of its name was there before.

        It is the proof for log groups, which Lambda makes without tags.
        """
        self._append_event("made", resource)

    def forget(self, resource: Resource) -> None:
        """Write down that `resource` was seen to be gone."""
        self._append_event("gone", resource)

    def held(self, target: str, slug: str | None = None) -> tuple[Resource, ...]:
        """What is written down and not yet seen to be gone, oldest first.

        Args:
            target: the cloud.
            slug: a lab, or None for all labs.
        """
        alive: dict[Resource, None] = {}
        for event, resource in self._lines():
            if event in ("create", "made"):
                alive.setdefault(resource)
            else:
                alive.pop(resource, None)
        return tuple(resource for resource in alive if _of(resource, target, slug))

    def confirmed(self, target: str, slug: str) -> frozenset[Resource]:
        """What was written down as made, and not seen to be gone since."""
        made: set[Resource] = set()
        for event, resource in self._lines():
            if event == "made":
                made.add(resource)
            elif event == "gone":
                made.discard(resource)
        return frozenset(resource for resource in made if _of(resource, target, slug))

    def gone_at(self, resource: Resource) -> datetime | None:
        """When what was written down as made was last seen to be gone; None if it was not.

        A `create` line alone proves nothing: what was gone after it does not count.
        """
        made, gone = False, None
        for event, at, found in self._timed_lines():
            if found == resource and event == "gone" and made:
                made, gone = False, at
            elif found == resource and event == "made":
                made = True
        return gone

    def ever(self, target: str, slug: str) -> tuple[Resource, ...]:
        """Everything that was ever written down, oldest first.

        Another kernel may have seen something to be absent just before it was made.
        """
        lines = dict.fromkeys(resource for _, resource in self._lines())
        return tuple(resource for resource in lines if _of(resource, target, slug))

    def _append_event(self, event: str, resource: Resource) -> None:
        self._append(
            {
                "at": datetime.now(UTC).isoformat(timespec="seconds"),
                "event": event,
                "target": resource.target,
                "slug": resource.slug,
                "kind": resource.kind,
                "name": resource.name,
            }
        )

    def _append(self, entry: Mapping[str, str]) -> None:
        line = json.dumps(entry)
        try:
            self._write(line.encode())
        except OSError as error:
            raise StateError.of(self.path.parent, error) from error

    def _write(self, line: bytes) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # One write to a file opened for appending: two notebooks cannot mix their lines. The
        # leading newline heals a last line that a crash cut short.
        with self.path.open("ab") as file:
            torn = file.tell() > 0 and not self._ends_whole()
            file.write((b"\n" if torn else b"") + line + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def _ends_whole(self) -> bool:
        with self.path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"

    def _lines(self) -> list[tuple[str, Resource]]:
        return [(event, resource) for event, _, resource in self._timed_lines()]

    def _timed_lines(self) -> list[tuple[str, datetime | None, Resource]]:
        lines = []
        for entry in self._entries():
            with contextlib.suppress(KeyError, TypeError):
                resource = Resource(entry["target"], entry["slug"], entry["kind"], entry["name"])
                if entry["event"] in EVENTS:
                    lines.append((entry["event"], _time(entry.get("at")), resource))
        return lines

    def _entries(self) -> list[dict[str, Any]]:
        try:
            text = self.path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StateError.of(self.path.parent, error) from error
        entries = []
        for line in text.splitlines():
            # A line cut short by a crash was never followed by its create call.
            with contextlib.suppress(ValueError):
                entry = json.loads(line)
                if isinstance(entry, dict):
                    entries.append(entry)
        return entries


def _of(resource: Resource, target: str, slug: str | None) -> bool:
    return resource.target == target and slug in (None, resource.slug)


def _time(text: object) -> datetime | None:
    """A time with its zone; None for anything else."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at if at.tzinfo is not None else None
