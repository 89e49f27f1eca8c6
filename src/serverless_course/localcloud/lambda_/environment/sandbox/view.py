"""What a function is shown of this machine: a closed list, worked out by the server.

Everything else is not there: home folders, other functions' files, the server's state, the
course's own checkout. Folders of that kind that lie below a listed one are shown empty.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from .order import Pairs

SYSTEM = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/nix/store",
    "/gnu/store",
)
# Names and addresses, certificates, shared libraries, types: what programs look up in /etc.
SETTINGS = (
    *("host.conf", "resolv.conf", "nsswitch.conf", "gai.conf", "services", "protocols"),
    *("ssl", "pki", "ca-certificates", "ca-certificates.conf", "crypto-policies"),
    *("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "ld.so.preload", "alternatives"),
    *("mime.types", "locale.alias", "locale.conf", "fonts", "terminfo", "os-release"),
)
HARDWARE = "/sys/devices/system/cpu"
# What belongs to an installed Python or Node.js, below its prefix.
INSTALLED = ("lib", "lib64", "ssl", "share/zoneinfo", "share/terminfo")
LINUXBREW = Path("/home") / "linuxbrew" / ".linuxbrew"
# A function has its own folders of these names: what is installed there is shown in LANG.
TAKEN = ("/opt", "/tmp", "/var/task", "/var/runtime", "/proc", "/dev")  # noqa: S108
LANG = Path("/var/lang")


class View(NamedTuple):
    """Pairs of a path here and a path there, links (where, to what), and folders shown empty."""

    binds: Pairs
    links: Pairs
    masks: list[str]


class Shown(NamedTuple):
    """A view, the interpreter's path in it, and folders of libraries it may not find itself."""

    view: View
    program: str
    libraries: str


def shown(
    program: Path | None,
    runtime: Path | None,
    caches: Iterable[tuple[Path, str]],
    hidden: Iterable[Path],
) -> Shown:
    """What a function sees whose runtime is that program, with ``runtime`` as ``/var/runtime``."""
    binds: Pairs = []
    links: Pairs = []
    settings = (f"/etc/{name}" for name in SETTINGS)
    for path in (*SYSTEM, *settings, HARDWARE):
        target = os.readlink(path) if os.path.islink(path) else ""
        if target and not os.path.isabs(target) and path != "/etc/resolv.conf":
            links.append((path, target))
        elif os.path.exists(path):
            binds.append((path, path))
    prefix = program.parent.parent if program else LANG
    there = LANG if _within(prefix, TAKEN) else prefix
    for part in installation(program) if program else ():
        place = there / part.relative_to(prefix) if part.is_relative_to(prefix) else part
        if part.exists() and not _within(place, [seen for _, seen in binds]):
            binds.append((str(part), str(place)))
    masks = [str(path) for path in hidden if _within(path, [seen for _, seen in binds])]
    if runtime is not None:
        binds += _runtime_binds(runtime)
    binds += [(str(cache), place_of) for cache, place_of in caches]
    interpreter = str(there / program.relative_to(prefix)) if program else ""
    libraries = f"{there}/lib" if there != prefix else ""
    return Shown(View(binds, links, masks), interpreter, libraries)


def installation(program: Path) -> list[Path]:
    """What an interpreter needs of its installation, wherever that is. Links are resolved."""
    prefix = program.parent.parent
    found = [program, *(prefix / name for name in INSTALLED)]
    if program.is_relative_to(LINUXBREW):
        found += [LINUXBREW / name for name in ("Cellar", "opt", "lib")]
    return found


def hidden_folders(state: Path) -> list[Path]:
    """What no function may see, even where it lies below what functions are shown."""
    package = Path(__file__).resolve().parents[4]
    checkout = package.parent.parent if package.parent.name == "src" else package
    found = [state, checkout, package, Path.home(), Path("/root"), Path(tempfile.gettempdir())]
    return list(dict.fromkeys(path.resolve() for path in found))


def _runtime_binds(folder: Path) -> Pairs:
    """``/var/runtime``: the folder itself, or what its links lead to, each at its own name."""
    entries = sorted(folder.iterdir())
    if not any(entry.is_symlink() for entry in entries):
        return [(str(folder), "/var/runtime")]
    return [(os.path.realpath(entry), f"/var/runtime/{entry.name}") for entry in entries]


def _within(path: Path, folders: Iterable[str]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)
