"""A deployment package: the zip file that a function is made from. Same input, same bytes."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

# Direct upload of a zip package (Lambda limits page, mid 2026).
MAX_ZIP_BYTES = 50 * 1024 * 1024
_LEFT_OUT = {"__pycache__", ".ipynb_checkpoints", ".DS_Store", ".git", ".mypy_cache"}
# The earliest time that a zip file can hold: a time stamp would change the bytes on every build.
_TIME = (1980, 1, 1, 0, 0, 0)


class PackageError(ValueError):
    """The deployment package cannot be made; the message says why."""


def zip_files(files: Mapping[str, str | bytes]) -> bytes:
    """A deployment package from text in memory.

    Args:
        files: contents by path inside the package, with ``/`` between folders. A file named
            ``bootstrap`` becomes executable, as a custom runtime needs it.

    Raises:
        PackageError: no files, a path that leaves the package, or more than 50 MB.
    """
    contents = {
        name: (text.encode() if isinstance(text, str) else text, _mode(name, executable=False))
        for name, text in files.items()
    }
    return _zip(contents)


def zip_folder(path: str | Path) -> bytes:
    """A deployment package from a folder: its files, without caches and hidden checkpoints.

    Args:
        path: the folder. Files that may be executed stay executable.

    Raises:
        PackageError: no such folder, an empty one, or more than 50 MB.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise PackageError(f"There is no folder {folder}. Check the name: {_neighbours(folder)}")
    contents = {}
    for file in folder.rglob("*"):
        inside = file.relative_to(folder)
        if file.is_dir() or file.suffix == ".pyc" or _LEFT_OUT & set(inside.parts):
            continue
        mode = _mode(inside.as_posix(), executable=os.access(file, os.X_OK))
        contents[inside.as_posix()] = (file.read_bytes(), mode)
    if not contents:
        raise PackageError(f"The folder {folder} is empty. Put the function's code into it.")
    return _zip(contents)


def _mode(name: str, *, executable: bool) -> int:
    return 0o755 if executable or name == "bootstrap" else 0o644


def _zip(contents: Mapping[str, tuple[bytes, int]]) -> bytes:
    if not contents:
        raise PackageError("A deployment package needs at least one file.")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, (data, mode) in sorted(contents.items()):
            if not name or name.startswith("/") or ".." in name.split("/") or "\\" in name:
                raise PackageError(f"{name!r} is not a path inside the package.")
            entry = zipfile.ZipInfo(name, _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, whatever system builds it: else the mode is ignored
            entry.external_attr = (0o100000 | mode) << 16
            archive.writestr(entry, data)
    data = buffer.getvalue()
    if len(data) > MAX_ZIP_BYTES:
        raise PackageError(
            f"The package has {len(data) / 1024 / 1024:.1f} MB; Lambda takes 50 MB zipped. Leave "
            "out what the function does not need, or put it into a layer or a container image."
        )
    return data


def _neighbours(folder: Path) -> str:
    if not folder.parent.is_dir():
        return f"{folder.parent} does not exist either."
    found = sorted(item.name for item in folder.parent.iterdir() if item.is_dir())
    return f"{folder.parent} holds {', '.join(found) or 'no folders'}."
