"""Every picture carries its words; colours keep their contrast."""

import math
import time
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd
import pytest

from serverless_course.figures.alt import Picture, table_html
from serverless_course.figures.life import life
from serverless_course.figures.memory_slider import CURVE, MemorySlider, modelled, sentence
from serverless_course.figures.prime_table import beside_the_talk, published_costs
from serverless_course.figures.progress import progress
from serverless_course.figures.staircase import (
    beside_aws,
    by_share,
    middle_distance,
    published_staircase,
    staircase,
)
from serverless_course.figures.style import CARD, INK, QUIET_INK, SERIES, new_figure
from serverless_course.figures.sweep_plot import sweep_plot
from serverless_course.figures.titled_table import titled
from tests.figures.contrast import contrast


@dataclass
class Point:
    memory_mb: int
    median_ms: float
    low_ms: float | None
    high_ms: float | None
    usd: float
    usd_low: float | None = None
    usd_high: float | None = None


@dataclass
class Timed:
    duration_ms: float
    init_ms: float | None = None


POINTS = [Point(128, 80, 70, 90, 2e-7, 1e-7, 3e-7), Point(1024, 10, 9, 11, 3e-7)]


@pytest.mark.parametrize("colour", [INK, QUIET_INK, *(series.colour for series in SERIES)])
def test_text_colours_keep_aa_contrast_on_the_card(colour: str) -> None:
    assert contrast(colour, CARD) >= 4.5


def test_a_sweep_says_its_message_in_words() -> None:
    picture = sweep_plot(POINTS, published={128: 11.7, 1024: 1.47}, published_label="talk")
    assert "8.0 times as fast" in picture.alt
    assert 'alt="' in picture._repr_html_()
    assert picture.png.startswith(b"\x89PNG")


def test_nothing_to_draw_is_said() -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        sweep_plot([])


@pytest.mark.parametrize(
    "points",
    [
        [Point(128, 100.9, 99, 104, 4e-7), Point(1024, 100.2, 98, 103, 2e-6)],
        [Point(128, 100.9, None, None, 4e-7), Point(1024, 100.2, None, None, 2e-6)],
        [Point(128, 120, 90, 150, 4e-7), Point(1024, 100, 80, 110, 2e-6)],
    ],
)
def test_no_winner_is_named_where_intervals_overlap(points: list[Point]) -> None:
    alt = sweep_plot(points).alt
    assert "no clear difference" in alt
    assert "times as fast" not in alt


def test_no_winner_is_named_without_intervals() -> None:
    points = [Point(128, 80, None, None, 2e-7), Point(1024, 10, 9, 11, 3e-7)]
    for order in (points, [Point(128, 80, 70, 90, 2e-7), Point(1024, 10, None, None, 3e-7)]):
        alt = sweep_plot(order).alt
        assert "Too few runs" in alt
        assert "times as fast" not in alt


def test_one_size_and_any_order_can_be_drawn() -> None:
    assert "128 MB takes 80.0 ms" in sweep_plot(POINTS[:1]).alt
    assert sweep_plot(POINTS[::-1]).alt == sweep_plot(POINTS).alt


def test_a_picture_needs_words_and_escapes_them() -> None:
    with pytest.raises(ValueError, match="alternative text"):
        Picture(new_figure(), "  ")
    html = Picture(new_figure(), 'a "b" <c>')._repr_html_()
    assert 'alt="a &quot;b&quot; &lt;c&gt;"' in html


def test_the_plain_text_of_a_picture_holds_its_table() -> None:
    table = pd.DataFrame({"ms": [1.5]}, index=pd.Index([128], name="MB"))
    bundle = Picture(new_figure(), "Words.", table)._repr_mimebundle_()
    assert bundle["text/plain"].startswith("Words.")
    assert "128" in bundle["text/plain"]
    assert '<th scope="row">128</th>' in bundle["text/html"]


def test_the_same_figure_gives_the_same_picture() -> None:
    assert sweep_plot(POINTS)._repr_mimebundle_() == sweep_plot(POINTS)._repr_mimebundle_()


def test_a_life_tells_init_from_handler_in_its_words_and_table() -> None:
    picture = life([Timed(12.0, 85.0), Timed(1.24)])
    assert "1 cold, 1 warm" in picture.alt
    assert "Init 85 ms, then handler 12.0 ms" in picture.alt
    assert picture.table is not None
    assert picture.table.loc["2 warm", "handler ms"] == 1.24
    assert "All warm" in life([Timed(1.0)]).alt
    with pytest.raises(ValueError, match="invoke the function first"):
        life([])


def test_short_work_shows_no_bar_and_long_work_does(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with progress(3, "three sizes") as tell:
        tell(1, 3, "128 MB: warming up")
        tell(1, 3, "128 MB: measuring")
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("serverless_course.figures.progress.SHOWN_AFTER_S", 0.2)
    with progress(2, "two sizes") as tell:
        tell(1, 2, "128 MB: measuring")
        time.sleep(0.3)
        tell(2, 2, "256 MB: done")
        shown = capsys.readouterr().err
    assert "two sizes" in shown
    assert "2/2" in shown
    assert "256 MB: done" in shown


def test_the_staircase_holds_the_published_sizes() -> None:
    aws = published_staircase()
    assert len(aws) == 130
    assert aws[128] == pytest.approx(222.99)
    assert "within 0 % of AWS" in staircase(aws, 17.3).alt


def test_the_title_of_the_staircase_is_that_of_its_data() -> None:
    sizes = [128, 257, 505, 1000, 1770]
    aws = {size: published_staircase()[size] for size in sizes}
    share = {size: by_share(size) for size in sizes}
    assert "AWS at 4 of 4 sizes, here at 4" in staircase(aws, 17.3).alt
    assert "AWS at 4 of 4 sizes, here at 0" in staircase(share, 17.3).alt


def test_the_middle_distance_is_one_number_wherever_it_is_told() -> None:
    measured = {128: 223.0 * 1.1, 257: 101.5 * 1.2, 505: 41.5 * 0.7, 1770: 17.3}
    beside = beside_aws(measured, 17.3)
    assert middle_distance(beside) == pytest.approx(20, abs=0.2)
    assert "within 20 % of AWS" in staircase(measured, 17.3).alt
    # Twice as slow a machine, and the same shape: the scale takes it out.
    slow = beside_aws({size: 2 * ms for size, ms in measured.items()}, 34.6)
    assert slow["off by, %"].tolist() == pytest.approx(beside["off by, %"].tolist())


def test_the_published_costs_are_the_fact_sheets() -> None:
    table = published_costs()
    assert table.loc[1024, "today x86_64"] == "0.024633"
    assert table.loc[128, "billed 2017-2020"] == "0.024744"


def test_ratios_stand_beside_the_talks() -> None:
    table = beside_the_talk({128: 80.0, 1024: 10.0})
    assert table.loc[128, "here, ratio"] == "8.00"
    assert table.loc[128, "talk, ratio"] == "8.00"
    assert table.loc[128, "here, step"] == "–"
    assert table.loc[1024, "here, step"] == "8.00"
    assert table.loc[1024, "talk, step"] == "8.00"
    assert not [column for column in table if "$" in column], "costs stand in the sweep's table"


def test_the_slider_shows_its_first_state_without_a_kernel() -> None:
    slider = MemorySlider()
    bundle = slider._repr_mimebundle_()
    assert "512 MB" in bundle["text/plain"]
    assert "<img" in bundle["text/html"]
    before = slider.picture.value
    slider.memory.value = 1769
    assert slider.picture.value != before
    assert "1,769 MB" in slider.picture.value
    assert "$0.20 of it for requests" in slider.picture.value


def test_the_sliders_line_is_the_model_between_its_points_as_well() -> None:
    assert 1769 in CURVE
    for low, high in pairwise(CURVE):
        middle = round(math.sqrt(low * high))
        drawn = (modelled(low)[1] + modelled(high)[1]) / 2
        assert drawn == pytest.approx(modelled(middle)[1], rel=0.01)


def test_the_model_keeps_cost_flat_up_to_one_vcpu() -> None:
    assert modelled(128)[1] == pytest.approx(modelled(1769)[1], rel=0.01)
    assert modelled(3538)[0] == modelled(1769)[0]
    assert "vCPU" in sentence(512)


def test_header_cells_say_whether_they_head_a_column_or_a_row() -> None:
    html = table_html(pd.DataFrame({"ms": [1]}, index=pd.Index(["cold"], name="run")))
    assert '<th scope="col">ms</th>' in html
    assert '<th scope="row">cold</th>' in html
    assert "<td></td>" in html


def test_a_wide_picture_has_its_table_below() -> None:
    table = pd.DataFrame({"ms": [1]})
    beside, below = (
        Picture(new_figure(), "words", table, table_below=below)._repr_html_()
        for below in (False, True)
    )
    assert "flex-wrap" in beside
    assert "flex-wrap" not in below
    assert below.index("<img") < below.index("<table")


def test_a_sharper_picture_has_more_dots_and_the_same_size() -> None:
    plain, sharp = (Picture(new_figure(), "words", sharpness=n) for n in (1, 2))
    assert plain.width_px == sharp.width_px
    width = [int.from_bytes(picture.png[16:20]) for picture in (plain, sharp)]
    assert width == [plain.width_px, 2 * plain.width_px]


def test_a_table_tells_its_title_first_and_what_is_cut_out_of_it_does_not() -> None:
    table = titled(pd.DataFrame({"ms": [1.5]}), "This machine was <busy>")
    assert repr(table).startswith("This machine was <busy>\n\n")
    assert "<strong>This machine was &lt;busy&gt;</strong>" in (table._repr_html_() or "")
    assert "busy" not in repr(table[["ms"]])


def test_what_a_busy_machine_disturbed_says_so_in_its_title() -> None:
    told = "This machine was too busy at 128 MB: run the sweep again"
    points = [Point(128, 80.0, None, None, 1e-6), Point(256, 40.0, None, None, 1e-6)]
    assert sweep_plot(points, disturbance=told).alt.startswith(
        f"Two charts over memory size. {told}"
    )
    assert staircase({128: 240.0, 505: 60.0}, 17.3, disturbance=told).alt.startswith(told)
    assert told in repr(beside_the_talk({128: 80.0, 1024: 10.0}, disturbance=told))
