"""EventBridge's rules that have a schedule: which there are, and what one sends when it is due."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import event_rules
from .functions import Functions


class ScheduledRules:
    """``wait`` returns when moto is loaded. May be used on any thread."""

    def __init__(self, wait: Callable[[], None]) -> None:
        self.wait = wait
        self.functions: Functions | None = None

    def enabled(self) -> list[Any]:
        """The enabled rules that have a schedule, with their ``arn`` and ``targets``."""
        self.wait()
        return event_rules.scheduled()

    def fire(self, rule: Any, at: float) -> None:
        """Send a rule's scheduled event to its targets. ``at``: seconds since the epoch."""
        assert self.functions is not None
        event_rules.fire(self.functions, rule, at)
