"""A progress bar for what takes longer than a breath."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm.auto import tqdm

SHOWN_AFTER_S = 2.0


@contextmanager
def progress(total: int, text: str) -> Iterator[Callable[..., None]]:
    """A bar over `total` steps; the value of `with` is called once for each step done.

    The bar appears after 2 s, so short work stays silent. Extra arguments of a call are
    ignored: the callback fits any function that reports what it has finished.
    """
    with tqdm(total=total, desc=text, delay=SHOWN_AFTER_S, leave=False) as bar:

        def step(*_: object, **__: object) -> None:
            bar.update(1)

        yield step
