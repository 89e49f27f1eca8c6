"""The file tree that a function sees: a closed list of this machine's files, and its own.

A base is made once for each view, in the spawner's mount namespace. Each environment gets a copy
of it, which costs the kernel little, with its own code, layers and ``/tmp``.

That only ``/tmp`` can be written, and how large it is: Lambda Developer Guide, "Understanding the
Lambda execution environment lifecycle" and "Configure ephemeral storage" (read 2026-11).
"""

from __future__ import annotations

import contextlib
import os

from . import linux
from .order import Pairs
from .user import USER_FILES

OWN_FOLDERS = ("dev", "etc", "home", "opt", "proc", "run", "tmp", "var/runtime", "var/task")
DEVICES = ("null", "zero", "full", "random", "urandom")
DEVICE_LINKS = {
    "fd": "/proc/self/fd",
    "stdin": "/proc/self/fd/0",
    "stdout": "/proc/self/fd/1",
    "stderr": "/proc/self/fd/2",
}
SMALL = "mode=755,size=1m"
# One file for so many bytes, as mke2fs has it on small disks. AWS does not say.
BYTES_PER_FILE = 4096


class Bases:
    """The bases that were made, by what they show; ``folder`` is where they are mounted."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._made: dict[str, str] = {}

    def get(self, binds: Pairs, links: Pairs, masks: list[str]) -> str:
        """The folder of a base, made when it is the first of its kind. Raises OSError."""
        key = repr((binds, links, masks))
        if key not in self._made:
            root = os.path.join(self._folder, f"base-{len(self._made)}")
            os.makedirs(root, exist_ok=True)
            linux.mount("base", root, "tmpfs", linux.MS_NOSUID, SMALL)
            try:
                _furnish(root, binds, links, masks)
            except OSError:
                linux.detach(root)
                raise
            self._made[key] = root
        return self._made[key]


def enter(root: str, task: str, opt: str, tmp_bytes: int, user: tuple[int, int]) -> None:
    """Make a base this process's own, with code, layers and ``/tmp``; nothing else is left."""
    for source, target in ((task, f"{root}/var/task"), (opt, f"{root}/opt")):
        if source:
            linux.bind(source, target)
            linux.make_read_only(target)
    size = f"size={tmp_bytes},nr_inodes={max(1024, tmp_bytes // BYTES_PER_FILE)}"
    who = f"mode=700,uid={user[0]},gid={user[1]}"
    flags = linux.MS_NOSUID | linux.MS_NODEV
    linux.mount("scratch", f"{root}/tmp", "tmpfs", flags, f"{size},{who}")  # noqa: S108
    mount_proc(f"{root}/proc")
    linux.change_root(root)


def mount_proc(target: str) -> None:
    """Show the processes of this process's own namespace."""
    linux.mount("proc", target, "proc", linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC)


def _furnish(root: str, binds: Pairs, links: Pairs, masks: list[str]) -> None:
    for name in OWN_FOLDERS:
        os.makedirs(f"{root}/{name}")
    for path, target in links:
        os.symlink(target, root + path)
    for name, target in DEVICE_LINKS.items():
        os.symlink(target, f"{root}/dev/{name}")
    for name, text in USER_FILES.items():
        with open(f"{root}/etc/{name}", "w") as file:
            file.write(text)
    waiting = list(masks)
    for source, path in [*((f"/dev/{name}", f"/dev/{name}") for name in DEVICES), *binds]:
        _show(source, root + path)
        for mask in [mask for mask in waiting if f"{mask}/".startswith(f"{path}/")]:
            waiting.remove(mask)
            if os.path.isdir(root + mask):
                linux.mount("hidden", root + mask, "tmpfs", linux.MS_NOSUID, SMALL)
    linux.make_read_only(root)


def _show(source: str, place: str) -> None:
    # Below something that is shown already the place may be there, and be read-only.
    if os.path.isdir(source):
        with contextlib.suppress(FileExistsError):
            os.makedirs(place)
    elif not os.path.exists(place):
        os.makedirs(os.path.dirname(place), exist_ok=True)
        os.close(os.open(place, os.O_CREAT | os.O_CLOEXEC, 0o644))
    linux.bind(source, place)
