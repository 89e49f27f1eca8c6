"""The managed Python runtimes: interpreters of this machine with what AWS puts beside them."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata, resources
from importlib.util import cache_from_source
from pathlib import Path

from .overhead import overhead_bytes
from .probe import answer_of
from .runtime import Place, shared_environ

PROVIDED_WITH_PYTHON = ("awslambdaric", "boto3")
# Whose versions a function can look up, as on AWS: instrumentation looks for them.
TOLD = ("boto3-", "botocore-")
MINORS = range(8, 20)
# Where a function with a file tree of its own finds compiled modules.
BYTECODE = "/var/lang/bytecode"
# What awslambdaric and boto3 need of the standard library; a stripped-down Python lacks some.
PROBE = (
    "import ctypes, hashlib, http.client, json, logging, ssl, sys;"
    "print('.'.join(map(str, sys.version_info[:3])), sys.implementation.name)"
)
_REQUIREMENT_NAME = re.compile(r"^[A-Za-z0-9._-]+")
_LOWEST_VERSION = re.compile(r">=\s*3\.(\d+)")


@dataclass(frozen=True)
class PythonRuntime:
    """A Python this machine can run.

    ``interpreter`` is the program, ``folder`` what ``/var/runtime`` is on AWS: the bootstrap,
    awslambdaric and boto3, and nothing else. ``bytecode`` is where compiled modules of
    ``folder`` lie when they do not lie beside their source.
    """

    name: str
    interpreter: str
    folder: Path
    version: str
    bytecode: Path | None = None
    pure_client: bool = False

    @property
    def overhead_bytes(self) -> int:
        return overhead_bytes(self.name, pure_client=self.pure_client)

    @property
    def program(self) -> Path:
        """The interpreter itself, not a virtual environment's link to it."""
        return Path(self.interpreter)

    @property
    def caches(self) -> list[tuple[Path, str]]:
        """Where compiled modules lie, for a function that sees ``folder`` as ``/var/runtime``."""
        if self.bytecode is None:
            return []
        prefix = self.program.parent.parent
        return [
            (self.bytecode / self.folder.relative_to("/"), f"{BYTECODE}/var/runtime"),
            (self.bytecode / prefix.relative_to("/"), f"{BYTECODE}{prefix}"),
        ]

    def command(self, place: Place) -> list[str]:
        """The command line of an environment: no site-packages, no bytecode written."""
        options = ["-B", "-s", "-S"]
        folder = place.runtime or self.folder
        if self.bytecode is not None:
            here = self.bytecode if folder == self.folder else BYTECODE
            options += ["-X", f"pycache_prefix={here}"]
        return [self.interpreter, *options, str(folder / "bootstrap.py")]

    def environ(self, place: Place, own: Mapping[str, str]) -> dict[str, str]:
        """The shared variables, and the search path: own entries, layers, the runtime."""
        first = [own["PYTHONPATH"]] if "PYTHONPATH" in own else []
        version = self.name.removeprefix("python")
        layers = place.in_opt(f"python/lib/python{version}/site-packages", "python")
        folder = str(place.runtime or self.folder)
        return {
            **shared_environ(place, own, folder, self.interpreter),
            "PYTHONPATH": os.pathsep.join([*first, *layers, folder]),
        }

    def compile(self) -> subprocess.Popen[bytes] | None:
        """Compile the runtime's modules in the background, so that cold starts need not.

        Installers such as uv leave that to the first import, and a function may write nowhere.
        """
        options = ["-s", "-S"]
        if self.bytecode is not None:
            options += ["-X", f"pycache_prefix={self.bytecode}"]
        elif os.path.exists(cache_from_source(str(self.folder / "awslambdaric" / "bootstrap.py"))):
            return None
        wanted = "import sys; sys.path.insert(0, sys.argv[1]); import awslambdaric.bootstrap, boto3"
        command = [self.interpreter, *options, "-c", wanted, str(self.folder)]
        return subprocess.Popen(
            command,
            env={},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def own_runtime(state_dir: Path, *, pure_client: bool = sys.platform != "linux") -> PythonRuntime:
    """The runtime of the interpreter that runs the embedded cloud.

    ``pure_client`` takes the pure-Python Runtime API client in place of AWS's native one.
    """
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    folder = _furnish(state_dir / "runtime" / name, pure_client=pure_client)
    number = ".".join(str(part) for part in sys.version_info[:3])
    return PythonRuntime(name, own_interpreter(), folder, number, pure_client=pure_client)


def own_interpreter() -> str:
    """The server's Python: no virtual environment's link, which leads away from its library."""
    return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)


def other_runtime(name: str, interpreter: Path, state_dir: Path) -> PythonRuntime | None:
    """The runtime of another interpreter, or None when it turns out not to work.

    It takes the pure-Python client: a native module fits one version of Python only.
    """
    version = _probe(interpreter, name)
    if version is None:
        return None
    folder = _furnish(state_dir / "runtime" / name, pure_client=True)
    bytecode = state_dir / "bytecode" / name
    program = os.path.realpath(interpreter)
    found = PythonRuntime(name, program, folder, version, bytecode, pure_client=True)
    for path, _ in found.caches:
        path.mkdir(parents=True, exist_ok=True)
    return found


def other_interpreters() -> Iterator[tuple[str, Path]]:
    """Runtime names and programs of the Pythons on PATH and in pyenv, the server's own left out.

    Looks at names only. Offered are versions that the installed awslambdaric and boto3 support.
    """
    lowest = lowest_minor()
    folders = [Path(folder) for folder in os.get_exec_path() if folder]
    for minor in MINORS:
        if minor < lowest or minor == sys.version_info.minor:
            continue
        name = f"python3.{minor}"
        programs = [folder / name for folder in folders] + _in_pyenv(minor)
        for program in programs:
            if os.access(program, os.X_OK) and not _is_script(program):
                yield name, program
                break


def lowest_minor() -> int:
    """The oldest Python 3 that awslambdaric, boto3 and what they require still support."""
    lowest = 0
    for distribution in _distributions(PROVIDED_WITH_PYTHON):
        if match := _LOWEST_VERSION.search(distribution.metadata["Requires-Python"] or ""):
            lowest = max(lowest, int(match[1]))
    return lowest


def _in_pyenv(minor: int) -> list[Path]:
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found: list[tuple[int, Path]] = []
    with contextlib.suppress(OSError):
        for name in os.listdir(versions):
            match = re.fullmatch(rf"3\.{minor}\.(\d+)", name)
            if match:
                found.append((int(match[1]), versions / name / "bin" / f"python3.{minor}"))
    return [program for _, program in sorted(found, reverse=True)]


def _is_script(program: Path) -> bool:
    """Version managers put shell scripts on PATH, which may or may not find a Python."""
    try:
        with open(program, "rb") as file:
            return file.read(2) == b"#!"
    except OSError:
        return True


def _probe(interpreter: Path, name: str) -> str | None:
    answer = answer_of([str(interpreter), "-I", "-S", "-B", "-c", PROBE])
    if answer is None:
        return None
    version, _, implementation = answer.partition(" ")
    right = version.startswith(f"{name.removeprefix('python')}.") and implementation == "cpython"
    return version if right else None


def _furnish(folder: Path, *, pure_client: bool) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path in _top_level_paths(PROVIDED_WITH_PYTHON):
        if not (pure_client and path.name.startswith("runtime_client.")):
            (folder / path.name).symlink_to(path)
    here = resources.files(__package__)
    (folder / "bootstrap.py").write_bytes((here / "python" / "bootstrap.py").read_bytes())
    if pure_client:
        for item in (here / "pure").iterdir():
            if item.name.endswith(".py"):
                (folder / item.name).write_bytes(item.read_bytes())
    return folder


def _top_level_paths(names: tuple[str, ...]) -> list[Path]:
    """Top-level modules and packages of the distributions and all they require."""
    paths: set[Path] = set()
    for distribution in _distributions(names):
        for file in distribution.files or []:
            top = file.parts[0]
            hidden = top.endswith((".dist-info", ".egg-info")) and not top.startswith(TOLD)
            if top not in ("..", "__pycache__") and not hidden:
                paths.add(Path(str(distribution.locate_file(top))))
    return sorted(paths)


def _distributions(names: tuple[str, ...]) -> Iterator[metadata.Distribution]:
    seen: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        yield distribution
        for requirement in distribution.requires or []:
            if "extra ==" not in requirement and (match := _REQUIREMENT_NAME.match(requirement)):
                waiting.append(match[0])
