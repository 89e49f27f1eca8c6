"""Folders of Jupyter's own, inside the checkout: no settings of a learner come in, none go out."""

import errno
import os
import stat
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Would lead Jupyter to a learner's own settings, kernels or applications, or make each start
# compile everything anew.
FOREIGN = (
    "JUPYTERLAB_DIR",
    "JUPYTER_CONFIG_PATH",
    "JUPYTER_NO_CONFIG",
    "JUPYTER_PATH",
    "JUPYTER_PREFER_ENV_PATH",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONHOME",
    "PYTHONPATH",
)


def isolated(state: Path) -> dict[str, str]:
    """Return this process's environment with every folder of Jupyter's under ``state``."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    folders = {
        "IPYTHONDIR": "ipython",
        "JUPYTER_CONFIG_DIR": "jupyter/config",
        "JUPYTER_DATA_DIR": "jupyter/data",
        "JUPYTER_RUNTIME_DIR": "jupyter/runtime",
        "JUPYTERLAB_SETTINGS_DIR": "jupyter/settings",
        "JUPYTERLAB_WORKSPACES_DIR": "jupyter/workspaces",
        # Its settings and its list of fonts: else in the learner's home.
        "MPLCONFIGDIR": "matplotlib",
    }
    make_private(state / "jupyter")
    for name, below in folders.items():
        make_private(state / below)
        kept[name] = str(state / below)
    return kept


def make_private(folder: Path) -> None:
    """Make a folder that only its owner may read: Jupyter's token is in one of them.

    Raises OSError, also for a folder that is there and cannot be written to.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if stat.S_IMODE(folder.stat().st_mode) != 0o700:
        folder.chmod(0o700)
    if not os.access(folder, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))


def state_folder() -> Path:
    """Return the folder for what the course remembers: ``.course``, or COURSE_STATE_DIR."""
    return Path(os.environ.get("COURSE_STATE_DIR") or ROOT / ".course").expanduser().resolve()


def place_overrides(state: Path) -> None:
    """Give the JupyterLab of :func:`isolated` the course's default settings (no news pop-up).

    JupyterLab reads them from its configuration folder as well as from the Python that it runs
    in: only the first is sure to be the course's own, and may be written when the other may not.
    """
    _place(
        ROOT / "tools" / "jupyterlab-overrides.json",
        state / "jupyter" / "config" / "labconfig" / "default_setting_overrides.json",
    )


def place_advice(state: Path) -> None:
    """Have each kernel of :func:`isolated` say what to do after it was started again."""
    profile = state / "ipython" / "profile_default"
    _place(ROOT / "tools" / "ipython-kernel-config.json", profile / "ipython_kernel_config.json")


def _place(source: Path, place: Path) -> None:
    wanted = source.read_bytes()
    if place.is_file() and place.read_bytes() == wanted:
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(wanted)
