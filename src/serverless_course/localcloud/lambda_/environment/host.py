"""What this machine lends to every execution environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ..code_store import CodeStore
from .memory_watch import MemoryWatch
from .opt_folders import OptFolders
from .sandbox.sandbox import Sandbox
from .starts import Starts


class Keeper(Protocol):
    """Who ends a process group when this server dies."""

    def add(self, pgid: int, mark: str) -> None: ...

    def remove(self, pgid: int, mark: str) -> None: ...


@dataclass(frozen=True)
class Host:
    """The parts that all environments share, and the addresses that their processes are told."""

    sandbox: Sandbox
    keeper: Keeper
    memory: MemoryWatch
    opt: OptFolders
    code: CodeStore
    scratch: Path
    endpoint: str
    # Where SDKs in functions with PassThrough send to, and nobody reads.
    no_daemon: str
    starts: Starts = field(default_factory=Starts)
