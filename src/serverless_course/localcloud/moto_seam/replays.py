"""Replays of EventBridge's archives: on the scaled clock, and only what was asked for.

Sources: EventBridge User Guide, "Archiving and replaying events"; API Reference, StartReplay,
CancelReplay and ListReplays (read 2026-11): events that lie between the two times, to the rules
that FilterArns names, ten replays at the same time. Members and states as recorded from AWS
(localstack's test_archive_and_replay, 2024). How long a replay waits before it begins, and a
cancelled one before it is CANCELLED, AWS does not say; a minute is ours. moto 5.2.5 sends every
event of the archive to every rule, within the call.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from typing import Any

from ..clock import ScaledClock
from ..wire.errors import ServiceError
from .current import CurrentCall, answering
from .pages import page
from .watchers import wrap

log = logging.getLogger(__name__)
WAIT_S = 60.0
MOST_ACTIVE = 10
ACTIVE = ("STARTING", "RUNNING", "CANCELLING")
_changing = threading.Lock()


def install(clock: ScaledClock) -> None:
    """Put them into moto. ``clock``: AWS's waits run on it."""
    from moto.events.models import EventsBackend, Replay  # noqa: PLC0415 - moto loads late
    from moto.events.responses import EventsHandler  # noqa: PLC0415

    wait_s = clock.real_s(WAIT_S)

    def replay_events(_: Any, replay: Any, archive: Any) -> None:
        replay.cancelled = threading.Event()
        arguments = (replay, list(archive.events), wait_s)
        threading.Thread(target=_run, args=arguments, name="replay", daemon=True).start()

    def describe_short(original: Any, replay: Any) -> Any:
        told = original(replay) | {"EventLastReplayedTime": getattr(replay, "last_time", None)}
        return {name: value for name, value in told.items() if value is not None}

    wrap(Replay, "replay_events", replay_events)
    wrap(Replay, "describe_short", describe_short)
    wrap(EventsBackend, "start_replay", _start)
    wrap(EventsBackend, "cancel_replay", _cancel)
    wrap(EventsBackend, "list_replays", _listed)
    wrap(EventsHandler, "list_replays", page("Replays", "ReplayName"))


def _run(replay: Any, events: list[Any], wait_s: float) -> None:
    replay.cancelled.wait(wait_s)
    try:
        if _go_on(replay, "RUNNING"):
            _send(replay, events)
        if not _go_on(replay, "COMPLETED"):
            time.sleep(wait_s)
            _set(replay, "CANCELLED")
    except Exception:
        log.exception("the replay %s failed", replay.name)
        _set(replay, "FAILED")


def _go_on(replay: Any, state: str) -> bool:
    """Whether it was not cancelled; then it is in that state."""
    with _changing:
        if replay.cancelled.is_set():
            return False
        _set(replay, state)
        return True


def _set(replay: Any, state: str) -> None:
    from moto.core.utils import unix_time  # noqa: PLC0415 - moto loads late
    from moto.events.models import ReplayState  # noqa: PLC0415

    if state not in ACTIVE:
        replay.end_time = unix_time()
    replay.state = ReplayState[state]


def _send(replay: Any, events: list[Any]) -> None:
    """Send the archive's events between the two times to the rules that they are for."""
    from moto.events.models import events_backends  # noqa: PLC0415 - moto loads late

    wanted = replay.destination.get("FilterArns")
    bus_name = replay.destination["Arn"].rpartition("/")[2]
    bus = events_backends[replay.account_id][replay.region].event_buses[bus_name]
    first, last = float(replay.event_start_time), float(replay.event_end_time)
    among = [each for each in events if first <= float(each["time"]) <= last]
    for event in sorted(among, key=lambda each: float(each["time"])):
        if replay.cancelled.is_set():
            return
        again: Any = {**event, "id": str(uuid.uuid4()), "replay-name": replay.name}
        with answering(CurrentCall()):
            for rule in list(bus.rules.values()):
                if not wanted or rule.arn in wanted:
                    rule.send_to_targets(again, transform_input=False)
        replay.last_time = int(float(event["time"]))


def _start(original: Any, backend: Any, *given: Any, **named: Any) -> Any:
    start, end = given[3:5]
    # AWS keeps whole seconds of them (recorded: test_start_replay_error_invalid_end_time[0]).
    if int(start) >= int(end):
        raise ServiceError(
            "ValidationException",
            "Parameter EventEndTime is not valid. Reason: EventStartTime must be before "
            "EventEndTime.",
        )
    active = sum(each.state.value in ACTIVE for each in list(backend.replays.values()))
    if active >= MOST_ACTIVE:
        raise ServiceError(
            "LimitExceededException",
            "The requested resource exceeds the maximum number allowed.",
        )
    return original(backend, *given, **named)


def _cancel(_: Any, backend: Any, name: str) -> dict[str, str]:
    replay = backend.replays.get(name)
    if replay is None:
        raise ServiceError("ResourceNotFoundException", f"Replay {name} does not exist.")
    with _changing:
        if replay.state.value not in ("STARTING", "RUNNING"):
            raise ServiceError(
                "IllegalStatusException",
                f"Replay {name} is not in a valid state for this operation.",
            )
        replay.cancelled.set()
        _set(replay, "CANCELLING")
    return {"ReplayArn": replay.arn, "State": "CANCELLING"}


def _listed(original: Any, backend: Any, prefix: str, source_arn: str, state: str) -> Any:
    """moto compares a state with its name and finds none."""
    found = original(backend, prefix, source_arn, state)
    if not state:
        return found
    replays = list(backend.replays.values())
    return [each.describe_short() for each in replays if each.state.value == state]
