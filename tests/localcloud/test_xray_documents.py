"""Which segment documents X-Ray takes. Source: Developer Guide, "X-Ray segment documents"."""

from __future__ import annotations

import json
from typing import Any

import pytest
from segments import alone, identity, segment, subsegment, texts, trace_id

from serverless_course.localcloud.xray import XRay
from serverless_course.localcloud.xray.documents import MAX_DOCUMENT_BYTES

REGION = "us-east-1"


def put(*documents: Any) -> list[tuple[str | None, str, str]]:
    return [tuple(item) for item in XRay("123456789012").put(REGION, texts(*documents))]


def without(member: str, document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != member}


def test_what_the_guide_shows_as_minimal_is_taken():
    assert (
        put(
            {
                "name": "example.com",
                "id": "70de5b6f19ff9a0a",
                "start_time": 1.478293361271e9,
                "trace_id": "1-581cf771-a006649127e371903a2de979",
                "end_time": 1.478293361449e9,
            }
        )
        == []
    )


def test_aws_words_tell_what_a_document_lacks():
    # Recorded in public: humanmade/aws-xray 29, opentelemetry-collector-contrib 482.
    assert put({}) == [(None, "MissingId", "Invalid segment. ErrorCode: MissingId")]
    late = without("parent_id", alone(5, "late", 1))
    text = "Invalid subsegment. ErrorCode: MissingParentId, Cause: null"
    assert put(late) == [(identity(5), "MissingParentId", text)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"trace_id": None}, "MissingTraceId"),
        ({"trace_id": "1-abc-def"}, "InvalidTraceId"),
        ({"trace_id": "2" + trace_id()[1:]}, "InvalidTraceId"),
        ({"id": "short"}, "InvalidId"),
        ({"name": ""}, "MissingName"),
        ({"name": "n" * 201}, "InvalidName"),
        ({"name": "what?"}, "InvalidName"),
        ({"start_time": None}, "MissingStartTime"),
        ({"start_time": "now"}, "InvalidStartTime"),
        ({"start_time": True}, "InvalidStartTime"),
        ({"end_time": None}, "MissingEndTime"),
        ({"parent_id": "xyz"}, "InvalidParentId"),
        ({"http": []}, "InvalidHttp"),
        ({"links": {}}, "InvalidLinks"),
        ({"links": ["1"]}, "InvalidLinks"),
        ({"start_time": 10**200}, "InvalidStartTime"),
        ({"subsegments": {}}, "InvalidSubsegments"),
        ({"subsegments": [subsegment(3, "")]}, "MissingName"),
    ],
)
def test_a_broken_rule_is_named_and_the_rest_of_the_batch_is_taken(change, code):
    broken = {**segment(1), **change}
    found = put(segment(2), broken, segment(4))
    assert [item[1] for item in found] == [code]


def test_a_name_may_hold_the_documented_letters_and_symbols():
    assert put(segment(1, "Käse ü_.:/%&#=+\\-@ 7")) == []
    assert put(segment(1, "n" * 200)) == []


def test_a_document_has_64_kb_at_most():
    room = MAX_DOCUMENT_BYTES - len(json.dumps(segment(1, metadata={"m": ""})))
    assert put(segment(1, metadata={"m": "x" * room})) == []
    assert put(segment(1, metadata={"m": "x" * (room + 1)}))[0][1] == "SegmentTooLarge"


@pytest.mark.parametrize(
    "text", ["", "no json", "[1]", '"text"', '{"a": NaN}', "[" * 60_000, "1" * 301, "-1e999"]
)
def test_what_is_no_json_object_is_refused(text):
    assert [item.code for item in XRay("1").put(REGION, [text])] == ["ParseError"]


def test_an_empty_array_is_refused_as_aws_does():
    # humanmade/aws-xray 29: "one of the segments is simply an empty array".
    assert [item.code for item in XRay("1").put(REGION, ["[]"])] == ["MissingId"]


def test_one_text_may_hold_several_documents():
    xray = XRay("1")
    assert xray.put(REGION, [json.dumps([segment(1), segment(2, "b")])]) == []
    (trace,) = xray.region(REGION).traces.snapshot()
    assert [visit.node.name for visit in trace.view.visits] == ["web", "b"]


def test_a_w3c_trace_id_is_the_same_trace():
    xray = XRay("1")
    xray.put(REGION, texts(segment(1), {**segment(2), "trace_id": trace_id()[2:].replace("-", "")}))
    assert len(xray.region(REGION).traces.snapshot()) == 1


def test_regions_do_not_share_traces():
    xray = XRay("1")
    xray.put(REGION, texts(segment(1)))
    assert xray.region("eu-west-1").traces.snapshot() == []


def test_the_oldest_traces_go_when_there_are_too_many():
    from serverless_course.localcloud.xray.trace_store import TraceStore

    store = TraceStore(max_traces=3)
    for number in range(5):
        store.put(texts(segment(1, trace=number)))
    assert [trace.id for trace in store.snapshot()] == [trace_id(n) for n in (2, 3, 4)]
    small = TraceStore(max_bytes=1000)
    for number in range(50):
        small.put(texts(segment(1, trace=number)))
    assert sum(trace.size for trace in small.snapshot()) <= 1000


def test_a_trace_has_500_kb_at_most_and_says_so():
    xray = XRay("1")
    large = [segment(n, metadata={"m": "x" * 60_000}) for n in range(1, 11)]
    xray.put(REGION, texts(*large))
    (trace,) = xray.region(REGION).traces.snapshot()
    assert trace.limit_exceeded
    assert trace.size <= 500_000
