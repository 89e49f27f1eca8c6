"""JupyterLab on a copy of the course: it saves what it shows, the checkout must not change."""

import json
import secrets
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import start_lab
from jupyter_dirs import ROOT, isolated, place_overrides

FOLDERS = ("notebooks", "labs", "solutions")
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
# Between the ports of a learner's JupyterLab and those that systems hand out.
FIRST_PORT = 18888
START_SECONDS = 60


@dataclass(frozen=True)
class ServedCopy:
    """A running JupyterLab and the folder that it serves."""

    address: str
    token: str
    folder: Path

    def page(self, notebook: str) -> str:
        """Return the address that opens a notebook, named from the checkout's root."""
        return f"{self.address}/lab/tree/{notebook}?token={self.token}"


def copy_course(folder: Path) -> None:
    """Copy what a learner opens."""
    leave = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__")
    for name in FOLDERS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=leave)


def write_settings(settings: Path, theme: str) -> None:
    """Choose a theme, and have every cell in the page: a long notebook is drawn in parts else."""
    chosen = {
        "apputils-extension/themes": {"theme": THEMES[theme], "adaptive-theme": False},
        "notebook-extension/tracker": {"windowingMode": "none", "scrollPastEnd": False},
    }
    for name, values in chosen.items():
        path = settings / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), "utf-8")


def wait_until_up(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Return when JupyterLab answers. Raises RuntimeError with its log when it does not."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{address}/api", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text('utf-8')}")


@contextmanager
def serve(theme: str = "light") -> Iterator[ServedCopy]:
    """Serve a copy of the course, with settings and a course state of its own."""
    with tempfile.TemporaryDirectory(prefix="course-browser-") as name:
        place = Path(name)
        folder = place / "my course"
        copy_course(folder)
        state = place / "state"
        environment = isolated(state) | {"COURSE_STATE_DIR": str(state)}
        write_settings(Path(environment["JUPYTERLAB_SETTINGS_DIR"]), theme)
        place_overrides(state)
        token = secrets.token_hex()
        port = start_lab.free_port(FIRST_PORT)
        address = f"http://{start_lab.HOST}:{port}"
        log = place / "jupyterlab.log"
        with log.open("wb") as record:
            process = subprocess.Popen(
                # The page can then be asked for its model, not only for what it draws.
                [*start_lab.command(folder, port, browser=False), "--expose-app-in-browser"],
                cwd=folder,
                env=environment
                | {"JUPYTER_TOKEN": token, "COURSE_STATE_DIR": str(place / "state")},
                stdout=record,
                stderr=subprocess.STDOUT,
            )
        try:
            wait_until_up(process, address, log)
            yield ServedCopy(address, token, folder)
        finally:
            # It ends its kernels before it ends itself.
            process.terminate()
            try:
                process.wait(timeout=20)
            finally:
                process.kill()
                process.wait()
