"""The life widget: what it measures, what it keeps, and what it says when it could not measure."""

from __future__ import annotations

from typing import Any

import pytest

from serverless_course.figures import life_widget as module
from serverless_course.figures.life_widget import life_sentence, life_table, life_widget
from serverless_course.functions.environment_life import LifeChoice, MeasuredLife
from serverless_course.functions.host import HostTiming
from serverless_course.functions.invocation import Invocation
from serverless_course.functions.report import Report

STREAM = "2026/11/30/[$LATEST]" + "a" * 32


@pytest.fixture(autouse=True)
def _nothing_measured() -> None:
    module._kept.clear()


def run(number: int, init_ms: float | None, waited_ms: float = 0.0) -> Invocation:
    request = f"00000000-0000-0000-0000-{number:012d}"
    report = Report(request, 2.5, 3, 512, 40, init_ms)
    host = HostTiming(2.0, 0.0, waited_ms, 0.3, "signals", 2.5)
    return Invocation(request, 200, {}, None, "$LATEST", "", report, 5.0, host)


def events(runs: list[Invocation]) -> list[dict[str, Any]]:
    told = []
    for number, each in enumerate(runs):
        at = 1_000_000 + 1000 * number
        init = "" if each.init_ms is None else f"Init Duration: {each.init_ms:.2f} ms\t"
        lines = (
            f"START RequestId: {each.request_id} Version: $LATEST\n",
            f"END RequestId: {each.request_id}\n",
            f"REPORT RequestId: {each.request_id}\tDuration: 2.50 ms\tBilled Duration: 3 ms\t"
            f"Memory Size: 512 MB\tMax Memory Used: 40 MB\t{init}\n",
        )
        told += [{"timestamp": at, "message": m, "logStreamName": STREAM} for m in lines]
    return told


def measured(choice: LifeChoice, waited_ms: float = 0.0) -> MeasuredLife:
    runs = [run(0, 81.0, waited_ms), run(1, None), run(2, None)]
    return MeasuredLife(choice, 2_500_000, tuple(runs), tuple(events(runs)))


def test_the_first_state_is_measured_once_and_a_second_run_shows_it_again() -> None:
    asked: list[LifeChoice] = []

    def measure(choice: LifeChoice) -> MeasuredLife:
        asked.append(choice)
        return measured(choice)

    first = life_widget(measure)
    first.package.value = "12 big modules"
    first._run()
    assert asked == [LifeChoice(), LifeChoice(package="12 big modules")]
    again = life_widget(measure)
    assert len(asked) == 2
    assert again.chosen() == asked[-1]
    assert again.picture.value == first.picture.value


def test_picture_words_and_table_tell_what_was_measured() -> None:
    widget = life_widget(measured)
    assert "1 met a cold start; Init took 81 ms" in widget.picture.value
    assert "<img alt=" in widget.picture.value
    assert "2.5 MB zipped" in widget.picture.value
    table = life_table(module._kept)
    assert table["cold"].tolist() == ["1 of 3"]
    assert table["handler ms"].tolist() == ["2.5"]
    bundle = widget._repr_mimebundle_()
    assert "3 invocations" in bundle["text/plain"]
    assert "<img alt=" in bundle["text/html"]


def test_a_busy_machine_is_named() -> None:
    assert "busy" not in life_sentence(measured(LifeChoice()))
    assert "busy in 1 of them" in life_sentence(measured(LifeChoice(), waited_ms=30.0))


def test_a_measurement_that_fails_is_told_and_the_button_comes_back() -> None:
    widget = life_widget(measured)

    def fails(choice: LifeChoice) -> MeasuredLife:
        raise RuntimeError("Function <life> is gone")

    widget._measure = fails
    widget._run()
    assert 'role="alert"' in widget.picture.value
    assert "&lt;life&gt; is gone" in widget.picture.value
    assert not widget.button.disabled
    assert len(module._kept) == 1


def test_environments_that_were_all_warm_are_told_without_an_init() -> None:
    runs = [run(0, None), run(1, None)]
    found = MeasuredLife(LifeChoice(), 300, tuple(runs), tuple(events(runs)))
    assert "0 met a cold start." in life_sentence(found)
    assert "(0.3 KB zipped)" in life_sentence(found)
    assert life_table([found])["Init ms"].tolist() == ["none"]
