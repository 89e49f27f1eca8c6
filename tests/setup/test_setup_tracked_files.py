"""No file of the repository names a path of somebody's machine or the host of a registry."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# In pieces, so that this file does not name them.
HOSTS = ["pypi" + ".org", "python" + "hosted.org", "ana" + "conda.org", "registry." + "npmjs"]
FOLDERS = ["/wo" + "rk/", "/ro" + "ot/", "/Us" + "ers/", "/opt/" + "wheels", "/opt/" + "pypi"]
# A function's own home on AWS is no machine of ours.
HOME = "/ho" + "me/" + r"(?!sbx_user)\w"
FORBIDDEN = re.compile(
    "|".join([*map(re.escape, HOSTS), *(rf"(?<![\w.~}}]){re.escape(f)}" for f in FOLDERS), HOME])
)


def tracked() -> list[Path]:
    # In a container the checkout may belong to another user; to list it is safe all the same.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    names = [name for name in listed.stdout.decode().split("\0") if name]
    return [path for name in names if (path := ROOT / name).is_file()]


def findings(text: str) -> list[str]:
    return [match.group() for match in FORBIDDEN.finditer(text)]


def test_no_tracked_file_names_a_machine_or_a_registry() -> None:
    files = tracked()
    assert ROOT / "pyproject.toml" in files
    bad = {
        str(path.relative_to(ROOT)): found
        for path in files
        if (found := findings(path.read_bytes().decode("utf-8", "replace")))
    }
    assert bad == {}


@pytest.mark.parametrize(
    "text",
    [
        "https://" + HOSTS[0] + "/simple",
        'File "' + FOLDERS[0] + 'main/src/x.py"',
        FOLDERS[1] + ".cache",
        FOLDERS[2] + "Ana/course",
        "/ho" + "me/ana/course",
    ],
)
def test_the_search_finds_them(text: str) -> None:
    assert findings(text)


@pytest.mark.parametrize(
    "text", ["/var/task/app.py", "/tmp/photo.png", "/home/sbx_user1051", "home/work/x", "./work/"]
)
def test_the_search_lets_ordinary_paths_pass(text: str) -> None:
    assert not findings(text)
