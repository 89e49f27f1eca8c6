"""Waterfall, map, lanes and histogram: each says its message, in the picture and in words."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from serverless_course.figures.environment_lanes import environment_lanes
from serverless_course.figures.label_places import Taken
from serverless_course.figures.latency_histogram import latency_histogram
from serverless_course.figures.service_map import service_map
from serverless_course.figures.spots import SpottedPicture
from serverless_course.figures.style import CARD
from serverless_course.figures.trace_chooser import TraceChooser
from serverless_course.figures.trace_look import COLD, STATES, duration, percent, shortened
from serverless_course.figures.trace_waterfall import MOST_ROWS, trace_waterfall
from serverless_course.figures.widget_bundle import VIEW
from tests.figures.contrast import contrast
from tests.traces.log_events import START_MS, invocation
from tests.traces.trace_documents import (
    DYNAMODB,
    SQS,
    Call,
    as_trace,
    histogram,
    lambda_trace,
    many_traces,
    map_of,
    one_service,
    small_map,
)


def one_picture(trace: dict[str, Any]) -> SpottedPicture:
    found = trace_waterfall(trace)
    assert isinstance(found, SpottedPicture)
    return found


def chooser(count: int) -> TraceChooser:
    found = trace_waterfall(many_traces(count))
    assert isinstance(found, TraceChooser)
    return found


@pytest.mark.parametrize("colour", [*(look.colour for look in STATES.values()), COLD])
def test_words_in_the_colour_of_a_state_can_be_read_on_the_card(colour: str) -> None:
    assert contrast(colour, CARD) >= 4.5


def test_every_state_has_a_symbol_and_a_word_of_its_own() -> None:
    assert len({look.symbol for look in STATES.values()}) == len(STATES)
    assert len({look.word for look in STATES.values()}) == len(STATES)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 ms"),
        (0.00421, "4.21 ms"),
        (0.0421, "42.1 ms"),
        (1.2345, "1,234 ms"),
        (12.34, "12.3 s"),
    ],
)
def test_durations_have_three_figures(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("share", "text"), [(1.0, "100 %"), (0.0996, "10 %"), (0.05, "5 %"), (0.00123, "0.12 %")]
)
def test_shares_are_told_in_percent(share: float, text: str) -> None:
    assert percent(share) == text


def test_long_names_lose_their_middle() -> None:
    assert shortened("photos-resize-production", 11) == "photo…ction"
    assert shortened("photos", 11) == "photos"


def test_the_slowest_part_and_the_failure_are_the_message() -> None:
    picture = one_picture(lambda_trace(cold=True, state="fault"))
    assert re.search(
        r"orders took \d+ ms; \d+ ms of it in Init \(cold start\) +✕ fault", picture.alt
    )
    assert "ValueError: no price for <b>tea</b>" in picture.alt


def test_documents_can_put_no_html_into_the_page() -> None:
    html = one_picture(lambda_trace(state="fault", name="<script>alert(1)</script>"))._repr_html_()
    assert "<script>" not in html
    assert "<b>tea" not in html
    assert "&lt;script&gt;" in html


def test_every_row_is_a_place_for_pointer_and_keyboard_with_its_details() -> None:
    picture = one_picture(lambda_trace(calls=(DYNAMODB, SQS)))
    assert picture.table is not None
    html = picture.image_html()
    assert html.count('tabindex="0"') == len(picture.table) == 5
    assert "DynamoDB PutItem orders-2026&#10;aws, subsegment" in html
    assert "customer = c1" in html


def test_places_lie_over_the_picture_from_top_to_bottom() -> None:
    html = one_picture(lambda_trace(calls=(DYNAMODB, SQS))).image_html()
    tops = [float(found) for found in re.findall(r"top: ([\d.]+)%; width", html)]
    assert tops == sorted(tops)
    assert all(0 <= top < 100 for top in tops)


def test_own_time_and_time_on_the_critical_path_stand_in_the_table() -> None:
    table = one_picture(lambda_trace(calls=(DYNAMODB, SQS))).table
    assert table is not None
    assert table["own ms"].sum() == pytest.approx(table["ms"].iloc[0], abs=0.1)
    assert table["waited for ms"].sum() == pytest.approx(table["ms"].iloc[0], abs=0.1)


def test_a_trace_that_is_too_long_says_what_is_not_drawn_and_has_it_in_its_table() -> None:
    calls = tuple(Call("DynamoDB", "GetItem", 5.0 + number) for number in range(MOST_ROWS + 20))
    picture = one_picture(lambda_trace(calls=calls))
    assert picture.table is not None
    assert len(picture.spots) == MOST_ROWS
    assert len(picture.table) == MOST_ROWS + 23
    assert "23 shorter parts" in picture.alt


def test_a_missing_parent_and_a_part_in_progress_are_told() -> None:
    documents = [
        {
            "id": "a" * 16,
            "name": "late",
            "start_time": 1.0,
            "parent_id": "b" * 16,
            "in_progress": True,
        }
    ]
    alt = one_picture(as_trace("1-6afd2c80-0", documents)).alt
    assert "its parent is not in this trace" in alt
    assert "in progress" in alt


def test_a_trace_without_a_readable_document_says_so() -> None:
    found = trace_waterfall({"Id": "1-6afd2c80-0", "Segments": [{"Id": "s", "Document": "{"}]})
    assert "no segment that can be read" in str(found)


def test_no_traces_are_refused_with_what_to_do() -> None:
    with pytest.raises(ValueError, match="get_trace_summaries again"):
        trace_waterfall([])


def test_of_several_traces_the_slowest_is_shown_first() -> None:
    shown = chooser(60)
    seconds = [each.seconds for each in shown.entries]
    assert seconds == sorted(seconds, reverse=True)
    assert shown.choice.index == 0
    slowest = duration(shown.entries[0].seconds)
    assert f"took {slowest}" in shown.picture.value
    assert f"took {slowest}" in shown._repr_mimebundle_()["text/html"]


def test_the_filters_let_through_what_they_say() -> None:
    shown = chooser(200)
    shown.cold.value = True
    assert shown.fitting()
    assert all(each.is_cold for each in shown.fitting())
    shown.failed.value = True
    assert all(each.is_cold and each.state != "ok" for each in shown.fitting())
    shown.failed.value = shown.cold.value = False
    shown.contains.value = "BILLING"
    assert 0 < len(shown.fitting()) < 200
    assert len(shown.choice.options) == len(shown.fitting())
    shown.contains.value = "no such service"
    assert "None fits" in shown.status.value
    assert shown.picture.value == ""
    shown.contains.value = ""
    assert len(shown.fitting()) == 200
    assert "took" in shown.picture.value


def test_number_and_list_choose_the_same_trace() -> None:
    shown = chooser(20)
    shown.number.value = 3
    assert shown.choice.index == 2
    assert f"took {duration(shown.entries[2].seconds)}" in shown.picture.value
    shown.choice.index = 5
    assert shown.number.value == 6


def test_what_was_chosen_stays_chosen_when_a_filter_still_lets_it_through() -> None:
    shown = chooser(300)
    place, before = next(
        (at, each) for at, each in enumerate(shown.entries) if at > 3 and each.state != "ok"
    )
    shown.number.value = place + 1
    shown.failed.value = True
    assert shown.fitting()[shown.choice.index] == before


def test_only_the_shown_trace_is_rendered_of_two_thousand() -> None:
    shown = chooser(2000)
    assert len(shown.choice.options) == 2000
    assert shown.picture.value.count("<img") == 1
    assert VIEW in shown._repr_mimebundle_()


def test_the_map_names_the_service_that_fails_most() -> None:
    picture = service_map(small_map())
    assert "orders fails most: 10 % ◆ throttle" in picture.alt
    assert "orders calls orders-2026: 114 requests" in picture.alt


def test_a_map_without_failures_names_the_slowest() -> None:
    services = [
        one_service(0, "client", "client", {1: 10}),
        one_service(1, "orders", "AWS::Lambda", {}, total=10, average_s=0.1),
    ]
    assert "No request failed; slowest is orders, p95 280 ms" in service_map(services).alt


def test_the_map_of_one_service_and_one_that_calls_itself_can_be_drawn() -> None:
    alone = one_service(0, "orders", "AWS::Lambda", {0: 5}, total=12)
    assert "orders calls orders: 5 requests" in service_map([alone]).alt


def test_a_client_is_told_apart_from_the_service_whose_name_xray_gives_it() -> None:
    services = [
        one_service(0, "orders", "client", {1: 10}),
        one_service(1, "orders", "AWS::Lambda", {}, total=10),
    ]
    assert "client of orders calls orders: 10 requests" in service_map(services).alt


def test_of_twenty_services_all_are_in_picture_and_table_with_their_whole_names() -> None:
    picture = service_map(map_of(20))
    assert picture.table is not None
    assert len(picture.table) == 20
    whole = "shop-19-the-service-with-a-rather-long-name-19"
    assert whole in picture.table.index
    assert f'aria-label="{whole}' in picture.image_html()


def test_every_service_and_every_line_tells_more_also_without_room_for_a_label() -> None:
    services = map_of(40)
    lines = sum(len(each["Edges"]) for each in services)
    assert len(service_map(services).spots) == len(services) + lines


def test_the_same_services_give_the_same_picture_in_any_order() -> None:
    assert service_map(map_of(12)).png == service_map(map_of(12)[::-1]).png


def test_labels_never_lie_over_each_other() -> None:
    taken = Taken()
    taken.take(0, 0, 2, 2)
    assert not taken.is_free(0.9, 0.9, 1, 1)
    assert taken.is_free(3, 0, 1, 1)


def test_lanes_show_cold_starts_and_what_was_refused() -> None:
    events = [*invocation(1, 300, 50, init_ms=200), *invocation(2, 900, 40, status="timeout")]
    at = datetime.fromtimestamp(START_MS / 1000 + 0.5, UTC)
    picture = environment_lanes(events, throttles=[at, START_MS + 600.0])
    assert "2 invocations in 1 environment, 1 cold start; 2 refused" in picture.alt
    assert "Environment 1: 2 invocations, Init 200 ms, 1 failed." in picture.alt
    assert picture.table is not None
    assert picture.table["init ms"].tolist() == [200.0]


def test_more_environments_than_lanes_are_in_the_table_all_the_same() -> None:
    events = [
        each
        for number in range(50)
        for each in invocation(number, number * 10.0, 5, stream=f"e{number}")
    ]
    picture = environment_lanes(events)
    assert picture.table is not None
    assert len(picture.table) == 50
    assert "10 more are in the table" in picture.alt


def test_events_without_an_invocation_are_refused() -> None:
    with pytest.raises(ValueError, match="START and REPORT"):
        environment_lanes([])


def test_cold_and_warm_are_told_apart_with_their_numbers() -> None:
    picture = latency_histogram([10.0] * 99 + [50.0] * 2, cold=[400.0] * 30)
    assert "A cold start's median latency is 400 ms, a warm one's 10.0 ms" in picture.alt
    assert "Warm, n = 101: p50 10.0 ms, p95 10.0 ms, p99 50.0 ms." in picture.alt
    assert "logarithmic" in picture.alt


def test_percentiles_that_the_number_of_values_cannot_bear_are_left_out() -> None:
    alt = latency_histogram([10.0, 20.0, 30.0]).alt
    assert "n = 3: p50 20.0 ms. Too few" in alt
    assert "Too few values for p95 and p99." in alt


def test_histogram_entries_of_xray_are_seconds_with_counts() -> None:
    picture = latency_histogram(histogram(500, 0.05))
    assert "n = 500: p50 40.0 ms, p95 140 ms, p99 140 ms" in picture.alt


def test_trace_summaries_are_drawn_by_their_response_time_and_unfinished_ones_left_out() -> None:
    summaries = [{"Id": "1", "ResponseTime": 0.02, "Duration": 9.0}, {"Id": "2", "Duration": 1.0}]
    assert "One request took 20.0 ms" in latency_histogram(summaries).alt


@pytest.mark.parametrize("bad", [[], [-1.0], [float("nan")], [{"Name": "orders"}]])
def test_what_is_no_latency_is_refused(bad: list[Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (each has its own words)
        latency_histogram(bad)


def test_what_all_names_of_a_lab_begin_with_is_left_out() -> None:
    begins = "course-08-observability-xray-"
    assert shortened(f"{begins}quote (AWS::Lambda)", 40) == "quote (AWS::Lambda)"
    assert shortened(f"lambda Invoke {begins}rates", 40) == "lambda Invoke rates"
    assert shortened(begins, 40) == begins
    assert shortened("course-99-of-somebody-else-rates", 40) == "course-99-of-somebody-else-rates"
