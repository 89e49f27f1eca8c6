"""Build, kept outputs and drift, on a copy of the samples."""

import json
import os
import subprocess
import sys

import pytest
from sample_course import CHECKOUT, LAB, LESSON, SAMPLES, change, copy_samples

from serverless_course.authoring.__main__ import main
from serverless_course.authoring.build import Execution, build, find_drift
from serverless_course.authoring.execute import ExecutionError
from serverless_course.authoring.outputs import OutputError

NOTEBOOK = "notebooks/90-sample-lesson.ipynb"
NEVER = Execution.NEVER


def cells_of(path):
    return {cell["id"]: cell for cell in json.loads(path.read_text())["cells"]}


@pytest.mark.parametrize("root", [SAMPLES, CHECKOUT], ids=["samples", "course"])
def test_every_built_file_is_as_its_source_says(root):
    found = [f"{drift.path}: {drift.why}" for drift in find_drift(root)]
    assert not found, "\n".join(found)


def test_two_hash_seeds_give_the_same_bytes(tmp_path):
    trees = []
    for seed in ("1", "2"):
        root = copy_samples(tmp_path / seed)
        built = [
            path
            for room in ("notebooks", "labs", "solutions", "src")
            for path in sorted((root / room).rglob("*"))
            if path.is_file()
        ]
        kept = {path.relative_to(root): path.read_bytes() for path in built}
        for path in built:
            if path.suffix != ".ipynb":
                path.unlink()
                continue
            # A notebook is what outputs are carried over from: only its layout is spoilt.
            path.write_text(json.dumps(json.loads(path.read_text()), indent=3))
        command = [sys.executable, "-m", "serverless_course.authoring", "--root", str(root)]
        subprocess.run(
            [*command, "build", "--no-execute"],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            timeout=120,
        )
        trees.append({path: (root / path).read_bytes() for path in kept})
        assert trees[-1] == kept
    assert trees[0] == trees[1]


def test_changed_prose_keeps_the_outputs_without_a_run(tmp_path):
    root = copy_samples(tmp_path)
    before = cells_of(root / NOTEBOOK)
    change(root / LESSON, "What every run gives again", "What each run gives again")
    assert [str(path) for path in build(root, execution=NEVER)] == [NOTEBOOK]
    after = cells_of(root / NOTEBOOK)
    assert after["kept"] == before["kept"]
    assert after["kept"]["outputs"]
    assert after["title"] != before["title"]


def test_changed_code_above_makes_kept_outputs_void(tmp_path):
    root = copy_samples(tmp_path)
    change(root / LESSON, "memory_mb = 1769", "memory_mb = 1770")
    with pytest.raises(OutputError, match=r"90-sample-lesson.ipynb: no kept output .* 'kept'"):
        build(root, execution=NEVER)
    (drift,) = find_drift(root)
    assert str(drift.path) == NOTEBOOK


def test_a_changed_measured_cell_needs_a_run_for_what_stands_below_it(tmp_path):
    root = copy_samples(tmp_path)
    change(root / LESSON, 'print(f"took', 'print(f"it took')
    with pytest.raises(OutputError, match="'changes-check'"):
        build(root, execution=NEVER)


def test_an_output_of_a_cell_that_never_ran_is_not_carried_over(tmp_path):
    root = copy_samples(tmp_path)
    notebook = json.loads((root / NOTEBOOK).read_text())
    notebook["cells"][1] |= {"execution_count": None, "outputs": []}
    (root / NOTEBOOK).write_text(json.dumps(notebook))
    with pytest.raises(OutputError, match="'kept'"):
        build(root, execution=NEVER)


def test_a_build_runs_the_notebook_and_keeps_what_is_untagged(tmp_path):
    root = copy_samples(tmp_path)
    change(root / LESSON, "memory_mb = 1769", "memory_mb = 3538")
    build(root, ["90-sample-lesson"])
    cells = cells_of(root / NOTEBOOK)
    stream, result = cells["kept"]["outputs"]
    assert stream["text"] == ["3538 MB is 2.0 vCPU\n"]
    assert result["data"]["text/plain"] == ["7076"]
    assert (result["execution_count"], result["metadata"]) == (1, {})
    assert set(cells["kept-table"]["outputs"][0]["data"]) == {"text/plain", "text/html"}
    assert cells["changes"]["outputs"] == []
    assert cells["changes"]["execution_count"] == 3
    (error,) = cells["error-on-purpose"]["outputs"]
    assert error["traceback"] == ["ValueError: 128 MB is the least"]
    assert find_drift(root) == []


def test_verify_tells_an_output_that_changes_from_run_to_run(tmp_path):
    root = copy_samples(tmp_path)
    change(root / LESSON, "assert took_s >= 0", "print(hash('serverless'))")
    with pytest.raises(OutputError) as caught:
        build(root, ["90-sample-lesson"], verify=True)
    told = str(caught.value)
    assert "cell 'changes-check' gave two outputs in two runs" in told
    assert "tag it measured or make it stable" in told
    first, second = told.split("first run:\n")[1].split("second run:\n")
    assert int(first) != int(second)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import warnings; warnings.warn('old')", "cell 'changes-check' writes to standard error"),
        (
            "from IPython.display import Image; Image(b'\\x89PNG', format='png')",
            "cell 'changes-check' shows image/png",
        ),
    ],
)
def test_an_output_that_no_other_machine_gives_again_stops_the_build(tmp_path, code, told):
    root = copy_samples(tmp_path)
    change(root / LESSON, "assert took_s >= 0", code)
    with pytest.raises(OutputError, match=told):
        build(root, ["90-sample-lesson"])


def test_a_cell_that_raises_stops_the_build_and_is_named(tmp_path):
    root = copy_samples(tmp_path)
    before = (root / NOTEBOOK).read_bytes()
    change(root / LESSON, "assert took_s >= 0", "assert took_s < 0, 'time ran backwards'")
    with pytest.raises(ExecutionError, match="'changes-check': AssertionError: time ran backw"):
        build(root, ["90-sample-lesson"])
    assert (root / NOTEBOOK).read_bytes() == before


def test_no_setting_of_a_real_account_reaches_a_notebook(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-real-secret")
    monkeypatch.setenv("COURSE_TARGET", "aws")
    root = copy_samples(tmp_path)
    code = "import os\nprint([k for k in os.environ if 'SECRET_' in k or k == 'COURSE_TARGET'])"
    change(root / LESSON, "assert took_s >= 0", code)
    build(root, ["90-sample-lesson"])
    assert cells_of(root / NOTEBOOK)["changes-check"]["outputs"][0]["text"] == ["[]\n"]


@pytest.mark.parametrize(
    "built",
    [
        NOTEBOOK,
        "labs/91-sample-lab/lab.ipynb",
        "solutions/91-sample-lab/functions/double/app.py",
        "src/serverless_course/exercises/data/91-sample-lab.json",
    ],
)
def test_an_edit_by_hand_is_drift_and_a_build_takes_it_back(tmp_path, capsys, built):
    root = copy_samples(tmp_path)
    path = root / built
    before = path.read_bytes()
    word = b"twice" if path.suffix == ".py" else b"sample"
    path.write_bytes(before.replace(word, b"changed", 1))
    assert main(["--root", str(root), "check"]) == 1
    told = capsys.readouterr().out
    assert f"{built} differs from its source" in told
    assert "+++ built from content" in told
    assert main(["--root", str(root), "build", "--no-execute"]) == 0
    assert path.read_bytes() == before
    assert main(["--root", str(root), "check"]) == 0


def test_a_missing_file_and_a_lost_executable_bit_are_drift(tmp_path):
    root = copy_samples(tmp_path)
    functions = root / "labs/91-sample-lab/functions/double"
    (functions / "app.py").unlink()
    (functions / "bootstrap").chmod(0o644)
    why = {drift.path.name: drift.why for drift in find_drift(root)}
    assert why == {
        "app.py": "it is missing",
        "bootstrap": "its executable bit differs from the source's",
    }
    build(root, execution=NEVER)
    assert find_drift(root) == []


def test_a_function_file_without_a_source_goes_and_a_lone_notebook_is_told(tmp_path):
    root = copy_samples(tmp_path)
    stale = root / "labs/91-sample-lab/functions/double/old.py"
    stale.write_text("x = 1\n")
    lone = root / "notebooks/89-gone.ipynb"
    lone.write_text("{}")
    assert {str(root / drift.path) for drift in find_drift(root)} == {str(stale), str(lone)}
    build(root, execution=NEVER)
    assert not stale.exists()
    assert lone.exists(), "a notebook may be a learner's own: only a person deletes it"


def test_a_broken_source_stops_the_build_before_anything_is_written(tmp_path, capsys):
    root = copy_samples(tmp_path)
    change(root / LESSON, "What every run", "What each run")
    change(root / LAB, 'says="3 is odd"', 'says=""')
    before = (root / NOTEBOOK).read_bytes()
    assert main(["--root", str(root), "build"]) == 1
    assert "lab.py:" in capsys.readouterr().err
    assert (root / NOTEBOOK).read_bytes() == before


def test_an_unknown_name_is_told(tmp_path, capsys):
    assert main(["--root", str(copy_samples(tmp_path)), "build", "77-nothing"]) == 1
    assert "there is no source for '77-nothing'" in capsys.readouterr().err
