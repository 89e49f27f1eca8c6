"""The replay microscope: what each invocation ran, read and wrote, and what a checkpoint costs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flow_events import DURABLE, MACHINE

from serverless_course.figures import replay_microscope as microscope
from serverless_course.figures.replay_microscope import checkpoint_table, replay_table
from serverless_course.figures.widget_bundle import VIEW
from serverless_course.traces.replays import replays


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    microscope._KEPT.clear()
    yield
    microscope._KEPT.clear()


def test_each_invocation_runs_what_has_no_checkpoint_yet() -> None:
    table = replay_table(replays(DURABLE))
    assert list(table["invocation 1"]) == [
        *("ran it", "failed in it", "no trace of it", "no trace of it")
    ]
    assert list(table["invocation 2"]) == [
        *("read its result", "ran it", "ran it", "waited for it, and ended")
    ]
    assert set(table["invocation 3"]) == {"read its result"}
    # What holds others is no row of its own.
    assert list(table.index) == ["reserve", "charge", "invoice", "courier"]


def test_each_checkpoint_belongs_to_one_invocation() -> None:
    found = replays(DURABLE)
    written = [each.event_id for one in found for each in one.checkpoints]
    assert written == sorted(set(written))
    # The execution's start, reserve, and the retry of the invocation itself.
    assert sum(each.operations for each in found[0].checkpoints) == 3


def test_a_checkpoint_has_its_price() -> None:
    written = replays(DURABLE)[0].checkpoints
    table = checkpoint_table(written)
    step = table.loc["StepSucceeded"]
    # 8 dollars for a million operations; six bytes are 0.0014 millionths of a dollar.
    assert step["millionths of a dollar"] == pytest.approx(8.001, abs=0.001)
    assert checkpoint_table(written, "sa-east-1")["millionths of a dollar"].isna().all()


def test_the_widget_moves_and_remembers() -> None:
    widget = microscope.replay_microscope(DURABLE)
    assert "Invocation 1" in widget.sentence()
    assert "It failed: Runtime.ExitError" in widget.sentence()
    widget.on.click()
    widget.on.click()
    widget.on.click()
    assert widget.number.value == 3
    assert widget.on.disabled
    assert "read 4 results from checkpoints" in widget.sentence()
    again = microscope.replay_microscope(DURABLE)
    assert again.number.value == 3
    again.back.click()
    assert again.number.value == 2
    assert "StepSucceeded" in again.picture.value


def test_without_a_kernel_all_invocations_are_seen() -> None:
    bundle = microscope.replay_microscope(DURABLE)._repr_mimebundle_()
    assert VIEW in bundle
    assert (
        "Invocation 1, which failed: reserve: ran it; charge: failed in it" in bundle["text/html"]
    )
    assert "invocation 3" in bundle["text/plain"]


def test_what_is_no_durable_execution_is_refused() -> None:
    with pytest.raises(ValueError, match="No invocation of a durable execution has ended"):
        replays(MACHINE)
