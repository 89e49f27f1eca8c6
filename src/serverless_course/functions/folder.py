"""Where the code of a lab's function lies."""

from __future__ import annotations

from pathlib import Path


class UnknownFunction(LookupError):
    """No function folder of that name; the message lists those that exist."""


def function_folder(slug: str, short: str) -> Path:
    """The folder ``functions/NAME`` of a lab, seen from the current folder.

    Args:
        slug: the lab, such as ``04-memory-tuning``.
        short: the folder's own name.

    Raises:
        UnknownFunction: there is none.
    """
    places = [Path.cwd() / "functions"]
    for parent in (Path.cwd(), *Path.cwd().parents):
        places.append(parent / "labs" / slug / "functions")
    for place in places:
        if (place / short).is_dir():
            return place / short
    found = sorted(
        entry.name
        for place in places
        if place.is_dir()
        for entry in place.iterdir()
        if entry.is_dir()
    )
    names = ", ".join(dict.fromkeys(found)) or "none"
    raise UnknownFunction(
        f"There is no function folder {short!r} for {slug}. Found: {names}. "
        "Open the notebook from its own folder in the course."
    )
