"""The facade against the embedded cloud: what a learner types, end to end."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from serverless_course import Lab
from serverless_course.exercises.verdict import State
from serverless_course.functions.folder import UnknownFunction
from serverless_course.functions.function import NotDeployed
from serverless_course.functions.invoke import PayloadTooLarge
from serverless_course.functions.source import SourceError
from serverless_course.functions.sweep_result import Sweep
from serverless_course.slugs import UnknownLab, check_slug

GOOD = "def handler(event, context):\n    return event\n"
WORK = """
def handler(event, context):
    total = 0
    for number in range(event["rounds"]):
        total += number * number
    return total
"""


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    monkeypatch.setenv("COURSE_STATE_DIR", str(tmp_path / "state"))
    for name, source in {"good": GOOD, "work": WORK, "broken": "def handler(:\n"}.items():
        folder = tmp_path / "functions" / name
        folder.mkdir(parents=True)
        (folder / "index.py").write_text(source)
    (tmp_path / "functions" / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    lab = Lab("04-memory-tuning")
    yield lab
    lab.finish()


def test_deploy_invoke_and_clean_up_leave_nothing(lab: Lab) -> None:
    function = lab.deploy("good", memory=256)
    first, second = (lab.invoke(function, {"n": n}) for n in (1, 2))
    assert (first.payload, second.payload) == ({"n": 1}, {"n": 2})
    assert first.cold
    assert not second.cold
    assert first.billed_ms >= first.duration_ms + (first.init_ms or 0)
    done = lab.finish()
    assert done.clean
    assert done.remaining == 0
    assert "2 invocations, " in done.text
    assert "1 Lambda function (good), 1 log group (good), 1 IAM role (role)." in done.text
    assert "0 resources remain" in done.text
    assert "22 September 2026" in done.text
    assert lab.client("lambda").list_functions()["Functions"] == []
    assert lab.client("logs").describe_log_groups()["logGroups"] == []


@pytest.mark.measures
def test_a_sweep_restores_the_memory_and_tells_one_output(lab: Lab) -> None:
    function = lab.deploy("work", memory=640)
    sweep = lab.sweep(function, {"rounds": 100_000}, memory=[512, 1769], runs=6)
    configured = lab.client("lambda").get_function_configuration(FunctionName=function.name)
    assert configured["MemorySize"] == 640
    assert isinstance(sweep, Sweep)
    assert [size.at_once for size in sweep.rows] == [1, 1]
    small, large = sweep.rows
    assert (small.memory_mb, large.memory_mb) == (512, 1769)
    assert small.n == large.n == 6
    assert small.median_ms > large.median_ms
    assert small.low_ms is not None
    assert small.low_ms <= small.median_ms <= (small.high_ms or 0)
    assert set(sweep.output()) == {"power", "cost", "duration", "stateMachine"} | {"stats"}
    assert json.dumps(sweep.output())
    assert sweep.best("speed").point == 1769
    assert list(sweep.table().index) == [512, 1769]
    assert set(sweep.scores()) == {512, 1769}
    assert "Two charts" in str(sweep.plot())
    assert lab.sweeps[function.name] is sweep


@pytest.mark.parametrize(
    ("name", "options", "error", "words"),
    [
        ("nothing", {}, UnknownFunction, "good"),
        ("empty", {}, SourceError, "index.py"),
        ("broken", {}, SourceError, "line 1"),
        ("good", {"handler": "index.other"}, SourceError, "other"),
        ("good", {"memory": 64}, ValueError, "10,240"),
    ],
)
def test_bad_input_is_refused_before_anything_is_made(
    lab: Lab, name: str, options: dict[str, object], error: type[Exception], words: str
) -> None:
    with pytest.raises(error) as caught:
        lab.deploy(name, **options)  # type: ignore[arg-type]
    assert words in str(caught.value)
    assert lab.client("lambda").list_functions()["Functions"] == []


def test_a_payload_of_7_mb_is_refused_with_the_limit(lab: Lab) -> None:
    function = lab.deploy("good")
    with pytest.raises(PayloadTooLarge) as caught:
        lab.invoke(function, "x" * 7_000_000)
    assert "6" in str(caught.value)


def test_calls_show_what_helpers_did_without_secrets(lab: Lab) -> None:
    lab.deploy("good")
    calls = lab.calls()
    assert {"CreateRole", "CreateFunction"} <= set(calls["operation"])
    assert not calls["parameters"].str.contains("PK\x03").any()


def test_calls_are_shown_whole(lab: Lab) -> None:
    lab.deploy("good", memory=256)
    calls = lab.calls()
    create = calls[calls["operation"] == "CreateFunction"]["parameters"].iloc[0]
    assert len(create) > 100
    assert "MemorySize=256" in calls._repr_html_()
    assert lab.role in create
    lab.invoke(lab.deploy("good"), {"n": 1})
    assert not lab.calls()["parameters"].str.contains("PK", regex=False).any()
    assert """Payload='{"n": 1}'""" in lab.calls()["parameters"].iloc[-1]
    assert "MemorySize=256" in repr(calls)


def test_the_banner_shows_the_clock_factor(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    Lab("04-memory-tuning")
    assert "Clock factor 60" in capsys.readouterr().out


def test_opening_a_lab_again_keeps_its_bill_and_what_was_measured(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    function = lab.deploy("good")
    lab.predict("it takes", seconds=2)
    sweep = lab.sweep(function, {"n": 1}, memory=[1769], runs=1)
    again = Lab("04-memory-tuning")
    assert "Opened again" in capsys.readouterr().out
    assert again.sweeps[function.name] is sweep
    assert "first prediction stands" in again.predict("it takes", seconds=3).text
    again.invoke(function)
    again.client("lambda").invoke(FunctionName=function.name)
    done = again.finish()
    # A run of the sweep that the host disturbed is taken once more.
    (told,) = re.findall(r"[34] invocations, ", done.text)
    assert "1 invocation more came back without a REPORT line" in done.text
    assert max(len(line) for line in done.text.splitlines()) <= 100, done.text
    assert again.finish().text.count(told) == 1
    Lab("04-memory-tuning")
    assert "Opened again" not in capsys.readouterr().out


@pytest.mark.parametrize("use", ["invoke", "sweep"])
def test_a_function_that_is_not_there_is_told_with_those_that_are(lab: Lab, use: str) -> None:
    function = lab.deploy("good")
    with pytest.raises(NotDeployed) as caught:
        getattr(lab, use)("good", {"n": 1})
    assert f"Deployed by 04-memory-tuning: {function.name}." in str(caught.value)
    assert 'lab.deploy("good")' in str(caught.value)
    assert lab.invoke(function.name).ok


def test_a_lab_that_does_not_exist_is_told_with_those_that_do() -> None:
    with pytest.raises(UnknownLab, match=r"Did you mean Lab\('04-memory-tuning'\)") as caught:
        Lab("04-memory")
    assert "00-start-here" in str(caught.value)


def test_a_lesson_that_is_only_a_source_or_a_notebook_is_known(tmp_path: Path) -> None:
    for place in ("content/lessons/90-lesson.py", "notebooks/92-plain.ipynb"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).touch()
    (tmp_path / "labs" / "91-lab").mkdir(parents=True)
    inside = tmp_path / "labs" / "91-lab"
    for slug in ("90-lesson", "91-lab", "92-plain", "00-start-here", "04-memory-tuning"):
        check_slug(slug, inside)
    with pytest.raises(UnknownLab, match="90-lesson, 91-lab, 92-plain"):
        check_slug("93-none", inside)


def test_a_verdict_is_shown_when_it_cannot_be_noted_and_a_damaged_file_is_told(
    lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    progress = tmp_path / "state" / "progress.json"
    progress.parent.mkdir(exist_ok=True)
    progress.write_text("damaged")
    lab.progress()
    assert "kept as progress.damaged-1.json" in capsys.readouterr().out
    lab.progress()
    assert capsys.readouterr().out == ""
    progress.mkdir()
    assert lab.check("cheapest", answer=128).state is State.NOT_ATTEMPTED
    assert "COURSE_STATE_DIR" in capsys.readouterr().out


def test_an_untouched_answer_is_not_attempted(lab: Lab) -> None:
    assert lab.check("kinds", answer=...).state is State.NOT_ATTEMPTED
    assert lab.check("cheapest", answer=128).state is State.NOT_ATTEMPTED


def test_an_unknown_task_names_those_there_are(lab: Lab) -> None:
    with pytest.raises(LookupError, match="cheapest"):
        lab.check("nonsense")


def test_deploying_twice_updates(lab: Lab, tmp_path: Path) -> None:
    function = lab.deploy("good")
    (tmp_path / "functions" / "good" / "index.py").write_text(
        "def handler(event, context):\n    return 'new'\n"
    )
    assert lab.deploy("good").arn == function.arn
    assert lab.invoke(function).payload == "new"


def test_a_layer_is_published_once_used_and_swept(lab: Lab) -> None:
    source = "import wrapt\ndef handler(event, context):\n    return wrapt.__file__"
    Path("functions/good/index.py").write_text(source)
    arn = lab.layer("sdk", distributions=["aws-xray-sdk"])
    assert arn.endswith(":layer:course-04-memory-tuning-sdk:1")
    assert lab.layer("sdk", distributions=["aws-xray-sdk"]) == arn, "the same content"
    function = lab.deploy("good", options={"Layers": [arn]})
    assert "/python/wrapt/" in lab.invoke(function).payload
    other = lab.layer("sdk", distributions=["wrapt"])
    assert other.endswith(":2")
    done = lab.finish()
    assert done.clean
    assert "1 Lambda layer (sdk)" in done.text
    assert lab.client("lambda").list_layers()["Layers"] == []
