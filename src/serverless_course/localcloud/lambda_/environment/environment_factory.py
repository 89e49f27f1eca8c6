"""The factory: builds execution environments from what the server holds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from ...logs.log_writer import LogWriter
from ...vpc.function_networks import FunctionNetworks
from ..code_store import CodeStore
from ..function_version import ACTIVE, FunctionVersion
from .environment import ExecutionEnvironment
from .governor import Governor
from .host import Host
from .runtimes import Runtimes
from .variables import overridden

# So many files that Lambda's user may not read are named in a function's log.
MOST_CLOSED = 10
# A role's temporary credentials as environment variables: its ARN, the session's name, the region,
# the function's ARN.
Credentials = Callable[[str, str, str, str], dict[str, str]]
# Takes what SDKs sent to the X-Ray daemon: the region, the role's ARN, segment documents.
TakeSegments = Callable[[str, str, Sequence[str]], None]


class EnvironmentFactory:
    """Everything an environment is made of, handed over once at the server's start."""

    def __init__(
        self,
        runtimes: Runtimes,
        code: CodeStore,
        governor: Governor,
        host: Host,
        logs: LogWriter,
        credentials: Credentials,
        take_segments: TakeSegments,
        vpc: FunctionNetworks,
    ) -> None:
        self.governor = governor
        self._runtimes = runtimes
        self._code = code
        self._host = host
        self._logs = logs
        self._credentials = credentials
        self._take_segments = take_segments
        self._vpc = vpc
        self._tasks: set[asyncio.Task[Any]] = set()

    def build(self, version: FunctionVersion, initialization_type: str) -> ExecutionEnvironment:
        """A new environment of that version, not yet initialised."""
        # First what may be refused: a version whose network is not there.
        eni = self._vpc.eni(version)
        return ExecutionEnvironment(
            version,
            self._runtimes.named(version.runtime),
            self._code.folder(version.code_key),
            self._host,
            self.governor.make(),
            lambda group, stream, events: self._logs.send(version, group, stream, events),
            lambda: self._credentials(version.role, version.name, version.region, version.arn),
            initialization_type,
            (lambda document: self._take_segments(version.region, version.role, [document]))
            if version.tracing_mode == ACTIVE
            else None,
            eni,
            self._notes(version),
        )

    def _notes(self, version: FunctionVersion) -> list[str]:
        """What a function's author should know, and AWS does not say."""
        found = [
            f"{name} is not passed on; calls to AWS stay in this cloud."
            for name in overridden(version)
        ]
        closed = self._code.closed(version.code_key, *version.layer_keys)
        found += map(str, closed[:MOST_CLOSED])
        if len(closed) > MOST_CLOSED:
            found.append(f"That is so for {len(closed)} files and folders.")
        return [f"[WARN] embedded cloud: {note}" for note in found]

    def later(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something in the background and keep it until it is done."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
