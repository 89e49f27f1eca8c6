"""The files of a deployment package or a layer: their modes, their links, and how they unpack.

Lambda keeps the modes of a zip, and runs code as a user who owns none of the files: everybody must
have the right to read a file, and to execute a program or a folder (Lambda Developer Guide,
"Working with .zip file archives for Python Lambda functions"; AWS re:Post, "How do I troubleshoot
permission denied or unable to import module errors from Lambda": 644 and 755; read 2026-11).
Symbolic links stay links, as AWS's users report (terraform-aws-lambda, issue 596, 2024).
"""

from __future__ import annotations

import os
import shutil
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple

READABLE, OPEN_FOLDER = 0o644, 0o755
READ, READ_AND_ENTER = 0o004, 0o005
# Who made an entry, as the zip format numbers it (APPNOTE.TXT, 4.4.2): Unix and macOS write modes.
WITH_MODES = (3, 19)


class Closed(NamedTuple):
    """A file or a folder that Lambda's user may not use; ``mode`` as the zip has it."""

    path: str
    mode: int
    is_folder: bool

    def __str__(self) -> str:
        what = "look into" if self.is_folder else "read"
        needed = "755" if self.is_folder else "644 (755 for a program)"
        return (
            f"Lambda's user may not {what} {self.path}, here as on AWS: it has mode "
            f"{self.mode:03o} in the zip. Give it mode {needed} when you make the zip."
        )


def closed(archive: zipfile.ZipFile) -> list[Closed]:
    """What Lambda's user may not read or look into, by the modes in a zip."""
    found = []
    for path, item in _entries(archive).items():
        needed = READ_AND_ENTER if item.is_dir() else READ
        if path and not is_link(item) and needed & ~mode_of(item):
            found.append(Closed(path, mode_of(item), item.is_dir()))
    return found


def unpacked_bytes(archive: zipfile.ZipFile) -> int:
    """Bytes of all files of a zip."""
    return sum(item.file_size for item in _entries(archive).values())


def unpack(archive: zipfile.ZipFile, folder: Path) -> None:
    """Write everything into an empty folder. Its folders are open: `close_folders` comes last.

    Links are made after all files: nothing is written through one. Raises OSError and zipfile's
    errors.
    """
    for item in archive.infolist():
        archive.extract(item, folder)
    links = []
    for path, item in _entries(archive).items():
        target = folder / path
        if is_link(item):
            links.append(target)
        elif not item.is_dir():
            target.chmod(_here(mode_of(item)))
    for target in links:
        text = target.read_bytes()
        target.unlink()
        os.symlink(text, target)


def folder_modes(archive: zipfile.ZipFile) -> dict[str, int]:
    """The modes of those folders that a zip has entries for, by their paths."""
    entries = _entries(archive)
    return {path: mode_of(item) for path, item in entries.items() if path and item.is_dir()}


def close_folders(folder: Path, modes: Mapping[str, int]) -> None:
    """Give folders their modes, the deepest first; one without a mode is open to everybody."""
    for here, _, _ in os.walk(folder, topdown=False):
        os.chmod(here, _here(modes.get(os.path.relpath(here, folder), OPEN_FOLDER)))


def remove_tree(folder: Path) -> None:
    """Remove a folder with all in it, closed folders too. What cannot be removed stays."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.is_dir():
        for here, folders, _ in os.walk(folder):
            for name in folders:
                path = os.path.join(here, name)
                if not os.path.islink(path):
                    os.chmod(path, stat.S_IRWXU)
        shutil.rmtree(folder, ignore_errors=True)


def mode_of(item: zipfile.ZipInfo) -> int:
    """The mode that an entry gets on Lambda; one that was packed without is open to everybody.

    Entries made on Windows have none (aws-sam-cli, pull request 2193, 2020).
    """
    mode = item.external_attr >> 16 & 0o777 if item.create_system in WITH_MODES else 0
    return mode or (OPEN_FOLDER if item.is_dir() else READABLE)


def is_link(item: zipfile.ZipInfo) -> bool:
    """Whether an entry is a symbolic link; its text is where it leads to."""
    return item.create_system in WITH_MODES and stat.S_ISLNK(item.external_attr >> 16)


def _entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Entries by their paths; of two that have one path the later one counts."""
    return {"/".join(_parts(item.filename)): item for item in archive.infolist()}


def _parts(name: str) -> list[str]:
    return [part for part in PurePosixPath(name).parts if part not in ("/", "..")]


def _here(mode: int) -> int:
    """The mode of a file here, so that a function may do what Lambda's user may.

    Where a function runs as another user than the server (who owns the files), it has the rights of
    others. Where it is the same user, it has the owner's: these are cut to what others may.
    """
    return mode & ~((~mode & READ_AND_ENTER) << 6)
