"""Unpacking deployment packages."""

from __future__ import annotations

import io
import stat
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from running_cloud import zip_of

from serverless_course.localcloud.lambda_.code_store import MAX_UNZIPPED_BYTES, CodeStore
from serverless_course.localcloud.wire.errors import ServiceError


def test_the_same_package_is_unpacked_once(tmp_path: Path) -> None:
    store = CodeStore(tmp_path / "code")
    key = store.put(zip_of({"index.py": "x = 1\n", "below/more.py": ""}))
    assert (store.folder(key) / "index.py").read_text() == "x = 1\n"
    assert (store.folder(key) / "below/more.py").exists()
    assert store.put(zip_of({"index.py": "x = 2\n"})) != key
    mode = (store.folder(key) / "index.py").stat().st_mode
    assert mode & stat.S_IROTH


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
