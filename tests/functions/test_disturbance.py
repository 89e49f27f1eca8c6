"""A busy host is told when it disturbed most of the runs, and not for one or two."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from serverless_course.functions.disturbance import LATE_MS, disturbance
from serverless_course.functions.host import HostTiming
from serverless_course.functions.invocation import Invocation
from serverless_course.functions.load import Call, steady_load

QUIET = HostTiming(20.0, 10.0, 0.5, 0.5, "cgroup", 40.0)
BUSY = replace(QUIET, contended_ms=30.0)


def invocation(host: HostTiming | None) -> Invocation:
    return Invocation("r", 200, {}, None, "$LATEST", "", None, 1.0, host)


def call(host: HostTiming | None, late_ms: float = 0.0) -> Call:
    return Call(0.0, True, 40.0, "", late_ms, host)


@pytest.mark.parametrize("made", [invocation, call])
def test_most_runs_must_be_disturbed(made) -> None:
    assert disturbance([made(BUSY)] * 2 + [made(QUIET)] * 2) == ""
    told = disturbance([made(BUSY)] * 3 + [made(QUIET)] * 2)
    assert told.startswith("This machine was busy in 3 of 5 runs: ")
    assert "run the cell again" in told


def test_nothing_is_told_of_runs_of_which_nothing_is_known() -> None:
    assert disturbance([]) == ""
    assert disturbance([invocation(None)] * 9) == ""
    assert "3 of 4" in disturbance([invocation(None)] * 9 + [invocation(BUSY)] * 3 + [call(None)])


def test_a_load_that_was_sent_too_late_is_disturbed_whatever_the_host_says() -> None:
    late = LATE_MS + 1
    assert "2 of 3" in disturbance([call(None, late), call(QUIET, late), call(None)])
    assert disturbance([call(QUIET, LATE_MS)] * 3) == ""


class Client:
    """Answers with what the host says, as the embedded cloud does."""

    def __init__(self, header: str) -> None:
        self._headers = {"server-timing": header} if header else {}

    def invoke(self, FunctionName, Payload):
        meta = {"HTTPHeaders": self._headers}
        return {"Payload": io.BytesIO(b"{}"), "ResponseMetadata": meta}


@pytest.mark.parametrize("contended", [0.0, 5000.0])
def test_the_calls_of_a_load_know_their_host(contended) -> None:
    header = replace(QUIET, contended_ms=contended)
    text = (
        f"cpu;dur={header.cpu_ms}, held;dur={header.held_ms}, contended;dur={contended}, "
        f'share;desc="{header.share}", governor;desc="{header.governor}"'
    )
    (first, *_) = steady_load(Client(text), "f", per_second=100, seconds=0.05)
    assert first.host is not None
    assert first.host.duration_ms == first.latency_ms
    assert first.host.kept_promise == (contended == 0.0)
    assert first.late_ms >= 0
    (plain, *_) = steady_load(Client(""), "f", per_second=100, seconds=0.01)
    assert plain.host is None
