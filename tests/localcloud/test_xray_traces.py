"""What the documents of a trace mean together, in whatever order they arrive."""

from __future__ import annotations

import itertools
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from segments import START, alone, identity, segment, subsegment, texts

from serverless_course.localcloud.xray.service_graph import graph_of
from serverless_course.localcloud.xray.summary import summary
from serverless_course.localcloud.xray.trace import Trace
from serverless_course.localcloud.xray.trace_store import TraceStore

ACCOUNT = "123456789012"
DYNAMODB = {"namespace": "aws", "aws": {"operation": "GetItem", "table_name": "orders"}}


def trace_of(*documents: dict[str, Any]) -> Trace:
    store = TraceStore()
    assert store.put(texts(*documents)) == []
    (trace,) = store.snapshot()
    return trace


def shown(trace: Trace) -> dict[str, Any]:
    found = summary(trace, ACCOUNT)
    del found["Revision"]
    documents = [visit.document for visit in trace.view.visits]
    strays = trace.view.strays
    return {
        "summary": found,
        "documents": documents,
        "strays": strays,
        "graph": graph_of([trace.view], ACCOUNT),
    }


LAMBDA = [
    segment(1, "app", 0, 2.0),
    alone(2, "Lambda", 1, 0.1, 1.5, namespace="aws", aws={"operation": "Invoke"}),
    segment(3, "primes", 0.2, 1.3, parent_id=identity(2), origin="AWS::Lambda"),
    segment(4, "primes", 0.3, 1.1, parent_id=identity(3), origin="AWS::Lambda::Function"),
    alone(5, "Invocation", 4, 0.4, 1.0),
    alone(6, "DynamoDB", 5, 0.5, 0.2, **DYNAMODB),
    alone(7, "## work", 6, 0.5, 0.1, annotations={"size": 3}),
    segment(1, "app", 0, None),
]


@settings(deadline=None, max_examples=150)
@given(st.permutations(LAMBDA))
def test_the_order_of_arrival_never_changes_what_is_shown(documents):
    assert shown(trace_of(*documents)) == shown(trace_of(*LAMBDA))


def test_late_subsegments_stand_in_their_segment_without_what_they_were_sent_with():
    function = trace_of(*LAMBDA).view.visits[2].document
    (invocation,) = function["subsegments"]
    (call,) = invocation["subsegments"]
    assert (invocation["name"], call["name"]) == ("Invocation", "DynamoDB")
    assert not {"type", "trace_id", "parent_id"} & set(call)
    assert call["subsegments"][0]["annotations"] == {"size": 3}


def test_a_function_is_two_nodes_and_its_table_is_inferred():
    nodes = [tuple(visit.node) for visit in trace_of(*LAMBDA).view.visits]
    assert nodes == [
        ("app", None),
        ("primes", "AWS::Lambda"),
        ("primes", "AWS::Lambda::Function"),
        ("orders", "AWS::DynamoDB::Table"),
    ]


def test_an_inferred_segment_is_as_the_guide_shows_it():
    # Developer Guide, "Getting data from X-Ray": the DynamoDB segment of its example.
    document = trace_of(*LAMBDA).view.visits[3].document
    assert document["inferred"] is True
    assert document["name"] == "DynamoDB"
    assert document["origin"] == "AWS::DynamoDB::Table"
    assert document["parent_id"] == identity(6)
    assert document["aws"] == DYNAMODB["aws"]


def test_a_finished_document_replaces_one_in_progress_and_never_the_other_way():
    finished, open_ = segment(1, took=3.0), segment(1, took=None)
    for documents in itertools.permutations([finished, open_]):
        trace = trace_of(*documents)
        assert not trace.view.partial
        assert trace.view.duration == 3.0
    assert trace_of(open_).view.partial
    assert "ResponseTime" not in summary(trace_of(open_), ACCOUNT)


def test_a_subsegment_sent_alone_finishes_the_one_its_segment_held_open():
    held = segment(1, subsegments=[subsegment(2, "work", took=None)])
    for documents in itertools.permutations([held, alone(2, "work", 1, took=0.25)]):
        view = trace_of(*documents).view
        assert [s["end_time"] for s in view.visits[0].document["subsegments"]] == [START + 0.25]
        assert not view.partial


def test_a_subsegment_without_its_segment_is_kept_and_makes_the_trace_partial():
    trace = trace_of(segment(1), alone(9, "lost", 8), alone(10, "child", 9))
    assert trace.view.partial
    (stray,) = trace.view.strays
    assert [stray["name"], stray["subsegments"][0]["name"]] == ["lost", "child"]


def test_subsegments_that_are_each_others_parents_do_no_harm():
    trace = trace_of(segment(1), alone(2, "a", 3), alone(3, "b", 2), alone(4, "self", 4))
    assert {stray["name"] for stray in trace.view.strays} <= {"a", "b", "self"}
    json.dumps(trace.view.strays)


def test_segments_that_are_each_others_parents_do_no_harm():
    a, b = segment(1, "a", parent_id=identity(2)), segment(2, "b", parent_id=identity(1))
    assert summary(trace_of(a, b), ACCOUNT)["HasFault"] is False


def test_very_long_chains_of_subsegments_stay_within_reach():
    chain = [alone(n, "deep", n - 1) for n in range(2, 1200)]
    trace = trace_of(segment(1), *chain)
    json.dumps([visit.document for visit in trace.view.visits] + trace.view.strays)


def test_a_call_to_a_traced_service_is_broken_until_its_segment_comes():
    # Developer Guide: "X-Ray considers the trace to be broken until the downstream service
    # uploads a segment".
    call = subsegment(2, "api", namespace="remote", http={"request": {"traced": True}})
    web = segment(1, subsegments=[call])
    assert trace_of(web).view.partial
    assert not trace_of(web, segment(3, "api", parent_id=identity(2))).view.partial


def test_a_queue_stands_between_its_sender_and_the_function():
    send = subsegment(2, "SQS", namespace="aws", aws={"queue_url": "https://sqs/1/jobs"})
    view = trace_of(
        segment(1, subsegments=[send]),
        segment(3, "worker", 1, parent_id=identity(2), origin="AWS::Lambda"),
    ).view
    edges = [(call.source.type, call.target.type) for call in view.calls]
    assert (None, "AWS::SQS::Queue") in edges
    assert ("AWS::SQS::Queue", "AWS::Lambda") in edges
    assert (None, "AWS::Lambda") not in edges


def test_a_topics_own_segment_stands_between_its_publisher_and_the_function():
    publish = subsegment(2, "sns", namespace="aws", aws={"operation": "Publish"})
    topic = segment(3, "news", 0.1, parent_id=identity(2), origin="AWS::SNS")
    reader = segment(4, "reader", 1, parent_id=identity(2), origin="AWS::Lambda")
    view = trace_of(segment(1, subsegments=[publish]), topic, reader).view
    edges = [(call.source.name, call.target.name) for call in view.calls]
    assert edges == [("web", "web"), ("web", "news"), ("news", "reader")]


def test_a_call_that_was_answered_twice_is_one_call():
    call = subsegment(2, "Lambda", namespace="aws", aws={"operation": "Invoke"})
    answers = [
        segment(n, "f", 0.1 * n, parent_id=identity(2), origin="AWS::Lambda") for n in (3, 4)
    ]
    view = trace_of(segment(1, subsegments=[call]), *answers).view
    assert [c.target.name for c in view.calls].count("f") == 1
    assert len(view.visits) == 3


ODD = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**30) | st.floats(0, 9) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2)
    ),
    max_leaves=4,
)
MEMBERS = ("http", "aws", "annotations", "metadata", "cause", "links", "user", "origin", "sql")
FLAGS = ("error", "fault", "throttle", "namespace", "service", "subsegments", "in_progress")


@settings(deadline=None, max_examples=200)
@given(
    st.dictionaries(st.sampled_from(MEMBERS + FLAGS), ODD, max_size=5),
    st.dictionaries(st.sampled_from(MEMBERS + FLAGS), ODD, max_size=5),
)
def test_whatever_members_hold_a_trace_that_was_taken_can_be_shown(outer, inner):
    store = TraceStore()
    outer.pop("subsegments", None)
    nested = {**subsegment(2, "call", namespace="aws"), **inner}
    store.put(texts({**segment(1, subsegments=[nested]), **outer}))
    for trace in store.snapshot():
        json.dumps(shown(trace), allow_nan=False)


def test_a_segment_of_the_same_node_within_a_segment_is_the_same_request():
    handler = segment(2, "f", 0.1, 0.5, parent_id=identity(1), origin="AWS::Lambda::Function")
    trace = trace_of(segment(1, "f", origin="AWS::Lambda::Function"), handler)
    _, node = graph_of([trace.view], ACCOUNT)
    assert node["SummaryStatistics"]["TotalCount"] == 1
    assert node["Edges"] == []


def test_the_summary_takes_flags_where_aws_takes_them():
    # API reference, TraceSummary: the root's error and fault, any segment's throttle.
    throttled = segment(2, "api", 0.1, 0.2, parent_id=identity(3), throttle=True, error=True)
    call = subsegment(3, "api", 0.1, 0.3, namespace="remote", fault=True)
    found = summary(trace_of(segment(1, subsegments=[call]), throttled), ACCOUNT)
    assert (found["HasFault"], found["HasError"], found["HasThrottle"]) == (False, False, True)


def test_durations_are_of_the_trace_and_response_times_of_the_root():
    late = segment(2, "worker", 1.0, 4.0, parent_id=identity(1))
    found = summary(trace_of(segment(1, took=1.5), late), ACCOUNT)
    assert (found["Duration"], found["ResponseTime"]) == (5.0, 1.5)


def test_a_w3c_ids_random_digits_are_no_time():
    assert trace_of(segment(1, at=0.5)).view.time == START
    random = {**segment(1, at=0.5), "trace_id": "f" * 32}
    assert trace_of(random).view.time == START + 0.5


def test_annotations_are_typed_and_tell_whose_they_are():
    trace = trace_of(
        segment(1, annotations={"n": 1, "b": True, "s": "x", "list": [1]}),
        segment(2, "db", parent_id=identity(1), annotations={"n": 1}),
    )
    found = summary(trace, ACCOUNT)["Annotations"]
    assert found["b"][0]["AnnotationValue"] == {"BooleanValue": True}
    assert found["s"][0]["AnnotationValue"] == {"StringValue": "x"}
    assert found["n"][0]["AnnotationValue"] == {"NumberValue": 1.0}
    assert [s["Name"] for s in found["n"][0]["ServiceIds"]] == ["web", "db"]
    assert "list" not in found


def test_fifty_annotations_of_a_trace_are_indexed():
    # AWS General Reference, X-Ray quotas: indexed annotations per trace, 50.
    trace = trace_of(segment(1, annotations={f"k{n}": n for n in range(60)}))
    assert len(summary(trace, ACCOUNT)["Annotations"]) == 50


def test_a_faults_root_cause_is_the_path_down_to_its_exception():
    cause = {"exceptions": [{"id": identity(9), "type": "Boom", "message": "no"}]}
    call = subsegment(2, "api", namespace="remote", fault=True)
    api = segment(3, "api", parent_id=identity(2), fault=True, cause=cause)
    (found,) = summary(trace_of(segment(1, fault=True, subsegments=[call]), api), ACCOUNT)[
        "FaultRootCauses"
    ]
    assert found["ClientImpacting"] is True
    assert [service["Name"] for service in found["Services"]] == ["web", "api"]
    assert found["Services"][1]["EntityPath"][0]["Exceptions"] == [
        {"Name": "Boom", "Message": "no"}
    ]


def test_a_response_times_root_cause_follows_the_longest_call():
    slow = subsegment(2, "DynamoDB", 0.1, 0.8, **DYNAMODB)
    quick = subsegment(3, "api", 0.0, 0.1, namespace="remote")
    (found,) = summary(trace_of(segment(1, subsegments=[quick, slow])), ACCOUNT)[
        "ResponseTimeRootCauses"
    ]
    assert [service["Name"] for service in found["Services"]] == ["web", "orders"]
    assert found["Services"][0]["EntityPath"][1]["Coverage"] == 0.8
