"""What the embedded cloud offers of one service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property


def names(text: str) -> frozenset[str]:
    """Names of operations, from a text with spaces between them."""
    return frozenset(text.split())


def because(reason: str, text: str) -> dict[str, str]:
    """Names of operations, each with the same reason."""
    return dict.fromkeys(text.split(), reason)


@dataclass(frozen=True)
class Offer:
    """The operations of a service that are answered, by who answers them.

    Every other operation that AWS has is refused by its name.

    Attributes:
        model: botocore's name of the service.
        title: AWS's name of the service.
        ours: operations that the embedded cloud's own code answers.
        moto: operations that moto answers, with what `moto_seam` repairs.
        partly: what is not done of an operation that is answered: the end of a sentence that
            begins with its name.
        why: why an operation is refused: a whole sentence.
    """

    model: str
    title: str
    ours: frozenset[str] = frozenset()
    moto: frozenset[str] = frozenset()
    partly: Mapping[str, str] = field(default_factory=dict)
    why: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def answered(self) -> frozenset[str]:
        """The operations that are not refused."""
        return self.ours | self.moto
