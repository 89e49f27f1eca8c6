"""Years of cold starts: the published data, the figure, and the widget that chooses among them."""

from __future__ import annotations

from datetime import date
from itertools import pairwise, product

import pytest

from serverless_course.figures import cold_start_widget as widget_module
from serverless_course.figures.cold_start_data import (
    ARCHITECTURES,
    LANGUAGES,
    MEMORY_SIZES,
    PACKAGES,
    Configuration,
    language_of,
    months_of,
    runtimes_of,
)
from serverless_course.figures.cold_start_widget import FIRST, cold_start_widget
from serverless_course.figures.cold_start_years import cold_start_years, sentence, table_of

MINE = [120.0, 150.0, 110.0, 125.0, 122.0, 131.0]


@pytest.fixture(autouse=True)
def _nothing_chosen() -> None:
    widget_module._chosen.clear()


def test_every_month_of_every_configuration_makes_sense() -> None:
    checked = 0
    for language in LANGUAGES:
        for runtime, package, processor, memory in product(
            runtimes_of(language), PACKAGES, ARCHITECTURES, MEMORY_SIZES
        ):
            months = months_of(Configuration(runtime, package, processor, memory))
            assert all(m.p10 <= m.median <= m.p90 and m.n > 0 for m in months)
            assert all(one.first < two.first for one, two in pairwise(months))
            checked += len(months)
    assert checked > 4000


def test_the_data_say_what_the_lesson_says_of_them() -> None:
    def last(runtime: str, package: str = "zip", memory: int = 1024) -> tuple[float, float]:
        month = months_of(Configuration(runtime, package, "x86_64", memory))[-1]
        assert month.first == date(2026, 8, 1)
        return month.median, month.p90

    for runtime in ("python3.12", "nodejs22.x", "java17"):
        assert last(runtime, memory=128)[0] == pytest.approx(last(runtime)[0], rel=0.02)
    assert last("python3.9")[0] < last("python3.12")[0] < last("python3.14")[0]
    assert last("python3.12", "image", 128)[0] - last("python3.12", "zip", 128)[0] > 60
    assert last("python3.12", "image", 128)[1] > 300
    assert last("rust (prov.al2023)")[0] < 17


def test_snap_start_is_left_out_and_what_is_unknown_is_told() -> None:
    assert not any("snapstart" in each for language in LANGUAGES for each in runtimes_of(language))
    assert language_of("python3.12") == "Python"
    assert language_of("cobol1") is None
    with pytest.raises(LookupError, match="Choose one of Python"):
        runtimes_of("COBOL")
    never = Configuration("nodejs24.x", "image", "arm64")
    assert months_of(never) == []
    with pytest.raises(LookupError, match="was not measured"):
        cold_start_years(never)
    assert "was not measured" in sentence(never)


def test_the_newest_that_is_still_measured_comes_first() -> None:
    assert runtimes_of("Python")[:2] == ["python3.14", "python3.13"]
    assert runtimes_of("Python").index("python3.10") < runtimes_of("Python").index("python3.9")
    assert runtimes_of("Java")[0] == "java25"
    assert months_of(Configuration(runtimes_of("compiled")[0]))[-1].first == date(2026, 8, 1)


def test_ones_own_init_is_told_apart_in_title_words_and_table() -> None:
    alone, beside = cold_start_years(FIRST), cold_start_years(FIRST, MINE)
    assert "here" not in alone.alt.lower()
    assert "124 ms here" in beside.alt
    assert "on this machine and not on AWS" in beside.alt
    table = table_of(months_of(FIRST), MINE)
    assert list(table["what"])[-1] == "measured here"
    assert set(table["what"][:-1]) == {"AWS"}
    assert alone.png != beside.png
    busy = cold_start_years(FIRST, MINE, disturbance="This machine was busy: measure again")
    assert "This machine was busy" in busy.alt
    assert "ms here" not in busy.alt


def test_the_widget_offers_what_a_language_has_and_follows_every_choice() -> None:
    widget = cold_start_widget(MINE)
    seen = {widget.picture.value}
    widget.language.value = "Java"
    assert widget.chosen().runtime == "java25"
    for control, value in (
        (widget.runtime, "java17"),
        (widget.package, "image"),
        (widget.memory, 128),
        (widget.package, "zip"),
        (widget.architecture, "arm64"),
    ):
        control.value = value
        assert widget.picture.value not in seen
        seen.add(widget.picture.value)
    assert "java17, zip, arm64, 128 MB" in widget.picture.value
    widget.package.value = "image"
    assert "was not measured" in widget.picture.value
    assert "<img" not in widget.picture.value


def test_a_cell_that_runs_again_shows_what_was_chosen() -> None:
    first = cold_start_widget()
    first.language.value = "Ruby"
    first.runtime.value = "ruby3.3"
    again = cold_start_widget()
    assert again.chosen() == first.chosen()
    assert again.language.value == "Ruby"


def test_without_a_kernel_python_is_shown_with_its_words() -> None:
    bundle = cold_start_widget()._repr_mimebundle_()
    assert "<img alt=" in bundle["text/html"]
    assert "python3.12" in bundle["text/plain"]
