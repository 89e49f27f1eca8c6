"""The ledger: what the labs made, written down before it is made.

An append-only file of JSON lines. A resource is journalled *before* its create call, so that a
crash between the two can leave a line without a resource, and never a resource without a line.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

FILE_NAME = "ledger.jsonl"


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

    def record(self, resource: Resource) -> None:
        """Write down `resource`. Call this before the call that creates it."""
        self._append("create", resource)

    def forget(self, resource: Resource) -> None:
        """Write down that `resource` was seen to be gone."""
        self._append("gone", resource)

    def held(self, target: str, slug: str | None = None) -> tuple[Resource, ...]:
        """What is written down and not yet seen to be gone, oldest first.

        Args:
            target: the cloud.
            slug: a lab, or None for all labs.
        """
        alive: dict[Resource, None] = {}
        for event, resource in self._lines():
            if event == "create":
                alive.setdefault(resource)
            else:
                alive.pop(resource, None)
        return tuple(
            resource
            for resource in alive
            if resource.target == target and slug in (None, resource.slug)
        )

    def _append(self, event: str, resource: Resource) -> None:
        line = json.dumps(
            {
                "at": datetime.now(UTC).isoformat(timespec="seconds"),
                "event": event,
                "target": resource.target,
                "slug": resource.slug,
                "kind": resource.kind,
                "name": resource.name,
            }
        )
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
        try:
            text = self.path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StateError.of(self.path.parent, error) from error
        lines = []
        for line in text.splitlines():
            try:
                entry = json.loads(line)
                resource = Resource(entry["target"], entry["slug"], entry["kind"], entry["name"])
                lines.append((entry["event"], resource))
            except (ValueError, KeyError, TypeError):
                # A line cut short by a crash was never followed by its create call.
                continue
        return lines
