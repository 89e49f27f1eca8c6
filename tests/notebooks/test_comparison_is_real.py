"""The comparison can fail: spoilt copies of a built notebook are found out."""

import json

import pytest
from course_notebooks import SAMPLES, checks_something, never_compared, run_nbval, unproven

GOOD = SAMPLES / "notebooks/90-sample-lesson.ipynb"


def spoilt(folder, spoil):
    """A copy of a built notebook, changed by `spoil`, which gets its cells by id."""
    notebook = json.loads(GOOD.read_text(encoding="utf-8"))
    spoil({cell["id"]: cell for cell in notebook["cells"]})
    path = folder / GOOD.name
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def another_stream(cells):
    cells["kept"]["outputs"][0]["text"] = ["1769 MB is 1.1 vCPU\n"]


def another_result(cells):
    cells["kept"]["outputs"][1]["data"]["text/plain"] = ["3539"]


def another_table(cells):
    html = cells["kept-table"]["outputs"][0]["data"]["text/html"]
    cells["kept-table"]["outputs"][0]["data"]["text/html"] = [
        line.replace("1769", "1770") for line in html
    ]


def no_output(cells):
    cells["kept"]["outputs"] = []


def another_error(cells):
    cells["error-on-purpose"]["outputs"][0]["evalue"] = "64 MB is the least"


@pytest.mark.parametrize(
    "spoil", [another_stream, another_result, another_table, no_output, another_error]
)
def test_a_changed_output_fails(tmp_path, spoil):
    run = run_nbval(spoilt(tmp_path, spoil), tmp_path)
    assert (run.status, run.failed) == (1, 1), run.output


def test_a_cleared_cell_is_not_compared_and_our_guard_tells(tmp_path):
    def clear(cells):
        cells["kept"] |= {"execution_count": None, "outputs": []}

    path = spoilt(tmp_path, clear)
    assert run_nbval(path, tmp_path).status == 0, "nbval would have let it pass"
    assert never_compared(path) == ["kept"]


def test_a_measured_cell_without_a_check_is_told(tmp_path):
    def take_the_check_out(cells):
        cells["changes-check"]["source"] = ["took_s"]

    assert unproven(GOOD) == []
    assert unproven(spoilt(tmp_path, take_the_check_out)) == ["changes"]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("assert x", True),
        ("%time y = 1\nlab.check('t', answer=1)", True),
        ("lab.finish()", True),
        ("lab.predict('x', seconds=1)", False),
        ("print('assert x')", False),
    ],
)
def test_what_counts_as_a_check(source, found):
    assert checks_something(source) is found


def test_where_a_warning_stands_is_not_compared_and_its_text_is(tmp_path):
    def warn(folder, text):
        def put(cells):
            cells["changes-check"]["source"] = ["import warnings\n", "warnings.warn('old')"]
            line = f"/tmp/ipykernel_1/22.py:2: UserWarning: {text}\n  warnings.warn('old')\n"
            stream = {"output_type": "stream", "name": "stderr", "text": [line]}
            cells["changes-check"]["outputs"] = [stream]

        folder.mkdir()
        return run_nbval(spoilt(folder, put), folder)

    good = warn(tmp_path / "same", "old")
    assert good.status == 0, good.output
    assert warn(tmp_path / "other", "new").status == 1
