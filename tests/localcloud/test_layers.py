"""``/opt``: layers laid one over the other, and where each runtime looks in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from running_cloud import RUNTIME, RunningCloud, zip_of

from serverless_course.localcloud.lambda_.code_store import CodeStore
from serverless_course.localcloud.lambda_.environment.opt_folders import OptFolders

# Nothing here waits on the scaled clock: functions settle sooner.
CLOCK_FACTOR = 6000


def texts(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_later_layers_override_earlier_ones(tmp_path: Path) -> None:
    code = CodeStore(tmp_path / "code")
    one = code.put(zip_of({"data/a": "1", "data/b": "1", "bin/tool": "x"}, "bin/tool"))
    two = code.put(zip_of({"data/b": "2", "c": "2"}))
    opt = OptFolders(tmp_path / "opt", code)
    assert opt.made((one, two)) is None
    folder = opt.make((one, two))
    assert opt.made((one, two)) == folder
    assert texts(folder) == {"data/a": "1", "data/b": "2", "bin/tool": "x", "c": "2"}
    assert (folder / "bin/tool").stat().st_mode & 0o111
    assert texts(opt.make((two, one)))["data/b"] == "1"
    assert texts(code.folder(one))["data/b"] == "1", "the layer itself is as it was"
    assert opt.make((one, two)) == folder


def test_a_file_takes_a_folders_place_and_the_other_way_round(tmp_path: Path) -> None:
    code = CodeStore(tmp_path / "code")
    one = code.put(zip_of({"a/b": "deep", "c": "flat"}))
    two = code.put(zip_of({"a": "flat", "c/d": "deep"}))
    assert texts(OptFolders(tmp_path / "opt", code).make((one, two))) == {
        "a": "flat",
        "c/d": "deep",
    }


def layer(cloud: RunningCloud, name: str, files: dict[str, str], executable: str = "") -> str:
    answer = cloud.client("lambda").publish_layer_version(
        LayerName=name, Content={"ZipFile": zip_of(files, executable)}
    )
    return str(answer["LayerVersionArn"])


READING = """
import os, subprocess, shared, versioned
def handler(event, context):
    opt = os.environ.get("LAMBDA_OPT_DIR", "/opt")
    return {
        "shared": shared.VALUE,
        "versioned": versioned.VALUE,
        "text": open(opt + "/data/text").read(),
        "tool": subprocess.run("tool", stdout=subprocess.PIPE, text=True).stdout,
        "library": os.environ["LD_LIBRARY_PATH"].split(":")[-1] == opt + "/lib",
    }
"""


def test_a_function_finds_its_layers(each_user: RunningCloud) -> None:
    site = f"python/lib/{RUNTIME}/site-packages"
    below = layer(
        each_user,
        "below",
        {
            "python/shared.py": "VALUE = 'below'\n",
            f"{site}/versioned.py": "VALUE = 'below'\n",
            "data/text": "below",
            "bin/tool": "#!/bin/sh\nprintf tool\n",
        },
        "bin/tool",
    )
    above = layer(
        each_user, "above", {"python/shared.py": "VALUE = 'above'\n", "data/text": "above"}
    )
    name = each_user.create(READING, Layers=[below, above])
    call = each_user.call(name)
    assert call.payload == {
        "shared": "above",
        "versioned": "below",
        "text": "above",
        "tool": "tool",
        "library": True,
    }, call.log
    each_user.configure(name, Layers=[above, below])
    assert each_user.call(name).payload["text"] == "below"


def test_the_package_comes_before_its_layers(one_cloud: RunningCloud) -> None:
    below = layer(one_cloud, "hidden", {"python/shared.py": "VALUE = 'layer'\n"})
    files = {
        "index.py": "import shared\ndef handler(e, c):\n    return shared.VALUE\n",
        "shared.py": "VALUE = 'package'\n",
    }
    name = one_cloud.create_from(files, Layers=[below])
    assert one_cloud.call(name).payload == "package"


def test_without_layers_opt_is_empty(one_cloud: RunningCloud) -> None:
    source = "import os\ndef handler(e, c):\n    return os.listdir('/opt')\n"
    assert one_cloud.call(one_cloud.create(source)).payload == []


@pytest.mark.parametrize("number", [5])
def test_five_layers(one_cloud: RunningCloud, number: int) -> None:
    layers = [layer(one_cloud, f"n{each}", {f"data/{each}": "x"}) for each in range(number)]
    source = """
import os
def handler(event, context):
    return sorted(os.listdir(os.environ.get("LAMBDA_OPT_DIR", "/opt") + "/data"))
"""
    name = one_cloud.create(source, Layers=layers)
    assert one_cloud.call(name).payload == [str(each) for each in range(number)]
