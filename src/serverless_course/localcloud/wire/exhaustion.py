"""What the host ran out of, told as an answer: descriptors, processes, memory, disk."""

from __future__ import annotations

import errno
import logging

from .errors import ServiceError

log = logging.getLogger(__name__)

DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
DESCRIPTORS = frozenset({errno.EMFILE, errno.ENFILE})
PROCESSES = frozenset({errno.EAGAIN})
MEMORY = frozenset({errno.ENOMEM, errno.ENOBUFS})
NO_DISK = (
    "There is no room left on the disk of the host that runs the embedded cloud. Make room, and "
    "try again."
)
NO_DESCRIPTORS = (
    "The embedded cloud has no file descriptors left. End what holds connections or environments "
    "open, and try again."
)
NO_PROCESSES = (
    "The host that runs the embedded cloud can start no more processes or threads. End some, and "
    "try again."
)
NO_MEMORY = "The host that runs the embedded cloud has no memory left. Free some, and try again."


def told(error: BaseException) -> ServiceError:
    """The answer to a call that failed: 507 without disk, 503 without the rest, else 500.

    What is none of these is a bug of the embedded cloud: it is logged.
    """
    short = shortage(error)
    if short is not None:
        return short
    if isinstance(error, NotImplementedError):
        text = f"The embedded cloud does not offer this: {error}"
        return ServiceError("NotImplemented", text, 501)
    log.error("a call failed", exc_info=error)
    text = (
        f"The embedded cloud failed ({type(error).__name__}: {error}). This is a bug of the "
        "embedded cloud, not of your call; its log has the details."
    )
    return ServiceError("InternalFailure", text, 500)


def shortage(error: BaseException) -> ServiceError | None:
    """What the host ran out of, as an answer (507, 503); None for any other error."""
    number = _number_of(error)
    if number in DISK:
        return ServiceError("InsufficientStorage", NO_DISK, 507)
    for numbers, words in (
        (DESCRIPTORS, NO_DESCRIPTORS),
        (PROCESSES, NO_PROCESSES),
        (MEMORY, NO_MEMORY),
    ):
        if number in numbers:
            return ServiceError("ServiceUnavailable", words, 503, headers={"Retry-After": "1"})
    return None


def _number_of(error: BaseException) -> int | None:
    """The system's number of an error, also where another error was raised from it."""
    seen: BaseException | None = error
    for _ in range(8):
        if seen is None:
            return None
        if isinstance(seen, MemoryError):
            return errno.ENOMEM
        if isinstance(seen, OSError) and seen.errno is not None:
            return seen.errno
        if isinstance(seen, RuntimeError) and "start new thread" in str(seen):
            return errno.EAGAIN
        seen = seen.__cause__ or seen.__context__
    return None
