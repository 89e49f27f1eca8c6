"""The Shutdown phase: how long whom an environment's end waits for.

"Shutdown is up to 0 ms without extensions, 500 ms with an internal one, 2,000 ms with external
ones": Lambda Developer Guide, "Understanding the Lambda execution environment lifecycle" (read
2026-11). The runtime gets SIGTERM and three tenths of that time, then extensions the SHUTDOWN
event: AWS's runtime interface emulator, ``rapid/shutdown.go`` (read 2026-11).
"""

from __future__ import annotations

import asyncio
import time

from .extensions.extension import SHUTDOWN
from .extensions.registry import Registry
from .extensions.telemetry import Telemetry
from .processes import Processes
from .runtime_process import RuntimeProcess

INTERNAL_S = 0.5
EXTERNAL_S = 2.0
RUNTIME_PART = 0.3
LOOK_S = 0.005
FLUSH_S = 0.2


async def shut_down(
    processes: Processes, extensions: Registry, telemetry: Telemetry, share: float, reason: str
) -> None:
    """Let extensions end in order; whatever is left afterwards is the caller's to kill.

    ``reason`` is "spindown", "timeout" or "failure".
    """
    if not extensions.all:
        return
    extensions.is_ending = True
    limit_s = EXTERNAL_S if extensions.has_external else INTERNAL_S
    deadline = time.time() + limit_s
    if processes.runtime is not None:
        processes.group.thaw(share)
        processes.runtime.terminate()
        await _ended([processes.runtime], deadline - limit_s * (1 - RUNTIME_PART))
    if not extensions.has_external:
        return
    await telemetry.flush(FLUSH_S)
    told = extensions.release(
        SHUTDOWN, {"shutdownReason": reason, "deadlineMs": int(deadline * 1000)}
    )
    names = {each.name for each in told}
    waited = []
    for name, process in processes.extensions.items():
        if name in names:
            waited.append(process)
        else:
            process.kill()
    await _ended(waited, deadline)


async def _ended(processes: list[RuntimeProcess], deadline: float) -> None:
    while any(not each.has_exited for each in processes) and time.time() < deadline:
        await asyncio.sleep(LOOK_S)
