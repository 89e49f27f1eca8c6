"""The extensions of one environment: who they are, and whom an event waits for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....wire.http import Later
from ..invocation import Ending, Event
from .extension import (
    EXIT_ERROR,
    INIT_ERROR,
    INVOKE,
    LAUNCH_ERROR,
    READY,
    REGISTERED,
    SHUTDOWN,
    Extension,
)

# Lambda quotas (read 2026-11): external and internal ones together.
MOST = 10


class Refusal(Exception):
    """What the Extensions API refuses, with AWS's type and words."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(message)
        self.error_type = error_type


class Registry:
    """From a start of the environment's processes to the next one.

    ``on_registered`` is called when the last external extension has registered, ``on_ready`` when
    one asks for its next event, ``on_failed`` when one ends what is under way.
    """

    def __init__(
        self,
        on_registered: Callable[[], None],
        on_ready: Callable[[], None],
        on_failed: Callable[[Ending], None],
    ) -> None:
        self.all: list[Extension] = []
        self.is_open = True
        self.is_ending = False
        self._on_registered = on_registered
        self._on_ready = on_ready
        self._on_failed = on_failed

    def clear(self) -> None:
        """The environment's processes start again: nobody is registered."""
        for each in self.all:
            each.forget()
        self.all = []
        self.is_open = True
        self.is_ending = False

    def launch(self, name: str) -> Extension:
        """An external extension was started."""
        extension = Extension(name, is_external=True)
        self.all.append(extension)
        return extension

    @property
    def has_external(self) -> bool:
        return any(each.is_external for each in self.all)

    @property
    def pending(self) -> bool:
        """Whether an extension has yet to ask for its next event."""
        return any(each.state != READY for each in self.all)

    def subscribed(self, event: str) -> list[Extension]:
        """Those that want an event."""
        return [each for each in self.all if event in each.events]

    def find(self, identifier: str) -> Extension | None:
        """The registered extension of an identifier."""
        return next(
            (each for each in self.all if each.id == identifier and each.state != "Started"), None
        )

    def register(self, name: str, events: list[str]) -> Extension:
        """An extension registers. Raises `Refusal`."""
        found = next((each for each in self.all if each.name == name), None)
        is_external = found is not None and found.is_external
        for event in events:
            if event == SHUTDOWN and not is_external:
                why = "ShutdownEventNotSupportedForInternalExtension"
                raise Refusal("Extension.InvalidEventType", f"{event}: {why}")
            if event not in (INVOKE, SHUTDOWN):
                raise Refusal("Extension.InvalidEventType", f"{event}: ErrorInvalidEventType")
        if found is None or not is_external:
            found = self._internal(name, found)
        if not found.may_become(REGISTERED):
            raise _not_allowed(found, REGISTERED, found.name)
        found.state, found.events = REGISTERED, list(events)
        if is_external and not any(each.state == "Started" for each in self.all):
            self._on_registered()
        return found

    def ready(self, extension: Extension) -> Later:
        """It asks for its next event: the answer. Raises `Refusal`."""
        if not extension.may_become(READY):
            raise _not_allowed(extension, READY, extension.id)
        waiting = extension.wait()
        self._on_ready()
        return waiting

    def failed(self, extension: Extension, state: str, error_type: str) -> None:
        """It tells of an error in its initialisation or of its end. Raises `Refusal`."""
        if not extension.may_become(state):
            shown = "Exited" if state == EXIT_ERROR else state
            raise _not_allowed(extension, shown, extension.id)
        extension.state, extension.error_type = state, error_type
        kind = "Extension.InitError" if state == INIT_ERROR else "Extension.ExitError"
        self._on_failed(Ending("exit", error_type, kind))

    def crashed(self, extension: Extension, reason: str) -> None:
        """Its process has ended, and nobody had asked it to."""
        if not self.is_ending and extension.state not in (INIT_ERROR, EXIT_ERROR, LAUNCH_ERROR):
            self._on_failed(Ending("exit", reason, "Extension.Crash"))

    def release_invoke(self, event: Event, deadline_ms: int) -> None:
        """Tell of an invocation; ``deadline_ms`` is in milliseconds since the epoch."""
        content = {
            "deadlineMs": deadline_ms,
            "requestId": event.request_id,
            "invokedFunctionArn": event.invoked_arn,
            "tracing": {"type": "X-Amzn-Trace-Id", "value": event.trace_id},
        }
        self.release(INVOKE, content)

    def release(self, event: str, content: dict[str, Any]) -> list[Extension]:
        """Send an event to those who subscribed to it; tells who they are."""
        told = self.subscribed(event)
        for each in told:
            each.release({"eventType": event, **content})
        return told

    def _internal(self, name: str, found: Extension | None) -> Extension:
        if not self.is_open:
            raise Refusal("Extension.RegistrationClosed", "Extension registration closed already")
        if found is not None:
            raise Refusal(
                "Extension.InvalidExtensionState", "Extension with this name already registered"
            )
        if len(self.all) >= MOST:
            raise Refusal("Extension.TooManyExtensions", f"Extension limit ({MOST}) reached")
        extension = Extension(name, is_external=False)
        self.all.append(extension)
        return extension


def _not_allowed(extension: Extension, state: str, who: str) -> Refusal:
    return Refusal(
        "Extension.InvalidExtensionState",
        f"State transition from {extension.state} to {state} failed for extension {who}. "
        "Error: State transition is not allowed",
    )
