"""The pure parts of tracing: headers, documents, sampling; the daemon; the writer's bounds."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from serverless_course.localcloud.lambda_.environment.daemon import (
    Daemon,
    NoDaemon,
    document_of,
    loopback_socket,
)
from serverless_course.localcloud.lambda_.environment.governor import CpuUsage
from serverless_course.localcloud.lambda_.environment.invocation import InvocationResult, Moments
from serverless_course.localcloud.lambda_.environment.report import InvocationReport, XRay
from serverless_course.localcloud.lambda_.function_version import FunctionVersion
from serverless_course.localcloud.lambda_.tracing import (
    NEW_STYLE,
    OLD_STYLE,
    FunctionSampler,
    TraceHeader,
    Tracer,
    TraceWriter,
    trace_writer,
    untraced,
)
from serverless_course.localcloud.lambda_.tracing.documents import Ids, function_segment
from serverless_course.localcloud.stepfunctions.execution_traces import states_of

ROOT = "1-64de5a99-5d09aa705e56bbd0152548cb"
ARN = "arn:aws:lambda:us-east-1:123456789012:function:f"
ACTIVE = FunctionVersion(
    *("f", ARN, "$LATEST", "us-east-1", "123456789012", "python3.13", "i.h", "role"),
    *(128, 3, (), "key"),
    log_group="/aws/lambda/f",
    tracing_mode="Active",
)
WARM = Moments(began=100.0, given=100.001, posted=100.2, ended=100.21, released=100.211)
HEADER = b'{"format": "json", "version": 1}\n'


def result_of(
    moments: Moments, error: str = "", payload: bytes = b"null", cause: str = ""
) -> InvocationResult:
    report = InvocationReport("r", 1.0, 128, 40)
    return InvocationResult(
        payload, error, "$LATEST", report, "", CpuUsage(0.0, 0.0, 0.0), moments, cause
    )


def named(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in document.get("subsegments", [])}


# headers


def test_a_header_is_read_in_any_order_and_keeps_its_other_fields() -> None:
    text = f"Sampled=1; Root={ROOT};Lineage=1:a87bd80c:1;Parent=53995C3F42CD8AD8"
    header = TraceHeader.parse(text)
    assert header == TraceHeader(ROOT, "53995c3f42cd8ad8", True, ("Lineage=1:a87bd80c:1",))
    assert header.text("0" * 16, sampled=False) == (
        f"Root={ROOT};Parent={'0' * 16};Sampled=0;Lineage=1:a87bd80c:1"
    )


@pytest.mark.parametrize("text", ["", "Sampled=?", "Root=2-x;Parent=zz;Sampled=2", "=;;=="])
def test_what_cannot_be_read_in_a_header_counts_as_absent(text: str) -> None:
    header = TraceHeader.parse(text)
    assert (header.root, header.parent, header.sampled) == ("", "", None)


def test_pass_through_gives_a_decided_header_on_as_it_is() -> None:
    for sampled in "01":
        text = f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled={sampled};Lineage=1:a87bd80c:1"
        assert untraced(text) == text


def test_pass_through_completes_a_header_that_decides_nothing() -> None:
    """``Root=…;Parent=…;Sampled=0`` is what AWS's extension samples show (2022-06)."""
    header = TraceHeader.parse(untraced(f"Root={ROOT}"))
    assert (header.root, header.sampled, len(header.parent)) == (ROOT, False, 16)


# sampling


def test_a_function_is_sampled_once_a_second_and_five_in_a_hundred_beyond() -> None:
    """Lambda Developer Guide, "Visualize Lambda function invocations using AWS X-Ray" (2026-11)."""
    seconds, chances = [100.2], [0.5]
    sample = FunctionSampler(lambda: seconds[0], lambda: chances[0])
    assert [sample("r", "f"), sample("r", "f"), sample("r", "g")] == [True, False, True]
    chances[0] = 0.0499
    assert sample("r", "f")
    chances[0] = 0.05
    assert not sample("r", "f")
    seconds[0] = 101.0
    assert sample("r", "f")


@pytest.mark.parametrize(
    ("header", "asked", "sampled"),
    [("Sampled=1", False, True), ("Sampled=0", True, False), ("", True, True), ("", False, False)],
)
def test_the_callers_decision_comes_before_the_rule(
    header: str, asked: bool, sampled: bool
) -> None:
    segment = Tracer(lambda region, name: asked, lambda *_: None).begin(ACTIVE, header, "r")
    assert segment is not None
    assert segment.sampled is sampled
    assert f"Sampled={int(sampled)}" in segment.header


def test_nothing_is_traced_with_pass_through() -> None:
    sent: list[Any] = []
    tracer = Tracer(lambda region, name: True, lambda version, documents: sent.append(documents))
    assert tracer.begin(replace(ACTIVE, tracing_mode="PassThrough"), "Sampled=1", "r") is None
    assert not sent


def test_a_batch_is_a_trace_of_its_own_that_links_to_its_messages() -> None:
    """X-Ray Developer Guide, "Tracing event-driven applications" (2026-11); the form of links:
    github.com/awslabs/aws-iatk, segment types (2023)."""
    sent: list[dict[str, Any]] = []
    tracer = Tracer(lambda region, name: False, lambda version, documents: sent.extend(documents))
    messages = [
        f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=0",
        f"Root={ROOT[:-1]}0;Parent=63995c3f42cd8ad8;Sampled=1",
        f"Root={ROOT};Parent=73995c3f42cd8ad8;Sampled=0",
    ]
    segment = tracer.begin(ACTIVE, f"Root={ROOT};Lineage=1:a87bd80c:0", "r", messages)
    assert segment is not None
    assert segment.sampled, "one of its messages is"
    assert ROOT not in segment.header
    assert segment.header.endswith(";Lineage=1:a87bd80c:0")
    segment.refused(429)
    parent = {"aws.xray.reserved.reference_type": "parent"}
    assert sent[0]["links"] == [
        {"trace_id": ROOT, "id": "53995c3f42cd8ad8", "attributes": parent},
        {"trace_id": f"{ROOT[:-1]}0", "id": "63995c3f42cd8ad8", "attributes": parent},
    ]


def test_a_batch_whose_messages_are_not_sampled_is_not() -> None:
    tracer = Tracer(lambda region, name: True, lambda *_: None)
    segment = tracer.begin(ACTIVE, "", "r", [f"Root={ROOT};Sampled=0"])
    assert segment is not None
    assert not segment.sampled


def test_an_attempt_that_did_not_reach_the_function_is_part_of_the_dwell_time() -> None:
    sent: list[dict[str, Any]] = []
    tracer = Tracer(lambda region, name: True, lambda version, documents: sent.extend(documents))
    segment = tracer.begin(ACTIVE, "", "r")
    assert segment is not None
    segment.accepted()
    segment.attempt().refused(429)
    attempt = segment.attempt()
    attempt.ended(ACTIVE, result_of(WARM))
    assert [each["name"] for each in sent] == ["f", "f", "Dwell Time", "Attempt #1"]
    assert sent[0]["http"]["response"]["status"] == 202
    assert sent[2]["end_time"] == sent[3]["start_time"] == attempt.began
    assert sent[1]["parent_id"] == sent[3]["id"]
    assert {each["parent_id"] for each in sent[2:]} == {sent[0]["id"]}


# documents

COLD = replace(WARM, init=(99.5, 99.9))


def test_the_old_style_has_initialization_invocation_and_overhead() -> None:
    """The form of github.com/awslabs/aws-iatk's trace of 2023-08: Initialization lies before its
    segment, Invocation ends where Overhead begins."""
    ids = Ids("a" * 16)
    document = function_segment(ACTIVE, ROOT, ids, result_of(COLD), OLD_STYLE)
    parts = named(document)
    assert list(parts) == ["Initialization", "Invocation", "Overhead"]
    assert (document["start_time"], document["end_time"]) == (100.0, 100.211)
    assert document["parent_id"] == ids.service
    assert document["origin"] == "AWS::Lambda::Function"
    assert document["aws"] == {
        "account_id": "123456789012",
        "function_arn": ARN,
        "resource_names": ["f"],
    }
    assert parts["Invocation"]["id"] == ids.invocation
    times = {name: (each["start_time"], each["end_time"]) for name, each in parts.items()}
    assert times == {
        "Initialization": (99.5, 99.9),
        "Invocation": (100.001, 100.2),
        "Overhead": (100.2, 100.21),
    }
    assert all(each["aws"] == {"function_arn": ARN} for each in parts.values())


def test_the_new_style_has_init_and_annotations_and_no_invocation() -> None:
    """Lambda Developer Guide, "Visualize Lambda function invocations using AWS X-Ray" (2026-11)."""
    document = function_segment(ACTIVE, ROOT, Ids("a" * 16), result_of(COLD), NEW_STYLE)
    assert list(named(document)) == ["Init", "Overhead"]
    assert document["annotations"] == pytest.approx(
        {
            "aws.responseLatency": 199.0,
            "aws.responseDuration": 0.0,
            "aws.runtimeOverhead": 10.0,
            "aws.extensionOverhead": 0.0,
        }
    )
    assert document["aws"]["cloudwatch_logs"] == [{"log_group": "/aws/lambda/f"}]


def test_a_warm_invocation_has_no_initialization() -> None:
    document = function_segment(ACTIVE, ROOT, Ids("a" * 16), result_of(WARM), OLD_STYLE)
    assert list(named(document)) == ["Invocation", "Overhead"]


def test_a_function_that_never_answered_has_no_overhead() -> None:
    moments = replace(WARM, posted=None)
    error = b'{"errorType":"Sandbox.Timedout","errorMessage":"Task timed out after 3.00 seconds"}'
    document = function_segment(
        ACTIVE, ROOT, Ids("a" * 16), result_of(moments, "Unhandled", error), OLD_STYLE
    )
    parts = named(document)
    assert list(parts) == ["Invocation"]
    assert parts["Invocation"]["end_time"] == WARM.ended
    assert document["fault"]
    exception = document["cause"]["exceptions"][0]
    assert exception["type"] == "Sandbox.Timedout"
    assert exception["message"] == "Task timed out after 3.00 seconds"


def test_the_cause_is_what_the_runtime_says_of_it() -> None:
    stack = [{"label": "handler", "path": "/var/task/index.py", "line": 3}]
    cause = {
        "working_directory": "/var/task",
        "exceptions": [{"message": "bad", "type": "ValueError", "stack": stack}],
        "paths": ["/var/task/index.py"],
    }
    document = function_segment(
        ACTIVE,
        ROOT,
        Ids("a" * 16),
        result_of(WARM, "Unhandled", b"{}", json.dumps(cause)),
        OLD_STYLE,
    )
    found = document["cause"]["exceptions"][0]
    assert found.items() >= cause["exceptions"][0].items()
    assert len(found["id"]) == 16
    assert named(document)["Invocation"]["fault"]


@pytest.mark.parametrize("cause", ["", "{", "[]", '{"exceptions": 1}', "x" * 40_000])
def test_a_cause_that_cannot_be_read_gives_way_to_the_answers_error(cause: str) -> None:
    error = b'{"errorType":"ValueError","errorMessage":"bad"}'
    document = function_segment(
        ACTIVE, ROOT, Ids("a" * 16), result_of(WARM, "Unhandled", error, cause), OLD_STYLE
    )
    assert document["cause"]["exceptions"][0]["type"] == "ValueError"


def test_report_and_trace_are_one_event() -> None:
    """Public logs of 2019 to 2025, for example in DataDog's forwarder tests (2019-09-25)."""
    xray = XRay(ROOT, "5ff79d2a06b82ad6", "b" * 16)
    report = InvocationReport("r", 3470.65, 128, 89, xray=xray)
    assert report.line() == (
        "REPORT RequestId: r\tDuration: 3470.65 ms\tBilled Duration: 3471 ms\tMemory Size: 128 MB\t"
        f"Max Memory Used: 89 MB\t\nXRAY TraceId: {ROOT}\tSegmentId: 5ff79d2a06b82ad6\t"
        "Sampled: true\t\n"
    )
    assert report.record()["tracing"] == {
        "spanId": "5ff79d2a06b82ad6",
        "type": "X-Amzn-Trace-Id",
        "value": f"Root={ROOT};Parent={'b' * 16};Sampled=1",
    }


# state machines


def entered(number: int, before: int, name: str, at: float) -> dict[str, Any]:
    details = {"stateEnteredEventDetails": {"name": name}}
    return {**happened(number, before, "TaskStateEntered", at), **details}


def happened(number: int, before: int, kind: str, at: float) -> dict[str, Any]:
    moment = datetime.fromtimestamp(at, UTC).isoformat()
    return {"id": number, "previousEventId": before, "type": kind, "timestamp": moment}


def test_states_that_run_side_by_side_keep_their_own_times_and_parent() -> None:
    """Two items of a Map state, as an execution's history tells of them: by their chains."""
    history = [
        happened(1, 0, "ExecutionStarted", 10.0),
        entered(2, 1, "First", 10.0),
        happened(3, 2, "PassStateExited", 10.1),
        entered(4, 3, "Each", 10.1),
        entered(5, 4, "Item", 10.2),
        entered(6, 4, "Item", 10.3),
        happened(7, 5, "TaskStateExited", 10.6),
        happened(8, 6, "TaskStateExited", 10.5),
        happened(9, 8, "MapStateExited", 10.7),
        entered(10, 9, "Last", 10.7),
    ]
    first, each, one, two, last = states_of(history, (10.0005, 11.0))
    assert (first["start_time"], first["end_time"]) == pytest.approx((10.0005, 10.1))
    assert (each["start_time"], each["end_time"]) == pytest.approx((10.1, 10.7))
    assert (one["end_time"], two["end_time"]) == pytest.approx((10.6, 10.5))
    assert one["parent_id"] == two["parent_id"] == each["id"]
    assert [found.get("parent_id") for found in (first, each, last)] == [None] * 3
    assert last["fault"], "it was never left"
    assert last["end_time"] == 11.0
    assert "fault" not in each


# the daemon


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"{}",
        b'{"format":"json","version":1}',
        HEADER,
        b'{"format":"json","version":2}\n{}',
        b'{"format":"xml","version":1}\n{}',
        b"[]\n{}",
        HEADER + b"\xff\xfe",
    ],
)
def test_a_datagram_that_is_no_document_is_dropped(datagram: bytes) -> None:
    assert document_of(datagram) is None


def test_the_header_is_taken_with_and_without_blanks() -> None:
    for header in (HEADER, b'{"version":1,"format":"json"}\n'):
        assert document_of(header + b'{"id":"x"}') == '{"id":"x"}'


def send(address: str, *datagrams: bytes) -> None:
    host, _, port = address.rpartition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for each in datagrams:
            sender.sendto(each, (host, int(port)))


def with_daemon(work: Callable[[Daemon, list[str]], Any]) -> list[str]:
    async def run() -> list[str]:
        taken: list[str] = []
        daemon = Daemon(taken.append)
        await work(daemon, taken)
        daemon.close()
        return taken

    return asyncio.run(run())


def test_the_daemon_takes_what_an_sdk_sends() -> None:
    async def work(daemon: Daemon, taken: list[str]) -> None:
        send(daemon.address, HEADER + b'{"n":1}', b"noise", HEADER + b'{"n":2}')
        for _ in range(200):
            await asyncio.sleep(0.01)
            if len(taken) == 2:
                return

    assert with_daemon(work) == ['{"n":1}', '{"n":2}']


def test_what_has_arrived_is_taken_before_the_daemon_ends() -> None:
    async def work(daemon: Daemon, taken: list[str]) -> None:
        send(daemon.address, HEADER + b'{"n":1}')

    assert with_daemon(work) == ['{"n":1}']


def test_a_flood_stops_the_reading_and_not_the_server() -> None:
    async def work(daemon: Daemon, taken: list[str]) -> None:
        loop = asyncio.get_running_loop()
        flood = loop.run_in_executor(None, send, daemon.address, *[HEADER + b"{}"] * 60_000)
        turns = 0
        while not flood.done():
            await asyncio.sleep(0)
            turns += 1
        assert turns > 100, "others had their turn"

    assert len(with_daemon(work)) < 60_000


def test_the_socket_may_be_made_elsewhere() -> None:
    made: list[socket.socket] = []

    def make() -> socket.socket:
        made.append(loopback_socket())
        return made[0]

    async def run() -> str:
        daemon = Daemon(lambda _: None, make)
        address = daemon.address
        daemon.close()
        return address

    assert asyncio.run(run()).startswith("127.0.0.1:")
    assert made[0].fileno() == -1, "closed with its daemon"


def test_an_address_without_a_daemon_swallows_what_is_sent() -> None:
    nobody = NoDaemon()
    send(nobody.address, *[HEADER + b'{"id":"x"}'] * 1000)
    nobody.close()


# the writer


def writer(allowed: bool) -> tuple[TraceWriter, list[tuple[str, list[str]]], list[tuple[Any, ...]]]:
    put: list[tuple[str, list[str]]] = []
    asked: list[tuple[Any, ...]] = []

    def role_allows(*given: Any) -> bool:
        asked.append(given)
        return allowed

    return (
        TraceWriter(lambda region, each: put.append((region, list(each))), role_allows),
        put,
        asked,
    )


def test_documents_reach_x_ray_with_the_functions_role_and_region() -> None:
    traces, put, asked = writer(allowed=True)
    traces.take("us-east-1", "role", ['{"n":1}'])
    traces.flush()
    assert put == [("us-east-1", ['{"n":1}'])]
    assert asked == [("role", "xray:PutTraceSegments", "*")]


def test_without_permission_nothing_arrives() -> None:
    traces, put, _ = writer(allowed=False)
    traces.send(ACTIVE, [{"n": 1}])
    traces.flush()
    assert put == []


def test_what_waits_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_writer, "MAX_WAITING_CHARACTERS", 100)
    began = time.monotonic()
    blocked: list[bool] = []

    def role_allows(*_: str) -> bool:
        while not blocked and time.monotonic() - began < 10:
            time.sleep(0.001)
        return True

    traces = TraceWriter(lambda *_: None, role_allows)
    for _ in range(50):
        traces.take("us-east-1", "role", ["x" * 50])
    blocked.append(True)
    traces.flush()
    assert traces.dropped >= 46
