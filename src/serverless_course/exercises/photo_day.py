"""A day's photos for the pipeline of lab 10: landscapes that this module draws, each another."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from serverless_course.exercises.plain_png import GREY, RGB, Pixels, pixels_of, png_of

PHOTOS = 200
# All photos of the old archive have this width, and some of today's, too.
ARCHIVE_WIDTH = 40
WIDTHS = (ARCHIVE_WIDTH, 44, 48)
FEWEST_GREY, MOST_GREY = 5, 9
SKIES = {
    "a clear sky": (112, 170, 224),
    "a red evening sky": (226, 132, 96),
    "a grey sky": (150, 158, 166),
    "a night sky": (34, 44, 92),
}
GROUNDS = {"hills": (70, 120, 64), "a desert": (206, 168, 104), "the sea": (38, 92, 128)}
LIGHT = (250, 236, 160)
# Thousandths of red, green and blue that make a grey tone (ITU-R BT.601).
GREY_OF_RGB = np.array((299, 587, 114))


@dataclass(frozen=True)
class Photo:
    """A photo: the key it is uploaded with, its PNG, and what it shows in a few words."""

    key: str
    png: bytes
    shows: str


def photos_of_a_day(day: str, number: int = PHOTOS) -> list[Photo]:
    """Photos as they arrive on a day. Each call draws others.

    Among each 200 there are 5 to 9 grey ones from the archive, 40 pixels wide; others have three
    colours, and a third of those is 40 pixels wide, too.

    Args:
        day: the folder of their keys.
        number: how many there are.
    """
    draw = random.SystemRandom()
    grey = draw.sample(range(number), round(draw.randint(FEWEST_GREY, MOST_GREY) * number / PHOTOS))
    photos = []
    for place in range(number):
        from_archive = place in grey
        width = ARCHIVE_WIDTH if from_archive else draw.choice(WIDTHS)
        key = f"{day}/photo-{place + 1:03}.png"
        photos.append(landscape(key, width=width, colour=GREY if from_archive else RGB))
    return photos


def landscape(key: str, *, width: int, colour: int = RGB) -> Photo:
    """One photo: sky, sun or moon, and ground; where and how is drawn at random.

    Args:
        key: the key it is uploaded with.
        width: in pixels.
        colour: PNG's colour type: 2 for RGB, 0 for grey.
    """
    draw = random.SystemRandom()
    height = draw.randint(28, 36)
    sky, ground = draw.choice(list(SKIES)), draw.choice(list(GROUNDS))
    sun = (draw.uniform(4, width - 4), draw.uniform(4, height / 2))
    waves = draw.uniform(3, 8), draw.uniform(0, 6), draw.uniform(0.5, 4)
    grain = np.frombuffer(draw.randbytes(width * height), np.uint8).reshape(height, width, 1)
    seen = _seen(width, height, sun, waves, SKIES[sky], GROUNDS[ground])
    data = np.clip(seen + grain % 13 - 6, 0, 255).astype(np.int64)
    if colour == GREY:
        data = data @ GREY_OF_RGB // 1000
    light = "the moon" if sky == "a night sky" else "the sun"
    shows = f"{light} in {sky} over {ground}{', a grey photo' if colour == GREY else ''}"
    pixels = Pixels(width, height, colour, data.astype(np.uint8).tobytes())
    return Photo(key, png_of(pixels), shows)


def _seen(
    width: int,
    height: int,
    sun: tuple[float, float],
    waves: tuple[float, float, float],
    sky: Sequence[int],
    ground: Sequence[int],
) -> NDArray[np.float64]:
    """Red, green and blue of each pixel, rows first, without grain."""
    length, shift, high = waves
    x, y = np.arange(width), np.arange(height)[:, np.newaxis]
    horizon = 0.62 * height + high * np.sin(x / length + shift)
    above = y < horizon
    fade = np.where(above, y, y - horizon)[..., np.newaxis] / height
    base = np.where(above[..., np.newaxis], sky, ground)
    found: NDArray[np.float64] = np.rint(base * (1 - 0.35 * fade))
    found[above & (np.hypot(x - sun[0], y - sun[1]) < 3)] = LIGHT
    return found


def cut_off(photo: Photo) -> Photo:
    """The same photo, of which only the first part arrived: nobody can read it."""
    return Photo(photo.key, photo.png[: len(photo.png) * 2 // 3], f"{photo.shows}, cut off")


def sepia_of(photo: Photo) -> Pixels:
    """What the sepia picture of a photo has to look like, pixel by pixel.

    The weights are those that the lab's text gives, in thousandths.
    """
    pixels = pixels_of(photo.png)
    rgb, out = pixels.rgb(), bytearray()
    for at in range(0, len(rgb), 3):
        red, green, blue = rgb[at : at + 3]
        for weights in ((393, 769, 189), (349, 686, 168), (272, 534, 131)):
            tone = sum(w * v for w, v in zip(weights, (red, green, blue), strict=True)) // 1000
            out.append(min(255, tone))
    return Pixels(pixels.width, pixels.height, RGB, bytes(out))
