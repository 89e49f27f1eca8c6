"""The time line of a flow: its lanes, its words, its table, the same for both kinds."""

from __future__ import annotations

from typing import Any

import pytest
from flow_events import DURABLE, MACHINE, machine

from serverless_course.figures.flow_timeline import flow_table, flow_timeline
from serverless_course.traces.flow_history import flow_history


def test_a_durable_execution_has_a_lane_for_its_invocations() -> None:
    picture = flow_timeline(DURABLE, title="Order 7")
    assert (
        "Order 7. A durable execution: succeeded after 4,200 ms, in 3 invocations, 1 of them "
        "failed, 1 further attempt." in picture.alt
    )
    assert "Invocation 1 began after 0 ms, ✕ failed." in picture.alt
    assert "charge (step); attempt 1: began after 300 ms, took 200 ms, ✕ failed" in picture.alt
    assert len(picture.spots) == 5
    assert "interrupted: the invocation ended first" in picture.spots[1].text


def test_a_state_machine_is_drawn_in_the_same_way() -> None:
    picture = flow_timeline(MACHINE, disturbance="The machine was busy")
    assert "A state machine: succeeded after 5,000 ms, 1 further attempt" in picture.alt
    assert "The machine was busy" in picture.alt
    assert "Runtime.ExitError: exit status 1" in picture.alt


@pytest.mark.parametrize("events", [DURABLE, MACHINE], ids=["durable", "machine"])
def test_the_table_has_a_row_for_each_lane(events: list[dict[str, Any]]) -> None:
    flow = flow_history(events)
    table = flow_table(flow)
    assert len(table) == len(flow.stages)
    assert "› invoice" in table.index
    assert table.loc["charge", "attempts"] == 2
    assert table.loc["charge", "ended"] == "well"
    assert table.loc["papers", "kind"] == "parallel"


def test_one_that_runs_says_so() -> None:
    assert "charge (task); attempt 1" in flow_timeline(MACHINE[:7]).alt
    assert "still under way" in flow_timeline(MACHINE[:7]).alt
    assert "A state machine: running after" in flow_timeline(MACHINE[:7]).alt


def test_a_long_one_draws_its_first_lanes_and_lists_all() -> None:
    told: list[Any] = [(0, "ExecutionStarted", 0, {})]
    for number in range(50):
        named = {"stateEnteredEventDetails": {"name": f"s{number}"}}
        left = {"stateExitedEventDetails": {"name": f"s{number}"}}
        told.append((len(told), "PassStateEntered", number, named))
        told.append((len(told), "PassStateExited", number + 1, left))
    picture = flow_timeline(machine(*told))
    assert "(the first 40 lanes are drawn)" in picture.alt
    assert picture.table is not None
    assert len(picture.table) == 50


def test_its_places_can_be_reached_by_keyboard() -> None:
    html = flow_timeline(DURABLE)._repr_html_()
    assert html.count('tabindex="0"') == 5
    assert "The same as a table" in html
