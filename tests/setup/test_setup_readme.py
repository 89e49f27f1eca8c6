"""What the README tells a learner to type or to open exists."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")


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
