"""How moto's functions are replaced: each once, however often a server is put together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import wrapt

_ORIGINALS: dict[tuple[Any, str], Any] = {}
_LAYERS: dict[tuple[Any, str], dict[str, Callable[[Any], Any]]] = {}
_ADDED: set[tuple[Any, str]] = set()


def replace(owner: Any, name: str, make: Callable[[Any], Any], layer: str = "") -> None:
    """Put ``make(original)`` in place of a function of a module or a class of moto.

    Two that replace one function lie one above the other, the later one outside; ``layer`` tells
    them apart, and is the name of ``make`` if it is left out.
    Raises AttributeError when moto has no such function any more: an upgrade has moved it.
    """
    key = owner, name
    found = _ORIGINALS.setdefault(key, getattr(owner, name))
    layers = _LAYERS.setdefault(key, {})
    told = f"{make.__module__}.{getattr(make, '__qualname__', type(make).__name__)}"
    layers[layer or told] = make
    for each in layers.values():
        found = each(found)
    setattr(owner, name, found)


def add(owner: Any, name: str, function: Any) -> None:
    """Give a class of moto a function that it has not.

    Raises AttributeError when moto has it by now: then it is time to look at moto's own.
    """
    if hasattr(owner, name) and (owner, name) not in _ADDED:
        raise AttributeError(f"{owner.__name__} has {name} itself")
    _ADDED.add((owner, name))
    setattr(owner, name, function)


def when_imported(module: str, install: Callable[[], None]) -> None:
    """Call ``install`` as soon as a module of moto is imported, by whomever; now when it is.

    Nobody sees the module before that: its import ends when ``install`` has.
    """
    wrapt.register_post_import_hook(lambda _: install(), module)


def restore() -> None:
    """Give moto its own functions back."""
    while _ADDED:
        delattr(*_ADDED.pop())
    _LAYERS.clear()
    for (owner, name), original in _ORIGINALS.items():
        setattr(owner, name, original)
