"""Who wants to be told of changes in moto, and moto's methods with something around them."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Hashable
from typing import Any

from .seam import replace


class Watchers:
    """Callbacks by what they watch. May be used on any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[Hashable, list[Callable[[], None]]] = {}

    def add(self, key: Hashable, changed: Callable[[], None]) -> Callable[[], None]:
        """Call ``changed`` whenever `tell` is called with this key; gives the undo."""
        with self._lock:
            self._found.setdefault(key, []).append(changed)

        def remove() -> None:
            with self._lock:
                left = [each for each in self._found.get(key, []) if each is not changed]
                if left:
                    self._found[key] = left
                else:
                    self._found.pop(key, None)

        return remove

    def tell(self, key: Hashable) -> None:
        """Something has changed there."""
        with self._lock:
            callbacks = tuple(self._found.get(key, ()))
        for changed in callbacks:
            changed()


def wrap(owner: Any, name: str, around: Callable[..., Any]) -> None:
    """Replace a method of moto by ``around(original, *arguments)``."""

    def make(original: Any) -> Any:
        @functools.wraps(original)
        def wrapped(*arguments: Any, **named: Any) -> Any:
            return around(original, *arguments, **named)

        return wrapped

    replace(owner, name, make, f"{around.__module__}.{around.__qualname__}")
