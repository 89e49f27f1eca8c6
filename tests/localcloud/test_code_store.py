"""Unpacking deployment packages."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from running_cloud import zip_of

from serverless_course.localcloud.lambda_.code_store import MAX_UNZIPPED_BYTES, CodeStore
from serverless_course.localcloud.lambda_.package_files import remove_tree
from serverless_course.localcloud.wire.errors import ServiceError


def test_the_same_package_is_unpacked_once(tmp_path: Path) -> None:
    store = CodeStore(tmp_path / "code")
    key = store.put(zip_of({"index.py": "x = 1\n", "below/more.py": ""}))
    assert (store.folder(key) / "index.py").read_text() == "x = 1\n"
    assert (store.folder(key) / "below/more.py").exists()
    assert store.put(zip_of({"index.py": "x = 2\n"})) != key


def packed(*entries: tuple[str, int, str], system: int = 3) -> bytes:
    """A zip of names, modes with their kinds, and texts."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, mode, text in entries:
            item = zipfile.ZipInfo(name)
            item.create_system = system
            # The attributes that MS-DOS gave a folder and a file: with none, Python writes 600.
            item.external_attr = mode << 16 | (0x10 if name.endswith("/") else 0x20)
            archive.writestr(item, text)
    return data.getvalue()


def mode_of(path: Path) -> str:
    return f"{stat.S_IMODE(path.stat().st_mode):o}"


@pytest.mark.parametrize(
    ("mode", "here"),
    [
        *((0o644, "644"), (0o755, "755"), (0o444, "444"), (0o664, "664"), (0o777, "777")),
        # What others may not, the owner may not either: a function may be the same user.
        *((0o600, "200"), (0o640, "240"), (0o400, "0"), (0o700, "200"), (0o744, "644")),
        # Without a mode.
        (0, "644"),
    ],
)
def test_files_keep_their_modes(tmp_path: Path, mode: int, here: str) -> None:
    store = CodeStore(tmp_path)
    key = store.put(packed(("index.py", stat.S_IFREG | mode if mode else 0, "x")))
    assert mode_of(store.folder(key) / "index.py") == here
    closed = [(each.path, each.mode) for each in store.closed(key)]
    assert closed == ([] if not mode or mode & stat.S_IROTH else [("index.py", mode)])


@pytest.mark.parametrize("system", [0, 10, 11])
def test_modes_of_systems_that_have_none_do_not_count(tmp_path: Path, system: int) -> None:
    store = CodeStore(tmp_path)
    key = store.put(packed(("index.py", 0o600, "x"), ("in/", 0o700, ""), system=system))
    assert store.closed(key) == []
    assert mode_of(store.folder(key) / "index.py") == "644"
    assert mode_of(store.folder(key) / "in") == "755"


@pytest.mark.parametrize("first", [True, False])
def test_folders_keep_their_modes(tmp_path: Path, first: bool) -> None:
    store = CodeStore(tmp_path)
    folders = [("a/", stat.S_IFDIR | 0o700, ""), ("b/", stat.S_IFDIR | 0o755, "")]
    files = [("a/in/x.py", 0o644, "1"), ("b/y.py", 0o644, "2"), ("c/z.py", 0o644, "3")]
    entries = folders + files if first else files + folders
    key = store.put(packed(*entries))
    modes = {name: mode_of(store.folder(key) / name) for name in "abc"}
    assert modes == {"a": "200", "b": "755", "c": "755"}
    assert [(each.path, each.is_folder) for each in store.closed(key)] == [("a", True)]
    assert store.size(key) == 3
    with store.open_folder(key) as folder:
        assert (folder / "a/in/x.py").read_text() == "1"
    assert {path.name for path in tmp_path.iterdir()} == {key, f"{key}.zip"}
    remove_tree(tmp_path / key)
    assert not (tmp_path / key).exists()


def test_links_stay_links_and_nothing_is_written_through_one(tmp_path: Path) -> None:
    link = stat.S_IFLNK | 0o777
    store = CodeStore(tmp_path / "code")
    outside = tmp_path / "outside"
    outside.mkdir()
    key = store.put(
        packed(("here", link, "real.py"), ("real.py", 0o644, "x"), ("gone", link, "no"))
    )
    assert os.readlink(store.folder(key) / "here") == "real.py"
    assert (store.folder(key) / "here").read_text() == "x"
    assert os.readlink(store.folder(key) / "gone") == "no"
    assert store.closed(key) == []
    for names in (("to", "to/file"), ("to/file", "to")):
        entries = [(name, 0o644 if "/" in name else link, str(outside)) for name in names]
        with pytest.raises(ServiceError, match="Could not unzip uploaded file"):
            store.put(packed(*entries))
    assert not list(outside.iterdir())


def test_the_same_package_may_come_twice_at_once(tmp_path: Path) -> None:
    store = CodeStore(tmp_path / "code")
    data = zip_of({f"m{number}.py": "x = 1\n" for number in range(50)})
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(store.put, [data] * 8))
    (key,) = keys
    assert len(list(store.folder(key).iterdir())) == 50
    assert {path.name for path in (tmp_path / "code").iterdir()} == {key, f"{key}.zip"}


@pytest.mark.parametrize("name", ["../out.py", "a/../../out.py", "/out.py"])
def test_a_path_outside_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    store = CodeStore(tmp_path / "code")
    with pytest.raises(ServiceError, match="outside its folder"):
        store.put(zip_of({"index.py": "", name: "bad"}))
    assert not list(tmp_path.rglob("*.py"))


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x05\x06 cut"])
def test_what_is_no_zip_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ServiceError, match="Could not unzip uploaded file"):
        CodeStore(tmp_path).put(data)


def test_a_package_too_large_unpacked_is_refused(tmp_path: Path) -> None:
    data = io.BytesIO()
    with (
        zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("zeros", "w", force_zip64=True) as file,
    ):
        for _ in range(MAX_UNZIPPED_BYTES // 1_000_000 + 1):
            file.write(b"\0" * 1_000_000)
    with pytest.raises(ServiceError, match="smaller than 262144000 bytes"):
        CodeStore(tmp_path / "code").put(data.getvalue())
    assert not list((tmp_path / "code").rglob("zeros"))
