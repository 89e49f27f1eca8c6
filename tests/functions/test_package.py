import io
import os
import time
import zipfile

import pytest

from serverless_course.functions import package
from serverless_course.functions.package import PackageError, zip_files, zip_folder


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "lambda_function.py").write_text("x = 1\n")
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "a.py").write_text("y = 2\n")
    run = tmp_path / "run.sh"
    run.write_text("#!/bin/sh\n")
    run.chmod(0o755)
    for cache in ("__pycache__", ".ipynb_checkpoints"):
        (tmp_path / cache).mkdir()
        (tmp_path / cache / "junk.py").write_text("")
    (tmp_path / "old.pyc").write_bytes(b"")
    return tmp_path


def modes(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {entry.filename: entry.external_attr >> 16 & 0o777 for entry in archive.infolist()}


def test_a_folder_is_packaged_without_caches(folder):
    assert modes(zip_folder(folder)) == {
        "lambda_function.py": 0o644,
        "lib/a.py": 0o644,
        "run.sh": 0o755,
    }


def test_same_input_same_bytes(folder):
    first = zip_folder(folder)
    now = time.time() + 1000
    for file in folder.rglob("*"):
        os.utime(file, (now, now))
    (folder / "lambda_function.py").chmod(0o600)
    assert zip_folder(folder) == first
    assert zip_files({"b": "2", "a": "1"}) == zip_files({"a": b"1", "b": b"2"})


def test_other_input_other_bytes(folder):
    first = zip_folder(folder)
    (folder / "lib" / "a.py").write_text("y = 3\n")
    assert zip_folder(folder) != first


def test_a_bootstrap_is_executable():
    assert modes(zip_files({"bootstrap": "#!/bin/sh"})) == {"bootstrap": 0o755}


def test_a_missing_folder_names_its_neighbours(tmp_path):
    (tmp_path / "primes").mkdir()
    with pytest.raises(PackageError, match="holds primes"):
        zip_folder(tmp_path / "prime")


def test_an_empty_folder_is_told(tmp_path):
    with pytest.raises(PackageError, match="empty"):
        zip_folder(tmp_path)


@pytest.mark.parametrize("name", ["../x", "/x", "a\\b", "", "a/../../b"])
def test_a_path_out_of_the_package_is_refused(name):
    with pytest.raises(PackageError, match="not a path inside"):
        zip_files({name: ""})


def test_a_package_over_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr(package, "MAX_ZIP_BYTES", 1000)
    with pytest.raises(PackageError, match="50 MB"):
        zip_files({"big": os.urandom(2000)})
