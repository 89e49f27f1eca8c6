"""Which runtimes a machine has, and what a function sees in each of them."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from running_cloud import RUNTIME, RunningCloud

from serverless_course.localcloud.lambda_.environment.runtimes import (
    Place,
    Runtimes,
    label,
    version_arn,
)
from serverless_course.localcloud.lambda_.environment.runtimes.overhead import MB, overhead_bytes
from serverless_course.localcloud.lambda_.environment.runtimes.python_runtime import (
    PythonRuntime,
    lowest_minor,
    other_interpreters,
    other_runtime,
    own_runtime,
)

OTHERS = dict(other_interpreters())
SEEN = """
import os, sys

# Nothing here waits on the scaled clock: functions settle sooner.
CLOCK_FACTOR = 6000
def handler(event, context):
    import boto3
    return {
        "version": list(sys.version_info[:2]),
        "boto3": boto3.__version__,
        "path": sys.path,
        "execution_env": os.environ["AWS_EXECUTION_ENV"],
        "request_id": context.aws_request_id,
        "name": context.function_name,
    }
"""


def runtimes(folder: Path) -> Runtimes:
    return Runtimes([own_runtime(folder)], folder)


@pytest.mark.measures
def test_looking_for_runtimes_is_cheap(tmp_path: Path) -> None:
    own = own_runtime(tmp_path)
    started = time.perf_counter()
    Runtimes([own], tmp_path)
    assert time.perf_counter() - started < 0.05


def test_the_servers_own_python_and_the_os_only_runtimes_are_always_there(tmp_path: Path) -> None:
    found = runtimes(tmp_path)
    try:
        assert {RUNTIME, "provided.al2023", "provided.al2"} <= set(found.names)
        assert not found.has("ruby3.3")
        assert found.names == sorted(found.names, key=found.names.index)
        with pytest.raises(KeyError):
            found.named("java21")
    finally:
        found.close()


@pytest.mark.parametrize(
    ("name", "version", "shown"),
    [
        ("python3.12", "3.12.1", "python:3.12.local3.12.1"),
        ("python3.9", "3.9.18", "python:3.9.local3.9.18"),
    ],
)
def test_a_label(tmp_path: Path, name: str, version: str, shown: str) -> None:
    runtime = PythonRuntime(name, "python", tmp_path, version)
    assert label(runtime) == shown
    assert version_arn(runtime, "sa-east-1") == f"arn:aws:lambda:sa-east-1::runtime:local-{version}"


def test_an_interpreter_that_is_not_what_its_name_says_is_left_out(tmp_path: Path) -> None:
    liar = tmp_path / "python3.99"
    liar.symlink_to(sys.executable)
    assert other_runtime("python3.99", liar, tmp_path) is None
    broken = tmp_path / "python3.98"
    broken.write_bytes(b"\x7fELF nonsense")
    broken.chmod(0o755)
    assert other_runtime("python3.98", broken, tmp_path) is None


def test_scripts_on_path_are_no_interpreters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    minor = next(each for each in range(lowest_minor(), 19) if each != sys.version_info.minor)
    script = tmp_path / f"python3.{minor}"
    script.write_text("#!/bin/sh\nexit 127\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "none"))
    assert f"python3.{minor}" not in dict(other_interpreters())


def test_versions_that_the_runtime_client_does_not_support_are_left_out() -> None:
    assert lowest_minor() >= 10
    assert all(int(name.split(".")[1]) >= lowest_minor() for name in OTHERS)
    assert RUNTIME not in OTHERS


def test_the_search_path_has_layers_in_awss_order(tmp_path: Path) -> None:
    runtime = PythonRuntime("python3.12", "python", tmp_path / "runtime", "3.12.1")
    place = Place(tmp_path / "task", tmp_path / "opt")
    environ = runtime.environ(place, {"PYTHONPATH": "mine"})
    assert environ["PYTHONPATH"].split(os.pathsep) == [
        "mine",
        f"{tmp_path}/opt/python/lib/python3.12/site-packages",
        f"{tmp_path}/opt/python",
        f"{tmp_path}/runtime",
    ]
    assert environ["PATH"].split(os.pathsep)[-1] == f"{tmp_path}/opt/bin"
    assert environ["LD_LIBRARY_PATH"].split(os.pathsep)[-1] == f"{tmp_path}/opt/lib"
    assert environ["LAMBDA_OPT_DIR"] == f"{tmp_path}/opt"
    assert (environ["PWD"], environ["SHLVL"]) == (f"{tmp_path}/task", "0")  # recorded 2026-02
    assert runtime.environ(place, {"PATH": "/mine"})["PATH"] == "/mine"


def test_what_awss_memory_figure_holds_beside_the_process() -> None:
    assert overhead_bytes("python3.12") == 20 * MB
    assert overhead_bytes("python3.12", pure_client=True) == 15 * MB
    assert overhead_bytes("python3.99") == 18 * MB
    assert overhead_bytes("nodejs26.x") == 23 * MB


def test_a_runtime_that_this_machine_lacks_is_refused_with_those_it_has(
    one_cloud: RunningCloud,
) -> None:
    with pytest.raises(ClientError) as refused:
        one_cloud.create("", Runtime="java21")
    message = str(refused.value)
    assert "AWS knows the runtime java21, but this machine cannot run it. It can run:" in message
    assert RUNTIME in message
    assert "provided.al2023" in message
    with pytest.raises(ClientError, match="enum value set"):
        one_cloud.create("", Runtime="cobol85")


@pytest.mark.parametrize("runtime", [RUNTIME, *OTHERS])
def test_every_python_of_this_machine_runs_a_function(
    one_cloud: RunningCloud, runtime: str
) -> None:
    name = one_cloud.create(SEEN, Runtime=runtime)
    call = one_cloud.call(name, {})
    assert call.error == "", call.log
    assert call.payload["version"] == [int(part) for part in runtime[6:].split(".")]
    assert call.payload["execution_env"] == f"AWS_Lambda_{runtime}"
    assert call.payload["request_id"] == call.request_id
    assert not [entry for entry in call.payload["path"] if "site-packages" in entry]
    failing = one_cloud.create("def handler(e, c):\n    raise KeyError('no')\n", Runtime=runtime)
    failed = one_cloud.call(failing, {})
    assert failed.payload["errorType"] == "KeyError"
    assert "[ERROR] KeyError: 'no'" in failed.log


@pytest.mark.skipif(not OTHERS, reason="this machine has one Python only")
def test_another_python_starts_quickly_once_its_modules_are_compiled(
    one_cloud: RunningCloud,
) -> None:
    runtime = list(OTHERS)[-1]
    name = one_cloud.create("import boto3\ndef handler(e, c):\n    return 1\n", Runtime=runtime)
    until = time.monotonic() + 20
    while True:
        call = one_cloud.call(name)
        if (call.figure("Init Duration") or 0) < 1200:
            return
        assert time.monotonic() < until, call.log
        time.sleep(1)
        one_cloud.configure(name, Description=str(time.monotonic()))


def test_memory_reads_as_on_aws(each_user: RunningCloud) -> None:
    """An empty Python function reads 31 to 39 MB there (`runtimes.overhead`)."""
    call = each_user.call(each_user.create("def handler(e, c):\n    return 1\n"))
    assert 27 <= (call.figure("Max Memory Used") or 0) <= 47


HUNGRY = Path(__file__).resolve().parents[2] / "labs/04-memory-tuning/functions/hungry/index.py"


def test_lab_04s_hungry_function_needs_192_mb(each_user: RunningCloud) -> None:
    name = each_user.create(HUNGRY.read_text(), MemorySize=192)
    assert each_user.call(name, {"megabytes": 150}).payload == {"megabytes": 150, "first": 42}
    each_user.configure(name, MemorySize=128)
    failed = each_user.call(name, {"megabytes": 150})
    assert "Error Type: Runtime.OutOfMemory" in failed.log
    assert failed.figure("Max Memory Used") == 128


def test_versions_of_boto3_can_be_looked_up(one_cloud: RunningCloud) -> None:
    """OpenTelemetry's instrumentation of botocore asks whether it is there before it begins."""
    source = (
        "from importlib import metadata\ndef handler(e, c):\n    import boto3, botocore\n"
        "    return [metadata.version('boto3') == boto3.__version__,\n"
        "            metadata.version('botocore') == botocore.__version__]\n"
    )
    for runtime in [RUNTIME, *list(OTHERS)[:1]]:
        assert one_cloud.call(one_cloud.create(source, Runtime=runtime)).payload == [True, True]
