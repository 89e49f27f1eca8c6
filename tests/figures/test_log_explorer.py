"""The log explorer finds by text, level and request, and shows a table where no kernel lives."""

import pytest

from serverless_course.figures.log_explorer import (
    FIRST_ROWS,
    PAGE_ROWS,
    LogExplorer,
    log_explorer,
    rows_html,
)
from serverless_course.figures.widget_bundle import VIEW
from serverless_course.traces.log_line import log_lines
from tests.traces.log_events import event, invocation, request


def explorer(count: int = 30) -> LogExplorer:
    events = []
    for number in range(count):
        level = "ERROR" if number % 10 == 0 else "INFO"
        line = f"[{level}]\t2026-11-24T12:00:00.000Z\t{request(number)}\torder <b>{number}</b>\n"
        events += invocation(number, number * 100.0, 20, lines=(line, "plain\n"))
    return log_explorer(events)


def test_text_level_and_request_narrow_the_table() -> None:
    shown = explorer()
    shown.text.value = "ORDER"
    assert len(shown.fitting()) == 30
    shown.level.value = "ERROR and above"
    assert [line.message for line in shown.fitting()] == [
        f"order <b>{number}</b>" for number in (0, 10, 20)
    ]
    shown.request.value = request(10)
    assert [line.message for line in shown.fitting()] == ["order <b>10</b>"]
    assert "1 of 150 events" in shown.status.value


@pytest.mark.parametrize(
    ("typed", "number"),
    [("", 150), ("error", 3), ("info", 30), ("platform lines", 90), ("lines without", 30)],
)
def test_the_beginning_of_a_level_is_enough(typed: str, number: int) -> None:
    shown = explorer()
    shown.level.value = typed
    assert len(shown.fitting()) == number


def test_a_level_that_is_not_there_is_told_and_hides_nothing() -> None:
    shown = explorer()
    shown.level.value = "<loud>"
    assert len(shown.fitting()) == 150
    assert "no event has the level &lt;loud&gt;" in shown.status.value


def test_pages_follow_each_other_and_a_filter_goes_back_to_the_first() -> None:
    shown = explorer()
    assert shown.page.max == 3
    shown.page.value = 3
    assert "101 to 150 shown, page 3 of 3" in shown.status.value
    assert shown.table.value.count("<tr") == PAGE_ROWS + 1
    shown.text.value = "plain"
    assert shown.page.value == shown.page.max == 1


def test_nothing_that_fits_is_told() -> None:
    shown = explorer()
    shown.text.value = "no such words"
    assert "none fits" in shown.status.value
    assert shown.table.value == ""


def test_without_a_kernel_the_first_events_stand_in_a_table() -> None:
    bundle = explorer()._repr_mimebundle_()
    assert VIEW in bundle
    assert bundle["text/html"].count("<tr") == FIRST_ROWS + 1
    assert "START RequestId" in bundle["text/plain"]


def test_log_texts_put_no_html_into_the_page_and_long_ones_are_folded() -> None:
    html = rows_html(log_lines([event(0, "<script>x</script>"), event(1, "a" * 500)]))
    assert "<script>" not in html
    assert html.count("<details>") == 1


def test_lines_of_an_exception_are_folded_below_the_first() -> None:
    html = rows_html(log_lines([event(0, "[ERROR] ValueError: no\rTraceback\r  File x")]))
    assert "ValueError: no</summary>" in html
    assert "✕ ERROR" in html


def test_no_events_are_refused_with_what_to_do() -> None:
    with pytest.raises(ValueError, match="filter_log_events again"):
        log_explorer([])
