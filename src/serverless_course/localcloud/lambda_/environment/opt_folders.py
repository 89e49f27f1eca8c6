"""What ``/opt`` is on AWS: a function's layers, unpacked one over the other.

``/opt`` itself would need root, and be one for all functions: each set of layers has a folder of
its own here, and ``LAMBDA_OPT_DIR`` tells a function where. Source: Lambda Developer Guide,
"Packaging your layer content" (read 2026-11).
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from ..code_store import CodeStore
from ..package_files import close_folders, remove_tree


class OptFolders:
    """Folders below ``root``, one for each list of layers; files are hard links where possible."""

    def __init__(self, root: Path, code: CodeStore) -> None:
        self._root = root
        self._code = code

    def made(self, keys: tuple[str, ...]) -> Path | None:
        """The folder for layers of these code keys, the lowest first; None when not made yet."""
        folder = self._folder(keys)
        return folder if folder.is_dir() else None

    def make(self, keys: tuple[str, ...]) -> Path:
        """Make the folder. Copies many files: not for the event loop. Safe on any thread."""
        folder = self._folder(keys)
        partial = folder.with_suffix(f".{os.urandom(4).hex()}")
        modes: dict[str, int] = {}
        for key in keys:
            with self._code.open_folder(key) as layer:
                _lay_over(layer, partial)
            modes |= self._code.folder_modes(key)
        partial.mkdir(parents=True, exist_ok=True)
        close_folders(partial, modes)
        try:
            partial.rename(folder)
        except OSError:
            remove_tree(partial)
        return folder

    def _folder(self, keys: tuple[str, ...]) -> Path:
        return self._root / hashlib.sha256("\n".join(keys).encode()).hexdigest()[:32]


def _lay_over(source: Path, target: Path) -> None:
    """Put a layer's files over what is there: a later layer's file takes an earlier one's place."""
    for folder, folders, files in os.walk(source):
        here = target / Path(folder).relative_to(source)
        if here.is_symlink() or (here.exists() and not here.is_dir()):
            here.unlink()
        here.mkdir(parents=True, exist_ok=True)
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        for name in files + links:
            path = here / name
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            path.unlink(missing_ok=True)
            try:
                os.link(Path(folder) / name, path, follow_symlinks=False)
            except (OSError, NotImplementedError):
                shutil.copy2(Path(folder) / name, path, follow_symlinks=False)
