"""The managed Node.js runtimes: a Node.js of this machine with a Runtime API client of ours.

The client (``node/``) does what AWS's runtime interface client does, and refuses what it
refuses; see github.com/aws/aws-lambda-nodejs-runtime-interface-client (read 2026-11).
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from .overhead import overhead_bytes
from .probe import answer_of
from .runtime import Place, shared_environ

# AWS's first runtime that takes ES modules, and so the first our client is written for.
LOWEST_MAJOR = 14
_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")


@dataclass(frozen=True)
class NodeRuntime:
    """A Node.js this machine can run. ``folder`` is what ``/var/runtime`` is on AWS."""

    name: str
    interpreter: str
    folder: Path
    version: str

    @property
    def overhead_bytes(self) -> int:
        return overhead_bytes(self.name)

    @property
    def caches(self) -> list[tuple[Path, str]]:
        """There are none."""
        return []

    @property
    def program(self) -> Path:
        """The interpreter."""
        return Path(self.interpreter)

    def command(self, place: Place) -> list[str]:
        """The command line of an environment."""
        folder = place.runtime or self.folder
        return [self.interpreter, str(folder / "bootstrap.mjs")]

    def environ(self, place: Place, own: Mapping[str, str]) -> dict[str, str]:
        """The shared variables, and where ``require`` looks beside the package.

        Source: Lambda Developer Guide, "Packaging your layer content" (read 2026-11).
        """
        major = self.name.removeprefix("nodejs").removesuffix(".x")
        layers = place.in_opt(f"nodejs/node{major}/node_modules", "nodejs/node_modules")
        folder = str(place.runtime or self.folder)
        modules = [*layers, f"{folder}/node_modules", folder, str(place.task_root)]
        return {
            **shared_environ(place, own, folder, self.interpreter),
            "NODE_PATH": own.get("NODE_PATH", os.pathsep.join(modules)),
        }


def node_runtimes(state_dir: Path) -> list[NodeRuntime]:
    """One runtime for each major version that is installed: on PATH, or by nvm."""
    found: dict[str, NodeRuntime] = {}
    folder = state_dir / "runtime" / "nodejs"
    folder.mkdir(parents=True, exist_ok=True)
    for item in (resources.files(__package__) / "node").iterdir():
        (folder / item.name).write_bytes(item.read_bytes())
    for program in _programs():
        version = _probe(program)
        if version is not None and int(version.split(".")[0]) >= LOWEST_MAJOR:
            name = f"nodejs{version.split('.')[0]}.x"
            found.setdefault(name, NodeRuntime(name, str(program), folder, version))
    return list(found.values())


def _programs() -> Iterator[Path]:
    seen: set[Path] = set()
    candidates = [
        Path(folder) / name for folder in os.get_exec_path() for name in ("node", "nodejs")
    ]
    versions = Path(os.environ.get("NVM_DIR", Path.home() / ".nvm")) / "versions" / "node"
    with contextlib.suppress(OSError):
        candidates += [path / "bin" / "node" for path in sorted(versions.iterdir(), reverse=True)]
    for candidate in candidates:
        if os.access(candidate, os.X_OK) and (real := candidate.resolve()) not in seen:
            seen.add(real)
            yield real


def _probe(program: Path) -> str | None:
    match = _VERSION.fullmatch(answer_of([str(program), "--version"]) or "")
    return match[0].lstrip("v") if match else None
