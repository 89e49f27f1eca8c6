"""What a lab's source becomes: nothing that a learner should find out leaves with the lab."""

import json
import os

from sample_course import LAB, LESSON, SAMPLES

from serverless_course.authoring.build import files_of, notebooks_of
from serverless_course.authoring.lab import lab_notebook, solution_notebook
from serverless_course.authoring.lesson import lesson_notebook
from serverless_course.authoring.notebook import code_cells
from serverless_course.authoring.rules import read_source
from serverless_course.authoring.task import tasks_of

SOURCE = read_source(SAMPLES / LAB)


def shipped_text():
    """Everything below labs/91-sample-lab, as one text."""
    files = files_of(SOURCE)
    texts = [f.data.decode() for path, f in files.items() if path.parts[0] == "labs"]
    return json.dumps(lab_notebook(SOURCE), ensure_ascii=False) + "\n".join(texts)


def test_the_lab_holds_no_solution_no_hint_and_no_wrong_answer():
    page = shipped_text()
    for secret in ("4096", "memory page", "Two divides it", "even = 3", '"two"', "* 2", "** 2"):
        assert secret not in page
    for marker in ("### BEGIN", "### STARTER", "### END"):
        assert marker not in page


def test_the_solution_has_the_same_cells_and_no_marker_lines():
    lab, solution = lab_notebook(SOURCE), solution_notebook(SOURCE)
    assert [c["id"] for c in lab["cells"]] == [c["id"] for c in solution["cells"]]
    assert "###" not in json.dumps([c["source"] for c in code_cells(solution)])
    answers = {cell["id"]: cell["source"] for cell in code_cells(solution)}
    assert answers["even-answer"] == "# The line below is yours.\neven = 4096"


def test_the_solution_shown_is_the_text_that_runs():
    data = json.loads(files_of(SOURCE)[data_path()].data)
    runs = {cell["id"]: cell["source"] for cell in code_cells(solution_notebook(SOURCE))}
    for task, entry in zip(tasks_of(SOURCE), data["tasks"], strict=True):
        assert entry["solution"] == runs[task.answer.id]


def data_path():
    return next(path for path in files_of(SOURCE) if path.suffix == ".json")


def test_the_data_hold_titles_hints_and_checks_in_order_and_no_wrong_answer():
    text = files_of(SOURCE)[data_path()].data.decode()
    tasks = json.loads(text)["tasks"]
    assert [task["task"] for task in tasks] == ["even", "double"]
    assert [task["title"] for task in tasks] == ["An even number", "A function that doubles"]
    assert tasks[0]["hints"] == ["Two divides it.", "Try the size of a memory page."]
    assert tasks[0]["check"] == "lab.check_even(even)"
    assert "return event" in tasks[1]["files"]["functions/double/app.py"]
    for secret in ("wrong", "squares", "3 is odd", "even = 3"):
        assert secret not in text


def test_functions_are_copied_and_the_solved_ones_laid_over_in_solutions_only():
    files = {str(path): file for path, file in files_of(SOURCE).items()}
    content = SAMPLES / LAB.parent
    for room, folder in (("labs", "functions"), ("solutions", "functions.solved")):
        built = files[f"{room}/91-sample-lab/functions/double/app.py"]
        assert built.data == (content / folder / "double/app.py").read_bytes()
    for room in ("labs", "solutions"):
        bootstrap = files[f"{room}/91-sample-lab/functions/double/bootstrap"]
        assert bootstrap.executable
        assert os.access(SAMPLES / room / "91-sample-lab/functions/double/bootstrap", os.X_OK)


def test_every_cell_keeps_its_id_and_every_code_cell_its_number():
    for source in (SOURCE, read_source(SAMPLES / LESSON)):
        written = {cell.id for cell in source.cells}
        for notebook in notebooks_of(source).values():
            assert {cell["id"] for cell in notebook["cells"]} <= written
            counts = [cell["execution_count"] for cell in code_cells(notebook)]
            assert counts == list(range(1, len(counts) + 1))


def test_kernelspec_is_set_and_no_python_version_is_told():
    notebook = lesson_notebook(read_source(SAMPLES / LESSON))
    assert notebook["metadata"]["kernelspec"] == {
        "name": "python3",
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
    }
    assert "version" not in notebook["metadata"]["language_info"]


def test_a_measured_cell_is_run_and_not_compared():
    notebook = lesson_notebook(read_source(SAMPLES / LESSON))
    tags = {cell["id"]: cell["metadata"].get("tags") for cell in code_cells(notebook)}
    assert tags["changes"] == ["measured", "nbval-ignore-output"]
    assert tags["kept"] is None
