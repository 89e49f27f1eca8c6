"""The operating-system process in which an environment's runtime runs."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import subprocess
from collections.abc import Callable

from .governor.group import kill_tree, send_to_group
from .output_pipe import OutputPipe
from .sandbox.started import Started
from .signal_words import signal_word
from .spawner import Spawned

END_LIMIT_S = 2.0
# What starts further processes while it is being ended is found again.
END_ROUNDS = 200


class RuntimeProcess:
    """A started process: when it ends ``on_exit`` is called, what it writes goes to ``take``."""

    def __init__(
        self, spawned: Spawned, on_exit: Callable[[], None], take: Callable[[bytes], None]
    ) -> None:
        self._process = spawned.process
        self._started = spawned.process if isinstance(spawned.process, Started) else None
        self._on_exit = on_exit
        self._loop = asyncio.get_running_loop()
        self._ended = False
        self.output = OutputPipe(spawned.output, take)
        self._watch_exit()

    @property
    def pid(self) -> int:
        """Its process id, which is also its process group's."""
        return self._process.pid

    @property
    def root(self) -> int:
        """The process that all others of its environment are below."""
        return self._started.first if self._started else self.pid

    @property
    def tree(self) -> int | None:
        """A descriptor of its file tree, when one was made for it."""
        return self._started.tree if self._started else None

    def strays(self) -> list[int]:
        """Processes that have left its process tree."""
        return self._started.strays() if self._started else []

    @property
    def has_exited(self) -> bool:
        """Whether it has ended, by itself or not, with all its threads."""
        return self._process.poll() is not None

    def exit_reason(self) -> str:
        """Why it ended, in AWS's words for a runtime."""
        if not self._process.poll():
            return "Runtime exited without providing a reason"
        return f"Runtime exited with error: {self.ended_with}"

    @property
    def ended_with(self) -> str:
        """Its exit status or its signal, in AWS's words."""
        code = self._process.poll() or 0
        if code < 0:
            return f"signal: {signal_word(-code)}"
        return f"exit status {code}" if code else "exit code 0"

    def terminate(self) -> None:
        """Ask it to end."""
        send_to_group(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """Kill it with its process group and all that has left its tree."""
        send_to_group(self.pid, signal.SIGKILL)
        for _ in range(END_ROUNDS):
            strays = self.strays()
            for pid in strays:
                kill_tree(pid)
            if not strays:
                break
        if self._started:
            self._started.kill()

    def close(self) -> None:
        """Kill what is left, collect it, and let go of what belongs to it."""
        self._ended = True
        self.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(END_LIMIT_S)
        if self._started:
            self._loop.remove_reader(self._started)
            self._started.close()
        self.output.close()

    def _watch_exit(self) -> None:
        if self._started:
            self._loop.add_reader(self._started, self._exited)
        else:
            waiting = self._loop.run_in_executor(None, self._process.wait)
            waiting.add_done_callback(lambda _: self._exited())

    def _exited(self) -> None:
        if self._started:
            self._loop.remove_reader(self._started)
        self._process.poll()
        if not self._ended:
            self._on_exit()
