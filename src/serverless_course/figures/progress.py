"""A progress bar for what takes longer than a breath."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm.auto import tqdm

SHOWN_AFTER_S = 2.0


@contextmanager
def progress(total: int, text: str) -> Iterator[Callable[[int, int, str], None]]:
    """A bar over `total` steps; the value of `with` is told how many are done, and of what.

    It takes what a sweep's ``progress`` is called with: steps done so far, steps in all, a short
    text. The bar appears after 2 s, so short work stays silent.
    """
    with tqdm(total=total, desc=text, delay=SHOWN_AFTER_S, leave=False) as bar:

        def tell(done: int, _: int, now: str) -> None:
            bar.set_postfix_str(now, refresh=False)
            bar.update(done - bar.n)

        yield tell
