import runpy

import pytest

from serverless_course.authoring.__main__ import main
from serverless_course.authoring.build import build, find_drift, notebooks_of, sources_below
from serverless_course.authoring.notebook import write_text
from serverless_course.authoring.skeleton import CHECKS
from serverless_course.authoring.task import tasks_of


def test_a_new_lesson_builds_as_it_stands(tmp_path):
    assert main(["--root", str(tmp_path), "new", "12-a-new-idea"]) == 0
    build(tmp_path)
    assert (tmp_path / "notebooks/12-a-new-idea.ipynb").is_file()
    assert find_drift(tmp_path) == []


def test_a_new_lab_keeps_the_rules_and_comes_with_a_check(tmp_path):
    assert main(["--root", str(tmp_path), "new", "12-a-new-idea", "--lab"]) == 0
    (source,) = sources_below(tmp_path)
    lab, solution = notebooks_of(source).values()
    assert "vcpus = ..." in write_text(lab)
    assert "vcpus = 1769 / 1769" in write_text(solution)
    checks = runpy.run_path(str(tmp_path / CHECKS / "lab_12_a_new_idea.py"))
    (task,) = tasks_of(source)
    tries = [(task.starter, "not attempted", ""), (task.solution, "right", "")]
    tries += [(wrong.text, "not yet right", wrong.says) for wrong in task.wrong]
    for text, state, says in tries:
        names: dict[str, float] = {}
        exec(text, names)
        verdict = checks[task.name].run(None, names["vcpus"])
        assert verdict.state == state
        assert says in verdict.message


def test_a_lesson_that_is_there_is_not_written_over(tmp_path, capsys):
    assert main(["--root", str(tmp_path), "new", "12-a-new-idea"]) == 0
    path = tmp_path / "content/lessons/12-a-new-idea.py"
    path.write_text("mine")
    assert main(["--root", str(tmp_path), "new", "12-a-new-idea"]) == 1
    assert "is there already" in capsys.readouterr().err
    assert path.read_text() == "mine"


@pytest.mark.parametrize("slug", ["memory", "4-memory", "04_memory", "04-Memory"])
def test_a_name_that_is_no_slug_is_told(tmp_path, capsys, slug):
    assert main(["--root", str(tmp_path), "new", slug]) == 1
    assert "name it like 04-memory-tuning" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
