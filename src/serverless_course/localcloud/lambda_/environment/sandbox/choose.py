"""Finds out, once at the server's start, whether functions can have namespaces of their own."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from ..runtimes.python_runtime import own_interpreter
from ..spawner import ON_LINUX, AnySpawner, Spawner, ThreadSpawner
from .order import Order
from .started import Started
from .view import hidden_folders, shown

NAMES = ("auto", "none")
# What the Python client and boto3 need of the standard library.
TRIAL = "import ctypes, hashlib, http.client, json, logging, socket, ssl"
TRIAL_LIMIT_S = 10.0
MB = 1024 * 1024


async def choose_spawner(wanted: str, state: Path) -> tuple[AnySpawner, str]:
    """A running spawner, and why it makes no namespaces ("" when it does).

    ``auto`` tries them with a Python that imports what a runtime needs; ``none`` does not.
    """
    if not ON_LINUX:
        return ThreadSpawner(), "only Linux has them"
    why = "--sandbox none was asked for"
    if wanted == "auto":
        spawner = Spawner(state / "bases", isolated=True)
        why = await _trial(spawner, state)
        if not why:
            return spawner, ""
        spawner.close()
    return Spawner(state / "bases", isolated=False), why


async def _trial(spawner: Spawner, state: Path) -> str:
    """Why a process could not be started in namespaces; "" when it could."""
    program = Path(own_interpreter())
    found = shown(program, None, (), hidden_folders(state))
    command = [found.program, "-I", "-S", "-c", TRIAL]
    variables = {"LD_LIBRARY_PATH": found.libraries}
    nothing = str(spawner.folder)
    order = Order(command, variables, "/var/task", 512 * MB, *found.view, nothing, "", MB, [])
    try:
        spawned = await spawner.spawn(order)
    except OSError as error:
        return error.strerror or str(error)
    process = spawned.process
    assert isinstance(process, Started)
    code = await asyncio.to_thread(process.wait, TRIAL_LIMIT_S)
    with open(spawned.output, "rb") as output:
        said = (output.read() or b"").decode(errors="replace").strip().splitlines()
    process.close()
    if process.tree is not None:
        os.close(process.tree)
    return "" if code == 0 else f"a Python in them ended with {code}: {' '.join(said[-1:])}"
