"""The calls to Linux that Python's library does not have. Each raises OSError.

Sources: mount(2), mount_setattr(2), unshare(2), setns(2), pivot_root(2), prctl(2), capset(2),
capabilities(7) of the Linux man-pages.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct

CLONE_NEWNS = 0x00020000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
MNT_DETACH = 2
ATTRIBUTE_READ_ONLY, ATTRIBUTE_NOSUID = 1, 2
PR_SET_PDEATHSIG, PR_SET_DUMPABLE = 1, 4
PR_CAPBSET_DROP = 24
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 36, 38
AT_FDCWD, AT_RECURSIVE = -100, 0x8000
MOUNT_SETATTR = 442
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
CAPABILITY_VERSION_3 = 0x20080522

_library = ctypes.CDLL(None, use_errno=True)


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    _call(
        "mount",
        os.fsencode(source),
        os.fsencode(target),
        kind.encode() or None,
        ctypes.c_ulong(flags),
        data.encode() or None,
    )


def bind(source: str, target: str) -> None:
    """Show a file or a folder, with what is mounted below it, at another place."""
    mount(source, target, flags=MS_BIND | MS_REC)


def make_read_only(target: str) -> None:
    """Nothing below ``target`` can be written, nor lends its owner's rights to who runs it."""
    change = struct.pack("=QQQQ", ATTRIBUTE_READ_ONLY | ATTRIBUTE_NOSUID, 0, 0, 0)
    _call(
        "syscall",
        ctypes.c_long(MOUNT_SETATTR),
        AT_FDCWD,
        os.fsencode(target),
        AT_RECURSIVE,
        change,
        ctypes.c_size_t(len(change)),
    )


def make_private() -> None:
    """What is mounted from here on is seen in this namespace alone."""
    mount("none", "/", flags=MS_REC | MS_PRIVATE)


def change_root(root: str) -> None:
    """Make a mounted folder the root, and let go of what was there before."""
    os.chdir(root)
    _call("syscall", ctypes.c_long(PIVOT_ROOT[platform.machine()]), b".", b".")
    detach(".")
    os.chdir("/")


def detach(target: str) -> None:
    """Take a mounted folder away, with all that is mounted below it."""
    _call("umount2", os.fsencode(target), MNT_DETACH)


def unshare(flags: int) -> None:
    _call("unshare", flags)


def setns(descriptor: int, kind: int) -> None:
    _call("setns", descriptor, kind)


def prctl(option: int, value: int) -> None:
    _call("prctl", option, ctypes.c_ulong(value), ctypes.c_ulong(0), 0, 0)


def drop_capabilities() -> None:
    """Give up every right that a process may have beside its user's."""
    header = struct.pack("=Ii", CAPABILITY_VERSION_3, 0)
    _call("capset", header, bytes(24))


def obey_modes() -> None:
    """Whatever this process starts may not pass over the modes of files, though it is root's."""
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        prctl(PR_CAPBSET_DROP, capability)


def descendants(pid: int) -> list[int]:
    """Children, grandchildren and so on of a process, in no order."""
    found: list[int] = []
    waiting = [pid]
    while waiting:
        parent = waiting.pop()
        try:
            for task in os.listdir(f"/proc/{parent}/task"):
                with open(f"/proc/{parent}/task/{task}/children", "rb") as file:
                    children = [int(word) for word in file.read().split()]
                found += children
                waiting += children
        except OSError:
            continue
    return found


def map_user(inside: tuple[int, int], outside: tuple[int, int]) -> None:
    """Name the one user and group of this process's new user namespace."""
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{inside[0]} {outside[0]} 1"),
        ("gid_map", f"{inside[1]} {outside[1]} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def _call(name: str, *arguments: object) -> None:
    if getattr(_library, name)(*arguments) == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
