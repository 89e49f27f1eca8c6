"""Every page may be run again in the same kernel: each cell at once, or from the top.

All pages take long: ``make soak``. One page: ``pytest tests/notebooks/test_pages_twice.py -k 07``.
"""

from pathlib import Path
from typing import get_args

import nbformat
import pytest
from course_notebooks import SAMPLES, built_notebooks, name_of
from nbformat.v4 import new_code_cell, new_notebook
from twice import Order, run_twice

ORDERS: tuple[Order, ...] = get_args(Order)
LONG = (pytest.mark.soak, pytest.mark.long)
# A lab that nobody has solved has little to run twice; its solution has all of its cells.
PAGES = [
    pytest.param(path, marks=() if SAMPLES in path.parents else LONG, id=name_of(path))
    for path in built_notebooks()
    if path.parents[1].name != "labs"
]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_runs_twice_in_one_kernel(path: Path, order: Order, tmp_path: Path) -> None:
    problems = run_twice(path, tmp_path / "state", order)
    assert not problems, "\n".join(problems)


BAD_CELLS = {
    "raises-again": ("made = 'made' in globals()\nassert not made, 'it is there'", "it is there"),
    "silent": ("assert 'seen' not in globals()", "AssertionError (without a message)"),
    "contradicts": ("n = globals().get('n', 0) + 1\nprint(n, 'times')", "| 2 times"),
    "verdict": (
        "from serverless_course.exercises.verdict import State, Verdict\n"
        "again = 'state' in globals()\n"
        "state = State.NOT_YET_RIGHT if again else State.RIGHT\n"
        "Verdict('t', state, 'm')",
        "says 'not yet right', and 'right' before, of task t",
    ),
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", BAD_CELLS)
def test_a_cell_that_cannot_run_twice_is_found(tmp_path: Path, name: str, order: Order) -> None:
    source, told = BAD_CELLS[name]
    cells = [
        new_code_cell("print('the same')", id="good"),
        new_code_cell(source, id=name),
        new_code_cell("seen = True", id="later"),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = tmp_path / "page.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    problems = run_twice(path, tmp_path / "state", order)
    if name == "silent" and order == "each cell":
        # It is a later cell that it does not expect.
        assert problems == []
    else:
        assert len([each for each in problems if f"cell {name!r}" in each]) == len(problems) > 0
        assert any(told in each for each in problems)
