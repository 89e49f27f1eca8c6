"""The signals that end the server, in a pipe that its keeper looks into as well.

Python runs a signal's handler only between two steps of its main thread, so a thread that is busy
in C code holds it up. The number of the signal is written at once: whoever reads the pipe knows.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable

ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class StopSignals:
    """``unread`` is the reading end; what is in it this server has not noticed yet."""

    def __init__(self) -> None:
        self.unread, self._written = os.pipe()
        os.set_blocking(self.unread, False)
        os.set_blocking(self._written, False)

    def listen(self, loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> None:
        """Call ``stop`` on the loop when one of the signals comes. Called on the main thread."""
        signal.set_wakeup_fd(self._written, warn_on_full_buffer=False)
        for number in ENDING:
            signal.signal(number, lambda *_: None)
            signal.siginterrupt(number, False)

        def read() -> None:
            if any(number in ENDING for number in os.read(self.unread, 1024)):
                stop()

        loop.add_reader(self.unread, read)
