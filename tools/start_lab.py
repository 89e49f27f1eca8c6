"""Start JupyterLab at the course's first page: ``.venv/bin/python tools/start_lab.py``.

The shell's PORT (first choice, default 8888) and BROWSER ("none": open none) are honoured.
"""

import errno
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from jupyter_dirs import ROOT, isolated, place_advice, place_overrides, state_folder
from setup_error import SetupError

HOST = "127.0.0.1"
FIRST_PORT = 8888
TRIES = 50
NEEDED = ("jupyterlab", "tornado", "serverless_course")
START_PAGE = "notebooks/00-start-here.ipynb"


def wanted_port(environ: Mapping[str, str]) -> int:
    """Return the port that the learner asked for. Raises SetupError when it is no port."""
    text = environ.get("PORT", "").strip() or str(FIRST_PORT)
    if not text.isascii() or not text.isdigit() or not 1024 <= int(text) <= 65535:
        raise SetupError(
            f"PORT={text} is no port to use: choose a number from 1024 to 65535, "
            "as in 'PORT=8899 make lab'."
        )
    return int(text)


def free_port(first: int) -> int:
    """Return the first free TCP port from ``first`` on. Raises SetupError when 50 are taken."""
    last = min(first + TRIES - 1, 65535)
    for port in range(first, last + 1):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise SetupError(
                        f"Port {port} cannot be used ({error.strerror}): "
                        "name another, as in 'PORT=8899 make lab'."
                    ) from error
            else:
                return port
    raise SetupError(
        f"All ports from {first} to {last} are taken: name another, as in 'PORT=9500 make lab'."
    )


def opens_browser(environ: Mapping[str, str], platform: str) -> bool:
    """Tell whether there is a browser to open: not when told so, nor on Linux without a display."""
    browser = environ.get("BROWSER", "").strip()
    if browser:
        return browser.lower() not in ("none", "no", "false", "0")
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME")
    return platform == "darwin" or any(environ.get(name) for name in screens)


def command(root: Path, port: int, browser: bool) -> list[str]:
    """Return JupyterLab's command line for the checkout at ``root``."""
    page = f"/lab/tree/{START_PAGE}" if (root / START_PAGE).exists() else "/lab"
    options = [
        f"--ServerApp.root_dir={root}",
        f"--ServerApp.ip={HOST}",
        f"--ServerApp.port={port}",
        f"--ServerApp.port_retries={TRIES}",
        f"--LabApp.default_url={page}",
        # The course needs no extension, and the extension manager would ask the network.
        "--LabApp.extension_manager=readonly",
        # Its search for language servers runs npm, which writes into the learner's home.
        "--LanguageServerManager.autodetect=False",
        # One Ctrl-C ends it: nothing is lost, notebooks are saved as they are edited.
        "--ServerApp.answer_yes=True",
        "--Application.log_level=WARN",
    ]
    if not browser:
        options.append("--no-browser")
    if os.geteuid() == 0:
        # Containers are often run as root; the server listens on this machine's loopback only.
        options.append("--allow-root")
    return [sys.executable, "-m", "jupyterlab", *options]


def prepare(state: Path) -> dict[str, str]:
    """Make Jupyter's folders below ``state`` and return the environment to start it with.

    Raises SetupError when nothing can be written there.
    """
    try:
        environment = isolated(state)
        place_overrides(state)
        place_advice(state)
    except OSError as error:
        raise SetupError(
            f"The folder {state}, for what the course remembers, cannot be written to "
            f"({error.strerror}): name one of your own, as in "
            "'COURSE_STATE_DIR=~/course-state make lab'."
        ) from error
    if "COURSE_STATE_DIR" in environment:
        # Kernels run in the folders of their pages: there, a relative path is another folder.
        environment["COURSE_STATE_DIR"] = str(state)
    # Its kernels share one cloud, which ends with it: this process is about to become JupyterLab.
    return environment | {"COURSE_JUPYTERLAB": str(os.getpid())}


def check_packages(environment: Mapping[str, str], names: Sequence[str] = NEEDED) -> None:
    """Raise SetupError when a package is missing from this Python, as JupyterLab will find it."""
    # A folder without code is still found, but comes from no file.
    ask = (
        "import sys; from importlib.util import find_spec\n"
        "specs = {name: find_spec(name) for name in sys.argv[1:]}\n"
        "print(*(name for name, spec in specs.items() if spec is None or spec.origin is None))"
    )
    command = [sys.executable, "-P", "-c", ask, *names]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    missing = ", ".join(answer.stdout.split()) if answer.returncode == 0 else "a Python that runs"
    if missing:
        raise SetupError(
            f"The folder .venv is damaged (missing: {missing}): delete it and start again, "
            "with 'rm -rf .venv && make lab'."
        )


def main() -> int:  # noqa: RET503 - execve does not return
    """Become JupyterLab, or say in one line why not."""
    try:
        wanted = wanted_port(os.environ)
        port = free_port(wanted)
        environment = prepare(state_folder())
        check_packages(environment)
    except (SetupError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    if port != wanted:
        print(f"Port {wanted} is taken: JupyterLab uses port {port} instead.")
    browser = opens_browser(os.environ, sys.platform)
    print("Starting JupyterLab. Ctrl-C in this window ends it.", flush=True)
    arguments = command(ROOT, port, browser)
    os.chdir(ROOT)
    os.execve(arguments[0], arguments, environment)  # noqa: S606 - nothing here needs a shell


if __name__ == "__main__":
    sys.exit(main())
