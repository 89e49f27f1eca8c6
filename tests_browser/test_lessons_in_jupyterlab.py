"""A learner's first minutes, in a real browser: pages open without a question, and they run."""

from collections.abc import Iterator

import pytest
from jupyter_dirs import ROOT
from playwright.sync_api import Browser
from start_lab import START_PAGE

from tests_browser.chromium import headless
from tests_browser.notebook_page import open_notebook
from tests_browser.served_copy import ServedCopy, serve

LESSONS = sorted(
    {START_PAGE} | {path.relative_to(ROOT).as_posix() for path in ROOT.glob("notebooks/*.ipynb")}
)
WINDOW = (1400, 900)


@pytest.fixture(scope="module")
def course() -> Iterator[ServedCopy]:
    with serve() as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with headless() as running:
        yield running


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_opens_without_a_question_and_runs(
    course: ServedCopy, browser: Browser, lesson: str
) -> None:
    opened = open_notebook(browser, course, lesson, WINDOW)
    try:
        assert opened.dialog() is None
        assert opened.notices() == []
        opened.run(timeout_s=180)
        assert opened.errors() == {}
        code, run = opened.counts()
        assert code > 0
        assert run == code
        assert opened.troubles == []
    finally:
        opened.page.close()
