"""How functions of the interpreter are replaced: each once, however often a server is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_ORIGINALS: dict[tuple[Any, str], Any] = {}


def replace(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    """Put ``make(original)`` in place of a function of a module or a class.

    Raises AttributeError when there is no such function any more: an upgrade has moved it.
    """
    original = _ORIGINALS.setdefault((owner, name), owner.__dict__[name])
    given = original.__func__ if isinstance(original, staticmethod) else original
    setattr(owner, name, make(given))
