"""JupyterLab starts at the first page, with settings of its own."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import jupyter_dirs
import pytest
import start_lab
from setup_error import SetupError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which something else answers, with a free one above it."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_a_taken_port_is_passed_over(taken: int) -> None:
    chosen = start_lab.free_port(taken)
    assert taken < chosen < taken + start_lab.TRIES
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", chosen))


def test_when_all_ports_are_taken_the_learner_is_told(
    taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start_lab, "TRIES", 1)
    with pytest.raises(SetupError, match=rf"ports from {taken} to {taken} are taken: name another"):
        start_lab.free_port(taken)


@pytest.mark.parametrize("text", ["abc", "80", "70000", "-1", "8888.5", "²"])
def test_a_port_that_is_none_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(SetupError, match="choose a number from 1024 to 65535") as caught:
        start_lab.wanted_port({"PORT": text})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("environ", "port"), [({}, 8888), ({"PORT": ""}, 8888), ({"PORT": "9" * 4}, 9999)]
)
def test_the_port_can_be_chosen(environ: dict[str, str], port: int) -> None:
    assert start_lab.wanted_port(environ) == port


@pytest.mark.parametrize(
    ("environ", "platform", "opens"),
    [
        ({"BROWSER": "none", "DISPLAY": ":0"}, "linux", False),
        ({"BROWSER": "none"}, "darwin", False),
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"WSL_DISTRO_NAME": "Ubuntu"}, "linux", True),
        ({"BROWSER": "firefox"}, "linux", True),
        ({}, "darwin", True),
    ],
)
def test_a_browser_opens_where_there_is_one(
    environ: dict[str, str], platform: str, opens: bool
) -> None:
    assert start_lab.opens_browser(environ, platform) is opens
    assert ("--no-browser" in start_lab.command(ROOT, 8888, opens)) is not opens


def test_the_first_page_is_the_start_page(tmp_path: Path) -> None:
    root = tmp_path / "my course"
    page = root / start_lab.START_PAGE
    page.parent.mkdir(parents=True)
    assert "--LabApp.default_url=/lab" in start_lab.command(root, 8888, False)
    page.touch()
    command = start_lab.command(root, 8888, False)
    assert "--LabApp.default_url=/lab/tree/notebooks/00-start-here.ipynb" in command
    assert f"--ServerApp.root_dir={root}" in command


def test_the_courses_settings_go_below_the_state_folder_and_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "base"))
    state = tmp_path / "state"
    jupyter_dirs.place_overrides(state)
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == {
        state / "jupyter" / "config" / "labconfig" / "default_setting_overrides.json"
    }


def test_other_users_of_the_machine_cannot_read_the_token(tmp_path: Path) -> None:
    old = tmp_path / "jupyter" / "runtime"
    old.mkdir(parents=True)
    old.chmod(0o755)
    environment = jupyter_dirs.isolated(tmp_path)
    folders = [tmp_path / "jupyter", *(Path(environment[name]) for name in JUPYTER_FOLDERS)]
    assert old in folders
    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}


JUPYTER_FOLDERS = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "MPLCONFIGDIR")


def test_a_state_folder_that_cannot_be_written_is_named_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Modes do not hold root back; /proc holds back everybody.
    monkeypatch.setenv("COURSE_STATE_DIR", "/proc/course")
    assert start_lab.main() == 1
    (message,) = capsys.readouterr().err.splitlines()
    assert "/proc/course" in message
    assert "COURSE_STATE_DIR=~/course-state make lab" in message


def test_settings_that_are_there_are_not_written_again(tmp_path: Path) -> None:
    jupyter_dirs.place_overrides(tmp_path)
    (place,) = (path for path in tmp_path.rglob("*.json"))
    place.chmod(0o400)
    before = place.stat().st_mtime_ns
    jupyter_dirs.place_overrides(tmp_path)
    assert place.stat().st_mtime_ns == before
    place.chmod(0o600)
    place.write_text("old")
    jupyter_dirs.place_overrides(tmp_path)
    assert "fetchNews" in place.read_text()


def test_a_package_that_is_gone_is_named_before_jupyterlab_starts(tmp_path: Path) -> None:
    environment = dict(os.environ)
    start_lab.check_packages(environment)
    (tmp_path / "hollow" / "__pycache__").mkdir(parents=True)
    environment["PYTHONPATH"] = str(tmp_path)
    names = ["jupyterlab", "nowhere_at_all", "hollow"]
    with pytest.raises(SetupError, match="nowhere_at_all, hollow") as caught:
        start_lab.check_packages(environment, names)
    assert "rm -rf .venv && make lab" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.fixture
def foreign_home(tmp_path: Path) -> Path:
    """A learner's home whose own Jupyter settings would break or change the course."""
    home = tmp_path / "home"
    config = home / ".jupyter"
    config.mkdir(parents=True)
    (config / "jupyter_server_config.py").write_text("raise SystemExit('foreign settings')")
    (config / "jupyter_lab_config.py").write_text("raise SystemExit('foreign settings')")
    kernel = home / ".local" / "share" / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    foreign = {"argv": ["/nowhere/python"], "display_name": "foreign", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(foreign))
    return home


FOREIGN_FILES = {
    ".jupyter/jupyter_lab_config.py",
    ".jupyter/jupyter_server_config.py",
    ".local/share/jupyter/kernels/python3/kernel.json",
}


def listing(home: Path) -> set[str]:
    return {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()}


@pytest.fixture
def lab(taken: int, foreign_home: Path, tmp_path: Path) -> Iterator[tuple[list[str], str, str]]:
    """A running JupyterLab: what it printed until its address came, the address, the token."""
    settings = {
        "HOME": str(foreign_home),
        "JUPYTER_PATH": str(foreign_home / ".local" / "share" / "jupyter"),
        "JUPYTER_CONFIG_DIR": str(foreign_home / ".jupyter"),
        "COURSE_STATE_DIR": str(tmp_path / "state"),
        "PORT": str(taken),
        "BROWSER": "none",
    }
    process = subprocess.Popen(
        [sys.executable, ROOT / "tools" / "start_lab.py"],
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    printed = []
    try:
        for line in process.stdout:
            printed.append(line.strip())
            address = re.search(r"(http://127\.0\.0\.1:\d+)(/\S*)\?token=(\w+)", line)
            if address:
                yield printed, address[1], address[3]
                break
        else:
            pytest.fail("JupyterLab ended: " + "\n".join(printed))
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=60)
        finally:
            process.kill()
            process.stdout.close()


def ask(address: str, token: str) -> dict:
    request = urllib.request.Request(address, headers={"Authorization": f"token {token}"})
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError:
            raise
        except (urllib.error.URLError, ConnectionError):
            # JupyterLab prints its address a moment before it listens.
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_jupyterlab_really_starts_untouched_by_foreign_settings(
    lab: tuple[list[str], str, str], taken: int, foreign_home: Path
) -> None:
    printed, address, token = lab
    port = int(address.rsplit(":", 1)[1])
    assert port != taken
    assert f"Port {taken} is taken: JupyterLab uses port {port} instead." in printed

    kernels = ask(f"{address}/api/kernelspecs", token)
    assert kernels["default"] == "python3"
    assert kernels["kernelspecs"]["python3"]["spec"]["display_name"] == "Python 3 (ipykernel)"

    plugin = "@jupyterlab/apputils-extension:notification"
    settings = ask(f"{address}/lab/api/settings/{plugin}", token)
    defaults = settings["schema"]["properties"]
    assert defaults["fetchNews"]["default"] == "false"
    assert defaults["checkForUpdates"]["default"] is False

    names = {entry["name"] for entry in ask(f"{address}/api/contents/", token)["content"]}
    assert {"Makefile", "notebooks", "labs"} <= names
    ended = time.monotonic() + 3
    while time.monotonic() < ended:
        assert listing(foreign_home) == FOREIGN_FILES
        time.sleep(0.2)
