"""Every relative link of a built notebook leads to a file, and what is not written yet is not."""

import json
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from course_notebooks import CHECKOUT, built_notebooks, name_of

EACH_NOTEBOOK = pytest.mark.parametrize("path", built_notebooks(), ids=name_of)
_MARKDOWN = re.compile(r"\]\(\s*<?([^)\s>]+)")
_HTML = re.compile(r"""(?:href|src)\s*=\s*["']([^"']+)["']""")
_PLANNED = re.compile(r"\b(\d\d)\b[^.\n]{0,60}\(not written yet\)")


def pages(path: Path) -> list[str]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]


def dead_links(text: str, folder: Path) -> list[str]:
    """Relative links in markdown or HTML that lead to no file, seen from `folder`."""
    found = []
    for link in [*_MARKDOWN.findall(text), *_HTML.findall(text)]:
        parts = urlsplit(link)
        relative = not parts.scheme and not parts.netloc and parts.path
        if relative and not (folder / unquote(parts.path)).exists():
            found.append(link)
    return found


def wrongly_planned(text: str, root: Path) -> list[str]:
    """Numbers of lessons that are said not to be written yet, and are."""
    return [number for number in _PLANNED.findall(text) if list(root.glob(f"notebooks/{number}-*"))]


@EACH_NOTEBOOK
def test_every_relative_link_leads_to_a_file(path: Path) -> None:
    found = [link for text in pages(path) for link in dead_links(text, path.parent)]
    assert not found, f"{name_of(path)} links to what does not exist: {', '.join(found)}"


@EACH_NOTEBOOK
def test_what_is_said_not_to_be_written_yet_is_not(path: Path) -> None:
    found = [number for text in pages(path) for number in wrongly_planned(text, CHECKOUT)]
    assert not found, f"{name_of(path)}: link to lesson {', '.join(found)}, which exists by now"


def test_links_of_each_form_are_found(tmp_path: Path) -> None:
    (tmp_path / "there is.ipynb").touch()
    text = (
        "[a](gone.ipynb) [b](there%20is.ipynb#part) [c](https://example.com/x) [d](#above)\n"
        '![e](no.png "title") <a href="also-gone.md">f</a> [g](<../nowhere/x.py>) <mailto:a@b.c>\n'
    )
    expected = ["gone.ipynb", "no.png", "../nowhere/x.py", "also-gone.md"]
    assert dead_links(text, tmp_path) == expected


def test_a_lesson_that_exists_may_not_be_called_unwritten(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks/05-vpc-design.ipynb").touch()
    assert wrongly_planned("lesson 05, *VPC design* (not written yet).", tmp_path) == ["05"]
    assert wrongly_planned("lesson 06, *Scaling* (not written yet).", tmp_path) == []
