"""The board of duties in a real JupyterLab, without a mouse: keys put duties, and it tells why."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests_browser.page_of_cells import PATHS, page_of

CELLS = [
    f"{PATHS}from serverless_course.figures.who_does_it import who_does_it",
    "who_does_it()",
]
RUNTIME = "Patches of the language runtime"


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with page_of(CELLS, height=1100) as opened:
        yield opened


def test_a_duty_is_put_with_the_space_bar_and_told_why(page: Page) -> None:
    aws = page.get_by_title(f"{RUNTIME}: AWS", exact=True)
    aws.focus()
    aws.press("Space")
    expect(page.get_by_text("Not AWS.")).to_be_visible()
    expect(page.get_by_text("Lambda: 1 of 11 duties put, 0 of them rightly.")).to_be_visible()


def test_tab_leads_to_the_next_answer_of_the_same_duty(page: Page) -> None:
    page.get_by_title(f"{RUNTIME}: AWS", exact=True).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_title(f"{RUNTIME}: both", exact=True)).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_text("Lambda: 1 of 11 duties put, 1 of them rightly.")).to_be_visible()


def test_another_model_is_chosen_by_keys_and_what_was_put_comes_back(page: Page) -> None:
    for model, put in (("EC2", 0), ("Lambda", 1)):
        button = page.get_by_role("button", name=model, exact=True)
        button.focus()
        button.press("Space")
        expect(page.get_by_text(f"{model}: {put} of 11 duties put")).to_be_visible()
