"""`make reset LAB=…`: one lab as it came, the learner's files set aside, no other touched."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from reset_lab import reset
from setup_error import SetupError

LABS = ("01-one", "02-two")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    root = tmp_path / "the course"
    for slug in LABS:
        (root / "labs" / slug / "functions").mkdir(parents=True)
        (root / "labs" / slug / "lab.ipynb").write_text("as it came")
        (root / "labs" / slug / "functions" / "index.py").write_text("as it came")
    (root / "notebooks").mkdir()
    (root / "notebooks" / "00-start.ipynb").write_text("as it came")
    git = ["git", "-C", str(root), "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "Begin"]):
        subprocess.run([*git, *command], check=True)
    return root


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    folder.mkdir()
    entry = {"state": "right", "tries": 1, "right_since": "2026-11-29T10:00:00+00:00"}
    labs = {slug: {"t": entry} for slug in LABS}
    (folder / "progress.json").write_text(json.dumps({"labs": labs}))
    return folder


def test_one_lab_is_as_it_came_and_the_other_keeps_its_answers(course: Path, state: Path) -> None:
    for slug in LABS:
        (course / "labs" / slug / "lab.ipynb").write_text("mine")
        (course / "labs" / slug / "functions" / "index.py").unlink()
        (course / "labs" / slug / "notes.txt").write_text("mine")
    aside = reset("01-one", course, state)
    assert aside is not None
    assert (course / "labs/01-one/lab.ipynb").read_text() == "as it came"
    assert (course / "labs/01-one/functions/index.py").exists()
    assert not (course / "labs/01-one/notes.txt").exists()
    assert (aside / "lab.ipynb").read_text() == (aside / "notes.txt").read_text() == "mine"
    assert (course / "labs/02-two/lab.ipynb").read_text() == "mine"
    assert list(json.loads((state / "progress.json").read_text())["labs"]) == ["02-two"]


def test_twice_sets_aside_under_two_names(course: Path, state: Path) -> None:
    kept = []
    for text in ("first", "second"):
        (course / "labs/01-one/lab.ipynb").write_text(text)
        kept.append(reset("01-one", course, state))
    assert [(path / "lab.ipynb").read_text() for path in kept if path] == ["first", "second"]
    assert reset("01-one", course, state) is None


def test_a_lesson_is_put_back_too(course: Path, state: Path) -> None:
    (course / "notebooks/00-start.ipynb").write_text("mine")
    aside = reset("00-start", course, state)
    assert aside is not None
    assert aside.read_text() == "mine"
    assert (course / "notebooks/00-start.ipynb").read_text() == "as it came"


@pytest.mark.parametrize("slug", ["", "1-one", "../01-one", "01-one/", "01-one/functions"])
def test_what_is_no_lab_is_refused_with_the_names_of_those_there_are(
    course: Path, state: Path, slug: str
) -> None:
    with pytest.raises(SetupError, match="00-start"):
        reset(slug, course, state)


def test_a_folder_that_is_no_clone_is_told_so_and_nothing_is_lost(
    tmp_path: Path, state: Path
) -> None:
    (tmp_path / "labs" / "01-one").mkdir(parents=True)
    (tmp_path / "labs" / "01-one" / "lab.ipynb").write_text("mine")
    (tmp_path / "notebooks").mkdir()
    with pytest.raises(SetupError, match="no clone"):
        reset("01-one", tmp_path, state)
    assert (tmp_path / "labs/01-one/lab.ipynb").read_text() == "mine"
