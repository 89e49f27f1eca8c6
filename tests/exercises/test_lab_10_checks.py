"""Lab 10's checks: what each says to figures and answers, without a cloud."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from serverless_course.exercises.checks.lab_10_ship_it import (
    canary,
    losses,
    redrive,
    report_figures,
    report_page,
    trace,
    worker,
)
from serverless_course.exercises.feedback import CodeError, Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.photo_evidence import Evidence, all_told
from serverless_course.exercises.photo_log import PhotoLine, detected_after_s, keys_in
from serverless_course.exercises.verdict import State
from serverless_course.figures.photo_report import PhotoReport
from serverless_course.functions.invocation import Invocation
from serverless_course.functions.report import Report
from serverless_course.traces.tree import tree

NO_LAB: Any = None
COUNT = {"a": 1, "b": 3, "c": 0, "d": 0, "e": 1}
GOOD = {"pictures": 3, "written_again": 1, "missing": ["c", "d"]}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"pictures": 5}, "counted versions"),
        ({"pictures": "three"}, "number"),
        ({"missing": 2}, "which photos, not how many"),
        ({"missing": "c"}, "which photos, not how many"),
        ({"missing": ["c"]}, "There are more"),
        ({"missing": ["c", "d", "a"]}, "a has a picture"),
        ({"missing": ["c", "z"]}, "no photo of the first day"),
        ({"pictures": 2}, "another one by now"),
        ({"written_again": 2}, "how many times too often"),
        ({"written_again": 0}, "Another number"),
        ({"written_again": "some"}, "number"),
    ],
)
def test_wrong_losses_are_told_why(change, says) -> None:
    try:
        found = losses.judged(GOOD | change, COUNT)
    except NotYet as raised:
        found = raised
    assert isinstance(found, NotYet)
    assert says in found.message


def test_right_losses_are_right_also_when_retries_wrote_more_meanwhile() -> None:
    assert isinstance(losses.judged(GOOD, COUNT), Right)
    assert isinstance(losses.judged(GOOD, COUNT | {"e": 2}, COUNT), Right)


BEFORE = {"a": 1, "b": 1, "c": 0, "d": 0, "e": 0}


@pytest.mark.parametrize(
    "told",
    [
        {"pictures": 2, "written_again": 0, "missing": ["c", "d", "e"]},
        {"pictures": 2, "written_again": 1, "missing": ["e", "c", "d"]},
        GOOD,
    ],
)
def test_losses_are_right_that_were_true_while_the_queue_tried_again(told) -> None:
    assert isinstance(losses.judged(told, COUNT, BEFORE), Right)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"pictures": 4}, "counted versions"),
        ({"pictures": 2}, "do not fit together"),
        ({"missing": ["c", "d", "e"]}, "do not fit together"),
        ({"missing": ["c", "d", "a"]}, "a has a picture"),
        ({"missing": ["d", "e"]}, "There are more"),
        ({"written_again": 2}, "how many times too often"),
        ({"pictures": 1}, "another one by now"),
    ],
)
def test_wrong_losses_are_told_why_also_while_the_queue_tries_again(change, says) -> None:
    try:
        found = losses.judged(GOOD | change, COUNT, BEFORE)
    except NotYet as raised:
        found = raised
    assert isinstance(found, NotYet)
    assert says in found.message


def test_uploads_are_not_pictures() -> None:
    found = losses.judged({"pictures": 2, "written_again": 0, "missing": []}, {"a": 1, "b": 0})
    assert "how many photos were uploaded" in found.message


def run(payload: Any = None, error: str = "", log: str = "") -> Invocation:
    if error:
        payload = {"errorType": "ValueError", "errorMessage": error}
    return Invocation("id", 200, payload, "Unhandled" if error else None, "3", log, None, 1.0)


def failures(*ids: str) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": each} for each in ids]}


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (run(error="Error -5 while decompressing data"), NotAttempted, "still raises"),
        (run(error="name 'failed' is not defined"), CodeError, "raised ValueError: name"),
        (run(None), NotYet, "says that all went well"),
        (run({"ok": True}), NotYet, "says that all went well"),
        (run(failures()), NotYet, "says that all went well"),
        (run({"batchItemFailures": ["2", "4"]}), NotYet, "list of dictionaries"),
        (run({"batchItemFailures": "2"}), NotYet, "list of dictionaries"),
        (run(failures("2", "4", "1")), NotYet, "reports photos that went well"),
        (run(failures("photo.png")), NotYet, "no message of the batch has"),
    ],
)
def test_a_wrong_batch_answer_is_told_why(answer, kind, says) -> None:
    with pytest.raises(kind, match=says):
        worker._reported(answer, {"1", "2", "3", "4", "5"}, {"2", "4"}, [])


def test_a_right_batch_answer_is_read() -> None:
    known, failing = {"1", "2", "3", "4"}, {"2", "4"}
    assert worker._reported(run(failures("2", "4")), known, failing, []) == failing
    # One that stopped half-way is judged by what it did not convert.
    assert worker._reported(run(failures("2")), known, failing, []) == {"2"}


def a_trace(name: str = "sepia", *, cold: bool = True) -> Any:
    inner = [{"id": "3" * 16, "name": "Invocation", "start_time": 10.4, "end_time": 10.5}]
    if cold:
        init = {"id": "4" * 16, "name": "Initialization", "start_time": 10.0, "end_time": 10.35}
        inner.append(init)
    document = {
        "id": "1" * 16,
        "trace_id": "1-00000000-000000000000000000000000",
        "name": name,
        "origin": "AWS::Lambda::Function",
        "start_time": 10.0,
        "end_time": 10.6,
        "subsegments": inner,
    }
    return tree({"Id": "1-0", "Segments": [{"Id": "1" * 16, "Document": json.dumps(document)}]})


@pytest.mark.parametrize(
    ("found", "told", "says"),
    [
        (a_trace("shop"), 350, "another function"),
        (a_trace(cold=False), 350, "warm start"),
        (a_trace(), 0.35, "in seconds"),
        (a_trace(), 600, "the whole trace"),
        (a_trace(), 100, "another time"),
    ],
)
def test_a_wrong_init_is_told_why(found, told, says) -> None:
    assert says in trace.judged(found, "sepia", told).message


@pytest.mark.parametrize("told", [350, 350.4, 349.6])
def test_a_right_init_may_be_rounded(told) -> None:
    assert isinstance(trace.judged(a_trace(), "sepia", told), Right)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("1-2", "is a dictionary"),
        ({"trace": "x", "init_ms": "long"}, "number"),
        ({"trace": "7f3e1a52-0f6c-4a0e-9a55-0c8de8b1a111", "init_ms": 3}, "That is no trace id"),
    ],
)
def test_an_answer_that_is_no_trace_is_told_before_x_ray_is_asked(answer, says) -> None:
    verdict = trace.trace.run(NO_LAB, answer)
    assert verdict.state is State.NOT_YET_RIGHT
    assert says in verdict.message


def alias(version: str, **weights: float) -> dict[str, Any]:
    shares = {name.removeprefix("v"): share for name, share in weights.items()}
    return {"FunctionVersion": version, "RoutingConfig": {"AdditionalVersionWeights": shares}}


@pytest.mark.parametrize(
    ("after", "seen", "what", "says"),
    [
        (alias("4"), set(), canary.CAUGHT, "never got any of the traffic"),
        (alias("5"), {1.0}, canary.CAUGHT, "all of the traffic at once"),
        (alias("4"), {0.9}, canary.CAUGHT, "or most of it"),
        (alias("5"), {0.2, 1.0}, canary.CAUGHT, "A bad version was promoted"),
        (alias("5"), {0.2, 1.0}, canary.CRASHED, "A bad version was promoted"),
        (alias("4", v5=0.2), {0.2}, canary.CRASHED, "was not taken back"),
        (alias("3"), {0.2}, canary.CRASHED, "a third version"),
        (alias("4"), {0.2}, "", "A good version was taken back"),
        (alias("4", v5=0.2), {0.2}, "", "left half-way"),
        (alias("3"), {0.2}, "", "left half-way"),
    ],
)
def test_a_wrong_roll_out_is_told_why(after, seen, what, says) -> None:
    with pytest.raises(NotYet, match=says):
        canary.refuse_roll_out("5", "4", after, seen, what, [])


def test_a_bad_version_back_and_a_good_one_promoted_are_right() -> None:
    canary.refuse_roll_out("5", "4", alias("4"), {0.25}, canary.CAUGHT, [])
    canary.refuse_roll_out("5", "4", alias("5"), {0.25, 1.0}, "", [])


def test_each_kind_of_failure_names_the_metric_that_sees_it() -> None:
    for what, metric in ((canary.CAUGHT, "Failed"), (canary.CRASHED, "Errors")):
        with pytest.raises(NotYet) as raised:
            canary.refuse_roll_out("5", "4", alias("5"), {0.2, 1.0}, what, [])
        assert f"metric {metric}" in str(raised.value.next_step)


def test_shares_are_noted_by_weight_and_by_the_main_version() -> None:
    shares = canary.Shares("5")
    for each in (alias("4"), alias("4", v5=0.25), alias("5"), {"FunctionVersion": "4"}):
        shares.look(each)
    assert shares.seen == {0.25, 1.0}


def test_a_version_has_to_convert_enough_photos_before_it_is_promoted() -> None:
    canary.refuse_short_trial("5", 25, [])
    with pytest.raises(NotYet, match="after 24 photos of its trial"):
        canary.refuse_short_trial("5", 24, [])


def line(photo: str, wait_ms: float, **rest: Any) -> PhotoLine:
    known = {
        "request": f"r-{photo}",
        "trace": "",
        "version": "4",
        "failed": False,
        "time_ms": 5_000,
    }
    return PhotoLine(photo=photo, wait_ms=wait_ms, **(known | rest))


def a_report(number: int, *, cold: bool) -> Report:
    return Report(f"r-{number}", 20.0, 21, 512, 70, init_ms=200.0 if cold else None)


def test_lines_are_waited_for_until_each_picture_has_one() -> None:
    told = all_told({"a", "b"}, quiet_s=60)
    assert not told([line("a", 10)])
    assert not told([line("a", 10), line("b", 10, failed=True)])
    assert told([line("a", 10), line("b", 10)])


def test_a_picture_whose_line_never_comes_is_not_waited_for_long() -> None:
    told = all_told({"a", "b"}, quiet_s=0.05)
    assert not told([line("a", 10)])
    time.sleep(0.06)
    assert told([line("a", 10)])


def test_a_picture_without_a_line_is_explained_by_a_stopped_invocation_only() -> None:
    ended = a_report(1, cold=False)
    stopped = replace(a_report(2, cold=False), status="timeout")
    writer = {"by hand": "", "copied": ended.request_id, "cut": stopped.request_id}
    left = redrive.unexplained(writer, [ended, stopped], writer.__getitem__)
    assert left == ["by hand", "copied"]


@pytest.fixture
def found() -> Evidence:
    photos = [f"day/{n}" for n in range(200)]
    trace_id = "1-00000000-000000000000000000000000"
    lines = [
        line(key, 10.0 * (n + 1), request=f"r-{n // 5}", trace=trace_id)
        for n, key in enumerate(photos)
    ]
    reports = [a_report(n, cold=n < 2) for n in range(40)]
    return Evidence(
        tuple(photos), dict.fromkeys(photos, 1), frozenset(), tuple(lines), tuple(reports)
    )


def test_evidence_counts_what_is_lost_and_takes_each_first_picture() -> None:
    some = Evidence(
        ("a", "b", "c"),
        {"a": 2, "b": 0, "c": 0},
        frozenset({"b"}),
        (line("a", 90), line("a", 50), line("b", 10, failed=True)),
        (),
    )
    assert (some.pictures, some.twice, some.lost) == (1, 1, 1)
    assert some.waits_ms == [50]


@pytest.mark.parametrize(
    ("body", "keys"),
    [
        ('{"Records": [{"s3": {"object": {"key": "a+b%C3%BC"}}}]}', ["a bü"]),
        ('{"Event": "s3:TestEvent"}', []),
        ("[]", []),
        ("nothing", []),
        ('{"Records": [{"kinesis": {}}]}', []),
    ],
)
def test_keys_are_read_in_messages_of_s3_only(body, keys) -> None:
    assert keys_in(body) == keys


class History:
    """Stands for CloudWatch: one alarm's history."""

    def __init__(self, **rung: float) -> None:
        self.rung = rung

    def get_paginator(self, operation: str) -> Any:
        assert operation == "describe_alarm_history"
        return self

    def paginate(self, AlarmName: str, HistoryItemType: str) -> Any:
        assert HistoryItemType == "StateUpdate"
        states = [("ALARM", self.rung[AlarmName]), ("OK", 0.5)]
        items = [
            {
                "Timestamp": datetime.fromtimestamp(when, UTC),
                "HistoryData": json.dumps({"newState": {"stateValue": state}}),
            }
            for state, when in states
        ]
        return [{"AlarmHistoryItems": items}]


def test_detection_runs_from_the_first_failure_to_the_first_alarm_after_it() -> None:
    lines = [line("a", 1, failed=True, time_ms=7_000), line("b", 1, failed=True, time_ms=6_000)]
    history = History(early=2.0, late=9.5)
    assert detected_after_s(history, ["early", "late"], lines, "4") == 3.5
    assert detected_after_s(history, ["early"], lines, "4") is None
    assert detected_after_s(history, ["late"], lines, "5") is None


def told(found: Evidence) -> tuple[dict[str, float], report_figures.Truth]:
    truth = report_figures.truth_of(found, 4.2)
    return dict(truth.figures), truth


def test_figures_that_follow_from_the_evidence_are_taken(found) -> None:
    figures, truth = told(found)
    report_figures.refuse_figures(figures, truth)
    assert figures["pictures"] == 200
    assert figures["p50_ms"] == 1_000
    assert figures["p95_ms"] == 1_900
    assert figures["cold_share"] == 0.05
    # 40 invocations of 21 ms at 512 MB, at AWS's list price, and 40 requests; times five.
    assert figures["usd_per_1000"] == pytest.approx(5 * 40 * (0.021 / 2 * 0.0000166667 + 2e-7))


@pytest.mark.parametrize(
    ("key", "change", "says"),
    [
        ("usd_per_1000", lambda value: value / 5, "all photos of the day"),
        ("usd_per_1000", lambda value: value * 5, "thousand invocations"),
        ("usd_per_1000", lambda value: value / 1000, "one photo"),
        ("p95_ms", lambda value: 2_000.0, "longest wait"),
        ("p95_ms", lambda value: value / 1000, "in seconds"),
        ("p50_ms", lambda value: 700.0, "another figure"),
        ("cold_share", lambda value: 2.0, "how many invocations"),
        ("cold_share", lambda value: 5.0, "per cent"),
        ("cold_share", lambda value: 0.01, "by photo"),
        ("detect_s", lambda value: 4_200.0, "milliseconds"),
        ("detect_s", lambda value: 5.0, "another figure"),
        ("lost", lambda value: 1.0, "another figure"),
    ],
)
def test_a_figure_that_does_not_follow_is_told_why(found, key, change, says) -> None:
    figures, truth = told(found)
    with pytest.raises(NotYet, match=says) as raised:
        report_figures.refuse_figures(figures | {key: change(figures[key])}, truth)
    assert raised.value.message.startswith(key)


def test_without_pictures_or_an_alarm_there_is_no_truth(found) -> None:
    with pytest.raises(NotYet, match="No alarm went off"):
        report_figures.truth_of(found, None)
    with pytest.raises(NotYet, match="No photo of that day"):
        report_figures.truth_of(Evidence((), {}, frozenset(), (), ()), 1.0)


def written(tmp_path: Any, found: Evidence, figures: dict[str, float], **data: Any) -> str:
    rows = [{"photo": e.photo, "request": e.request, "trace": e.trace} for e in found.lines]
    held = {"day": "day", "evidence": rows, "metrics": [{"version": "4", "Converted": 200}]}
    first = {key: value for key, value in figures.items() if key != "detect_s"}
    report = PhotoReport(figures, first | {"pictures": 190, "lost": 10}, data=held | data)
    return report.write(tmp_path / "report.html").read_text(encoding="utf-8")


def judged(page: str, figures: dict[str, float], found: Evidence) -> Feedback | None:
    try:
        report_page.refuse_page(report_page.read_page(page), figures, found)
    except Feedback as raised:
        return raised
    return None


def test_the_report_that_was_written_is_taken(tmp_path, found) -> None:
    figures, _ = told(found)
    assert judged(written(tmp_path, found, figures), figures, found) is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            lambda page: page.replace("<main>", '<main><img src="http://x/y.png" alt="x">'),
            "elsewhere",
        ),
        (
            lambda page: page.replace("<main>", '<main><img src="data:,x" alt=" ">'),
            "alternative text",
        ),
        (lambda page: page.replace('id="evidence"', 'id="other"'), "no evidence"),
        (lambda page: page.replace('"pictures": 200', '"pictures": 199'), "another figure"),
        (lambda page: page.replace('"r-7"', '"r-777"'), "does not know: r-777"),
        (lambda page: page.replace('"1-0', '"2-0'), "names no trace"),
        (lambda page: page.replace('"first": {', '"first": {}, "left": {'), "first attempt"),
        (lambda page: page.replace('"lost": 10', '"lost": 11'), "or was lost"),
    ],
)
def test_a_report_that_was_changed_is_told_why(tmp_path, found, change, says) -> None:
    figures, _ = told(found)
    raised = judged(change(written(tmp_path, found, figures)), figures, found)
    assert raised is not None
    assert says in raised.message


def test_a_report_without_all_its_rows_is_told_so(tmp_path, found) -> None:
    figures, _ = told(found)
    rows = [{"photo": e.photo, "request": e.request, "trace": e.trace} for e in found.lines[:9]]
    raised = judged(written(tmp_path, found, figures, evidence=rows), figures, found)
    assert raised is not None
    assert "evidence of 9 photos" in raised.message
    raised = judged(written(tmp_path, found, figures, metrics=[]), figures, found)
    assert raised is not None
    assert "no rows of metrics" in raised.message
