"""The virtual environment is made once and left alone while nothing changed."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import installer
import pytest
import virtual_environment
from setup_error import SetupError

ROOT = Path(__file__).resolve().parents[2]
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


class Recorder:
    """Stands in for the installer, which needs a network, and writes down what was asked of it."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    def __call__(self, root: Path, venv: Path, extras: Iterable[str], uv: str | None) -> None:
        self.calls.append(list(extras))


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    instead = Recorder()
    monkeypatch.setattr(installer, "install", instead)
    return instead


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose .venv is real but bare (with a stand-in for pip: it takes seconds)."""
    copy = tmp_path / "my course"
    copy.mkdir()
    for name in ("pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, copy)

    def bare(venv: Path, uv: str | None) -> None:
        shutil.rmtree(venv, ignore_errors=True)
        command = [sys.executable, "-m", "venv", "--without-pip", str(venv)]
        subprocess.run(command, check=True)
        (packages,) = venv.glob("lib/python*/site-packages")
        (packages / "pip").mkdir()
        (packages / "pip" / "__main__.py").touch()

    monkeypatch.setattr(virtual_environment, "create", bare)
    return copy


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_the_second_start_installs_nothing(checkout: Path, recorder: Recorder) -> None:
    assert virtual_environment.ensure(checkout, [], None)
    assert not virtual_environment.ensure(checkout, [], None)
    assert not virtual_environment.ensure(checkout, [], HERE)
    assert recorder.calls == [[]]


def test_tests_add_their_tools_and_a_later_lab_keeps_them(
    checkout: Path, recorder: Recorder
) -> None:
    virtual_environment.ensure(checkout, [], None)
    assert virtual_environment.ensure(checkout, ["dev"], None)
    assert not virtual_environment.ensure(checkout, [], None)
    (checkout / "constraints.txt").write_text("boto3==0.0.0\n")
    assert virtual_environment.ensure(checkout, [], None)
    assert recorder.calls == [[], ["dev"], ["dev"]]


def test_a_new_version_or_requirement_is_installed(checkout: Path, recorder: Recorder) -> None:
    virtual_environment.ensure(checkout, [], None)
    change(checkout / "pyproject.toml", '"tqdm>=', '"another", "tqdm>=')
    assert virtual_environment.ensure(checkout, [], None)
    change(checkout / "constraints.txt", "boto3==", "boto3==9")
    assert virtual_environment.ensure(checkout, [], None)
    assert len(recorder.calls) == 3


def test_a_tool_setting_installs_nothing(checkout: Path, recorder: Recorder) -> None:
    virtual_environment.ensure(checkout, [], None)
    change(checkout / "pyproject.toml", "line-length = 100", "line-length = 99")
    assert not virtual_environment.ensure(checkout, [], None)


def test_an_interrupted_set_up_is_taken_up_again(
    checkout: Path, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(installer, "install", interrupted)
        with pytest.raises(KeyboardInterrupt):
            virtual_environment.ensure(checkout, [], None)
    assert virtual_environment.ensure(checkout, [], None)
    assert not virtual_environment.ensure(checkout, [], None)


def test_a_moved_checkout_is_linked_anew(checkout: Path, recorder: Recorder) -> None:
    virtual_environment.ensure(checkout, [], None)
    moved = checkout.rename(checkout.with_name("elsewhere"))
    kept = (moved / ".venv" / "pyvenv.cfg").stat().st_ino
    assert virtual_environment.ensure(moved, [], None)
    assert not virtual_environment.ensure(moved, [], None)
    assert (moved / ".venv" / "pyvenv.cfg").stat().st_ino == kept


def test_another_python_or_a_broken_one_makes_a_new_environment(
    checkout: Path, recorder: Recorder
) -> None:
    virtual_environment.ensure(checkout, ["dev"], None)
    stamp = checkout / ".venv" / virtual_environment.STAMP
    stamp.write_text(json.dumps(json.loads(stamp.read_text()) | {"python": "3.9"}))
    marker = checkout / ".venv" / "marker"
    marker.touch()
    assert virtual_environment.ensure(checkout, [], None)
    assert not marker.exists()

    python = checkout / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python")
    assert virtual_environment.ensure(checkout, [], None)
    assert virtual_environment.python_version(python) == HERE


def test_a_python_that_is_not_the_environments_own_gets_no_package(
    checkout: Path, recorder: Recorder
) -> None:
    """Without pyvenv.cfg, .venv/bin/python runs and installs into the Python that it links to."""
    virtual_environment.ensure(checkout, [], None)
    venv = checkout / ".venv"
    for lost in (["pyvenv.cfg"], ["pyvenv.cfg", virtual_environment.STAMP]):
        for name in lost:
            (venv / name).unlink()
        python = venv / "bin" / "python"
        assert subprocess.run([python, "-c", ""], check=False).returncode == 0
        assert virtual_environment.python_version(python) is None
        assert virtual_environment.ensure(checkout, [], None)
        assert virtual_environment.python_version(python) == HERE
        assert (venv / "pyvenv.cfg").exists()


@pytest.mark.parametrize("left", ["nothing", "a part"])
def test_a_set_up_that_was_stopped_before_pip_was_there_begins_anew(
    checkout: Path, recorder: Recorder, monkeypatch: pytest.MonkeyPatch, left: str
) -> None:
    monkeypatch.setattr(installer, "find_uv", lambda: None)
    virtual_environment.ensure(checkout, [], None)
    venv = checkout / ".venv"
    (pip,) = venv.glob("lib/python*/site-packages/pip")
    (pip / "__main__.py").write_text("import pip._internal")
    if left == "nothing":
        shutil.rmtree(pip)
    (venv / virtual_environment.STAMP).unlink()
    (venv / "marker").touch()
    assert virtual_environment.ensure(checkout, [], None)
    assert not (venv / "marker").exists()
    assert virtual_environment.has_pip(venv / "bin" / "python")


def test_an_installer_that_brings_no_pip_needs_none(
    checkout: Path, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installer, "find_uv", lambda: "uv")
    virtual_environment.ensure(checkout, [], None)
    venv = checkout / ".venv"
    (pip,) = venv.glob("lib/python*/site-packages/pip")
    shutil.rmtree(pip)
    (venv / virtual_environment.STAMP).unlink()
    (venv / "marker").touch()
    assert virtual_environment.ensure(checkout, [], None)
    assert (venv / "marker").exists()


def test_nothing_is_installed_when_the_new_environment_is_none(
    checkout: Path, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(virtual_environment, "create", lambda venv, uv: venv.mkdir())
    with pytest.raises(SetupError, match="does not run"):
        virtual_environment.ensure(checkout, [], None)
    assert recorder.calls == []
    assert installer.clean_environment()["PIP_REQUIRE_VIRTUALENV"] == "1"


def test_a_real_environment_has_pip_and_replaces_what_was_there(tmp_path: Path) -> None:
    venv = tmp_path / "a path" / ".venv"
    venv.parent.mkdir()
    venv.write_text("a file that is in the way")
    virtual_environment.create(venv, None)
    command = [venv / "bin" / "python", "-m", "pip", "--version"]
    assert str(venv) in subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_learners_shell_does_not_send_packages_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in installer.MISLEADING:
        monkeypatch.setenv(name, "elsewhere")
    monkeypatch.setenv("PIP_USER", "1")
    monkeypatch.setenv("PIP_CERT", "kept.pem")
    monkeypatch.setenv("IPYTHONDIR", "elsewhere")
    monkeypatch.delenv("COURSE_STATE_DIR", raising=False)
    environment = installer.clean_environment()
    assert not set(installer.MISLEADING) & set(environment)
    assert environment["PIP_USER"] == "0"
    assert environment["PIP_CERT"] == "kept.pem"
    assert environment["IPYTHONDIR"] == str(ROOT / ".course" / "ipython")
