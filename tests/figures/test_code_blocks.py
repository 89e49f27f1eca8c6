"""Lines by block: counted from the files, blanks and opening texts left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from serverless_course.figures.code_blocks import (
    ON_LAMBDA,
    Block,
    blocks_of,
    code_blocks,
    code_lines,
)

LAB = Path(__file__).parents[2] / "labs" / "01-why-serverless" / "functions"


def test_blocks_hold_the_lines_below_their_heading() -> None:
    source = '"""Doc."""\nbefore = 1\n# --- one\na = 1\n\nb = 2\n    # --- two\nc = 3\n'
    assert blocks_of(source) == [Block("one", 2), Block("two", 1)]


def test_a_file_without_headings_is_refused() -> None:
    with pytest.raises(ValueError, match="right file"):
        blocks_of("a = 1\n")


def test_opening_texts_and_blank_lines_are_no_code() -> None:
    assert (
        code_lines(
            '"""One\n\nlong text."""\n\nimport os\n\n\ndef f():\n    """T."""\n    return 1\n'
        )
        == 3
    )


def test_every_block_of_the_course_says_what_takes_it_over() -> None:
    names = {block.name for block in blocks_of((LAB / "before" / "server.py").read_text())}
    assert names == set(ON_LAMBDA)


def test_the_title_and_the_table_count_the_same_lines() -> None:
    picture = code_blocks(LAB / "before" / "server.py", LAB / "orders" / "index.py")
    assert picture.table is not None
    assert f"Together {picture.table['lines'].sum()} lines" in picture.alt
    left = code_lines((LAB / "orders" / "index.py").read_text())
    assert left < picture.table["lines"].sum() / 5
