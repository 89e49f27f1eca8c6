"""Photos of lab 10: drawn, cut off, made sepia, and read back whatever their PNG's filters."""

from __future__ import annotations

import importlib.util
import struct
import zlib
from pathlib import Path
from types import ModuleType

import pytest

from serverless_course.exercises.photo_day import (
    ARCHIVE_WIDTH,
    cut_off,
    landscape,
    photos_of_a_day,
    sepia_of,
)
from serverless_course.exercises.plain_png import (
    CHANNELS,
    GREY,
    RGB,
    SIGNATURE,
    Pixels,
    pixels_of,
    png_of,
)

LAB = Path(__file__).parents[2] / "content" / "labs" / "10-ship-it"


def logic(folder: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location("logic", LAB / folder / "sepia.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def day():
    return photos_of_a_day("monday")


def test_a_day_has_200_photos_each_with_a_key_words_and_pixels_of_its_own(day) -> None:
    assert len(day) == 200
    assert len({photo.key for photo in day}) == len({photo.png for photo in day}) == 200
    assert all(photo.key.startswith("monday/") and photo.key.endswith(".png") for photo in day)
    assert all(photo.shows for photo in day)


def test_the_grey_ones_are_as_wide_as_some_that_are_not_grey(day) -> None:
    found = [pixels_of(photo.png) for photo in day]
    grey = [each for each in found if each.colour == GREY]
    assert 5 <= len(grey) <= 9
    assert {each.width for each in grey} == {ARCHIVE_WIDTH}
    assert sum(each.width == ARCHIVE_WIDTH for each in found) > 2 * len(grey)
    assert {each.width for each in found} > {ARCHIVE_WIDTH}


def test_two_days_differ() -> None:
    assert photos_of_a_day("x", 20)[0].png != photos_of_a_day("x", 20)[0].png


def test_a_photo_that_is_cut_off_cannot_be_read() -> None:
    photo = landscape("a", width=44)
    with pytest.raises(ValueError, match="its part IDAT is damaged"):
        pixels_of(cut_off(photo).png)
    with pytest.raises(Exception, match="decompressing"):
        logic("functions/logic").sepia_png(cut_off(photo).png)


@pytest.mark.parametrize("colour", [RGB, GREY])
def test_a_picture_written_is_read_again(colour) -> None:
    pixels = Pixels(5, 3, colour, bytes(range(5 * 3 * CHANNELS[colour])))
    assert pixels_of(png_of(pixels)) == pixels


def filtered(pixels: Pixels, kind: int) -> bytes:
    """A PNG whose rows all have one filter, made from the definition of PNG's filters."""
    channels = CHANNELS[pixels.colour]
    step, rows, above = channels * pixels.width, b"", bytes(channels * pixels.width)
    for at in range(0, len(pixels.data), step):
        row = pixels.data[at : at + step]
        out = bytearray()
        for place, value in enumerate(row):
            left = row[place - channels] if place >= channels else 0
            corner = above[place - channels] if place >= channels else 0
            up = above[place]
            middle = left + up - corner
            near = {abs(middle - corner): corner, abs(middle - up): up, abs(middle - left): left}
            paeth = near[min(near)]
            out.append((value - (0, left, up, (left + up) // 2, paeth)[kind]) % 256)
        rows, above = rows + bytes([kind]) + bytes(out), row
    head = struct.pack(">IIBBBBB", pixels.width, pixels.height, 8, pixels.colour, 0, 0, 0)
    png = SIGNATURE
    for name, body in ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")):
        png += struct.pack(">I", len(body)) + name + body
        png += struct.pack(">I", zlib.crc32(name + body))
    return png


@pytest.mark.parametrize("kind", range(5))
@pytest.mark.parametrize("colour", [RGB, GREY])
def test_each_filter_of_png_is_taken_off(kind, colour) -> None:
    pixels = Pixels(
        7, 6, colour, bytes((37 * n * n + n) % 256 for n in range(42 * CHANNELS[colour]))
    )
    assert pixels_of(filtered(pixels, kind)) == pixels


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda png: png[1:], "no PNG"),
        (lambda png: png[:8], "no header"),
        (lambda png: png[:20] + b"\xff" + png[21:], "damaged"),
    ],
)
def test_what_cannot_be_read_says_why(change, says) -> None:
    with pytest.raises(ValueError, match=says):
        pixels_of(change(landscape("a", width=44).png))


def test_another_kind_of_png_is_named() -> None:
    head = struct.pack(">IIBBBBB", 1, 1, 16, 6, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    with pytest.raises(ValueError, match="16 bits and colour type 6"):
        pixels_of(SIGNATURE + chunk)


@pytest.mark.parametrize(
    ("width", "colour", "draft", "hasty"),
    [
        (44, RGB, True, True),
        (40, RGB, True, False),
        (40, GREY, False, True),
        (44, GREY, False, False),
    ],
)
def test_which_photos_the_draft_and_the_hasty_fix_can_convert(width, colour, draft, hasty) -> None:
    photo = landscape("a", width=width, colour=colour)
    for folder, can in (
        ("functions/logic", draft),
        ("functions/logic_grey", draft),
        ("functions/logic_hasty", hasty),
        ("functions.solved/logic_grey", True),
    ):
        if can:
            assert pixels_of(logic(folder).sepia_png(photo.png)) == sepia_of(photo), folder
        else:
            with pytest.raises(ValueError, match=r"colour type|pixels are missing|unpack"):
                logic(folder).sepia_png(photo.png)
