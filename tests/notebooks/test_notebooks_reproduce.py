"""nbval runs every built notebook and compares what is kept of it, cell by cell."""

from functools import cache

import pytest
from course_notebooks import (
    CHECKOUT,
    built_notebooks,
    code_cells,
    compared,
    name_of,
    never_compared,
    run_nbval,
    states_told,
    tags,
    unproven,
)

from serverless_course.authoring.build import notebooks_of, sources_below
from serverless_course.authoring.task import tasks_of

EACH_NOTEBOOK = pytest.mark.parametrize("path", built_notebooks(), ids=name_of)
# These pages measure what memory buys of a CPU: beside other tests they would say so, and no more.
# The lab as a learner gets it judges no figure, so it may run beside others.
MEASURING = (
    *("notebooks/04-memory-tuning.ipynb", "solutions/04-memory-tuning/lab.ipynb"),
    # 200 photos at once, and time-outs of 2 s: it takes the whole machine.
    *("labs/10-ship-it/lab.ipynb", "solutions/10-ship-it/lab.ipynb"),
)
RUN_EACH_NOTEBOOK = pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=pytest.mark.measures) if name_of(path) in MEASURING else path
        for path in built_notebooks()
    ],
    ids=name_of,
)


@cache
def tasks() -> dict[str, list[str]]:
    """The names of the tasks of each built notebook. Not read while tests are collected."""
    return {
        built.as_posix(): [task.name for task in tasks_of(source)]
        for source in sources_below(CHECKOUT)
        for built in notebooks_of(source)
        if built.parts[0] != "solutions"
    }


@RUN_EACH_NOTEBOOK
def test_a_notebook_runs_and_gives_its_kept_outputs_again(path, tmp_path):
    run = run_nbval(path, tmp_path)
    assert run.status == 0, run.output
    assert (run.cells, run.failed) == (len(code_cells(path)), 0), run.output
    # The same run shows that a page as a learner gets it passes none of its checks.
    if name_of(path) in tasks():
        expected = dict.fromkeys(tasks()[name_of(path)], "not attempted")
        assert states_told(tmp_path, path) == expected


@EACH_NOTEBOOK
def test_nbval_compares_cells_of_the_notebook_with_outputs(path):
    with_output = {cell["id"] for cell in code_cells(path) if cell["outputs"]}
    assert with_output & set(compared(path))


@EACH_NOTEBOOK
def test_every_code_cell_has_the_number_without_which_nbval_compares_nothing(path):
    assert never_compared(path) == []


@EACH_NOTEBOOK
def test_what_is_measured_is_checked_in_the_cell_or_below(path):
    assert unproven(path) == []


@EACH_NOTEBOOK
def test_only_measured_cells_are_not_compared(path):
    for cell in code_cells(path):
        assert ("measured" in tags(cell)) == ("nbval-ignore-output" in tags(cell))
        if "measured" in tags(cell):
            assert cell["outputs"] == []


def test_states_are_looked_at_where_there_are_tasks():
    assert len(tasks()["labs/04-memory-tuning/lab.ipynb"]) == 8
    assert tasks()["notebooks/00-start-here.ipynb"] == ["billed"]
    assert tasks()["notebooks/04-memory-tuning.ipynb"] == []


def test_every_source_of_the_course_has_its_notebooks_in_this_run():
    names = {name_of(path) for path in built_notebooks()}
    for source in sources_below(CHECKOUT):
        if source.form == "lesson":
            assert f"notebooks/{source.slug}.ipynb" in names
        else:
            assert f"labs/{source.slug}/lab.ipynb" in names
            assert f"solutions/{source.slug}/lab.ipynb" in names
