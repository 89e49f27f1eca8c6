"""One extension of an environment, external (a process of its own) or internal."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from ....wire.http import Later, Response

INVOKE, SHUTDOWN = "INVOKE", "SHUTDOWN"
STARTED, REGISTERED, READY, RUNNING = "Started", "Registered", "Ready", "Running"
INIT_ERROR, EXIT_ERROR, LAUNCH_ERROR = "InitError", "ExitError", "LaunchError"
# From which states an extension may go on: into the state that is the key.
ALLOWED = {
    REGISTERED: {STARTED},
    READY: {REGISTERED, RUNNING},
    INIT_ERROR: {REGISTERED, INIT_ERROR},
    EXIT_ERROR: {REGISTERED, READY, RUNNING, EXIT_ERROR},
}


@dataclass
class Extension:
    """``events`` are those that it subscribed to; ``error_type`` what it said of its end."""

    name: str
    is_external: bool
    state: str = STARTED
    events: list[str] = field(default_factory=list)
    error_type: str = ""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    _asking: Later | None = field(default=None, repr=False)

    def may_become(self, state: str) -> bool:
        """Whether that is the next state."""
        return self.state in ALLOWED[state]

    def wait(self) -> Later:
        """It asks for its next event: the answer, given by `release`."""
        self.state = READY
        self._asking = Later()
        return self._asking

    def release(self, event: dict[str, Any]) -> None:
        """Answer with an event."""
        self.state = RUNNING
        asking, self._asking = self._asking, None
        if asking is not None:
            identity = {
                "Content-Type": "application/json",
                "Lambda-Extension-Event-Identifier": str(uuid.uuid4()),
            }
            body = json.dumps(event, separators=(",", ":")).encode()
            asking.give(Response(200, identity, body))

    def forget(self) -> None:
        """Its process has gone: there is nobody to answer."""
        if self._asking is not None:
            self._asking.cancel()
        self._asking = None
