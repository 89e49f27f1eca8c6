"""The certificate: whole and escaped as written, and each kind of tampering is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from serverless_course.exercises.certificate import Certificate, course_tasks, main
from serverless_course.exercises.certificate_evidence import digest_of, digests_of, sums_of
from serverless_course.exercises.certificate_page import CLOSING, OPENING, page_of
from serverless_course.exercises.certificate_proof import evidence_in
from serverless_course.exercises.predictions import Predictions
from serverless_course.exercises.progress import Kept, Progress
from serverless_course.exercises.verdict import State, Verdict

LAB = "04-memory-tuning"
TYPED = "</script><script>alert(1)</script> & $name \r\n “x”"


def kept(folder: Path) -> Kept:
    progress = Progress(folder / "progress.json")
    names = list(course_tasks(Path.cwd())[LAB])
    proof = ("RequestId: 5b2f <b>", "median 812 ms of 7")
    progress.record(LAB, Verdict(names[0], State.RIGHT, "yes", evidence=proof))
    progress.record(LAB, Verdict(names[1], State.NOT_YET_RIGHT, "no", evidence=("not kept",)))
    predictions = Predictions()
    for key, said in (("128 MB takes", 3), (TYPED, 0.7)):
        predictions.predict(key, seconds=said)
        progress.record_prediction(LAB, predictions.compare(key, milliseconds=1234.5678))
    progress.record_end(LAB)
    return Progress(folder / "progress.json").kept()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    catalogue = course_tasks(Path.cwd())
    return Certificate.write(tmp_path / "c.html", kept(tmp_path), catalogue, TYPED).path


def tamper(file: Path, change: Callable[[dict[str, Any]], None], *, sealed: bool = False) -> None:
    """Change the evidence; `sealed`: with page, sums and digests made again for it."""
    page = file.read_text("utf-8")
    evidence = evidence_in(page)
    change(evidence)
    if sealed:
        evidence["digests"] = digests_of(evidence)
        evidence["sums"] = sums_of(evidence)
        evidence["digest"] = digest_of({k: evidence[k] for k in evidence if k != "digest"})
        file.write_text(page_of(evidence), "utf-8")
        return
    before, rest = page.split(OPENING)
    after = rest.split(CLOSING)[1]
    text = json.dumps(evidence).replace("<", "\\u003c")
    file.write_text(before + OPENING + text + CLOSING + after, "utf-8")


def the_task(evidence: dict[str, Any], number: int = 0) -> dict[str, Any]:
    return [each for each in evidence["tasks"] if each["lab"] == LAB][number]


def set_in(number: int, **values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda evidence: the_task(evidence, number).update(values)


def set_prediction(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda evidence: evidence["predictions"][0].update(values)


def test_what_was_written_agrees_and_holds_what_the_check_saw(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(file)]) == 0
    said = capsys.readouterr().out
    assert "1 of " in said
    assert "2 predictions" in said
    assert "whoever can run the course's code can make another" in said
    evidence = evidence_in(file.read_text("utf-8"))
    assert the_task(evidence)["evidence"] == ["RequestId: 5b2f <b>", "median 812 ms of 7"]
    assert the_task(evidence, 1)["evidence"] == []
    assert evidence["name"] == TYPED


def test_what_a_learner_typed_stays_text(file: Path) -> None:
    page = file.read_text("utf-8")
    assert page.count("<script") == page.count("</script>") == 1
    assert "&lt;script&gt;alert(1)" in page
    assert "5b2f &lt;b&gt;" in page
    assert "cannot prove" in page


def test_nothing_done_yet_is_no_fault(tmp_path: Path) -> None:
    catalogue = course_tasks(Path.cwd())
    done = Certificate.write(tmp_path / "c.html", Kept(), catalogue)
    assert "good place to begin" in done.text
    assert "that is how everybody begins" in done.path.read_text("utf-8")
    assert main([str(done.path)]) == 0


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (set_in(1, state="right"), "it was changed"),
        (set_in(0, right_since="2031-01-01T00:00:00+00:00"), "later than the certificate's"),
        (set_in(0, tries=9), "it was changed"),
        (set_in(0, evidence=["RequestId: another"]), "it was changed"),
        (lambda e: e["tasks"].remove(the_task(e)), "it was removed"),
        (lambda e: e["tasks"].append({**the_task(e), "task": "more"}), "it was added"),
        (lambda e: e["tasks"].append(the_task(e)), "it is there 2 times"),
        (set_prediction(said="1.2 s"), "its number is 3.0 s"),
        (set_prediction(ratio=1.0), "is not that of its two numbers"),
        (lambda e: e["predictions"].pop(), "it was removed"),
        (lambda e: e["sums"].update(right=40), "the record gives 1"),
        (lambda e: e.update(name="Somebody else"), "digest: it is not that"),
        (lambda e: e["finished"].update({"05-vpc-design": "2026-01-01"}), "digest: it is not"),
    ],
)
def test_tampering_is_named(
    file: Path, capsys: pytest.CaptureFixture[str], change: Any, named: str
) -> None:
    tamper(file, change)
    assert main([str(file)]) == 1
    assert named in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (set_in(1, state="right"), "no time of being right"),
        (set_in(0, tries=0), "right without a try"),
        (set_in(0, right_since="2020-01-01T00:00:00+00:00"), "before it was first checked"),
        (set_in(1, evidence=["made up"]), "and is not right"),
        (lambda e: e["tasks"].remove(the_task(e)), "and the certificate does not"),
        (lambda e: e["tasks"].append({**the_task(e), "task": "more"}), "no such task"),
        (set_prediction(ratio=1.0), "is not that of its two numbers"),
        (set_prediction(measured="3.0 s"), "measured is shown as 3.0 s"),
    ],
)
def test_new_digests_do_not_hide_what_contradicts_itself(
    file: Path, capsys: pytest.CaptureFixture[str], change: Any, named: str
) -> None:
    tamper(file, change, sealed=True)
    assert main([str(file)]) == 1
    assert named in capsys.readouterr().out


def test_the_page_must_show_what_the_evidence_says(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = file.read_text("utf-8")
    file.write_text(page.replace("△ not yet right", "✓ right"), "utf-8")
    assert main([str(file)]) == 1
    assert "△ not yet right" in capsys.readouterr().out


def test_other_files_get_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for text, named in [
        (None, "No such file"),
        ("<html>hello</html>", "not a certificate"),
        (OPENING + "{" + CLOSING, "is not JSON"),
        (OPENING + '{"format": 2}' + CLOSING, "Update the course"),
        (OPENING + '{"format": 1, "tasks": 3}' + CLOSING, "does not have the form"),
    ]:
        path = tmp_path / f"{len(named)}.html"
        if text is not None:
            path.write_text(text, "utf-8")
        assert main([str(path)]) == 1
        assert named in capsys.readouterr().err


def test_another_file_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "notes.html"
    path.write_text("my notes", "utf-8")
    with pytest.raises(ValueError, match="is not a certificate"):
        Certificate.write(path, Kept(), {})
    assert path.read_text("utf-8") == "my notes"
