"""The set-up says in one plain line what is wrong, and what to do next."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import installer
import pytest
import setup_venv
import virtual_environment
from setup_error import SetupError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the set-up reads, in a folder whose name holds a space."""
    copy = tmp_path / "my course"
    shutil.copytree(ROOT / "tools", copy / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "constraints.txt", "README.md"):
        shutil.copy(ROOT / name, copy)
    return copy


def one_line(text: str) -> str:
    lines = text.splitlines()
    assert len(lines) == 1, text
    return lines[0]


@pytest.mark.parametrize("version", [(2, 7), (3, 6), (3, 10), (3, 15), (4, 0)])
def test_a_python_outside_the_range_is_named(version: tuple[int, int]) -> None:
    problem = one_line(setup_venv.problem_with(version, "linux"))
    assert f"this is Python {version[0]}.{version[1]} " in problem
    assert "needs Python 3.11 to 3.14" in problem
    assert "PYTHON=python3.12 make lab" in problem


@pytest.mark.parametrize("minor", [11, 12, 13, 14])
@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_a_python_inside_the_range_is_no_problem(minor: int, platform: str) -> None:
    assert setup_venv.problem_with((3, minor), platform) is None


def test_windows_is_sent_to_wsl() -> None:
    assert "WSL 2" in one_line(setup_venv.problem_with((3, 12), "win32"))


def test_an_old_python_can_read_the_gate() -> None:
    """Python 2.7 would stop at any newer syntax before the gate could say what is wrong."""
    source = (ROOT / "tools" / "setup_venv.py").read_bytes()
    source.decode("ascii")
    newer = (
        ast.AnnAssign,
        ast.AsyncFunctionDef,
        ast.Await,
        ast.JoinedStr,
        ast.Match,
        ast.NamedExpr,
        ast.Nonlocal,
        ast.Starred,
        ast.YieldFrom,
    )
    for node in ast.walk(ast.parse(source)):
        assert not isinstance(node, newer), ast.dump(node)
        if isinstance(node, ast.FunctionDef):
            assert node.returns is None
            assert not node.args.kwonlyargs
            assert not node.args.posonlyargs
        if isinstance(node, ast.arg):
            assert node.annotation is None
        if isinstance(node, ast.Call):
            assert not (isinstance(node.func, ast.Name) and node.func.id == "print")


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_python_without_venv_says_what_to_install(
    checkout: Path, tmp_path: Path, missing: str
) -> None:
    """As on Debian without python3-venv: the module cannot be found, and there is no uv."""
    blocker = tmp_path / "blocker"
    blocker.mkdir()
    (blocker / "sitecustomize.py").write_text(
        "import importlib.util\n"
        "find = importlib.util.find_spec\n"
        f"hide = lambda name, *more: None if name == {missing!r} else find(name, *more)\n"
        "importlib.util.find_spec = hide\n"
    )
    environment = os.environ | {"PYTHONPATH": str(blocker), "PATH": str(blocker)}
    done = subprocess.run(
        [sys.executable, checkout / "tools" / "setup_venv.py"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    message = one_line(done.stderr)
    assert "cannot make virtual environments" in message
    assert f"sudo apt install python3.{sys.version_info.minor}-venv" in message
    assert not (checkout / ".venv").exists()


def test_a_folder_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Modes do not hold root back; /proc holds back everybody.
    folder = Path("/proc") if os.geteuid() == 0 else tmp_path
    if folder == tmp_path:
        tmp_path.chmod(0o500)
    monkeypatch.setattr(virtual_environment, "ROOT", folder)
    assert virtual_environment.run([]) == 1
    message = one_line(capsys.readouterr().err)
    assert f"{folder} cannot be written to" in message
    assert "copy the course into a folder of your own" in message


def test_a_full_disk_is_told_before_anything_is_installed(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    with pytest.raises(SetupError, match=r"needs .* GB of free disk.*make room"):
        virtual_environment.check_space(tmp_path, free + 10**12)
    virtual_environment.check_space(tmp_path, 1)


def failing(text: str) -> list[str]:
    return [sys.executable, "-c", f"print({text!r}); raise SystemExit(1)"]


@pytest.mark.parametrize(
    "text",
    [
        "ERROR: No matching distribution found for boto3>=1.44",
        "error: Failed to fetch: dns error: Temporary failure in name resolution",
    ],
)
def test_without_a_network_the_first_set_up_says_so(tmp_path: Path, text: str) -> None:
    with pytest.raises(SetupError) as caught:
        installer.follow(failing(text), tmp_path, tmp_path / "setup.log")
    message = one_line(str(caught.value))
    assert text in message
    assert "Installing needs the internet" in message
    assert "setup.log" in message


def test_another_failure_of_the_installer_shows_its_own_words(tmp_path: Path) -> None:
    command = failing("building\nerror: Python.h is missing\nsee above")
    with pytest.raises(SetupError) as caught:
        installer.follow(command, tmp_path, tmp_path / "setup.log")
    message = one_line(str(caught.value))
    assert "error: Python.h is missing" in message
    assert "internet" not in message
    assert "see above" in (tmp_path / "setup.log").read_text()


def test_make_names_a_python_that_is_not_there() -> None:
    done = subprocess.run(
        ["make", "-C", str(ROOT), "lab", "PYTHON=python-that-is-nowhere"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    said = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert said == [
        "There is no 'python-that-is-nowhere' here: install Python 3.11 to 3.14, "
        "or name yours: PYTHON=python3.12 make lab"
    ]


@pytest.mark.parametrize("kind", ["folder", "shim", "other program"])
def test_make_says_of_what_is_no_python_that_it_does_not_run(tmp_path: Path, kind: str) -> None:
    named = tmp_path / "a python"
    if kind == "folder":
        named.mkdir()
    else:
        named.write_text("#!/bin/sh\nfor i in 1 2 3; do echo no >&2; done; exit 127\n")
        named.chmod(0o755)
    if kind == "other program":
        named.write_text("#!/bin/sh\ntrue\n")
    done = subprocess.run(
        ["make", "-C", str(ROOT), "lab", f"PYTHON={named}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    said = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert said == [
        f"'{named}' is no Python that runs here: install Python 3.11 to 3.14, "
        "or name yours: PYTHON=python3.12 make lab"
    ]
