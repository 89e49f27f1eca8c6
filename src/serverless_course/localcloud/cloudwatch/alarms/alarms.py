"""The alarms of one region: what is remembered of them, their states, their history.

Source: Amazon CloudWatch API reference (read 2026-11). A new alarm is INSUFFICIENT_DATA; one that
is put again keeps its state. SetAlarmState holds until the next evaluation: here that comes
``HELD_S`` later (AWS: within a minute, or 10 seconds).
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..metrics.data_queries import MetricQuery, Read
from ..metrics.refusals import missing, refuse, validation
from ..metrics.series import Series
from ..metrics.statistic import parse
from .alarm import ALARM, INSUFFICIENT_DATA, OK, STATES, Verdict, decide
from .alarm_definition import AlarmDefinition, check_common, read_definition
from .alarm_message import long_stamp, stamp, state_reason_data
from .alarm_record import Alarm, Change, HistoryItem, State
from .alarm_rule import AlarmRule, cycles

HELD_S = 10.0
MAX_HISTORY = 10_000
COMPOSITE_NOT_OFFERED = (
    "ActionsSuppressor",
    "ActionsSuppressorWaitPeriod",
    "ActionsSuppressorExtensionPeriod",
    "ActionConfiguration",
)
_SAMPLES = parse("SampleCount")


@dataclass
class Alarms:
    """May be used on any thread. ``arn_of`` gives an alarm's ARN by its name."""

    arn_of: Callable[[str], str]
    found: dict[str, Alarm] = field(default_factory=dict)
    history: deque[HistoryItem] = field(default_factory=lambda: deque(maxlen=MAX_HISTORY))
    lock: Any = field(default_factory=threading.RLock)

    def put_metric(self, given: dict[str, Any], now: float) -> None:
        """PutMetricAlarm. Raises `ServiceError`."""
        self._put(given, now, definition=read_definition(given))

    def put_composite(self, given: dict[str, Any], now: float) -> None:
        """PutCompositeAlarm. Raises `ServiceError`."""
        refuse(given, COMPOSITE_NOT_OFFERED)
        check_common(given)
        if not given.get("AlarmRule"):
            raise missing("AlarmRule")
        from .alarm_rule_grammar import parse as parse_rule  # noqa: PLC0415 - Lark imports slowly

        rule = parse_rule(given["AlarmRule"])
        with self.lock:
            for name in rule.alarms:
                if name not in self.found and name != given["AlarmName"]:
                    raise validation(f"AlarmRule refers to an alarm that does not exist: {name}")
            if cycles(given["AlarmName"], rule, self._looked_at):
                raise validation("AlarmRule must not contain cyclic references.")
            self._put(given, now, rule=rule)

    def delete(self, names: list[str]) -> None:
        """DeleteAlarms: those that there are."""
        with self.lock:
            for name in names:
                self.found.pop(name, None)

    def set_state(self, name: str, state: State) -> Change | None:
        """SetAlarmState. Raises `ServiceError`. None when it was in that state already."""
        if state.value not in STATES:
            raise validation(
                f"1 validation error detected: Value '{state.value}' at 'stateValue' failed to "
                "satisfy constraint: Member must satisfy enum value set: "
                "[INSUFFICIENT_DATA, ALARM, OK]"
            )
        with self.lock:
            alarm = self.found[name]
            alarm.held_until = state.at + HELD_S
            return self._change(alarm, state)

    def evaluate(self, now: float, read: Callable[[float, float], Read]) -> list[Change]:
        """Look at every alarm, composite ones last; what changed.

        ``read`` gives, for the start and end of an evaluation range, what reads a metric's series.
        """
        changes: list[Change] = []
        with self.lock:
            for alarm in sorted(self.found.values(), key=lambda each: each.rule is not None):
                if now < alarm.held_until:
                    continue
                state = self._of_rule(alarm, now) if alarm.rule else _evaluated(alarm, now, read)
                change = self._change(alarm, state) if state is not None else None
                if change is not None:
                    changes.append(change)
        return changes

    def evaluate_rules(self, now: float) -> list[Change]:
        """Look at the composite alarms alone; what changed."""
        with self.lock:
            composite = [each for each in self.found.values() if each.rule is not None]
            return [
                change
                for alarm in composite
                if now >= alarm.held_until
                and (state := self._of_rule(alarm, now)) is not None
                and (change := self._change(alarm, state)) is not None
            ]

    def note(self, alarm: Alarm, kind: str, summary: str, data: dict[str, Any], at: float) -> None:
        """Add to the history."""
        text = json.dumps({"version": "1.0", **data}, separators=(",", ":"))
        self.history.append(HistoryItem(alarm.name, alarm.kind, at, kind, summary, text))

    def _put(
        self,
        given: dict[str, Any],
        now: float,
        definition: AlarmDefinition | None = None,
        rule: AlarmRule | None = None,
    ) -> None:
        name = given["AlarmName"]
        with self.lock:
            before = self.found.get(name)
            if before is not None and (before.rule is None) != (rule is None):
                raise validation(f"An alarm of another type has the name {name} already.")
            fresh = State(INSUFFICIENT_DATA, "Unchecked: Initial alarm creation", "", now)
            alarm = Alarm(
                name,
                self.arn_of(name),
                given,
                now,
                before.state if before else fresh,
                before.transitioned_at if before else now,
                definition,
                rule,
            )
            self.found[name] = alarm
            done, kind = ("updated", "Update") if before else ("created", "Create")
            self.note(alarm, "ConfigurationUpdate", f'Alarm "{name}" {done}', {"type": kind}, now)

    def _looked_at(self, name: str) -> tuple[str, ...]:
        alarm = self.found.get(name)
        return alarm.rule.alarms if alarm is not None and alarm.rule is not None else ()

    def _of_rule(self, alarm: Alarm, now: float) -> State | None:
        assert alarm.rule is not None

        def is_in(name: str, state: str) -> bool:
            other = self.found.get(name)
            return other is not None and other.state.value == state

        value = ALARM if alarm.rule.holds(is_in) else OK
        if value == alarm.state.value:
            return None
        of = [each for name in alarm.rule.alarms if (each := self.found.get(name))]
        newest = max(of, key=lambda each: each.transitioned_at, default=None)
        triggering = of
        if alarm.state.value == INSUFFICIENT_DATA:
            reason = f"{alarm.arn} was created and its alarm rule evaluates to {value}"
        elif newest is None or alarm.configured_at > newest.transitioned_at:
            reason = f"{alarm.arn} was updated and its alarm rule evaluates to {value}"
        else:
            state = newest.state.value
            reason = f"{newest.arn} transitioned to {state} at {long_stamp(newest.transitioned_at)}"
            triggering = [newest]
        told = [
            {
                "arn": each.arn,
                "state": {"value": each.state.value, "timestamp": stamp(each.transitioned_at)},
            }
            for each in triggering
        ]
        data = json.dumps({"triggeringAlarms": told}, separators=(",", ":"))
        return State(value, reason, data, now)

    def _change(self, alarm: Alarm, state: State) -> Change | None:
        before = alarm.state
        alarm.state = state
        if before.value == state.value:
            return None
        alarm.transitioned_at = state.at
        summary = f"Alarm updated from {before.value} to {state.value}"
        data = {"oldState": _told(before), "newState": _told(state)}
        self.note(alarm, "StateUpdate", summary, data, state.at)
        return Change(alarm, before, state)


def _evaluated(alarm: Alarm, now: float, read: Callable[[float, float], Read]) -> State | None:
    definition = alarm.definition
    assert definition is not None
    reading = read(*definition.window(now))
    points = definition.points(now, reading)
    verdict: Verdict | None = decide(definition.rule, points)
    if verdict is None or verdict.state == alarm.state.value:
        return None
    counts: Series = {}
    if definition.statistic is not None:
        metric = definition.queries[0].metric
        assert metric is not None
        counts = reading(MetricQuery(metric.metric, _SAMPLES, metric.period_s, metric.unit))
        if definition.lacks_samples(points, [counts.get(each.start, 0.0) for each in points]):
            return None
    data = state_reason_data(alarm.given, definition, verdict, now, counts)
    return State(verdict.state, verdict.reason, data, now)


def _told(state: State) -> dict[str, Any]:
    told: dict[str, Any] = {"stateValue": state.value, "stateReason": state.reason}
    if state.data:
        told["stateReasonData"] = json.loads(state.data)
    return told
