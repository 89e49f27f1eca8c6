"""The trace widgets in a real JupyterLab, without a mouse: keys reach them, and the picture moves.

JupyterLab takes arrow keys and letters from whatever is focused in an output, unless one can write
in it. So this is seen in a browser only.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests_browser.page_of_cells import PATHS, page_of

CELLS = [
    f"{PATHS}from serverless_course.figures.log_explorer import log_explorer\n"
    "from serverless_course.figures.trace_waterfall import trace_waterfall\n"
    "from tests.traces.log_events import invocation\n"
    "from tests.traces.trace_documents import many_traces",
    "trace_waterfall(many_traces(200))",
    "runs = [invocation(n, n * 100.0, 20, lines=('x',)) for n in range(30)]\n"
    "log_explorer(event for run in runs for event in run)",
]


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with page_of(CELLS) as opened:
        yield opened


def test_the_next_trace_is_chosen_with_an_arrow_key(page: Page) -> None:
    picture = page.locator(".widget-html img").first
    before = picture.get_attribute("alt")
    assert before
    number = page.get_by_label("Trace number", exact=True)
    number.focus()
    number.press("ArrowUp")
    expect(picture).not_to_have_attribute("alt", before)
    expect(number).to_have_value("2")


def test_a_filter_is_set_with_the_space_bar(page: Page) -> None:
    cold = page.get_by_label("with a cold start", exact=True)
    cold.focus()
    cold.press("Space")
    expect(page.get_by_text("of 200 traces, the slowest first.")).not_to_contain_text("200 of")


def test_the_details_of_a_part_are_shown_where_tab_stands(page: Page) -> None:
    first = page.locator(".widget-html .course-spot").first
    first.focus()
    first.press("Tab")
    second = page.locator(".widget-html .course-spot").nth(1)
    expect(second).to_be_focused()
    shown = second.evaluate("e => getComputedStyle(e, '::after').content")
    assert "lasts" in shown


def test_log_lines_are_found_by_typing_alone(page: Page) -> None:
    level = page.get_by_label("Level", exact=True)
    level.focus()
    page.keyboard.type("platform")
    page.keyboard.press("Enter")
    expect(page.get_by_text("90 of 120 events")).to_be_visible()
    number = page.get_by_label("Page", exact=True)
    number.focus()
    number.press("ArrowUp")
    expect(page.get_by_text("51 to 90 shown, page 2 of 2")).to_be_visible()
