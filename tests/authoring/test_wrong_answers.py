"""Each lab: the untouched starter is not attempted, each wrong answer is told why, the solution
is right. The driver itself is tested on a sample whose source is made untrue."""

from pathlib import Path

import pytest
from sample_course import CHECKOUT, LAB, SAMPLES, change, copy_samples

from serverless_course.authoring.rules import read_source
from serverless_course.authoring.source import find_sources
from serverless_course.authoring.task import tasks_of
from serverless_course.authoring.wrong_answers import DriveError, drive, run_unsolved

# A lesson may have tasks, too. (Looking for their text is much quicker than reading the sources.)
WITH_TASKS = [
    path
    for path in (SAMPLES / LAB, *find_sources(CHECKOUT))
    if 'role="answer"' in path.read_text(encoding="utf-8")
]
# Some checks measure, or look at what came in time: one more try on a machine that is busy.
TRIES = 2
# Their checks look at CPU times, or send 200 photos at once: nothing else may run beside them.
MEASURING = ("04-memory-tuning", "10-ship-it")


def slug_of(path: Path) -> str:
    return path.parent.name if path.name == "lab.py" else path.stem


EACH_LAB = pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=pytest.mark.measures) if slug_of(path) in MEASURING else path
        for path in WITH_TASKS
    ],
    ids=slug_of,
)


@EACH_LAB
def test_each_answer_gets_the_verdict_that_its_source_promises(path):
    for _ in range(TRIES):
        outcomes = drive(path)
        problems = [outcome.problem for outcome in outcomes if outcome.problem]
        if not problems:
            break
    assert not problems, "\n".join(problems)
    variants = [outcome.variant for outcome in outcomes]
    tasks = len({outcome.task for outcome in outcomes})
    assert variants.count("starter") == variants.count("solution") == tasks > 0
    assert len(variants) >= 4 * tasks


def test_each_source_with_tasks_is_driven():
    sources = (SAMPLES / LAB, *find_sources(CHECKOUT))
    assert [path for path in sources if tasks_of(read_source(path))] == WITH_TASKS


# The course's own are run unsolved in tests/notebooks, where their states are looked at as well.
def test_a_lab_runs_unsolved_and_passes_none_of_its_checks():
    states = run_unsolved(SAMPLES / LAB)
    assert states
    assert set(states.values()) == {"not attempted"}, states


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('says="3 is odd"', 'says="3 is prime"', "does not say '3 is prime'"),
        ("even = 3\n", "even = 6\n", "the check says 'right' and must say 'not yet right'"),
        ("even = 4096", "even = 4095", "the check says 'not yet right' and must say 'right'"),
        ("# even = ...", "# even = 1", "must say 'not attempted'"),
        (' state="error in your code"', "", "must say 'not yet right'"),
        ("even = 3\n", "even = 1 / 0\n", "a cell raised ZeroDivisionError in cell 'even-answer'"),
        ("lab.check_even(even)", "even", "the check says '' and must say"),
    ],
)
def test_a_promise_that_does_not_hold_is_told(tmp_path, old, new, told):
    path = copy_samples(tmp_path) / LAB
    change(path, old, new)
    problems = [outcome.problem for outcome in drive(path) if outcome.problem]
    assert any(told in problem for problem in problems), problems


def test_a_file_changed_by_one_wrong_answer_is_put_back_for_the_next(tmp_path):
    path = copy_samples(tmp_path) / LAB
    change(path, 'event["n"] ** 2\\n\'\nPath("functions/double/app.py").write_text(text)', "'")
    (problem,) = [outcome.problem for outcome in drive(path) if outcome.problem]
    assert "task 'double', squares: the check says 'not attempted'" in problem


def test_a_cell_outside_the_tasks_that_raises_is_told(tmp_path):
    path = copy_samples(tmp_path) / LAB
    change(path, "lab = Lab()", "lab = Lab(1)")
    with pytest.raises(DriveError, match="TypeError in cell 'setup'"):
        drive(path)


def test_a_lab_that_hangs_is_ended(tmp_path):
    path = copy_samples(tmp_path) / LAB
    change(path, "lab = Lab()", "lab = Lab()\nimport time; time.sleep(600)")
    with pytest.raises(DriveError, match="not done after 2 s"):
        run_unsolved(path, timeout_s=2)
