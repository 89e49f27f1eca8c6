"""OS-only runtimes: the deployment package, or a layer, brings the runtime itself.

Source: Lambda Developer Guide, "Building a custom runtime for AWS Lambda" (read 2026-11): Lambda
runs the executable file ``bootstrap`` from the package, or else from a layer.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .overhead import overhead_bytes
from .runtime import InvalidEntrypoint, Place, shared_environ

NAMES = ("provided.al2023", "provided.al2")
# AWS's words, seen in public logs of 2024 to 2026. The paths are AWS's, not this machine's.
NOT_FOUND = "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"


@dataclass(frozen=True)
class ProvidedRuntime:
    """``provided.al2023`` or ``provided.al2``. The operating system is this machine's, not
    Amazon Linux: a bootstrap that needs Amazon Linux's libraries may not run."""

    name: str

    @property
    def version(self) -> str:
        """The kernel's name: there is nothing else of ours in it."""
        return platform.system().lower()

    @property
    def program(self) -> None:
        """The package brings it."""

    @property
    def folder(self) -> None:
        """There is none."""

    @property
    def caches(self) -> list[tuple[Path, str]]:
        """There are none."""
        return []

    @property
    def overhead_bytes(self) -> int:
        return overhead_bytes(self.name)

    def command(self, place: Place) -> list[str]:
        """The package's bootstrap, or a layer's."""
        for folder in (place.task_root, *((place.opt,) if place.opt else ())):
            program = place.files.get(folder, folder) / "bootstrap"
            # Where a link leads to is seen by the function alone.
            if program.is_file() or program.is_symlink():
                return [str(folder / "bootstrap")]
        raise InvalidEntrypoint(NOT_FOUND)

    def environ(self, place: Place, own: Mapping[str, str]) -> dict[str, str]:
        """The shared variables: an OS-only runtime has no folder of its own."""
        return shared_environ(place, own, str(place.task_root))
