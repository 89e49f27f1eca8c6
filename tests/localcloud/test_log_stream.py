"""Splitting output into events, and the stream's tail."""

from __future__ import annotations

import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serverless_course.localcloud.lambda_.environment.application_log import is_rfc_3339
from serverless_course.localcloud.lambda_.environment.log_stream import (
    FRAME_MARK,
    MAX_EVENT_BYTES,
    TAIL_BYTES,
    LogStream,
    OutputParser,
)
from serverless_course.localcloud.logs.log_event import LogEvent
from serverless_course.localcloud.moto_seam.log_retention import (
    MOST_CHARACTERS,
    MOST_EVENTS,
    Retention,
)


def frame(text: bytes, at_ms: int) -> bytes:
    """A telemetry frame as awslambdaric writes it."""
    size = len(text).to_bytes(4, "big")
    return FRAME_MARK + b"\x00\x03" + size + (at_ms * 1000).to_bytes(8, "big") + text


def parser() -> OutputParser:
    return OutputParser(clock=lambda: 1.0)


PIECES = st.lists(
    st.one_of(
        st.binary(max_size=30).map(lambda text: text + b"\n"),
        st.tuples(st.binary(max_size=40), st.integers(0, 2**40)).map(lambda pair: frame(*pair)),
        st.just(FRAME_MARK + b"\xff" * 20 + b"\n"),
        st.integers(MAX_EVENT_BYTES - 2, MAX_EVENT_BYTES + 2).map(lambda size: b"x" * size),
        st.just(b"no newline"),
    ),
    max_size=8,
).map(b"".join)


@given(PIECES, st.lists(st.integers(0, 400), max_size=8))
def test_output_cut_anywhere_gives_the_same_events(output: bytes, cuts: list[int]) -> None:
    whole, cut = parser(), parser()
    expected = whole.feed(output) + whole.flush()
    found, position = [], 0
    for size in cuts:
        found += cut.feed(output[position : position + size])
        position += size
    found += cut.feed(output[position:]) + cut.flush()
    assert found == expected


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just(True), st.text(alphabet="ab é\n", min_size=1), st.integers(0, 2**40)),
            st.tuples(st.just(False), st.text(alphabet="ab é"), st.just(1000)),
        )
    )
)
def test_frames_and_lines_come_out_as_they_went_in(written: list[tuple[bool, str, int]]) -> None:
    output = b"".join(
        frame(text.encode(), at) if framed else text.encode() + b"\n"
        for framed, text, at in written
    )
    expected = [
        LogEvent(at, text if text.endswith("\n") else text + "\n")
        for framed, text, at in written
        if framed or text
    ]
    assert parser().feed(output) == expected


def test_a_traceback_in_a_frame_is_one_event() -> None:
    text = "[ERROR] ValueError: no\nTraceback:\n  line\n"
    assert parser().feed(frame(text.encode(), 5)) == [LogEvent(5, text)]


def test_a_frame_that_claims_too_much_is_text() -> None:
    output = FRAME_MARK + b"\x00\x03\xff\xff\xff\xff" + b"\0" * 8 + b"text\nnext\n"
    messages = [event.message for event in parser().feed(output)]
    assert messages[-2].endswith("text\n")
    assert messages[-1] == "next\n"


def test_many_short_lines_take_little_time() -> None:
    started = time.process_time()
    assert len(parser().feed(b"x\n" * 65_536)) == 65_536
    assert parser().feed(b"\n" * 65_536) == []
    # Half a second; with each line cut off the whole rest it would be minutes.
    assert time.process_time() - started < 5.0


def test_the_tail_is_the_last_four_kilobytes_of_one_invocation() -> None:
    sent: list[tuple[str, str, list[LogEvent]]] = []
    stream = LogStream("/group", "$LATEST", "ab" * 16, lambda *item: sent.append(item))
    stream.output(b"from init\n")
    stream.begin()
    stream.output("é".encode() * 5000 + b"\nlast\n")
    assert len(stream.tail().encode()) <= TAIL_BYTES
    assert stream.tail().endswith("é\nlast\n")
    stream.begin()
    stream.output(b"second\n")
    assert stream.tail() == "second\n"
    stream.deliver()
    assert [group for group, _, _ in sent] == ["/group"]
    assert [event.message for event in sent[0][2]][::3] == ["from init\n", "second\n"]


def test_output_that_comes_too_fast_is_dropped_and_said_so() -> None:
    sent: list[LogEvent] = []
    stream = LogStream("/group", "1", "ab", lambda group, name, events: sent.extend(events))
    for _ in range(5):
        stream.output(b"a\n" * 5_000)
    stream.deliver()
    assert len(sent) == 20_001
    assert sent[-1].message == "[log] 5000 events were dropped: output came too fast.\n"
    sent.clear()
    for _ in range(40):
        stream.output(b"b" * 1_000_000 + b"\n")
    stream.deliver()
    assert sum(len(event.message) for event in sent) < 34 * 1024 * 1024
    assert "were dropped" in sent[-1].message


def test_dropped_output_is_an_event_of_the_platform_in_json() -> None:
    sent: list[LogEvent] = []
    stream = LogStream(
        "g", "1", "e", lambda _group, _stream, events: sent.extend(events), as_json=True
    )
    stream.output(b"a\n" * 20_003)
    stream.deliver()
    event = json.loads(sent[-1].message)
    assert event["type"] == "platform.logsDropped"
    assert event["record"]["droppedRecords"] == 3


def test_events_are_in_the_order_of_their_times() -> None:
    """A frame's time is its writer's, and may be anything; CloudWatch Logs wants them in order."""
    sent: list[LogEvent] = []
    stream = LogStream("g", "1", "e", lambda _group, _stream, events: sent.extend(events))
    frame = b"\xa5\x5a\x00\x03" + (2).to_bytes(4, "big")
    stream.output(b"line\n")
    stream.output(frame + (5).to_bytes(8, "big") + b"a\n")
    stream.output(frame + (2**62).to_bytes(8, "big") + b"b\n")
    stream.output(b"end\n")
    stream.deliver()
    assert [event.message for event in sent] == ["line\n", "a\n", "b\n", "end\n"]
    times = [event.at_ms for event in sent]
    assert times == sorted(times)
    assert times[-1] - times[0] < 5000


@pytest.mark.parametrize(
    ("level", "kinds"),
    [
        ("DEBUG", ["initStart", "initReport", "start", "runtimeDone", "report"]),
        ("INFO", ["initStart", "start", "report"]),
        ("WARN", []),
    ],
)
def test_system_level(level: str, kinds: list[str]) -> None:
    sent: list[LogEvent] = []
    stream = LogStream(
        "g",
        "1",
        "e",
        lambda _group, _stream, events: sent.extend(events),
        as_json=True,
        system_level=level,
    )
    for kind in ("initStart", "initReport", "start", "runtimeDone", "report"):
        stream.platform("text", f"platform.{kind}", {"initializationType": "on-demand"})
    stream.deliver()
    assert [json.loads(event.message)["type"] for event in sent] == [
        f"platform.{kind}" for kind in kinds
    ]
    sent.clear()
    stream.platform("text", "platform.report", {"status": "timeout"})
    stream.deliver()
    assert len(sent) == 1, "what went wrong is WARN"


def test_application_level_of_lines_that_name_one() -> None:
    sent: list[LogEvent] = []
    stream = LogStream(
        "g",
        "1",
        "e",
        lambda _group, _stream, events: sent.extend(events),
        as_json=True,
        application_level="WARN",
    )
    at = '"timestamp": "2026-11-29T22:00:00.5+01:00"'
    for line in (
        f'{{"level": "debug", {at}, "a": 1}}',
        f'{{"level": "ERROR", {at}, "a": 2}}',
        f'{{{at}, "a": 3}}',
        f'{{"level": "loud", {at}, "a": 4}}',
        '{"level": "ERROR", "a": 5}',
        '{"level": "ERROR", "timestamp": "yesterday", "a": 6}',
        "plain text",
        "{ no json",
    ):
        stream.output(line.encode() + b"\n")
    stream.deliver()
    assert [event.message for event in sent] == [f'{{"level": "ERROR", {at}, "a": 2}}\n']


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('{"level": "ERROR"}', r'\{"timestamp": "TIME", "level": "ERROR"\}'),
        ("{}", r'\{"timestamp": "TIME"\}'),
        ('{"timestamp": 5, "ü": 1}', r'\{"timestamp": "TIME", "ü": 1\}'),
        ('{"timestamp": "2026-11-29 22:00:00,123+0000"}', r'\{"timestamp": "TIME"\}'),
        ('{"timestamp": "2026-02-30T00:00:00Z"}', r'\{"timestamp": "TIME"\}'),
        ('{"timestamp": "2026-11-29T22:00:00"}', r'\{"timestamp": "TIME"\}'),
        ("[1]", r"\[1\]"),
        ("text", "text"),
    ],
)
def test_an_event_without_a_valid_timestamp_gets_one(line: str, shown: str) -> None:
    """Lambda Developer Guide, "Using JSON log format" (2026-11); RFC 3339, section 5.6."""
    sent: list[LogEvent] = []
    stream = LogStream(
        "g", "1", "e", lambda _group, _stream, events: sent.extend(events), as_json=True
    )
    stream.output(line.encode() + b"\n")
    stream.deliver()
    time_ = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
    assert re.fullmatch(shown.replace("TIME", time_) + "\n", sent[0].message), sent


@pytest.mark.parametrize(
    "stamp",
    ["2026-11-29T22:00:00Z", "2026-11-29t22:00:00.123456789z", "2024-02-29T23:59:60-07:30"],
)
def test_a_valid_timestamp_stays(stamp: str) -> None:
    assert is_rfc_3339(stamp)


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
def test_text_counts_as_info(level: str) -> None:
    sent: list[LogEvent] = []
    stream = LogStream(
        "g",
        "1",
        "e",
        lambda _group, _stream, events: sent.extend(events),
        as_json=True,
        application_level=level,
    )
    stream.output(b"plain text\n{ no json\n")
    stream.deliver()
    assert len(sent) == 2


class Held:
    """A stand-in for moto's stream: a list of events."""

    def __init__(self) -> None:
        self.events: list[LogEvent] = []


@pytest.mark.parametrize(("length", "most"), [(10, MOST_EVENTS), (1_000_000, MOST_EVENTS)])
def test_a_stream_without_end_is_cut_at_its_beginning(length: int, most: int) -> None:
    retention, stream = Retention(), Held()
    for number in range(60):
        added = [LogEvent(number, "x" * length)] * (5_000 if length < 100 else 1)
        stream.events += added
        retention.added("stream", stream, sum(len(event.message) for event in added))
        assert len(stream.events) <= most
        assert sum(len(event.message) for event in stream.events) <= MOST_CHARACTERS
    assert stream.events[-1].at_ms == 59
    assert stream.events[0].at_ms > 0
