"""Start JupyterLab at the course's first page: ``.venv/bin/python tools/start_lab.py``.

The shell's PORT (first choice, default 8888) and BROWSER ("none": open none) are honoured.
"""

import errno
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from jupyter_dirs import ROOT, isolated, place_overrides, state_folder
from setup_error import SetupError

HOST = "127.0.0.1"
FIRST_PORT = 8888
TRIES = 50
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


def main() -> int:  # noqa: RET503 - execve does not return
    """Become JupyterLab, or say in one line why not."""
    try:
        wanted = wanted_port(os.environ)
        port = free_port(wanted)
        state = state_folder()
        environment = isolated(state)
        place_overrides(state)
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
