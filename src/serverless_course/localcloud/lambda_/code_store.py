"""Deployment packages: the zip and, unpacked, one read-only folder for each content hash."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import secrets
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from ..wire.errors import ServiceError
from .package_files import (
    Closed,
    close_folders,
    closed,
    folder_modes,
    remove_tree,
    unpack,
    unpacked_bytes,
)

MAX_UNZIPPED_BYTES = 262_144_000
# A file that is none or is cut, is encrypted, is packed in a way that is not known, or holds a
# file and a folder of one name.
UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError),
    *(FileExistsError, NotADirectoryError, IsADirectoryError, ValueError),
)
# A name that this machine's file system does not take: too long, or not text.
ODD_NAMES = (errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ)
LINK_PATH = "/awslambda-tasks/"
LINK_S = 600.0


class CodeStore:
    """Zip files and their unpacked folders below ``root``, each made once for a content.

    Methods but `link` may be called on any thread.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True)
        self._sizes: dict[str, int] = {}
        self._closed: dict[str, list[Closed]] = {}
        self._links: dict[str, tuple[float, str]] = {}

    def put(self, data: bytes) -> str:
        """Keep and unpack a zip, and return its key: the hexadecimal SHA-256.

        Raises `ServiceError` for what is no zip, is too large unpacked (250 MB, Lambda quotas,
        read 2026-11) or would write outside its folder.
        """
        key = hashlib.sha256(data).hexdigest()
        if not self.folder(key).exists():
            self._unpack(data, key)
        return key

    def folder(self, key: str) -> Path:
        """The folder of an unpacked package."""
        return self._root / key

    def zip_bytes(self, key: str) -> bytes:
        """A package as it was put."""
        return self._zip(key).read_bytes()

    def size(self, key: str) -> int:
        """Bytes of an unpacked package."""
        if key not in self._sizes:
            with zipfile.ZipFile(self._zip(key)) as archive:
                self._sizes[key] = unpacked_bytes(archive)
        return self._sizes[key]

    def closed(self, *keys: str) -> list[Closed]:
        """What Lambda's user may not read in these packages."""
        found: list[Closed] = []
        for key in keys:
            if key not in self._closed:
                with zipfile.ZipFile(self._zip(key)) as archive:
                    self._closed[key] = closed(archive)
            found += self._closed[key]
        return found

    def folder_modes(self, key: str) -> dict[str, int]:
        """The modes of folders in a package, by their paths."""
        with zipfile.ZipFile(self._zip(key)) as archive:
            return folder_modes(archive)

    @contextlib.contextmanager
    def open_folder(self, key: str) -> Iterator[Path]:
        """A package's folder to read from while the context lasts: each of its folders is open."""
        if not any(each.is_folder for each in self.closed(key)):
            yield self.folder(key)
            return
        copy = self._root / f"{key}.{secrets.token_hex(4)}.open"
        copy.mkdir()
        try:
            with zipfile.ZipFile(self._zip(key)) as archive:
                unpack(archive, copy)
            yield copy
        finally:
            remove_tree(copy)

    def link(self, endpoint: str, key: str) -> str:
        """An address under which a package can be read for ten minutes, as on AWS."""
        now = time.monotonic()
        for token in [token for token, (until, _) in self._links.items() if until < now]:
            del self._links[token]
        token = secrets.token_urlsafe(32)
        self._links[token] = (now + LINK_S, key)
        return f"{endpoint}{LINK_PATH}{token}"

    def linked(self, path: str) -> bytes | None:
        """The package behind a link's path; None when there is none, or no longer."""
        until, key = self._links.get(path.removeprefix(LINK_PATH), (0.0, ""))
        return self.zip_bytes(key) if until > time.monotonic() else None

    def _zip(self, key: str) -> Path:
        return self._root / f"{key}.zip"

    def _unpack(self, data: bytes, key: str) -> None:
        """Unpack beside the folder, then rename: who sees the folder sees all of it.

        Two threads may unpack the same package at once; the first to rename has made it.
        """
        partial = self._root / f"{key}.{secrets.token_hex(4)}.partial"
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                check_archive(archive)
                partial.mkdir()
                unpack(archive, partial)
                close_folders(partial, folder_modes(archive))
            written = partial.with_suffix(".zip")
            written.write_bytes(data)
            written.replace(self._zip(key))
            with contextlib.suppress(OSError):
                partial.rename(self.folder(key))
        except UNREADABLE as error:
            raise _not_unzipped() from error
        except OSError as error:
            if error.errno in ODD_NAMES:
                raise _not_unzipped() from error
            raise
        finally:
            remove_tree(partial)


def _not_unzipped() -> ServiceError:
    return ServiceError(
        "InvalidParameterValueException",
        "Could not unzip uploaded file. Please check your file, then try to upload again.",
    )


def check_archive(archive: zipfile.ZipFile) -> None:
    """Refuse an archive that is too large unpacked or names a path outside its folder."""
    if sum(item.file_size for item in archive.infolist()) >= MAX_UNZIPPED_BYTES:
        raise ServiceError(
            "InvalidParameterValueException",
            f"Unzipped size must be smaller than {MAX_UNZIPPED_BYTES} bytes",
        )
    for item in archive.infolist():
        path = PurePosixPath(item.filename)
        if "\0" in item.orig_filename:
            raise _not_unzipped()
        if path.is_absolute() or ".." in path.parts:
            raise ServiceError(
                "InvalidParameterValueException",
                f"The package names a path outside its folder: {item.filename}",
            )
