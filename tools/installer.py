"""Put the pinned packages, the course and its kernel into a virtual environment: uv or pip."""

import contextlib
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

from jupyter_dirs import make_private, state_folder
from setup_error import SetupError

# Settings of a learner's own shell that would send the packages elsewhere.
MISLEADING = (
    "PIP_PREFIX",
    "PIP_REQUIRE_HASHES",
    "PIP_ROOT",
    "PIP_TARGET",
    "PYTHONHOME",
    "PYTHONPATH",
    "UV_PREFIX",
    "UV_SYSTEM_PYTHON",
    "UV_TARGET",
    "__PYVENV_LAUNCHER__",
)
NETWORK_SIGNS = (
    "connection",
    "dns error",
    "error sending request",
    "failed to fetch",
    "name resolution",
    "no matching distribution",
    "offline",
    "timed out",
)


def clean_environment() -> dict[str, str]:
    """Return this process's environment without what misleads an installer.

    IPython makes a folder of its own as soon as the kernel is installed: not in the home.
    """
    kept = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    return kept | {
        "IPYTHONDIR": str(state_folder() / "ipython"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PIP_REQUIRE_VIRTUALENV": "1",
        "PIP_USER": "0",
    }


def last_line(text: str) -> str:
    """Return the last line that says something; an installer's own word for what went wrong."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["it gave no reason"])[-1]


def find_uv() -> str | None:
    """Return a uv that runs, or None. A version manager's shim may be there and not run."""
    uv = shutil.which("uv")
    if uv is None:
        return None
    answer = subprocess.run([uv, "--version"], capture_output=True, check=False)
    return uv if answer.returncode == 0 else None


def requirements(root: Path, extras: Iterable[str]) -> list[str]:
    """Return the requirements of the course, its build back end and the named optional groups."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    groups = project["optional-dependencies"]
    named = [line for extra in extras for line in groups[extra]]
    return [*groups["build"], *project["dependencies"], *named]


def follow(command: list[str], root: Path, log: Path) -> None:
    """Run an installer: every line goes to the log, and a short trace of it to a terminal.

    Raises SetupError with the installer's last error and what to do.
    """
    lines = []
    with log.open("a", encoding="utf-8") as record:
        process = subprocess.Popen(
            command,
            cwd=root,
            env=clean_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        assert process.stdout is not None
        for line in process.stdout:
            record.write(line)
            lines.append(line)
            if sys.stdout.isatty():
                print(f"\r  {line.strip()[:70]:<70}", end="", flush=True)
        status = process.wait()
    if sys.stdout.isatty():
        print("\r" + " " * 72 + "\r", end="", flush=True)
    if status == 0:
        return
    text = "".join(lines)
    advice = "Start again; if it fails again, delete the folder .venv first"
    if any(sign in text.lower() for sign in NETWORK_SIGNS):
        advice = "Installing needs the internet: check the connection and start again"
    raise SetupError(
        f"The packages could not be installed ({last_line(text)}). {advice}. "
        f"All that the installer said is in {log.relative_to(root)}."
    )


def install(root: Path, venv: Path, extras: Iterable[str], uv: str | None) -> None:
    """Install the pinned versions, the course itself (editable) and the kernel "python3".

    The build back end comes with the packages and the course is built without isolation: so an
    installer that finds all packages in place needs no network. Raises SetupError.
    """
    python = str(venv / "bin" / "python")
    if uv:
        pip = [uv, "pip", "install", "--python", python]
        print("Installing the packages with uv (about 10 seconds the first time) …", flush=True)
    else:
        pip = [python, "-m", "pip", "install"]
        print(
            "Installing the packages with pip (one to three minutes the first time) …", flush=True
        )
    log = venv / "setup.log"
    log.unlink(missing_ok=True)
    follow([*pip, "--constraint", "constraints.txt", *requirements(root, extras)], root, log)
    follow([*pip, "--no-deps", "--no-build-isolation", "--editable", "."], root, log)
    # The notebooks name the kernel "python3", so JupyterLab opens them without asking for one.
    with contextlib.suppress(OSError):
        # IPython would take a temporary folder and say so; the start tells what is wrong.
        make_private(state_folder() / "ipython")
    kernel = ["-m", "ipykernel", "install", "--sys-prefix", "--name", "python3"]
    follow([python, *kernel, "--display-name", "Python 3 (ipykernel)"], root, log)
