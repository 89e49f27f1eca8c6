"""What a language runtime is to an environment: a command line, variables, and their words."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

# Where AWS has the interpreter; it is the first folder of PATH.
LANG_BIN = "/var/lang/bin"


class InvalidEntrypoint(Exception):
    """There is nothing to start: AWS's ``Runtime.InvalidEntrypoint``. The text is AWS's own."""


@dataclass(frozen=True)
class Place:
    """Where a function lies, as the function sees it.

    ``opt`` is what ``/opt`` is on AWS: its layers, laid over another. ``runtime`` is
    ``/var/runtime``; None is the runtime's own folder. ``files`` tells where a folder of these
    lies on this machine, when it is not the same.
    """

    task_root: Path
    opt: Path | None = None
    runtime: Path | None = None
    files: Mapping[Path, Path] = field(default_factory=dict)

    def in_opt(self, *names: str) -> list[str]:
        """Paths below ``/opt``; none when the function has no layers."""
        return [str(self.opt / name) for name in names] if self.opt else []


class Runtime(Protocol):
    """A runtime of this machine.

    ``name`` is AWS's identifier (``python3.12``). ``overhead_bytes`` is what AWS's Max Memory
    Used holds beside the processes themselves (`overhead`).
    """

    @property
    def name(self) -> str:
        """AWS's identifier."""

    @property
    def version(self) -> str:
        """The version of what runs here, for example ``3.12.1``."""

    @property
    def program(self) -> Path | None:
        """The interpreter; None when the package brings what runs it."""

    @property
    def folder(self) -> Path | None:
        """What ``/var/runtime`` is on AWS, on this machine; None when there is none."""

    @property
    def caches(self) -> list[tuple[Path, str]]:
        """Folders beside these: where they lie here, and where the runtime looks for them."""

    @property
    def overhead_bytes(self) -> int:
        """Bytes that AWS's memory figure holds beside the processes."""

    def command(self, place: Place) -> list[str]:
        """The command line of an environment. Raises `InvalidEntrypoint`."""

    def environ(self, place: Place, own: Mapping[str, str]) -> dict[str, str]:
        """The variables that depend on the runtime; ``own`` are the function's own variables."""


def label(runtime: Runtime) -> str:
    """The runtime version in INIT_START lines, for example ``python:3.12.local3.12.1``."""
    family = runtime.name.rstrip("0123456789.x").rstrip(".") or runtime.name
    family = "provided" if runtime.name.startswith("provided") else family
    rest = runtime.name.removeprefix(family).removesuffix(".x").strip(".")
    return f"{family}:{rest}.local{runtime.version}" if rest else f"{family}.local{runtime.version}"


def version_arn(runtime: Runtime, region: str) -> str:
    """The runtime version's ARN, as RuntimeVersionConfig shows it."""
    return f"arn:aws:lambda:{region}::runtime:local-{runtime.version}"


def shared_environ(
    place: Place, own: Mapping[str, str], folder: str, interpreter: str = ""
) -> dict[str, str]:
    """Variables of every runtime, in AWS's order of places; ``folder`` is ``/var/runtime``,
    ``interpreter`` what a managed runtime runs.

    Source: Lambda Developer Guide, "Defined runtime environment variables" (read 2026-11); PWD and
    SHLVL: test_lambda_init_environment, recorded 2026-02.
    ``LAMBDA_OPT_DIR`` is the embedded cloud's own: where ``/opt`` is, when it is not there.
    """
    program_path = ["/usr/local/bin", "/usr/bin", "/bin", *place.in_opt("bin")]
    if interpreter:
        found = [LANG_BIN, str(Path(interpreter).parent)]
        program_path = [*(each for each in found if each not in program_path), *program_path]
    task = str(place.task_root)
    library_path = [folder, f"{folder}/lib", task, f"{task}/lib", *place.in_opt("lib")]
    variables = {
        "LAMBDA_RUNTIME_DIR": folder,
        "PATH": own.get("PATH", os.pathsep.join(program_path)),
        "LD_LIBRARY_PATH": own.get("LD_LIBRARY_PATH", os.pathsep.join(library_path)),
        "PWD": own.get("PWD", task),
        "SHLVL": own.get("SHLVL", "0"),
    }
    if place.opt is not None and str(place.opt) != "/opt":
        variables["LAMBDA_OPT_DIR"] = str(place.opt)
    return variables
