"""Which lessons and labs there are."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

# Where a lesson or a lab stands, before and after it is built, by path below a course's folder.
PLACES = (
    "notebooks/*.ipynb",
    "labs/*/",
    "solutions/*/",
    "content/lessons/*.py",
    "content/labs/*/",
)


class UnknownLab(LookupError):
    """There is no lesson and no lab of that name; the message lists those there are."""


def check_slug(slug: str, here: Path | None = None) -> None:
    """Make sure that a lesson or a lab of this name exists.

    Args:
        slug: its name, such as ``04-memory-tuning``.
        here: a folder of the course; the working directory without it.

    Raises:
        UnknownLab: there is none, and there are others.
    """
    known = known_slugs(here or Path.cwd())
    if slug in known or not known:
        return
    near = [name for name in known if isinstance(slug, str) and slug and name.startswith(slug)]
    near = near or difflib.get_close_matches(str(slug), known, n=1)
    hint = f" Did you mean Lab({near[0]!r})?" if near else ""
    raise UnknownLab(
        f"There is no lesson or lab {slug!r}.{hint} These there are: {', '.join(known)}."
    )


def known_slugs(here: Path) -> list[str]:
    """The names of all lessons and labs, in order.

    They are those with tasks, which the installed course knows, and those with a notebook, a
    folder or a source in the course's folder: that of `here`, and the checkout that is installed.
    """
    data = resources.files("serverless_course.exercises") / "data"
    found = {name.removesuffix(".json") for name in _names(data) if name.endswith(".json")}
    for root in (here, *here.parents, Path(__file__).resolve().parents[2]):
        for place in PLACES:
            found |= {path.stem for path in root.glob(place) if path.stem[:1].isdigit()}
    return sorted(found)


def _names(folder: resources.abc.Traversable) -> Iterator[str]:
    if folder.is_dir():
        yield from (entry.name for entry in folder.iterdir())
