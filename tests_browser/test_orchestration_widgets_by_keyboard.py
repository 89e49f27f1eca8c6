"""Lesson 09's widgets in a real JupyterLab, without a mouse, in its light and its dark theme."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests_browser.page_of_cells import PATHS, page_of
from tests_browser.served_copy import THEMES

CELLS = [
    f"{PATHS}from decimal import Decimal\n"
    "from serverless_course.figures.flow_timeline import flow_timeline\n"
    "from serverless_course.figures.order_bill_widget import order_bill_widget\n"
    "from serverless_course.figures.replay_microscope import replay_microscope\n"
    "from serverless_course.pricing.orchestration import Used\n"
    "from tests.flow_events import DURABLE\n"
    "ONE = Used(1, Decimal('0.5'))",
    "replay_microscope(DURABLE)",
    "order_bill_widget(ONE, ONE, ONE, transitions=7, operations=12, written_bytes=1000)",
    "flow_timeline(DURABLE)",
]


@pytest.fixture(scope="module", params=THEMES)
def page(request: pytest.FixtureRequest) -> Iterator[Page]:
    with page_of(CELLS, request.param) as opened:
        yield opened


def test_invocations_are_looked_at_with_the_space_bar(page: Page) -> None:
    words = page.locator(".widget-html p[role=status]").first
    expect(words).to_contain_text("Invocation 1")
    later = page.get_by_role("button", name="Later", exact=True)
    later.focus()
    later.press("Space")
    expect(words).to_contain_text("Invocation 2")
    field = page.get_by_label("Invocation", exact=True)
    field.focus()
    field.fill("3")
    field.press("Enter")
    expect(words).to_contain_text("read 4 results from checkpoints")


def test_a_missing_price_is_an_empty_field_that_is_typed_into(page: Page) -> None:
    words = page.locator(".widget-html p[role=status]").last
    brazil = page.get_by_role("button", name="sa-east-1", exact=True)
    brazil.focus()
    brazil.press("Space")
    expect(words).to_contain_text("durable function: a price is missing")
    for name in ("durable operations", "data written", "data kept"):
        field = page.get_by_label(name)
        expect(field).to_have_value("")
        field.focus()
        page.keyboard.type("0.00001")
        page.keyboard.press("Tab")
    expect(words).not_to_contain_text("durable function: a price is missing")


def test_the_lanes_of_a_time_line_are_reached_with_tab(page: Page) -> None:
    spots = page.locator(".course-spot")
    expect(spots).to_have_count(5)
    spots.first.focus()
    page.keyboard.press("Tab")
    expect(spots.nth(1)).to_be_focused()
    assert "failed" in (spots.nth(1).get_attribute("aria-label") or "")
