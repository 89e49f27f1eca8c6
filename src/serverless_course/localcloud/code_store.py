"""Unpacked deployment packages: one read-only folder for each content hash."""

from __future__ import annotations

import hashlib
import io
import secrets
import shutil
import time
import zipfile
from pathlib import Path, PurePosixPath

from .errors import ServiceError

MAX_UNZIPPED_BYTES = 262_144_000
LINK_PATH = "/awslambda-tasks/"
LINK_S = 600.0


class CodeStore:
    """Folders of unpacked zip files below ``root``, made once for each content."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True)
        self._known: dict[str, str] = {}
        self._links: dict[str, tuple[float, bytes]] = {}

    def put(self, data: bytes, known_as: str = "") -> str:
        """Unpack a zip and return its key. ``known_as`` spares hashing what was put before.

        Raises `ServiceError` for what is no zip, is too large unpacked (250 MB, Lambda quotas,
        read 2026-11) or would write outside its folder.
        """
        if known_as and known_as in self._known:
            return self._known[known_as]
        key = hashlib.sha256(data).hexdigest()
        folder = self._root / key
        if not folder.exists():
            self._unpack(data, folder)
        if known_as:
            self._known[known_as] = key
        return key

    def size(self, key: str) -> int:
        """Bytes of an unpacked package."""
        return sum(path.stat().st_size for path in self.folder(key).rglob("*") if path.is_file())

    def folder(self, key: str) -> Path:
        """The folder of an unpacked package."""
        return self._root / key

    def link(self, endpoint: str, data: bytes) -> str:
        """An address under which a package can be read for ten minutes, as on AWS."""
        now = time.monotonic()
        for token in [token for token, (until, _) in self._links.items() if until < now]:
            del self._links[token]
        token = secrets.token_urlsafe(32)
        self._links[token] = (now + LINK_S, data)
        return f"{endpoint}{LINK_PATH}{token}"

    def linked(self, path: str) -> bytes | None:
        """The package behind a link's path; None when there is none, or no longer."""
        until, data = self._links.get(path.removeprefix(LINK_PATH), (0.0, b""))
        return data if until > time.monotonic() else None

    def _unpack(self, data: bytes, folder: Path) -> None:
        """Unpack beside the folder, then rename: another thread may do the same meanwhile."""
        partial = folder.with_name(f"{folder.name}.{secrets.token_hex(4)}.partial")
        try:
            partial.mkdir()
            _extract(data, partial)
            partial.rename(folder)
        except OSError:
            if not folder.exists():
                raise
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def _extract(data: bytes, target: Path) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_archive(archive)
            for item in archive.infolist():
                path = Path(archive.extract(item, target))
                mode = item.external_attr >> 16
                if path.is_file():
                    path.chmod((mode & 0o777 or 0o644) | 0o444)
    except zipfile.BadZipFile as error:
        raise ServiceError(
            "InvalidParameterValueException",
            "Could not unzip uploaded file. Please check your file, then try to upload again.",
        ) from error


def check_archive(archive: zipfile.ZipFile) -> None:
    """Refuse an archive that is too large unpacked or names a path outside its folder."""
    if sum(item.file_size for item in archive.infolist()) >= MAX_UNZIPPED_BYTES:
        raise ServiceError(
            "InvalidParameterValueException",
            f"Unzipped size must be smaller than {MAX_UNZIPPED_BYTES} bytes",
        )
    for item in archive.infolist():
        path = PurePosixPath(item.filename)
        if path.is_absolute() or ".." in path.parts:
            raise ServiceError(
                "InvalidParameterValueException",
                f"The package names a path outside its folder: {item.filename}",
            )
