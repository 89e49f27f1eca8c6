"""How moto's functions are replaced: each once, however often a server is put together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_ORIGINALS: dict[tuple[Any, str], Any] = {}


def replace(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    """Put ``make(original)`` in place of a function of a module or a class of moto.

    Raises AttributeError when moto has no such function any more: an upgrade has moved it.
    """
    original = _ORIGINALS.setdefault((owner, name), getattr(owner, name))
    setattr(owner, name, make(original))


def restore() -> None:
    """Give moto its own functions back."""
    for (owner, name), original in _ORIGINALS.items():
        setattr(owner, name, original)
