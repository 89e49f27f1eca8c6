"""Lesson 06's planner in a real JupyterLab, without a mouse, in its light and its dark theme."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests_browser.page_of_cells import PATHS, page_of
from tests_browser.served_copy import THEMES

CELLS = [
    f"{PATHS}from serverless_course.figures.concurrency_planner import concurrency_planner",
    "concurrency_planner()",
]


@pytest.fixture(scope="module", params=THEMES)
def page(request: pytest.FixtureRequest) -> Iterator[Page]:
    with page_of(CELLS, request.param) as opened:
        yield opened


def field(page: Page, name: str) -> Locator:
    return page.get_by_role("spinbutton", name=name, exact=True)


def test_a_number_is_typed_and_the_picture_and_its_words_follow(page: Page) -> None:
    words = page.locator(".widget-html p[role=status]").last
    picture = page.locator(".widget-html img").last
    before = picture.get_attribute("src")
    duration = field(page, "Duration (ms)")
    duration.focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("100")
    page.keyboard.press("Enter")
    expect(words).to_contain_text("3,000 requests a second of 100 ms need 300 environments.")
    expect(picture).not_to_have_attribute("src", before or "")
    expect(picture).to_have_attribute("alt", re.compile("of 100 ms need 300 environments"))


def test_tab_leads_through_the_fields_and_an_arrow_key_changes_a_number(page: Page) -> None:
    names = ["Requests a second", "Duration (ms)", "Account limit", "Reserved (-1: none)"]
    field(page, names[0]).focus()
    for name in [*names[1:], "Provisioned"]:
        page.keyboard.press("Tab")
        expect(field(page, name)).to_be_focused()
    reserved = field(page, "Reserved (-1: none)")
    reserved.focus()
    reserved.press("ArrowUp")
    reserved.press("Enter")
    words = page.locator(".widget-html p[role=status]").last
    expect(words).to_contain_text("Reserved concurrency 0: every request is throttled.")


def test_what_is_below_the_least_becomes_the_least(page: Page) -> None:
    rate = field(page, "Requests a second")
    rate.focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("-5")
    page.keyboard.press("Enter")
    expect(rate).to_have_value("1")
