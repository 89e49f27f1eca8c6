"""Lesson 03's widgets in a real JupyterLab, without a mouse, in its light and its dark theme."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests_browser.page_of_cells import PATHS, page_of
from tests_browser.served_copy import THEMES

CELLS = [
    f"{PATHS}from serverless_course.figures.cold_start_widget import cold_start_widget\n"
    "from serverless_course.figures.life_widget import life_widget\n"
    "from tests.figures.test_life_widget import measured",
    "cold_start_widget([110.0, 95.0, 101.0, 97.0, 140.0, 99.0])",
    "life_widget(measured)",
]


@pytest.fixture(scope="module", params=THEMES)
def page(request: pytest.FixtureRequest) -> Iterator[Page]:
    with page_of(CELLS, request.param) as opened:
        yield opened


def test_a_language_is_chosen_with_the_space_bar_and_its_runtimes_follow(page: Page) -> None:
    words = page.locator(".widget-html p[role=status]").first
    expect(words).to_contain_text("python3.12")
    java = page.get_by_role("button", name="Java", exact=True)
    java.focus()
    java.press("Space")
    expect(words).to_contain_text("java25")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=".NET", exact=True)).to_be_focused()


def test_a_choice_is_measured_by_keyboard_alone(page: Page) -> None:
    package = page.get_by_role("button", name="12 big modules", exact=True)
    package.focus()
    package.press("Space")
    measure = page.get_by_role("button", name="Measure", exact=True)
    measure.focus()
    measure.press("Space")
    words = page.locator(".widget-html p[role=status]").last
    expect(words).to_contain_text("12 big modules")
