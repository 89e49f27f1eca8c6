"""What a function sees of files: AWS's paths, read-only, and nothing of the learner's.

Sources: Lambda Developer Guide, "Configure ephemeral storage for Lambda functions" (512 MB unless
configured, only /tmp can be written) and AWS Compute Blog, "Parallel Processing in Python with
AWS Lambda" (no /dev/shm); read 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from running_cloud import ROOT, RunningCloud, own_launcher, running

# Nothing here waits on the scaled clock: functions settle sooner.
CLOCK_FACTOR = 6000

TRYING = """
import os, subprocess, tempfile
def handler(event, context):
    found = {}
    for name, expression in event.items():
        try:
            found[name] = eval(expression)
        except Exception as error:
            found[name] = f"{type(error).__name__} {getattr(error, 'errno', '')}"
    return found
"""
MB = 1024 * 1024


@pytest.fixture(autouse=True)
def _with_namespaces(request: pytest.FixtureRequest) -> None:
    if "each_user" not in request.fixturenames:
        return
    cloud = request.getfixturevalue("each_user")
    if cloud.ready["sandbox"] == "none":
        pytest.skip("this machine allows this user no namespaces")


def test_paths_are_awss(each_user: RunningCloud) -> None:
    found = each_user.call(
        each_user.create(TRYING),
        {
            "cwd": "os.getcwd()",
            "file": "__file__",
            "root": "os.environ['LAMBDA_TASK_ROOT']",
            "runtime": "__import__('boto3').__file__",
            "tmp": "tempfile.gettempdir()",
            "variables": "sorted({'TMPDIR', 'LAMBDA_OPT_DIR'} & set(os.environ))",
            "user": "os.getuid()",
        },
    ).payload
    assert found == {
        "cwd": "/var/task",
        "file": "/var/task/index.py",
        "root": "/var/task",
        "runtime": "/var/runtime/boto3/__init__.py",
        "tmp": "/tmp",
        "variables": [],
        "user": 993,
    }


@pytest.mark.parametrize("path", ["/var/task", "/opt", "/var/runtime", "/usr/bin", "/etc", ""])
def test_only_tmp_can_be_written(each_user: RunningCloud, path: str) -> None:
    tried = {"it": f"open('{path}/made-here', 'w')"}
    assert each_user.call(each_user.create(TRYING), tried).payload == {"it": "OSError 30"}


def test_tmp_has_its_size(each_user: RunningCloud) -> None:
    small, large = (
        each_user.create(TRYING, EphemeralStorage={"Size": size}, MemorySize=1024)
        for size in (512, 700)
    )
    writing = {"it": f"open('/tmp/large', 'wb').write(bytes({600 * MB}))"}
    assert each_user.call(small, writing).payload == {"it": "OSError 28"}
    assert each_user.call(large, writing).payload == {"it": 600 * MB}


def test_there_is_no_shared_memory(each_user: RunningCloud) -> None:
    tried = {"shm": "os.path.exists('/dev/shm')", "it": "__import__('multiprocessing').Queue()"}
    found = each_user.call(each_user.create(TRYING), tried).payload
    assert found["shm"] is False
    assert found["it"] in ("OSError 38", "FileNotFoundError 2")


def test_nothing_of_the_learners_is_seen(each_user: RunningCloud, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("mine")
    state = each_user.launcher.state_parent
    paths = [secret, ROOT / "pyproject.toml", Path.home() / ".aws", Path.home() / ".bashrc"]
    paths += [state] if state else []
    tried = {str(path): f"os.path.exists({str(path)!r})" for path in paths}
    found = each_user.call(each_user.create(TRYING), tried).payload
    assert found == {str(path): False for path in paths}


def test_what_programs_need_is_there(each_user: RunningCloud) -> None:
    found = each_user.call(
        each_user.create(TRYING),
        {
            "null": "open('/dev/null', 'w').write('x')",
            "random": "len(open('/dev/urandom', 'rb').read(8))",
            "localhost": "__import__('socket').gethostbyname('localhost')",
            "certificates": "bool(__import__('ssl').create_default_context())",
            "tool": "subprocess.run(['id', '-un'], capture_output=True, text=True).stdout",
            "python": "subprocess.run([__import__('sys').executable, '-c', 'print(1)'],"
            " capture_output=True, text=True).stdout",
        },
    ).payload
    assert found == {
        "null": 1,
        "random": 8,
        "localhost": "127.0.0.1",
        "certificates": True,
        "tool": "sbx_user1051\n",
        "python": "1\n",
    }


@pytest.fixture(scope="module")
def plain() -> Iterator[RunningCloud]:
    """A server that gives functions no namespaces, as where the machine forbids them."""
    with running(own_launcher(), "--clock-factor", "6000", "--sandbox", "none") as found:
        yield found


def test_without_namespaces_it_is_said_and_functions_run(plain: RunningCloud) -> None:
    assert plain.ready["sandbox"] == "none"
    tried = {"root": "os.environ['LAMBDA_TASK_ROOT']", "tmp": "os.environ['TMPDIR']"}
    found = plain.call(plain.create(TRYING), tried).payload
    assert found["root"] != "/var/task"
    assert Path(found["tmp"]).is_dir()
