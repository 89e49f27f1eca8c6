"""What the server asks of its spawner, and what it is told: one message each.

An order goes with file descriptors, in this order: where the answer goes, the output's pipe, the
network namespace (``has_network``), the file tree of an earlier process of the same environment
(``has_tree``). It is answered by `STARTED` (with the file tree, when it was made now) or by
`NOT_RUN` or `NO_ROOM` and an error number, and at the process's end by `ENDED` and its wait status.
"""

from __future__ import annotations

import json
import struct
from typing import NamedTuple

STARTED, ENDED = b"S", b"X"
# The command could not be run; this machine has no room for it now.
NOT_RUN, NO_ROOM = b"E", b"R"
LARGEST = 1024 * 1024
MOST_DESCRIPTORS = 4

Pairs = list[tuple[str, str]]


class Order(NamedTuple):
    """A process to start. ``command`` and ``folder`` are as the function sees them.

    ``binds``, ``links`` and ``masks`` are a `View`; ``task`` and ``opt`` are the folders of code
    and layers here ("" for none), ``tmp_bytes`` is the size of ``/tmp``: these count where there
    are namespaces. Where there are none: ``protected`` are processes that may get no signal, and
    ``obeys_modes`` asks that files' modes count for root, too.
    """

    command: list[str]
    environ: dict[str, str]
    folder: str
    memory_bytes: int
    binds: Pairs
    links: Pairs
    masks: list[str]
    task: str
    opt: str
    tmp_bytes: int
    protected: list[int]
    has_network: bool = False
    has_tree: bool = False
    obeys_modes: bool = False

    def encode(self) -> bytes:
        return json.dumps(self._asdict()).encode("utf-8", "surrogatepass")

    @classmethod
    def decode(cls, data: bytes) -> Order:
        return cls(**json.loads(data.decode("utf-8", "surrogatepass")))


def failure(kind: bytes, error: OSError) -> bytes:
    """The message that tells of a failed start."""
    return kind + struct.pack("=i", error.errno or 0) + str(error).encode()


def ended(status: int) -> bytes:
    """The message that tells of a process's end; ``status`` is as of waitpid."""
    return ENDED + struct.pack("=i", status)


def number_in(message: bytes) -> int:
    """The error number or the wait status in a message."""
    found: int = struct.unpack_from("=i", message, 1)[0]
    return found
