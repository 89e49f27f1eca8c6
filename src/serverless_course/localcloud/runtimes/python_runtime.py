"""The managed Python runtime: an interpreter of this machine with what AWS puts beside it."""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path

PROVIDED_WITH_PYTHON = ("awslambdaric", "boto3")
_REQUIREMENT_NAME = re.compile(r"^[A-Za-z0-9._-]+")


@dataclass(frozen=True)
class PythonRuntime:
    """A runtime this machine can run.

    ``name`` is AWS's identifier (``python3.12``), ``interpreter`` the program, ``folder`` what
    ``/var/runtime`` is on AWS: the bootstrap, awslambdaric and boto3, and nothing else.
    """

    name: str
    interpreter: str
    folder: Path
    version: str

    @property
    def label(self) -> str:
        """The runtime version in INIT_START lines, for example ``python:3.12.local3.12.1``."""
        return f"{self.name.replace('python', 'python:')}.local{self.version}"

    def version_arn(self, region: str) -> str:
        """The runtime version's ARN, as RuntimeVersionConfig shows it."""
        return f"arn:aws:lambda:{region}::runtime:local-{self.version}"

    def command(self) -> list[str]:
        """The command line of an environment: no site-packages, no bytecode written."""
        return [self.interpreter, "-B", "-s", "-S", str(self.folder / "bootstrap.py")]


def own_runtime(state_dir: Path, *, pure_client: bool = sys.platform != "linux") -> PythonRuntime:
    """The runtime of the interpreter that runs the embedded cloud.

    ``pure_client`` takes the pure-Python Runtime API client in place of AWS's native one.
    """
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    folder = state_dir / "runtime" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path in _top_level_paths(PROVIDED_WITH_PYTHON):
        if not (pure_client and path.name.startswith("runtime_client.")):
            (folder / path.name).symlink_to(path)
    here = resources.files(__package__)
    (folder / "bootstrap.py").write_bytes((here / "python" / "bootstrap.py").read_bytes())
    if pure_client:
        client = (here / "pure" / "runtime_client.py").read_bytes()
        (folder / "runtime_client.py").write_bytes(client)
    number = ".".join(str(part) for part in sys.version_info[:3])
    return PythonRuntime(name, sys.executable, folder, number)


def _top_level_paths(names: tuple[str, ...]) -> list[Path]:
    """Top-level modules and packages of the distributions and all they require."""
    paths: set[Path] = set()
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
        for file in distribution.files or []:
            top = file.parts[0]
            if top not in ("..", "__pycache__") and not top.endswith((".dist-info", ".egg-info")):
                paths.add(Path(str(distribution.locate_file(top))))
        for requirement in distribution.requires or []:
            if "extra ==" not in requirement and (match := _REQUIREMENT_NAME.match(requirement)):
                waiting.append(match[0])
    return sorted(paths)
