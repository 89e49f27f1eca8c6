"""Package size against cold start: no winner where cold starts overlap."""

from __future__ import annotations

import pytest

from serverless_course.figures.package_diet import Package, diet_table, package_diet

SPLIT = Package("split", 1_200, [80.0, 90.0, 85.0])
FAT = Package("fat", 250_000, [900.0, 1_000.0, 850.0])


def test_the_title_names_the_factor() -> None:
    assert "“fat” needs 10.6 times the Init of “split”" in package_diet([SPLIT, FAT]).alt


def test_where_cold_starts_overlap_none_is_named() -> None:
    near = Package("near", 1_300, [84.0, 120.0, 95.0])
    alt = package_diet([SPLIT, near], disturbance="The machine was busy").alt
    assert "the cold starts overlap" in alt
    assert "times the Init" not in alt


def test_what_was_published_is_told_apart_with_its_date() -> None:
    alt = package_diet([SPLIT, FAT]).alt
    assert "third party, 7 Jan 2021: 1 KB 260 ms, 14,000 KB 1,700 ms" in alt


def test_the_table_has_each_package() -> None:
    table = diet_table([SPLIT, FAT])
    assert list(table["median Init ms"]) == [85, 900]
    assert list(table["zip KB"]) == [1.2, 250.0]


@pytest.mark.parametrize("packages", [[], [Package("none", 1, [])]], ids=len)
def test_without_a_cold_start_there_is_nothing_to_draw(packages: list[Package]) -> None:
    with pytest.raises(ValueError, match="invoke it once"):
        package_diet(packages)
