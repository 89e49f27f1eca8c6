"""The AWS SDK for JavaScript v3 of the Node.js runtimes, installed when a function needs it.

On AWS it is part of the runtime (Lambda Developer Guide, "Building Lambda functions with Node.js",
read 2026-11). Here npm installs the pinned packages of ``node/sdk.json`` once on a machine, into
a cache: for the first function that names a package of it and does not bring that itself.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from importlib import resources
from pathlib import Path

INSTALL_LIMIT_S = 300.0
NAMES = re.compile(rb"@(?:aws-sdk|smithy)/[a-z0-9-]*")
SOURCES = (".js", ".mjs", ".cjs")
# A larger file is a bundle, which brings what it needs.
LARGEST_BYTES = 5 * 1024 * 1024
MODULES = "node_modules"
# What the runtime's client adds to the error of a module that is not found.
NOTE = "sdk-missing.txt"
_INSTALLING = asyncio.Lock()


async def provide(folder: Path, code: Path) -> None:
    """Put the SDK into ``folder`` (``/var/runtime``), if the code there needs it and it is not
    there yet. Where that is not possible, a note says so to the function that looks for it."""
    if (folder / MODULES).exists() or not await asyncio.to_thread(_needs_it, code):
        return
    async with _INSTALLING:
        if not (folder / MODULES).exists():
            await asyncio.to_thread(_provide, folder)


def cache_folder() -> Path:
    """Where the pinned packages lie on this machine."""
    root = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    name = hashlib.sha256(_pins()).hexdigest()[:16]
    return Path(root) / "serverless-course" / f"node-sdk-{name}"


def _pins() -> bytes:
    return (resources.files(__package__) / "node" / "sdk.json").read_bytes()


def _needs_it(code: Path) -> bool:
    for folder, folders, files in os.walk(code):
        if MODULES in folders:
            folders.remove(MODULES)
            if any(_is_missing(code, each) for each in _peers(Path(folder, MODULES))):
                return True
        for name in files:
            path = Path(folder, name)
            if path.suffix in SOURCES and any(_is_missing(code, each) for each in _named(path)):
                return True
    return False


def _peers(modules: Path) -> set[bytes]:
    """The SDK's packages that those in a folder expect beside them, as Powertools do."""
    found: set[bytes] = set()
    for pattern in ("*/package.json", "@*/*/package.json"):
        for path in modules.glob(pattern):
            try:
                peers = json.loads(path.read_bytes()).get("peerDependencies") or {}
            except (OSError, ValueError, AttributeError):
                continue
            found |= {each.encode() for each in peers if NAMES.fullmatch(each.encode())}
    return found


def _is_missing(code: Path, name: bytes) -> bool:
    """Whether the function does not bring a package itself: it may bring others of the SDK."""
    return not (code / MODULES / name.decode()).is_dir()


def _named(path: Path) -> set[bytes]:
    """The SDK's packages that a file names; one that cannot be read is not the SDK's matter."""
    try:
        text = path.read_bytes() if path.stat().st_size <= LARGEST_BYTES else b""
    except OSError:
        return set()
    return set(NAMES.findall(text))


def _provide(folder: Path) -> None:
    problem = "" if cache_folder().is_dir() else _install(cache_folder())
    if problem:
        (folder / NOTE).write_text(
            "The embedded cloud installs the AWS SDK for JavaScript (@aws-sdk/*) with npm when a "
            f"function needs it, and could not: {problem} Install npm, or put the packages "
            "into the deployment package."
        )
        return
    (folder / NOTE).unlink(missing_ok=True)
    partial = folder / f"{MODULES}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(
        cache_folder() / MODULES,
        partial,
        copy_function=_link,
        symlinks=True,
        ignore=shutil.ignore_patterns("*.d.ts", "*.md", ".bin"),
    )
    partial.rename(folder / MODULES)


def _install(target: Path) -> str:
    """Install into a folder; what went wrong, or nothing."""
    npm = shutil.which("npm")
    if npm is None:
        return "there is no npm on PATH."
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as name:
        folder = Path(name, "sdk")
        folder.mkdir()
        (folder / "package.json").write_bytes(_pins())
        command = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=dev"]
        try:
            done = subprocess.run(
                [*command, "--fetch-retries=1", "--fetch-timeout=30000"],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=INSTALL_LIMIT_S,
                text=True,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"npm did not end ({type(error).__name__})."
        if done.returncode:
            words = [line for line in done.stderr.splitlines() if line.strip()]
            return f"npm said: {words[0] if words else done.returncode}."
        try:
            folder.rename(target)
        except OSError:
            return "" if target.is_dir() else "its folder could not be made."
    return ""


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
