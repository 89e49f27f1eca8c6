"""REPORT lines: those of AWS's documentation and logs, and round trips of all formats."""

import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serverless_course.functions.report import NoReport, Report

ID = "8f507cfc-xmpl-4697-b07a-ac58fc914c95".replace("xmpl", "0a1b")

LINES = {
    "2019": (
        f"REPORT RequestId: {ID}\tDuration: 12.34 ms\tBilled Duration: 100 ms \t"
        "Memory Size: 128 MB\tMax Memory Used: 56 MB\t\n",
        Report(ID, 12.34, 100, 128, 56),
    ),
    "warm": (
        f"REPORT RequestId: {ID}\tDuration: 26.73 ms\tBilled Duration: 27 ms\t"
        "Memory Size: 128 MB\tMax Memory Used: 75 MB\t\n",
        Report(ID, 26.73, 27, 128, 75),
    ),
    "cold and traced": (
        f"REPORT RequestId: {ID}\tDuration: 3262.82 ms\tBilled Duration: 3263 ms\t"
        "Memory Size: 128 MB\tMax Memory Used: 118 MB\tInit Duration: 1987.45 ms\t\n"
        "XRAY TraceId: 1-677faf89-09a6b95269c6e56c4d1ab356\tSegmentId: 7e44b09386b9ab35\t"
        "Sampled: true\t\n",
        Report(
            *(ID, 3262.82, 3263, 128, 118, 1987.45),
            trace_id="1-677faf89-09a6b95269c6e56c4d1ab356",
        ),
    ),
    "time-out": (
        f"REPORT RequestId: {ID}\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\t"
        "Memory Size: 128 MB\tMax Memory Used: 30 MB\tStatus: timeout\n",
        Report(ID, 3000.0, 3000, 128, 30, status="timeout"),
    ),
    "crash": (
        f"REPORT RequestId: {ID}\tDuration: 50.00 ms\tBilled Duration: 50 ms\tMemory Size: 128 MB\t"
        "Max Memory Used: 128 MB\tStatus: error\tError Type: Runtime.ExitError\n",
        Report(ID, 50.0, 50, 128, 128, status="error", error_type="Runtime.ExitError"),
    ),
    "SnapStart": (
        f"REPORT RequestId: {ID}\tDuration: 5.10 ms\tBilled Duration: 200 ms\tMemory Size: 512 MB\t"
        "Max Memory Used: 90 MB\tRestore Duration: 471.81 ms\tBilled Restore Duration: 194 ms\t\n",
        Report(ID, 5.1, 200, 512, 90, restore_ms=471.81),
    ),
}


@pytest.mark.parametrize("name", LINES)
def test_known_lines(name):
    text, expected = LINES[name]
    assert Report.parse(text) == expected
    assert Report.parse(f"START RequestId: {ID} Version: $LATEST\nhello\n{text}") == expected


def test_the_json_format_of_october_2026():
    line = (
        '{"time":"2026-10-08T07:30:29.470Z","type":"platform.report","record":{"requestId":"'
        f'{ID}","metrics":{{"durationMs":1233.96,"billedDurationMs":1698,"memorySizeMB":256,'
        '"maxMemoryUsedMB":123,"initDurationMs":463.512},"status":"success"}}'
    )
    assert Report.parse(line) == Report(ID, 1233.96, 1698, 256, 123, 463.512)


def test_a_json_report_tells_how_it_ended_and_its_trace():
    record = {
        "requestId": ID,
        "metrics": {
            "durationMs": 3000.0,
            "billedDurationMs": 3000,
            "memorySizeMB": 128,
            "maxMemoryUsedMB": 30,
        },
        "status": "error",
        "errorType": "Runtime.ExitError",
        "tracing": {"type": "X-Amzn-Trace-Id", "value": "Root=1-5-a;Parent=b;Sampled=1"},
    }
    event = json.dumps({"time": "t", "type": "platform.report", "record": record})
    own = '{"level": "INFO", "message": "\\"platform.report\\" is a word"}'
    found = Report.parse(f'ut off"}}\n{own}\n{event}\n')
    assert (found.status, found.error_type) == ("error", "Runtime.ExitError")
    assert found.trace_id == "1-5-a"


@pytest.mark.parametrize(
    "log",
    [
        "",
        "START RequestId: x Version: 1\n",
        f"REPORT RequestId: {ID}\tDuration: 12.34",
        '{"type":"platform.report","record":{}}',
        '{"type":"platform.report","rec',
        "REPORT RequestId: of my own\tDuration: 1 ms\n",
    ],
)
def test_a_log_without_a_report_is_said_to_have_none(log):
    with pytest.raises(NoReport, match="no REPORT line"):
        Report.parse(log)


def test_what_a_function_prints_is_not_taken_for_the_report():
    text, expected = LINES["warm"]
    printed = f"REPORT RequestId: {ID}\tDuration: 1.00 ms\tBilled Duration: lots\n"
    assert Report.parse(printed + text) == expected
    assert Report.parse(text + printed) == expected


ids = st.uuids().map(str)
hundredths = st.integers(0, 90_000_000).map(lambda value: value / 100)
reports = st.builds(
    Report,
    request_id=ids,
    duration_ms=hundredths,
    billed_ms=st.integers(1, 900_000),
    memory_mb=st.integers(128, 10_240),
    max_memory_mb=st.integers(1, 10_240),
    init_ms=st.none() | hundredths,
    restore_ms=st.none() | hundredths,
    status=st.sampled_from([None, "timeout", "error", "failure"]),
    error_type=st.none() | st.sampled_from(["Runtime.ExitError", "Function.Error"]),
    trace_id=st.none() | st.just("1-677faf89-09a6b95269c6e56c4d1ab356"),
)


def as_text(report, *, old):
    blank = " " if old else ""
    line = (
        f"REPORT RequestId: {report.request_id}\tDuration: {report.duration_ms:.2f} ms\t"
        f"Billed Duration: {report.billed_ms} ms{blank}\tMemory Size: {report.memory_mb} MB\t"
        f"Max Memory Used: {report.max_memory_mb} MB\t"
    )
    if report.init_ms is not None:
        line += f"Init Duration: {report.init_ms:.2f} ms\t"
    if report.restore_ms is not None:
        line += f"Restore Duration: {report.restore_ms:.2f} ms\tBilled Restore Duration: 1 ms\t"
    if report.status:
        line += f"Status: {report.status}\t"
    if report.error_type:
        line += f"Error Type: {report.error_type}\t"
    line += "\n"
    if report.trace_id:
        line += f"XRAY TraceId: {report.trace_id}\tSegmentId: 7e44b09386b9ab35\tSampled: true\t\n"
    return line


def as_json(report):
    metrics = {
        "durationMs": report.duration_ms,
        "billedDurationMs": report.billed_ms,
        "memorySizeMB": report.memory_mb,
        "maxMemoryUsedMB": report.max_memory_mb,
    }
    if report.init_ms is not None:
        metrics["initDurationMs"] = report.init_ms
    if report.restore_ms is not None:
        metrics["restoreDurationMs"] = report.restore_ms
    record = {"requestId": report.request_id, "metrics": metrics}
    record["status"] = report.status or "success"
    if report.error_type:
        record["errorType"] = report.error_type
    if report.trace_id:
        record["tracing"] = {"value": f"Root={report.trace_id};Parent=1;Sampled=1"}
    return json.dumps({"time": "t", "type": "platform.report", "record": record}) + "\n"


before = st.text(string.printable, max_size=300).filter(lambda text: "REPORT" not in text)


@given(reports, st.booleans(), before)
def test_a_text_report_comes_back_as_it_was(report, old, noise):
    assert Report.parse(f"{noise}\n{as_text(report, old=old)}") == report


@given(reports, before)
def test_a_json_report_comes_back_as_it_was(report, noise):
    assert Report.parse(f"{noise}\n{as_json(report)}") == report


@given(reports, st.integers(0, 5000), st.booleans())
def test_the_tail_may_be_cut_anywhere_before_the_report(report, cut, as_lines):
    head = f"START RequestId: {report.request_id} Version: $LATEST\n" + "x" * 80 + "\n"
    line = as_text(report, old=False) if as_lines else as_json(report)
    log = head * 40 + line
    assert Report.parse(log[min(cut, len(log) - len(line)) :]) == report
