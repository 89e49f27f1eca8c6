"""What is remembered of an alarm: how it was put, its state, its history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .alarm import ALARM, INSUFFICIENT_DATA, OK
from .alarm_definition import AlarmDefinition
from .alarm_rule import AlarmRule


@dataclass
class State:
    """A state, why, since when (seconds since the epoch)."""

    value: str
    reason: str
    data: str
    at: float


@dataclass
class Alarm:
    """``given``: what it was put with. A composite alarm has a rule in place of a definition."""

    name: str
    arn: str
    given: dict[str, Any]
    configured_at: float
    state: State
    transitioned_at: float
    definition: AlarmDefinition | None = None
    rule: AlarmRule | None = None
    held_until: float = 0.0

    @property
    def kind(self) -> str:
        """MetricAlarm or CompositeAlarm."""
        return "CompositeAlarm" if self.rule else "MetricAlarm"

    @property
    def acts(self) -> bool:
        """Whether its actions are enabled."""
        enabled = self.given.get("ActionsEnabled")
        return True if enabled is None else bool(enabled)

    def actions(self, state: str) -> list[str]:
        """The ARNs of what is told when it goes into a state."""
        name = {
            ALARM: "AlarmActions",
            OK: "OKActions",
            INSUFFICIENT_DATA: "InsufficientDataActions",
        }
        return list(self.given.get(name[state]) or []) if self.acts else []


@dataclass(frozen=True)
class Change:
    """An alarm went from one state into another."""

    alarm: Alarm
    before: State
    after: State


@dataclass(frozen=True)
class HistoryItem:
    """An entry of an alarm's history. ``kind``: ConfigurationUpdate, StateUpdate or Action."""

    alarm: str
    alarm_kind: str
    at: float
    kind: str
    summary: str
    data: str
