"""Splitting output into events, and the stream's tail."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from serverless_course.localcloud.log_stream import (
    FRAME_MARK,
    MAX_EVENT_BYTES,
    TAIL_BYTES,
    LogEvent,
    LogStream,
    OutputParser,
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
        LogEvent(at, text if text.endswith("\n") else text + "\n") for _, text, at in written
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
    assert len(parser().feed(b"\n" * 65_536)) == 65_536
    assert time.process_time() - started < 1.0


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


def test_events_are_sent_in_the_order_of_their_times() -> None:
    """CloudWatch Logs refuses a batch that is not (PutLogEvents, API reference)."""
    sent: list[LogEvent] = []
    stream = LogStream("/group", "1", "ab", lambda group, name, events: sent.extend(events))
    before_ms = int(time.time() * 1000)
    stream.output(b"printed\n" + frame(b"stamped before that was read\n", before_ms - 5))
    stream.output(frame(b"from the future\n", 2**40) + b"after\n")
    stream.platform("END\n")
    stream.deliver()
    assert [event.message.split()[0] for event in sent] == [
        "printed",
        "stamped",
        "from",
        "after",
        "END",
    ]
    times = [event.at_ms for event in sent]
    assert times == sorted(times)
    assert before_ms <= times[0] <= times[-1] <= time.time() * 1000
