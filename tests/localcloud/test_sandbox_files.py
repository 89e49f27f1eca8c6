"""What a function sees of files: AWS's paths, read-only, and nothing of the learner's.

Sources: Lambda Developer Guide, "Configure ephemeral storage for Lambda functions" (512 MB unless
configured, only /tmp can be written) and AWS Compute Blog, "Parallel Processing in Python with
AWS Lambda" (no /dev/shm); read 2026-11. Modes of a package's files: `package_files`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from running_cloud import (
    ROOT,
    RunningCloud,
    own_launcher,
    running,
    start,
    unprivileged_launcher,
    wait_for,
    zip_with_modes,
)

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


@pytest.fixture(
    scope="module",
    params=["own", "none", *(["unprivileged", "both"] if os.geteuid() == 0 else [])],
)
def each_way(request: pytest.FixtureRequest) -> Iterator[RunningCloud]:
    """With namespaces and without, as the tests' user and as one without rights."""
    without = ["--sandbox", "none"] if request.param in ("none", "both") else []
    is_other = request.param in ("unprivileged", "both")
    launcher = unprivileged_launcher() if is_other else own_launcher()
    with running(launcher, "--clock-factor", "6000", *without) as found:
        yield found


def warnings(cloud: RunningCloud, name: str) -> list[str]:
    """What a function's log says of its package's files."""
    events = cloud.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
    return [str(each["message"]) for each in events if "Lambda's user may not" in each["message"]]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o700, 0o200])
def test_a_file_that_others_may_not_read(each_way: RunningCloud, mode: int) -> None:
    files = {"index.py": (TRYING, 0o644), "closed": ("text", mode), "open": ("text", 0o444)}
    name = each_way.create("", Code={"ZipFile": zip_with_modes(files)})
    tried = {each: f"open('{each}').read()" for each in ("open", "closed")}
    found = each_way.call(name, tried).payload
    assert found == {"open": "text", "closed": "PermissionError 13"}
    (warning,) = warnings(each_way, name)
    assert f"may not read closed, here as on AWS: it has mode {mode:03o}" in warning
    assert "Give it mode 644" in warning


def test_a_handler_that_others_may_not_read(each_way: RunningCloud) -> None:
    code = {"ZipFile": zip_with_modes({"index.py": (TRYING, 0o600)})}
    name = each_way.create("", Code=code)
    call = each_way.call(name, {})
    # AWS's runtime client catches ImportError and SyntaxError; so it looked on AWS, too
    # (serverless/serverless issue 7340, 2020).
    assert call.error == "Unhandled"
    assert call.payload["errorType"] == "PermissionError"
    message = call.payload["errorMessage"]
    assert message.startswith("[Errno 13] Permission denied: '")
    assert message.endswith("/index.py'")
    if each_way.ready["sandbox"] != "none":
        assert "'/var/task/index.py'" in message
    assert warnings(each_way, name)


@pytest.mark.parametrize("mode", [0o700, 0o600, 0o754])
def test_a_folder_that_others_may_not_enter(each_way: RunningCloud, mode: int) -> None:
    files = {
        "index.py": (TRYING, 0o644),
        "closed/": ("", mode),
        "closed/text": ("text", 0o644),
        "open/": ("", 0o755),
        "open/text": ("text", 0o644),
    }
    name = each_way.create("", Code={"ZipFile": zip_with_modes(files)})
    tried = {each: f"open('{each}/text').read()" for each in ("open", "closed")}
    found = each_way.call(name, tried).payload
    assert found == {"open": "text", "closed": "PermissionError 13"}
    (warning,) = warnings(each_way, name)
    assert "may not look into closed" in warning


def test_layers_keep_their_modes(each_way: RunningCloud) -> None:
    layers = []
    for number, files in enumerate(
        (
            {"shared/": ("", 0o700), "shared/one": ("1", 0o644), "first/": ("", 0o700)},
            {"shared/": ("", 0o755), "shared/two": ("2", 0o600), "second/x": ("x", 0o644)},
        )
    ):
        content = {"ZipFile": zip_with_modes(files)}
        published = each_way.client("lambda").publish_layer_version(
            LayerName=f"modes-{number}", Content=content
        )
        layers.append(published["LayerVersionArn"])
    name = each_way.create(TRYING, Layers=layers)
    opt = "os.environ.get('LAMBDA_OPT_DIR', '/opt')"
    tried = {
        "one": f"open({opt} + '/shared/one').read()",
        "two": f"open({opt} + '/shared/two').read()",
        "first": f"os.listdir({opt} + '/first')",
        "second": f"os.listdir({opt} + '/second')",
    }
    found = each_way.call(name, tried).payload
    closed = "PermissionError 13"
    assert found == {"one": "1", "two": closed, "first": closed, "second": ["x"]}


def test_links_lead_where_the_function_sees(each_way: RunningCloud) -> None:
    link = 0o120777
    files = {
        "index.py": (TRYING, 0o644),
        "real": ("text", 0o644),
        "near": ("real", link),
        "absolute": ("/var/task/real", link),
    }
    name = each_way.create("", Code={"ZipFile": zip_with_modes(files)})
    tried = {"near": "open('near').read()", "to": "os.readlink('absolute')"}
    expected = {"near": "text", "to": "/var/task/real"}
    if each_way.ready["sandbox"] != "none":
        tried["absolute"], expected["absolute"] = "open('absolute').read()", "text"
    assert each_way.call(name, tried).payload == expected
    assert warnings(each_way, name) == []


@pytest.mark.parametrize("killed", [False, True])
def test_nothing_of_closed_folders_is_left(tmp_path: Path, killed: bool) -> None:
    launcher = unprivileged_launcher() if os.geteuid() == 0 else own_launcher()
    parent = launcher.state_parent or tmp_path
    before = set(parent.iterdir())
    own_folder = [] if launcher.state_parent else ["--state-dir", str(tmp_path)]
    cloud = start(launcher, "--clock-factor", "6000", *own_folder)
    files = {"index.py": (TRYING, 0o644), "closed/": ("", 0o700), "closed/x": ("", 0o644)}
    content = {"ZipFile": zip_with_modes(files)}
    layer = cloud.client("lambda").publish_layer_version(LayerName="closed", Content=content)
    cloud.call(cloud.create("", Code=content, Layers=[layer["LayerVersionArn"]]), {})
    assert set(parent.iterdir()) != before
    if killed:
        cloud.process.kill()
        cloud.process.wait()
        assert cloud.process.stdout is not None
        cloud.process.stdout.close()
        cloud.wait_until_gone(20.0)
    else:
        cloud.stop()
    wait_for(lambda: set(parent.iterdir()) == before, 20.0)
