"""A trace's documents become one tree, whatever order they come in, and nothing is lost."""

import json
import random
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serverless_course.traces.critical_path import critical_path
from serverless_course.traces.node import Node
from serverless_course.traces.service_summary import service_summary
from serverless_course.traces.tree import Tree, tree, trees
from serverless_course.traces.waterfall import waterfall
from tests.traces.trace_documents import (
    DYNAMODB,
    LAMBDA,
    SQS,
    Call,
    as_trace,
    lambda_trace,
    many_traces,
)

IDS = [f"{number:016x}" for number in range(12)]
TRACE_ID = "1-6afd2c80-0123456789abcdef01234567"


def shape(found: Tree) -> list[tuple[object, ...]]:
    """All that a tree tells, in order."""
    return [
        (depth, node.id, node.start_s, node.end_s, node.orphan, node.in_progress, node.state)
        for depth, node in found.walk()
    ]


def named(found: Tree, name: str) -> Node:
    return next(node for _, node in found.walk() if node.name == name)


def document(
    own: str, start: float, end: float | None, parent: str | None = None
) -> dict[str, Any]:
    made: dict[str, Any] = {"id": own, "name": f"n{own[-1]}", "start_time": start}
    made |= {"in_progress": True} if end is None else {"end_time": end}
    return made | ({"parent_id": parent} if parent else {})


@st.composite
def any_documents(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Documents with parents that exist or not, in circles, sent twice, in progress."""
    made = []
    for _ in range(draw(st.integers(1, 14))):
        own = draw(st.sampled_from(IDS))
        start = float(draw(st.integers(0, 20)))
        end = draw(st.none() | st.integers(0, 10).map(lambda more, start=start: start + more))
        parent = draw(st.none() | st.sampled_from([*IDS, "f" * 16]))
        made.append(document(own, start, end, parent))
        if draw(st.booleans()):
            inner = document(draw(st.sampled_from(IDS)), start, end)
            made[-1]["subsegments"] = [inner]
    return made


@settings(deadline=None)
@given(any_documents(), st.randoms(use_true_random=False))
def test_any_order_of_documents_gives_the_same_tree(
    documents: list[dict[str, Any]], rng: random.Random
) -> None:
    mixed = list(documents)
    rng.shuffle(mixed)
    assert shape(tree(as_trace(TRACE_ID, documents))) == shape(tree(as_trace(TRACE_ID, mixed)))


@settings(deadline=None)
@given(any_documents())
def test_every_id_stands_in_the_tree_exactly_once(documents: list[dict[str, Any]]) -> None:
    sent = {each["id"] for each in documents}
    sent |= {inner["id"] for each in documents for inner in each.get("subsegments", [])}
    found = [node.id for _, node in tree(as_trace(TRACE_ID, documents)).walk()]
    assert sorted(found) == sorted(sent)


@settings(deadline=None)
@given(any_documents())
def test_sending_everything_twice_changes_nothing(documents: list[dict[str, Any]]) -> None:
    assert shape(tree(as_trace(TRACE_ID, documents * 2))) == shape(
        tree(as_trace(TRACE_ID, documents))
    )


@settings(deadline=None)
@given(any_documents())
def test_the_critical_path_fills_each_root_without_gap_or_overlap(
    documents: list[dict[str, Any]],
) -> None:
    for root in tree(as_trace(TRACE_ID, documents)).roots:
        steps = critical_path(root)
        assert steps[0].start_s == root.start_s
        assert steps[-1].end_s == root.end_s
        for before, after in pairwise(steps):
            assert before.end_s == after.start_s


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 50), st.integers(0, 20)), max_size=6),
    st.booleans(),
    st.booleans(),
)
def test_own_times_sum_to_the_length_of_the_root_when_calls_follow_each_other(
    lengths: list[tuple[int, int]], cold: bool, old: bool
) -> None:
    calls = tuple(Call("DynamoDB", "GetItem", float(ms)) for ms, _ in lengths)
    found = tree(lambda_trace(calls=calls, cold=cold, old=old))
    own = sum(node.self_s for _, node in found.walk() if not node.inferred)
    assert own == pytest.approx(found.roots[0].seconds, abs=1e-5)


def test_children_that_overlap_are_taken_off_once() -> None:
    documents = [
        document(IDS[0], 0.0, 10.0),
        document(IDS[1], 1.0, 5.0, IDS[0]),
        document(IDS[2], 3.0, 6.0, IDS[0]),
        document(IDS[3], 9.0, 15.0, IDS[0]),
    ]
    root = tree(as_trace(TRACE_ID, documents)).roots[0]
    assert root.self_s == 4.0


@pytest.mark.parametrize(("old", "part"), [(True, "Initialization"), (False, "Init")])
def test_the_cold_start_is_seen_in_the_old_form_and_in_the_new(old: bool, part: str) -> None:
    cold, warm = tree(lambda_trace(cold=True, old=old)), tree(lambda_trace(old=old))
    assert cold.is_cold
    assert named(cold, part).is_cold_start
    assert named(cold, "Overhead").is_overhead
    assert not warm.is_cold


def test_an_init_before_its_segment_is_waited_for_and_is_not_the_services_own_time() -> None:
    found = tree(lambda_trace(cold=True, old=True, calls=()))
    (service,) = found.roots
    init = named(found, "Initialization")
    assert init.end_s <= service.children[0].start_s
    assert service.self_s == pytest.approx(0.008, abs=1e-5)
    waited = {row.node.name: row.critical_s for row in waterfall(found).rows}
    assert waited["Initialization"] == pytest.approx(init.seconds, abs=1e-5)


def test_the_segments_of_lambda_hang_from_each_other_with_the_calls_of_the_sdk_below() -> None:
    found = tree(lambda_trace(old=True, calls=(DYNAMODB, SQS)))
    (service,) = found.roots
    (function,) = service.children
    assert (service.type, function.type) == ("AWS::Lambda", "AWS::Lambda::Function")
    call = named(found, "DynamoDB")
    assert (call.kind, call.type, call.operation) == ("subsegment", "aws", "PutItem")
    assert call.resource == "orders-2026"
    assert [child.inferred for child in call.children] == [True]
    assert not found.is_partial


def test_what_names_a_missing_parent_is_kept_and_marked() -> None:
    found = tree(as_trace(TRACE_ID, [document(IDS[1], 1.0, 2.0, IDS[0])]))
    assert [root.orphan for root in found.roots] == [True]
    assert found.is_partial


def test_a_circle_of_parents_is_opened_at_its_earliest_member() -> None:
    documents = [document(IDS[1], 5.0, 6.0, IDS[2]), document(IDS[2], 1.0, 9.0, IDS[1])]
    found = tree(as_trace(TRACE_ID, documents))
    assert [(root.id, root.orphan) for root in found.roots] == [(IDS[2], True)]
    assert [child.id for child in found.roots[0].children] == [IDS[1]]


def test_the_whole_segment_counts_and_not_the_one_in_progress() -> None:
    half, whole = document(IDS[0], 0.0, None), document(IDS[0], 0.0, 4.0)
    for documents in ([half, whole], [whole, half]):
        (root,) = tree(as_trace(TRACE_ID, documents)).roots
        assert not root.in_progress
        assert root.seconds == 4.0


def test_a_segment_in_progress_lasts_as_long_as_what_is_known_below_it() -> None:
    documents = [document(IDS[0], 0.0, None), document(IDS[1], 1.0, 7.0, IDS[0])]
    (root,) = tree(as_trace(TRACE_ID, documents)).roots
    assert root.in_progress
    assert root.seconds == 7.0


@pytest.mark.parametrize("state", ["ok", "error", "throttle", "fault"])
def test_states_and_the_first_exception_are_read(state: str) -> None:
    found = tree(lambda_trace(state=state, calls=()))
    assert found.state == state
    function = found.roots[0].children[0]
    assert function.state == state
    assert (function.cause is None) == (state == "ok")
    if state == "fault":
        assert str(function.cause) == "ValueError: no price for <b>tea</b>"


def test_a_cause_that_is_told_elsewhere_is_found_by_its_id() -> None:
    inner = document(IDS[1], 1.0, 2.0) | {
        "fault": True,
        "cause": {"exceptions": [{"id": "a" * 16, "type": "KeyError", "message": "tea"}]},
    }
    outer = document(IDS[0], 0.0, 3.0) | {"fault": True, "cause": "a" * 16, "subsegments": [inner]}
    (root,) = tree(as_trace(TRACE_ID, [outer])).roots
    assert str(root.cause) == "KeyError: tea"


def test_what_cannot_be_read_is_told_and_does_no_harm() -> None:
    good = as_trace(TRACE_ID, [document(IDS[0], 0.0, 1.0)])
    good["Segments"] += [
        {"Id": "bad", "Document": "{"},
        {"Id": "list", "Document": "[]"},
        {"Id": "bare", "Document": json.dumps({"name": "without an id"})},
    ]
    found = tree(good)
    assert len(found.roots) == 1
    assert len(found.unreadable) == 3
    assert found.is_partial


def test_a_part_without_an_id_hands_its_children_to_what_encloses_it() -> None:
    outer = document(IDS[0], 0.0, 3.0)
    outer["subsegments"] = [{"name": "nameless", "subsegments": [document(IDS[1], 1.0, 2.0)]}]
    (root,) = tree(as_trace(TRACE_ID, [outer])).roots
    assert [child.id for child in root.children] == [IDS[1]]


def test_a_summary_is_refused_with_what_to_pass_instead() -> None:
    with pytest.raises(ValueError, match="batch_get_traces"):
        tree({"Id": TRACE_ID, "Duration": 1.0})


def test_a_tree_deeper_than_the_stack_of_python_is_walked() -> None:
    documents = [
        document(f"{number:016x}", number, 5000.0, f"{number - 1:016x}" if number else None)
        for number in range(3000)
    ]
    found = tree(as_trace(TRACE_ID, documents))
    assert max(depth for depth, _ in found.walk()) == 2999
    assert len(waterfall(found).rows) == 3000


def test_the_path_goes_through_the_child_that_ended_last_and_not_those_beside_it() -> None:
    documents = [
        document(IDS[0], 0.0, 10.0),
        document(IDS[1], 1.0, 4.0, IDS[0]),
        document(IDS[2], 1.0, 9.0, IDS[0]),
    ]
    steps = critical_path(tree(as_trace(TRACE_ID, documents)).roots[0])
    assert [(step.node.id, step.seconds) for step in steps] == [
        (IDS[0], 1.0),
        (IDS[2], 8.0),
        (IDS[0], 1.0),
    ]


def test_rows_stand_in_order_of_time_and_leave_out_the_far_sides_that_xray_inferred() -> None:
    found = tree(lambda_trace(cold=True, calls=(DYNAMODB, SQS)))
    seen = waterfall(found)
    assert [(row.depth, row.node.name) for row in seen.rows] == [
        (0, "orders"),
        (1, "orders"),
        (2, "Init"),
        (2, "DynamoDB"),
        (2, "SQS"),
        (2, "Overhead"),
    ]
    assert (seen.left_out, seen.inferred) == (0, 2)
    assert sum(row.critical_s for row in seen.rows) == pytest.approx(found.seconds, abs=1e-6)


def test_a_waterfall_that_is_too_long_keeps_what_failed_and_its_ancestors() -> None:
    calls = tuple(Call("DynamoDB", "GetItem", 5.0 + number) for number in range(40))
    failed = Call("SQS", "SendMessage", 0.5, "throttle")
    seen = waterfall(tree(lambda_trace(calls=(*calls, failed))), most=6)
    assert len(seen.rows) == 6
    assert seen.left_out == 38
    assert "SQS" in [row.node.name for row in seen.rows]
    assert [row.depth for row in seen.rows][:2] == [0, 1]


def test_the_summary_counts_each_call_once_and_loses_no_time() -> None:
    found = trees([lambda_trace(1), lambda_trace(2, calls=(LAMBDA,), state="fault")])
    lines = {(line.name, line.type): line for line in service_summary(found)}
    assert lines["DynamoDB", "aws"].calls == 1
    assert lines["orders", "AWS::Lambda"].calls == 2
    assert lines["orders", "AWS::Lambda"].faults == 1
    assert sum(line.self_s for line in lines.values()) == pytest.approx(
        sum(each.seconds for each in found), abs=1e-4
    )


def test_two_thousand_traces_keep_all_their_parts() -> None:
    made = many_traces(2000)
    found = trees(made)
    assert len(found) == 2000
    assert all(len(each.roots) == 1 and not each.is_partial for each in found)
    assert {each.is_cold for each in found} == {True, False}
    assert {each.state for each in found} == {"ok", "throttle", "fault"}
