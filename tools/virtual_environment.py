"""The course's ``.venv``: made once, with exact versions, and left alone while nothing changed.

Only the standard library: this runs before anything is installed.
"""

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import installer
from setup_error import SetupError

ROOT = Path(__file__).resolve().parent.parent
STAMP = "course-setup.json"
# The finished environment takes up to 1.1 GB; the installer needs room to unpack.
FREE_BYTES_NEEDED = 2_000_000_000


@dataclass(frozen=True)
class Stamp:
    """What is installed: written last, so an interrupted set-up leaves none."""

    key: str
    extras: list[str]
    python: str
    root: str


def key_of(root: Path) -> str:
    """Return a digest of all that decides what is installed.

    Settings of tools in pyproject.toml do not count: to change one must not need a network.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    decides = {name: project[name] for name in ("build-system", "project")}
    text = json.dumps(decides, sort_keys=True) + (root / "constraints.txt").read_text("utf-8")
    return hashlib.sha256(text.encode()).hexdigest()


def read_stamp(venv: Path) -> Stamp | None:
    """Return the stamp of a finished set-up, or None."""
    try:
        return Stamp(**json.loads((venv / STAMP).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def python_version(python: Path) -> str | None:
    """Return "3.12" for ``.venv/bin/python`` when it runs and is that .venv's own, else None.

    Without its ``pyvenv.cfg`` an interpreter runs, and is the base Python: whatever is installed
    with it would go there.
    """
    ask = "import sys; print('%d.%d' % sys.version_info[:2]); print(sys.prefix)"
    environment = installer.clean_environment()
    try:
        answer = subprocess.run(
            [python, "-c", ask], env=environment, capture_output=True, text=True, check=False
        )
        version, prefix = answer.stdout.splitlines()
        own = os.path.samefile(prefix, python.parent.parent)
    except (OSError, ValueError):
        return None
    return version if own and answer.returncode == 0 else None


def has_pip(python: Path) -> bool:
    """Tell whether pip runs there: a set-up stopped in its first seconds leaves none, or a part."""
    command = [str(python), "-m", "pip", "--version"]
    environment = installer.clean_environment()
    return not subprocess.run(command, env=environment, capture_output=True, check=False).returncode


def check_writable(root: Path) -> None:
    """Raise SetupError when nothing can be written into the folder."""
    try:
        with tempfile.TemporaryFile(dir=root):
            pass
    except OSError as error:
        raise SetupError(
            f"The folder {root} cannot be written to ({error.strerror}): "
            "copy the course into a folder of your own and start again there."
        ) from error


def check_space(root: Path, needed: int = FREE_BYTES_NEEDED) -> None:
    """Raise SetupError when the disk has fewer than ``needed`` bytes free."""
    free = shutil.disk_usage(root).free
    if free < needed:
        raise SetupError(
            f"The set-up needs {needed / 1e9:.1f} GB of free disk, and {root} has "
            f"{free / 1e9:.1f} GB: make room and start again."
        )


def create(venv: Path, uv: str | None) -> None:
    """Make a fresh virtual environment with this interpreter; whatever was there goes away."""
    if venv.is_dir() and not venv.is_symlink():
        shutil.rmtree(venv)
    elif venv.is_symlink() or venv.exists():
        venv.unlink()
    # From inside another virtual environment, its base interpreter outlives it.
    base = getattr(sys, "_base_executable", None) or sys.executable
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        command = [base, "-m", "venv", str(venv)]
    elif uv:
        command = [uv, "venv", "--quiet", "--seed", "--python", base, str(venv)]
    else:
        package = f"python3.{sys.version_info.minor}-venv"
        raise SetupError(
            "This Python cannot make virtual environments (its venv or ensurepip part is missing): "
            f"on Debian or Ubuntu run 'sudo apt install {package}', then start again."
        )
    made = subprocess.run(
        command, env=installer.clean_environment(), capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        raise SetupError(
            "The virtual environment could not be made: " + installer.last_line(made.stderr)
        )


def is_current(root: Path, venv: Path, extras: Iterable[str], python: str | None) -> bool:
    """Tell whether nothing has to be done. ``python`` is asked for by name, or None for any."""
    stamp = read_stamp(venv)
    return (
        stamp is not None
        and stamp.key == key_of(root)
        and stamp.root == str(root)
        and set(extras) <= set(stamp.extras)
        and python in (None, stamp.python)
        and python_version(venv / "bin" / "python") == stamp.python
    )


def ensure(root: Path, extras: Iterable[str], python: str | None) -> bool:
    """Bring ``root/.venv`` up to date.

    ``extras`` are the optional groups of pyproject.toml that are needed; groups that are installed
    already stay. ``python`` ("3.12") is a version that the learner chose, or None.
    Returns True when something had to be installed. Raises SetupError, in plain words.
    """
    venv = root / ".venv"
    if is_current(root, venv, extras, python):
        return False
    check_writable(root)
    check_space(root)
    uv = installer.find_uv()
    old = read_stamp(venv)
    found = python_version(venv / "bin" / "python")
    usable = (
        found is not None
        and python in (None, found)
        and (old is None or old.python == found)
        and (uv is not None or has_pip(venv / "bin" / "python"))
    )
    if not usable:
        print("Making the virtual environment .venv …", flush=True)
        create(venv, uv)
        old = None
    version = python_version(venv / "bin" / "python")
    if version is None:
        raise SetupError("The new .venv does not run. Delete the folder .venv and start again.")
    (venv / STAMP).unlink(missing_ok=True)
    wanted = sorted(set(extras) | set(old.extras if old else ()))
    installer.install(root, venv, wanted, uv)
    stamp = Stamp(key=key_of(root), extras=wanted, python=version, root=str(root))
    (venv / STAMP).write_text(json.dumps(asdict(stamp), indent=1) + "\n", "utf-8")
    return True


def run(arguments: list[str]) -> int:
    """Command line: set up, or say in one line what is wrong. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="setup_venv.py", description=__doc__)
    parser.add_argument("--extra", action="append", default=[], help="optional group, as 'dev'")
    parser.add_argument(
        "--chosen", action="store_true", help="the learner chose this Python: .venv must have it"
    )
    options = parser.parse_args(arguments)
    chosen = f"{sys.version_info.major}.{sys.version_info.minor}" if options.chosen else None
    try:
        if ensure(ROOT, options.extra, chosen):
            print("Ready. Later starts install nothing and need no network.", flush=True)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"The set-up stopped: {error}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"{os.linesep}Stopped. Start again to go on.", file=sys.stderr)
        return 130
    return 0
