"""What was measured on a busy machine says so in its title, and in its words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from serverless_course.figures import style
from serverless_course.figures.alt import Picture
from serverless_course.figures.environment_lanes import environment_lanes
from serverless_course.figures.journeys import Attempt, Journey, journeys_picture
from serverless_course.figures.latency_histogram import latency_histogram

BUSY = "This machine was busy in 3 of 5 runs: close what you can, and run the cell again"
AT = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp() * 1000)
LINES = [
    (0, "START RequestId: 1 Version: $LATEST"),
    (40, "END RequestId: 1"),
    (
        40,
        "REPORT RequestId: 1\tDuration: 40.00 ms\tBilled Duration: 40 ms\tMemory Size: 128 MB\t"
        "Max Memory Used: 40 MB",
    ),
]
EVENTS = [{"logStreamName": "s", "timestamp": AT + ms, "message": text} for ms, text in LINES]
JOURNEY = Journey("SNS topic", 0.4, "HTTP 200", [Attempt(0.2, 30.0, ok=True)])
FIGURES: dict[str, Callable[[str], Picture]] = {
    "lanes": lambda busy: environment_lanes(EVENTS, throttles=[AT + 10.0], disturbance=busy),
    "journeys": lambda busy: journeys_picture([JOURNEY], disturbance=busy),
    "histogram": lambda busy: latency_histogram([1.0, 2.0], what="it", disturbance=busy),
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_busy_machine_is_in_title_and_words(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    titles: list[str] = []
    monkeypatch.setattr(style, "title", lambda _, message: titles.append(message))
    busy, quiet = (FIGURES[name](text) for text in (BUSY, ""))
    assert titles == [f"{titles[1]}. {BUSY}", titles[1]]
    assert titles[1]
    assert BUSY in busy.alt
    assert "busy" not in quiet.alt
