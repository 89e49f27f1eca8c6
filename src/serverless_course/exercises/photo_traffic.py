"""Photos that arrive: all at once, or one after the other while something else is done."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from secrets import token_hex
from typing import Any

from serverless_course.exercises.photo_day import WIDTHS, Photo, landscape, photos_of_a_day

UPLOADS_AT_ONCE = 8


def upload(
    s3: Any,
    bucket: str,
    photos: Sequence[Photo],
    *,
    tell: Callable[[int], None] = lambda done: None,
) -> None:
    """Upload photos, eight at a time.

    Args:
        s3: a boto3 client of S3.
        bucket: the bucket's name.
        photos: what to upload.
        tell: told after each photo how many are there.

    Raises:
        botocore.exceptions.ClientError: S3 refused one of them.
    """
    with ThreadPoolExecutor(UPLOADS_AT_ONCE) as pool:
        sent = [
            pool.submit(s3.put_object, Bucket=bucket, Key=each.key, Body=each.png)
            for each in photos
        ]
        for done, each in enumerate(as_completed(sent), start=1):
            each.result()
            tell(done)


class Arrivals:
    """Photos that have arrived so far."""

    def __init__(self) -> None:
        self.photos: list[Photo] = []
        self.failure: BaseException | None = None

    @property
    def keys(self) -> list[str]:
        """The keys of the photos that have arrived."""
        return [photo.key for photo in list(self.photos)]


@contextmanager
def arriving(
    s3: Any, bucket: str, *, per_second: float = 20, grey: bool = False
) -> Iterator[Arrivals]:
    """Let photos arrive while the body runs, each with a key that nobody has used.

    Args:
        s3: a boto3 client of S3.
        bucket: the bucket's name.
        per_second: at most so many a second; a slow machine makes it fewer.
        grey: whether grey photos of the archive are among them, one in twenty.

    Raises:
        botocore.exceptions.ClientError: S3 refused a photo; told when the body has ended.
    """
    arrivals, over = Arrivals(), threading.Event()
    folder = f"live-{token_hex(4)}"

    def send() -> None:
        began, supply = time.monotonic(), _supply(folder, grey)
        try:
            while not over.is_set():
                photo = next(supply)
                s3.put_object(Bucket=bucket, Key=photo.key, Body=photo.png)
                arrivals.photos.append(photo)
                over.wait(began + len(arrivals.photos) / per_second - time.monotonic())
        except Exception as error:  # It belongs to the thread that waits below.
            arrivals.failure = error

    thread = threading.Thread(target=send, name="arriving photos", daemon=True)
    thread.start()
    try:
        yield arrivals
    finally:
        over.set()
        thread.join()
    if arrivals.failure is not None:
        raise arrivals.failure


def _supply(folder: str, grey: bool) -> Iterator[Photo]:
    """Photos without end; pictures repeat after 40, keys do not."""
    drawn = (
        photos_of_a_day(folder, 40)
        if grey
        else [landscape("", width=WIDTHS[place % len(WIDTHS)]) for place in range(12)]
    )
    number = 0
    while True:
        photo = drawn[number % len(drawn)]
        number += 1
        yield Photo(f"{folder}/photo-{number:04}.png", photo.png, photo.shows)
