"""One cloud for the kernels of a JupyterLab, tried on small commands that keep its contract."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from serverless_course.aws import cloud as cloud_module
from serverless_course.aws import cloud_file, shared_cloud
from serverless_course.aws.cloud import ConnectError, connect
from serverless_course.aws.cloud_file import CloudFile
from serverless_course.aws.embedded import EmbeddedCloudError, server_version
from serverless_course.aws.shared_cloud import Owner, SharedCloud

REGION = "us-east-1"
# A server as this process sees one: the ready line, then nothing until it is told to end.
SERVER = """
import json, os, sys, time
print(json.dumps({"ready": True, "endpoint": "http://127.0.0.1:1", "region": "us-east-1",
  "access_key_id": f"key {os.getpid()}", "secret_access_key": "the secret",
  "account_id": "123456789012", "clock_factor": 60.0, "governor": "signals", "cores": 2,
  "pid": os.getpid()}), flush=True)
time.sleep(300)
"""


def stand_in(options: Sequence[str]) -> list[str]:
    return [sys.executable, "-c", SERVER, *options]


Share = Callable[..., SharedCloud]


@pytest.fixture
def share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Share]:
    """Asks for the shared cloud as a kernel that has just started does; ends the servers."""
    pids = set()

    def ask(state: Path | None = None, pid: int | None = os.getpid(), **more: Any) -> SharedCloud:
        monkeypatch.setattr(shared_cloud, "_found", {})
        more = {"command": stand_in, **more}
        region = more.pop("region", REGION)
        found = shared_cloud.shared_cloud(region, Owner(pid), state or tmp_path / "s", **more)
        pids.add(found.ready.pid)
        return found

    yield ask
    for pid in pids:
        if psutil.pid_exists(pid):
            os.kill(pid, signal.SIGKILL)


def the_file(state: Path) -> Path:
    (found,) = (state / "clouds").glob("*.json")
    return found


def test_the_second_kernel_finds_the_cloud_of_the_first(share: Share) -> None:
    first, second = share(), share()
    assert (first.is_new, second.is_new) == (True, False)
    assert first.ready == second.ready
    second.check()
    assert shared_cloud.has_started_one() is False


def test_one_kernel_asks_twice_and_keeps_its_cloud_when_the_file_is_gone(tmp_path: Path) -> None:
    first = shared_cloud.shared_cloud(REGION, Owner(None), tmp_path, command=stand_in)
    the_file(tmp_path).unlink()
    assert shared_cloud.shared_cloud(REGION, Owner(None), tmp_path, command=stand_in) is first
    first.stop()
    assert not first.running
    second = shared_cloud.shared_cloud(REGION, Owner(None), tmp_path, command=stand_in)
    assert second.is_new
    second.stop()


def test_only_its_owner_may_read_the_credentials(share: Share, tmp_path: Path) -> None:
    state = tmp_path / "my state"
    old = os.umask(0)
    try:
        share(state)
    finally:
        os.umask(old)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (state / "clouds").iterdir()}
    assert set(modes.values()) == {0o600}
    assert len(modes) == 3
    assert (state / "clouds").stat().st_mode & 0o777 == 0o700
    assert "the secret" in the_file(state).read_text()


def test_a_file_that_others_may_read_or_write_is_not_believed(share: Share, tmp_path: Path) -> None:
    first = share()
    the_file(tmp_path / "s").chmod(0o644)
    second = share()
    assert second.is_new
    assert second.ready.pid != first.ready.pid
    assert the_file(tmp_path / "s").stat().st_mode & 0o777 == 0o600


def spoil(told: dict[str, Any], how: str) -> Any:
    if how == "number of another process":
        told["ready"]["pid"] = os.getpid()
    elif how == "another start":
        told["started"] -= 100
    elif how == "other code":
        told["code"] = "0"
    elif how == "no credentials":
        del told["ready"]["secret_access_key"]
    elif how == "a list":
        return [told]
    return told


@pytest.mark.parametrize(
    "how",
    ["number of another process", "another start", "other code", "no credentials", "a list"],
)
def test_a_file_that_tells_of_another_server_is_not_believed(
    share: Share, tmp_path: Path, how: str
) -> None:
    share()
    path = the_file(tmp_path / "s")
    path.write_text(json.dumps(spoil(json.loads(path.read_text()), how)))
    assert share().is_new
    assert not share().is_new


@pytest.mark.parametrize("text", ["", "{", "\x00", "[]", '{"ready": 1}'])
def test_a_file_of_no_sense_is_not_believed(share: Share, tmp_path: Path, text: str) -> None:
    share()
    the_file(tmp_path / "s").write_text(text)
    assert share().is_new


def test_a_course_that_was_updated_starts_a_cloud_and_leaves_the_old_one_to_its_kernels(
    share: Share, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = share()
    monkeypatch.setattr(cloud_file, "server_version", lambda: "newer")
    new = share()
    assert new.is_new
    old.check()
    assert share().ready == new.ready


def test_the_version_changes_with_the_code_and_its_place() -> None:
    assert server_version() == server_version()
    code = f"import sys; sys.executable = 'other'; {PRINT_VERSION}"
    assert printed(code) != printed(PRINT_VERSION) == server_version()


PRINT_VERSION = "from serverless_course.aws.embedded import server_version; print(server_version())"


def printed(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_server_that_was_killed_is_told_and_replaced(share: Share) -> None:
    first, second = share(), share()
    os.kill(first.ready.pid, signal.SIGKILL)
    with pytest.raises(EmbeddedCloudError, match=r"Run the first cell again \(Lab"):
        second.check(settle_s=5)
    with pytest.raises(EmbeddedCloudError):
        first.check(settle_s=5)
    third = share()
    assert third.is_new
    with pytest.raises(EmbeddedCloudError):
        # A quick look, and the process is no zombie by now.
        second.check()


def test_checkouts_regions_and_jupyterlabs_have_clouds_of_their_own(
    share: Share, tmp_path: Path
) -> None:
    found = [
        share(tmp_path / "one"),
        share(tmp_path / "two"),
        share(tmp_path / "one", region="eu-central-1"),
        share(tmp_path / "one", pid=os.getppid()),
        share(tmp_path / "one", pid=None),
    ]
    assert len({each.ready.pid for each in found}) == len(found)
    assert all(each.is_new for each in found)


def test_files_of_a_jupyterlab_that_has_ended_go_when_another_starts(
    share: Share, tmp_path: Path
) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    share(pid=ended.pid)
    share()
    names = {path.name for path in (tmp_path / "s" / "clouds").glob("*.json")}
    assert names == {f"{REGION}-{os.getpid()}.json"}


KERNEL = """
import sys
from pathlib import Path
from serverless_course.aws.shared_cloud import Owner, shared_cloud
def command(options):
    return [sys.executable, "-c", sys.argv[2], *options]
found = shared_cloud("us-east-1", Owner(None), Path(sys.argv[1]), command=command)
print(found.ready.pid, found.is_new, flush=True)
sys.stdin.read()
"""


def kernel(state: Path) -> subprocess.Popen[str]:
    line = [sys.executable, "-c", KERNEL, str(state), SERVER]
    return subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_kernels_that_start_at_once_start_one_server_which_outlives_them(tmp_path: Path) -> None:
    kernels = [kernel(tmp_path) for _ in range(4)]
    told = [each.stdout.readline().split() for each in kernels if each.stdout]
    pids = {int(pid) for pid, _ in told}
    assert sorted(is_new for _, is_new in told) == ["False", "False", "False", "True"]
    (pid,) = pids
    for each in kernels:
        each.kill()
        each.communicate()
    time.sleep(0.2)
    noted = CloudFile(tmp_path, REGION, None).read()
    assert noted is not None
    assert noted.ready.pid == pid
    os.kill(pid, signal.SIGKILL)


def test_a_server_that_cannot_start_says_why(share: Share) -> None:
    def broken(options: Sequence[str]) -> list[str]:
        return [sys.executable, "-c", "import sys; sys.exit('No free port.')"]

    with pytest.raises(EmbeddedCloudError, match="It said: No free port"):
        share(command=broken)


def test_a_folder_that_cannot_be_written_says_what_to_do(share: Share) -> None:
    with pytest.raises(EmbeddedCloudError, match="COURSE_CLOUD=own"):
        share(Path("/proc/nowhere"))


def test_the_options_that_end_it(share: Share) -> None:
    def command(options: Sequence[str]) -> list[str]:
        given.extend(options)
        return stand_in(options)

    given: list[str] = []
    share(pid=4321, command=command)
    assert given == [
        *("--region", REGION, "--until-idle", "43200", "--until-process-ends", "4321"),
    ]


# whose cloud it is

LAB = str(os.getpid())


@pytest.mark.parametrize(
    ("env", "owner"),
    [
        ({}, None),
        # A kernel that JupyterLab started, and one that a build or a test started within it.
        ({"COURSE_JUPYTERLAB": LAB, "JPY_PARENT_PID": LAB}, Owner(os.getpid())),
        ({"COURSE_JUPYTERLAB": LAB, "JPY_PARENT_PID": "1"}, None),
        ({"COURSE_JUPYTERLAB": LAB}, None),
        ({"JPY_PARENT_PID": LAB}, None),
        ({"COURSE_JUPYTERLAB": "no", "JPY_PARENT_PID": "no"}, None),
        ({"COURSE_JUPYTERLAB": LAB, "JPY_PARENT_PID": LAB, "COURSE_CLOUD": "own"}, None),
        ({"COURSE_JUPYTERLAB": LAB, "COURSE_CLOUD": "shared"}, Owner(os.getpid())),
        ({"COURSE_CLOUD": "shared"}, Owner(None)),
        ({"COURSE_CLOUD": " Own "}, None),
    ],
)
def test_whose_cloud_a_process_shares(env: dict[str, str], owner: Owner | None) -> None:
    assert Owner.of(env) == owner


def test_a_jupyterlab_that_has_ended_owns_no_cloud() -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    env = {"COURSE_JUPYTERLAB": str(ended.pid), "COURSE_CLOUD": "shared"}
    assert Owner.of(env) == Owner(None)


def test_a_wish_of_no_sense_is_refused() -> None:
    with pytest.raises(ConnectError, match="COURSE_CLOUD is 'mine'"):
        connect({"COURSE_CLOUD": "mine"})


def test_connect_asks_for_the_shared_cloud(
    share: Share, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def started(region: str, owner: Owner, state: Path) -> SharedCloud:
        assert (region, owner, state) == (REGION, Owner(os.getpid()), tmp_path)
        return share()

    monkeypatch.setattr(cloud_module, "shared_cloud", started)
    env = {"COURSE_JUPYTERLAB": LAB, "JPY_PARENT_PID": LAB, "COURSE_STATE_DIR": str(tmp_path)}
    first, second = connect(env), connect(env)
    assert (first.is_shared, first.is_new, second.is_new) == (True, True, False)
    assert first.target == second.target
    assert replace(first, is_new=False).instance == second.instance
