"""Links in the documentation lead somewhere, and the files that it names exist."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from import_graph import read_rooms

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "content" / "README.md",
    *sorted(DOCS.glob("*.md")),
]
# What a path on a page may be relative to, beside the page's own folder.
PACKAGE = ROOT / "src" / "serverless_course"
CLOUD = PACKAGE / "localcloud"
HOLD_CODE = ("src", "tests", "tests_browser", "tools", "bench", "content", ".ci")
LINK = re.compile(r"\]\(([^()\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"(?<![\w./<…-])((?:[\w.-]+/)*[\w.-]+(?:\.(?:py|json|toml|txt|mjs)|/))(?![\w-])")
PLACEHOLDER = re.compile(r"NN|NAME|…|\*")


def anchors(text: str) -> set[str]:
    """What a link may name after ``#``, by GitHub's rule for headings."""
    headings = re.findall(r"^#{1,6} +(.+?)\s*$", FENCED.sub("", text), re.MULTILINE)
    found: set[str] = set()
    for heading in headings:
        shown = LINK.sub("]", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", shown).replace(" ", "-")
        number = 0
        while (each := f"{slug}-{number}" if number else slug) in found:
            number += 1
        found.add(each)
    return found


def broken_links(page: Path) -> list[str]:
    """The relative links of a page that lead to no file, no folder or no heading."""
    broken = []
    for link in LINK.findall(FENCED.sub("", page.read_text("utf-8"))):
        if "://" in link:
            continue
        path, _, heading = link.partition("#")
        target = page.parent / path if path else page
        known = target.exists() and (not heading or heading in anchors(target.read_text("utf-8")))
        if not known:
            broken.append(f"{page.name}: {link}")
    return broken


def named_files(text: str) -> set[str]:
    """Files and folders that stand in code on a page: between backticks, and in drawings."""
    drawings = [block for block in FENCED.findall(text) if block.startswith("```\n")]
    spans = re.findall(r"`([^`\n]+)`", FENCED.sub("", text))
    return {
        name
        for code in [*spans, *drawings]
        for name in NAME.findall(code)
        if not PLACEHOLDER.search(name) and not name.startswith(".")
    }


def exists(name: str, names: frozenset[str]) -> bool:
    """Whether there is such a file: by its path from a known folder, or, without one, by name."""
    folders = (ROOT, DOCS, PACKAGE, CLOUD, CLOUD / "lambda_", CLOUD / "lambda_" / "environment")
    if any((folder / name).exists() for folder in folders):
        return True
    return "/" not in name and name in names


@pytest.fixture(scope="module")
def names() -> frozenset[str]:
    return frozenset(
        path.name for folder in HOLD_CODE for path in (ROOT / folder).rglob("*") if path.is_file()
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_to_a_file_or_a_heading(page: Path) -> None:
    assert broken_links(page) == []


def test_the_pages_have_links() -> None:
    assert sum(len(LINK.findall(page.read_text("utf-8"))) for page in PAGES) > 80


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if page.parent != ROOT / "content"],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_every_file_that_a_page_names_exists(page: Path, names: frozenset[str]) -> None:
    named = named_files(page.read_text("utf-8"))
    assert [name for name in sorted(named) if not exists(name, names)] == []


def test_the_architecture_page_names_the_files_of_its_paths() -> None:
    named = named_files((DOCS / "architecture.md").read_text("utf-8"))
    paths = {
        "lambda_/api/invoke.py",
        "lambda_/invocation/door.py",
        "lambda_/environment/environment.py",
        "event_queue.py",
        "outbox.py",
        "exercises/task.py",
    }
    assert paths <= named


def test_the_first_page_leads_to_every_page_and_names_every_room() -> None:
    first = (DOCS / "README.md").read_text("utf-8")
    linked = {link.partition("#")[0] for link in LINK.findall(first)}
    assert {page.name for page in DOCS.glob("*.md")} - linked - {"README.md"} == set()
    rooms = read_rooms((DOCS / "rooms.md").read_text("utf-8"), "Rooms and their arrows")
    assert [room.name for room in rooms if f"`{room.name}`" not in first] == []


def test_every_package_that_is_installed_stands_on_the_page_of_dependencies() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(each for extra in extras for each in extra)]
    packages = {match[0].lower() for each in wanted if (match := re.match(r"[\w.-]+", each))}
    assert len(packages) > 20
    rows = re.findall(r"^\| ([^|]+) \|", (DOCS / "dependencies.md").read_text("utf-8"), re.M)
    shown = {name.strip().lower() for row in rows for name in row.split(",")}
    assert packages - shown == set()


# tests of the test


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text(
        "# One, two: `three`'s\n\n```\n# no heading\n```\n\n## Two\n"
    )
    page = tmp_path / "page.md"
    page.write_text(
        "# Page\n[a](other.md) [b](other.md#one-two-threes) [c](#page) [d](https://x.y/z)\n"
        "[e](missing.md) [f](other.md#no-heading) [g](#two)\n"
    )
    assert broken_links(page) == [
        "page.md: missing.md",
        "page.md: other.md#no-heading",
        "page.md: #two",
    ]


def test_names_of_files_are_found_in_code_and_in_drawings_only() -> None:
    text = (
        "Prose names a/file.py.\n\n`a/b.py`, `c/` and `lab_NN_slug.py`; `json` is no file.\n\n"
        "```\nx/y.py ── z.py\n```\n\n```python\nimport no.py\n```\n"
    )
    assert named_files(text) == {"a/b.py", "c/", "x/y.py", "z.py"}
    known = frozenset({"z.py"})
    assert exists("z.py", known)
    assert exists("lambda_/invocation/door.py", known)
    assert not exists("lambda_/invocation/z.py", known)
    assert not exists("invoker.py", known)
