"""How an embedded cloud is to be started."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .lambda_.invocation.fleet import IDLE_END_S
from .lambda_.tracing import OLD_STYLE


@dataclass(frozen=True)
class Settings:
    """How to start. ``port`` 0 takes a free one; ``clock_factor`` speeds up AWS's long waits.

    ``idle_end_s``: an environment ends when it was idle for a time between these, in seconds.
    ``until_process_ends``: a process id, ``until_idle_s``: seconds without a request.
    ``trace_format``: how Lambda's own X-Ray segments are built, one of `tracing.FORMATS`.
    """

    port: int = 0
    region: str = "us-east-1"
    clock_factor: float = 60.0
    governor: str = "auto"
    sandbox: str = "auto"
    state_dir: Path | None = None
    until_stdin_closes: bool = False
    until_process_ends: int | None = None
    until_idle_s: float | None = None
    max_environments: int = 64
    account_concurrency: int = 1000
    pure_runtime_client: bool | None = None
    idle_end_s: tuple[float, float] = IDLE_END_S
    trace_format: str = OLD_STYLE
