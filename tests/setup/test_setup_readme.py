"""What the README tells a learner to type or to open exists."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
START = (ROOT / "content/lessons/00-start-here.py").read_text("utf-8")


def test_every_make_target_of_the_readme_exists_and_help_lists_it() -> None:
    named = set(re.findall(r"(?:^|`|`[^`\n]* )make ([a-z-]+)", README, re.MULTILINE))
    assert {"lab", "test"} <= named
    shown = subprocess.run(["make", "-C", str(ROOT)], capture_output=True, text=True, check=True)
    listed = set(re.findall(r"^  make ([a-z-]+)", shown.stdout, re.MULTILINE))
    assert named - {"help"} <= listed
    for target in listed:
        dry = ["make", "-n", "-C", str(ROOT), target]
        assert subprocess.run(dry, capture_output=True, check=False).returncode == 0, target


def test_every_file_that_the_readme_links_or_names_exists() -> None:
    linked = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    named = re.findall(r"`([\w./-]+(?:/|\.(?:yml|ipynb)))`", README)
    assert len(linked) + len(named) > 10
    assert [name for name in [*linked, *named] if not (ROOT / name).exists()] == []


def rows_of_lessons(text: str) -> dict[str, list[str]]:
    """Rows of a table of lessons: lesson, minutes, lab, minutes, by the lesson's number."""
    rows = re.findall(r"^(?:# )?\| (\d\d) \| (.+) \|$", text, re.MULTILINE)
    return {number: cells.split(" | ") for number, cells in rows}


def source_of(folder: str, number: str) -> str:
    """A page's source, with its lines joined."""
    (path,) = (ROOT / "content" / folder).glob(f"{number}-*")
    text = (path / "lab.py" if path.is_dir() else path).read_text("utf-8")
    return re.sub(r"\n# ?", " ", text)


def test_the_tables_of_lessons_say_what_the_pages_say() -> None:
    tables = [rows_of_lessons(README), rows_of_lessons(START)]
    numbers = {path.name[:2] for path in (ROOT / "content" / "labs").iterdir()}
    for rows in tables:
        assert rows.keys() == numbers
        for number, (lesson, minutes, lab, of_lab) in rows.items():
            title = lesson.removeprefix("[").partition("](")[0]
            assert f"# {title}" in source_of("lessons", number)
            assert f"in {minutes} minutes, you will" in source_of("lessons", number)
            assert f" {of_lab} minutes" in source_of("labs", number)
            assert f"labs/{number}-" in lab
    assert [each[2].partition("](")[0] for each in tables[0].values()] == [
        each[2].partition("](")[0] for each in tables[1].values()
    ]


def test_continuous_integration_calls_make_test_and_a_short_soak() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    commands = [line for line in script.read_text().splitlines() if line and line[0] != "#"]
    assert commands == [
        "set -euo pipefail",
        'cd "$(dirname "${BASH_SOURCE[0]}")/.."',
        "make test",
        "exec make soak SHORT=1",
    ]


def test_both_licences_are_whole_and_named() -> None:
    apache = (ROOT / "LICENSE").read_text("utf-8")
    assert "Apache License\n                           Version 2.0, January 2004" in apache
    assert apache.rstrip().endswith("limitations under the License.")
    content = (ROOT / "LICENSE-content.md").read_text("utf-8")
    for text in (content, README):
        for folder in ("content/", "notebooks/", "labs/", "solutions/", "docs/"):
            assert f"`{folder}`" in text
        assert "CC BY 4.0" in text
