"""A server under test: started as its users start it, watched until nothing of it is left."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from aws_clients import client_of
from botocore.config import Config
from botocore.response import StreamingBody

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534
RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
ON_LINUX = sys.platform == "linux"
MARK_NAME = "COURSE_TEST_CANARY"
WRITE_LOGS = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)


@dataclass(frozen=True)
class Launcher:
    """How a server is started: the interpreter, its variables, the user."""

    python: str
    environ: dict[str, str]
    user: int | None = None
    state_parent: Path | None = None

    def popen(self, *arguments: str, **settings: Any) -> subprocess.Popen[str]:
        command = [self.python, "-m", "serverless_course.localcloud", *arguments]
        who: dict[str, Any] = {}
        if self.user is not None:
            who = {"user": self.user, "group": self.user, "extra_groups": []}
            command += ["--state-dir", str(self.state_parent)]
        return subprocess.Popen(
            command,
            env=self.environ,
            cwd="/",
            text=True,
            **{"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, **who, **settings},
        )


def own_launcher() -> Launcher:
    """Start servers as the user who runs the tests."""
    return Launcher(sys.executable, dict(os.environ))


@lru_cache(maxsize=1)
def unprivileged_launcher() -> Launcher:
    """Start servers as a user without rights, from copies where only root can read."""
    home = Path(tempfile.mkdtemp(prefix="t-"))
    home.chmod(0o755)
    state = home / "state"
    state.mkdir()
    os.chown(state, NOBODY, NOBODY)
    paths = [
        readable(Path(sysconfig.get_paths()["purelib"]), home / "packages"),
        readable(ROOT / "src", home / "src"),
    ]
    python = sys.executable
    prefix = Path(sys.base_prefix)
    if not open_to_all(prefix):
        copy_tree(prefix, home / "python")
        name = f"bin/python{sys.version_info.major}.{sys.version_info.minor}"
        program = home / "python" / name
        program.unlink()
        moved = move_prefix((prefix / name).read_bytes(), str(prefix), str(home / "python"))
        program.write_bytes(moved)
        program.chmod(0o755)
        python = str(program)
    environ = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(state),
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return Launcher(python, environ, NOBODY, state)


def remove_unprivileged_copy() -> None:
    """Remove what `unprivileged_launcher` copied, if it was used."""
    if unprivileged_launcher.cache_info().currsize:
        state = unprivileged_launcher().state_parent
        assert state is not None
        shutil.rmtree(state.parent)
        unprivileged_launcher.cache_clear()


def open_to_all(path: Path) -> bool:
    """Whether every user can reach and read a folder."""
    return all(p.stat().st_mode & 0o5 == 0o5 for p in (path, *path.resolve().parents))


def readable(path: Path, copy: Path) -> Path:
    """The folder itself, or a copy of it that every user can read."""
    if open_to_all(path):
        return path
    copy_tree(path, copy)
    return copy


def copy_tree(source: Path, target: Path) -> None:
    """A copy made of hard links where the file system allows it."""
    left_out = shutil.ignore_patterns("site-packages", "test", "tests", "idlelib", "*.pyc.*")
    shutil.copytree(
        source,
        target,
        symlinks=True,
        copy_function=link_or_copy,
        ignore=left_out if (source / "bin").is_dir() else None,
    )


def link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target)


def move_prefix(program: bytes, old: str, new: str) -> bytes:
    """Rewrite an install prefix in a binary, padded to the same length (its library path)."""

    def shorter(match: re.Match[bytes]) -> bytes:
        moved = match[0].replace(old.encode(), new.encode())
        assert len(moved) <= len(match[0]), "the copy's path is too long"
        return moved.ljust(len(match[0]), b"\0")

    return re.sub(re.escape(old.encode()) + rb"[^\0]*\0", shorter, program)


@dataclass(frozen=True)
class Call:
    """An invocation as the caller sees it."""

    payload: Any
    log: str
    error: str
    request_id: str
    headers: dict[str, str]
    raw: bytes

    def figure(self, name: str) -> float | None:
        """A figure of the REPORT line, such as ``Duration`` in ms."""
        match = re.search(rf"REPORT.*?\t{name}: ([0-9.]+)", self.log)
        return float(match[1]) if match else None

    @property
    def contended_ms(self) -> float:
        return self._timing("contended")

    @property
    def granted_share(self) -> float:
        """CPU time over the time in which this host had a CPU free for it."""
        duration_ms = self.figure("Duration")
        assert duration_ms
        return self._timing("cpu") / (duration_ms - self.contended_ms)

    def _timing(self, name: str) -> float:
        match = re.search(rf"\b{name};dur=([0-9.]+)", self.headers.get("server-timing", ""))
        assert match
        return float(match[1])


@dataclass
class RunningCloud:
    """A server that is up: clients, functions, and what belongs to it."""

    process: subprocess.Popen[str]
    ready: dict[str, Any]
    mark: str
    launcher: Launcher
    _clients: dict[str, Any] = field(default_factory=dict)

    @property
    def endpoint(self) -> str:
        return str(self.ready["endpoint"])

    @property
    def governor(self) -> str:
        return str(self.ready["governor"])

    def client(self, service: str, **settings: Any) -> Any:
        """A client with explicit credentials and no retries."""
        plain = not settings
        if service not in self._clients or not plain:
            config = settings.pop("config", Config())
            keys = (
                settings.pop("access_key", self.ready["access_key_id"]),
                settings.pop("secret_key", self.ready["secret_access_key"]),
                settings.pop("token", None),
            )
            quick = Config(
                retries={"total_max_attempts": 1}, read_timeout=120, max_pool_connections=40
            )
            made = client_of(service, self.endpoint, keys, config.merge(quick), **settings)
            if not plain:
                return made
            self._clients[service] = made
        return self._clients[service]

    def role(self) -> str:
        iam = self.client("iam")
        with suppress(iam.exceptions.EntityAlreadyExistsException):
            iam.create_role(RoleName="tests", AssumeRolePolicyDocument=TRUST)
            iam.attach_role_policy(RoleName="tests", PolicyArn=WRITE_LOGS)
        return str(iam.get_role(RoleName="tests")["Role"]["Arn"])

    def create(self, source: str, *, name: str = "", **settings: Any) -> str:
        """Create a function from the text of ``index.py``; returns its name."""
        name = name or f"f-{secrets.token_hex(5)}"
        self.client("lambda").create_function(
            **{
                "FunctionName": name,
                "Runtime": RUNTIME,
                "Handler": "index.handler",
                "Role": self.role(),
                "Code": {"ZipFile": zip_of({"index.py": source})},
                "MemorySize": 1769,
                "Timeout": 20,
                **settings,
            }
        )
        self.settle(name)
        return name

    def settle(self, name: str, limit_s: float = 60.0) -> None:
        """Wait until a function is Active and no update of it is in progress."""
        until = time.monotonic() + limit_s
        while True:
            found = self.client("lambda").get_function_configuration(FunctionName=name)
            if found["State"] == "Active" and found["LastUpdateStatus"] == "Successful":
                return
            assert time.monotonic() < until, found
            time.sleep(0.02)

    def configure(self, name: str, **settings: Any) -> None:
        """Change a function's configuration and wait until it is in force."""
        self.client("lambda").update_function_configuration(FunctionName=name, **settings)
        self.settle(name)

    def call(self, name: str, event: Any = None, **settings: Any) -> Call:
        """Invoke with the log's tail."""
        if event is not None:
            settings["Payload"] = json.dumps(event)
        answer = self.client("lambda").invoke(FunctionName=name, LogType="Tail", **settings)
        body: StreamingBody = answer["Payload"]
        raw = body.read()
        meta = answer["ResponseMetadata"]
        try:
            payload = json.loads(raw)
        except ValueError:
            payload = None
        return Call(
            payload,
            base64.b64decode(answer["LogResult"]).decode(),
            answer.get("FunctionError", ""),
            meta["RequestId"],
            meta["HTTPHeaders"],
            raw,
        )

    def create_from(self, files: dict[str, str], executable: str = "", **settings: Any) -> str:
        """Create a function from several files; returns its name."""
        return self.create("", Code={"ZipFile": zip_of(files, executable)}, **settings)

    def delete(self, name: str) -> None:
        self.client("lambda").delete_function(FunctionName=name)

    def processes(self, name: str) -> list[int]:
        """A function's processes, as numbered here: in its own namespace they have others."""
        return carrying(f"AWS_LAMBDA_FUNCTION_NAME={name}")

    def leader(self, name: str) -> int:
        """The runtime's process of a function that has one environment."""
        found = self.processes(name)
        (leader,) = [pid for pid in found if parent_of(pid) not in found]
        return leader

    def left(self) -> list[int]:
        """Processes that belong to this server, itself included, zombies left out."""
        return carrying(f"{MARK_NAME}={self.mark}", f"AWS_ENDPOINT_URL={self.endpoint}")

    def cgroup_folders(self) -> list[Path]:
        """The server's own cgroup folders that exist now."""
        return list(Path("/sys/fs/cgroup").glob(f"**/serverless-course-{self.process.pid}"))

    def wait_until_gone(self, limit_s: float = 2.0) -> None:
        """Fail when a process or a cgroup folder is left after ``limit_s`` seconds."""
        until = time.monotonic() + limit_s
        while (left := self.left()) or self.cgroup_folders():
            if time.monotonic() > until:
                names = [(pid, command_line(pid)) for pid in left]
                for pid in left:
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                raise AssertionError(f"left behind: {names} {self.cgroup_folders()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Close the server's standard input and see that it ends with everything it made."""
        if self.process.stdin and not self.process.stdin.closed:
            self.process.stdin.close()
        try:
            assert self.process.wait(60) == 0
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            if self.process.stdout:
                self.process.stdout.close()
            self.wait_until_gone(20.0)


def start(launcher: Launcher, *arguments: str, **settings: Any) -> RunningCloud:
    """Start a server and read its ready line."""
    mark = secrets.token_hex(8)
    marked = Launcher(
        launcher.python,
        {**launcher.environ, MARK_NAME: mark},
        launcher.user,
        launcher.state_parent,
    )
    process = marked.popen("--until-stdin-closes", *arguments, **settings)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, f"the server did not start: status {process.wait()}"
    return RunningCloud(process, json.loads(line), mark, launcher)


@contextmanager
def running(launcher: Launcher, *arguments: str) -> Iterator[RunningCloud]:
    """A server for the length of a ``with`` block."""
    cloud = start(launcher, *arguments)
    try:
        yield cloud
    finally:
        cloud.stop()


def zip_of(files: dict[str, str], *executable: str) -> bytes:
    """A deployment package in memory; some of the files may be executable."""
    return zip_with_modes(
        {name: (text, 0o755 if name in executable else 0o644) for name, text in files.items()}
    )


def zip_with_modes(files: dict[str, tuple[str, int]]) -> bytes:
    """A deployment package of texts and modes, by name; a name with a slash at its end is a folder.

    A mode may have its kind, such as 0o120777 for a link to the text.
    """
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, (text, mode) in files.items():
            item = zipfile.ZipInfo(name)
            item.external_attr = mode << 16
            archive.writestr(item, text)
    return data.getvalue()


def resident_mb(pid: int) -> float:
    """Resident memory of a process, in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def carrying(*words: str) -> list[int]:
    """Live processes (zombies left out) whose first variables contain one of the words."""
    found = []
    for name in os.listdir("/proc") if ON_LINUX else []:
        if not name.isdigit() or int(name) == os.getpid():
            continue
        with suppress(OSError):
            environ = Path(f"/proc/{name}/environ").read_bytes().split(b"\0")
            if any(word.encode() in environ for word in words) and alive(int(name)):
                found.append(int(name))
    return found


def alive(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (OSError, IndexError):
        return False


def parent_of(pid: int) -> int:
    """A process's parent; 0 when it is gone."""
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


def stopped(pid: int) -> bool:
    """Whether a process is stopped by a signal."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def command_line(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return "gone"


def wait_for(condition: Any, limit_s: float = 30.0) -> None:
    """Wait until ``condition()`` is true; fail after ``limit_s`` seconds."""
    until = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)
