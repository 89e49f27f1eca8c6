"""Stop a check that takes too long."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TimeLimitReached(BaseException):
    """The time limit of a check is over.

    Not an `Exception`: an `except Exception` in a learner's endless loop must not swallow it.
    """


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `TimeLimitReached` in the body after `seconds`.

    Uses SIGALRM, which interrupts endless loops and blocked sockets alike; it exists on Linux
    and macOS and works in the main thread, which is where a kernel runs its cells. Elsewhere
    the body runs without a limit, and the time-outs of boto3 still hold.
    """
    usable = hasattr(signal, "setitimer") and (
        threading.current_thread() is threading.main_thread()
    )
    if not usable:
        yield
        return

    def stop(signum: int, frame: FrameType | None) -> None:
        raise TimeLimitReached(seconds)

    previous = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
