"""Lambda's functions, as moto's services invoke them."""

from __future__ import annotations

from typing import Any, Protocol


class Functions(Protocol):
    """What moto's services ask of Lambda. Called on any thread but the event loop's."""

    def exists(self, arn: str) -> bool:
        """Whether there is such a function, version or alias."""

    def allows(self, arn: str, service: str, source_arn: str) -> bool:
        """Whether a function exists and its policy lets a service invoke it for a source."""

    def send(self, arn: str, event: Any, service: str, source_arn: str, trace: str = "") -> None:
        """Hand an event to the asynchronous queue, if the function's policy lets the service.

        Returns at once. ``service`` may be empty: then no permission is checked.
        """

    def run(self, arn: str, event: Any, trace: str = "") -> None:
        """Run a function and wait for it. Raises `FunctionFailed` when it ends in an error."""


class FunctionFailed(Exception):
    """A function that was run for a service ended in an error; the text is its payload."""
