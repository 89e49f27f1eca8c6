"""One environment's log stream: output lines and platform lines, in order, with their times."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ...logs.log_event import LogEvent
from .application_log import LEVELS, rank, wanted
from .report import stamp

FRAME_MARK = b"\xa5\x5a"
FRAME_HEADER_BYTES = 16
TAIL_BYTES = 4096
MAX_EVENT_BYTES = 256 * 1024
MAX_FRAME_BYTES = 16 * 1024 * 1024
# What one invocation may log before events are dropped. AWS has such a limit too
# (platform.logsDropped); where it is, it does not say.
MAX_WAITING_EVENTS = 20_000
MAX_WAITING_CHARACTERS = 8 * 1024 * 1024
_FRAME_HEADER = re.compile(rb"\xa5\x5a.{14}", re.DOTALL)


class OutputParser:
    """Splits a runtime's output into events.

    Plain output is one event a line, and an empty line none. awslambdaric's own records come as
    telemetry frames in the same stream (mark, type, length, microseconds, text), so that a
    traceback is one event.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._buffer = b""
        self._clock = clock

    def feed(self, data: bytes) -> list[LogEvent]:
        """Events completed by more output."""
        self._buffer += data
        events: list[LogEvent] = []
        position = mark = 0
        while position < len(self._buffer):
            if self._buffer.startswith(FRAME_MARK, position):
                after = self._take_frame(events, position)
                if after is None:
                    break
                if after > position:
                    position = after
                    continue
            # A mark that begins no frame is text. A found mark holds until it is reached: one
            # search for each mark, or a flood of short lines would hold up the whole server.
            text_from = position + len(FRAME_MARK) * (mark == position)
            if 0 <= mark < text_from or position == 0:
                mark = self._buffer.find(FRAME_MARK, text_from)
            newline = self._buffer.find(b"\n", position)
            ends = [end for end in (newline + 1, mark) if end > position]
            end = min(ends, default=len(self._buffer))
            if end - (end == newline + 1) - position > MAX_EVENT_BYTES:
                end = position + MAX_EVENT_BYTES
            elif not ends:
                break
            self._emit(events, self._buffer[position:end])
            position = end
        self._buffer = self._buffer[position:]
        return events

    def flush(self) -> list[LogEvent]:
        """What stands in the buffer, as a last event: its process has ended or been frozen."""
        events: list[LogEvent] = []
        if self._buffer:
            self._emit(events, self._buffer)
            self._buffer = b""
        return events

    def _take_frame(self, events: list[LogEvent], position: int) -> int | None:
        """Where the frame ends; ``position`` itself when it is none; None when more must come."""
        start = position + FRAME_HEADER_BYTES
        if len(self._buffer) < start:
            return None
        length = int.from_bytes(self._buffer[position + 4 : position + 8], "big")
        if length > MAX_FRAME_BYTES:
            return position
        if len(self._buffer) < start + length:
            return None
        micros = int.from_bytes(self._buffer[position + 8 : start], "big")
        self._emit(events, self._buffer[start : start + length], micros // 1000)
        return start + length

    def _emit(self, events: list[LogEvent], data: bytes, at_ms: int | None = None) -> None:
        if at_ms is None and data in (b"\n", b"\r\n"):
            return
        text = data.decode("utf-8", "replace")
        if not text.endswith("\n"):
            text += "\n"
        events.append(LogEvent(int(self._clock() * 1000) if at_ms is None else at_ms, text))


class LogStream:
    """The stream of one environment. ``send(group, stream, events)`` delivers what it holds.

    ``function_name`` is a part of the stream's name in a group that functions may share (Lambda
    Developer Guide, "Configuring CloudWatch log groups", read 2026-11). ``tail()`` is the end of
    what the current invocation logged, for ``LogType=Tail``.
    """

    def __init__(
        self,
        group: str,
        version: str,
        environment_id: str,
        send: Callable[[str, str, list[LogEvent]], None],
        *,
        as_json: bool = False,
        application_level: str = "",
        system_level: str = "",
        function_name: str = "",
    ) -> None:
        today = datetime.now(UTC).strftime("%Y/%m/%d")
        self.group = group
        self.name = f"{today}/{function_name}[{version}]{environment_id}"
        self._send = send
        self._json = as_json
        self._application_level = rank(application_level) if as_json else 0
        self._system_level = rank(system_level) if as_json else 0
        self._parser = OutputParser()
        self._waiting: list[LogEvent] = []
        self._tail: list[str] = []
        self._waiting_characters = 0
        self._dropped = 0
        self._dropped_bytes = 0
        self._newest_ms = 0
        # Gets each event's type, its record, and when it was (seconds since the epoch).
        self.tap: Callable[[str, object, float], None] | None = None

    @property
    def has_records(self) -> bool:
        """Whether anybody reads the records of events: the JSON format, or an extension."""
        return self._json or self.tap is not None

    def begin(self) -> None:
        """The tail begins here: with START where the runtime is ready (seen on AWS, 24 Nov 2025),
        else with what the initialisation writes that fails. That tells the caller why; whether
        it is so on AWS is not known."""
        self._tail = []

    def output(self, data: bytes) -> None:
        """Take output of the runtime or the function. Once there is too much of it, it is only
        counted: a flood must not cost more than reading it."""
        if self._dropped:
            self._count(data)
        else:
            self._take("function", self._parser.feed(data))

    def finish_output(self) -> None:
        """No more output comes for now."""
        self._take("function", self._parser.flush())

    def output_of_extension(self) -> Callable[[bytes], None]:
        """What takes the output of one external extension: lines, which no level filters."""
        parser = OutputParser()
        return lambda data: self._take("extension", parser.feed(data))

    def platform(self, text: str, kind: str = "", record: dict[str, Any] | None = None) -> None:
        """A line of the platform itself: ``text``, or as a JSON event in the JSON format.

        An event without a text is one of the JSON format only, and of telemetry.
        """
        now = time.time()
        if self.tap is not None and kind:
            self.tap(kind, record or {}, now)
        if not self._json and not text:
            return
        if self._json and kind:
            if LEVELS.index(platform_level(kind, record or {})) < self._system_level:
                return
            text = _platform_event(now, kind, record or {})
        self._add(
            [LogEvent(int(now * 1000), text if text.endswith("\n") else text + "\n")], always=True
        )

    def tail(self) -> str:
        """The last 4 KB of the invocation's log."""
        text = "".join(self._tail)
        return text.encode()[-TAIL_BYTES:].decode("utf-8", "ignore")

    def deliver(self) -> None:
        """Send what is held to CloudWatch Logs."""
        if self._dropped:
            now = time.time()
            note = f"[log] {self._dropped} events were dropped: output came too fast.\n"
            record = {
                "droppedBytes": self._dropped_bytes,
                "droppedRecords": self._dropped,
                "reason": "Output came too fast.",
            }
            if self._json:
                note = _platform_event(now, "platform.logsDropped", record) + "\n"
            if self.tap is not None:
                self.tap("platform.logsDropped", record, now)
            self._newest_ms = max(self._newest_ms, int(now * 1000))
            self._waiting.append(LogEvent(self._newest_ms, note))
            self._dropped = self._dropped_bytes = 0
        if self._waiting:
            events, self._waiting, self._waiting_characters = self._waiting, [], 0
            self._send(self.group, self.name, events)

    def _take(self, kind: str, events: list[LogEvent]) -> None:
        if not events:
            return
        if self.tap is not None:
            for each in events:
                self.tap(kind, self._record(each.message), each.at_ms / 1e3)
        if self._json and kind == "function":
            events = wanted(events, self._application_level)
        self._add(events)

    def _record(self, message: str) -> object:
        """A line in telemetry: text, or an object in the JSON format."""
        if self._json and message.startswith("{"):
            try:
                return json.loads(message)
            except (ValueError, RecursionError):
                pass
        return message.removesuffix("\n")

    def _count(self, data: bytes) -> None:
        self._parser.flush()
        self._dropped += data.count(b"\n")
        self._dropped_bytes += len(data)
        end = _FRAME_HEADER.sub(b"", data[-TAIL_BYTES:]).decode("utf-8", "replace")
        self._tail = [end]

    def _add(self, events: list[LogEvent], *, always: bool = False) -> None:
        now_ms = int(time.time() * 1000)
        for each in events:
            event = self._in_order(each, now_ms)
            self._tail.append(event.message[-TAIL_BYTES:])
            has_room = self._waiting_characters + len(event.message) <= MAX_WAITING_CHARACTERS
            if always or (len(self._waiting) < MAX_WAITING_EVENTS and has_room):
                self._waiting.append(event)
                self._waiting_characters += len(event.message)
            else:
                self._dropped += 1
                self._dropped_bytes += len(event.message.encode())
        if len(self._tail) > 2000:
            self._tail = self._tail[-1000:]

    def _in_order(self, event: LogEvent, now_ms: int) -> LogEvent:
        """A frame carries its writer's time, a line the time when it was read: CloudWatch Logs
        takes no event that is older than the one before it."""
        at_ms = max(self._newest_ms, min(event.at_ms, now_ms))
        self._newest_ms = at_ms
        return event if at_ms == event.at_ms else LogEvent(at_ms, event.message)


def platform_level(kind: str, record: dict[str, Any]) -> str:
    """The level of a platform event in the JSON format.

    Source: Lambda Developer Guide, "Log-level filtering", system log level event mapping, as
    quoted by others (2026-08): failures are WARN, the start and the report of an invocation INFO,
    what only tells of a phase that went well DEBUG.
    """
    if record.get("status", "success") != "success":
        return "WARN"
    if kind == "platform.initReport":
        return "DEBUG" if record.get("initializationType") == "on-demand" else "INFO"
    return "DEBUG" if kind in ("platform.runtimeDone", "platform.initRuntimeDone") else "INFO"


def _platform_event(at: float, kind: str, record: dict[str, Any]) -> str:
    """An event of the platform as JSON, without blanks: so AWS's looked on 8 October 2026."""
    event = {"time": stamp(at), "type": kind, "record": record}
    return json.dumps(event, separators=(",", ":"))
