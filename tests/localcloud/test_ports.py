"""A port that cannot be used is told by its reason, in one line."""

import errno
import os
import socket
import subprocess
import sys

import pytest

from serverless_course.localcloud import server


def said(port: int) -> str:
    command = [sys.executable, "-m", "serverless_course.localcloud", "--port", str(port)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    return line


@pytest.mark.parametrize("port", [80000, -1])
def test_a_number_that_is_no_port(port: int) -> None:
    line = said(port)
    assert f"Port {port} cannot be used (a port is a number from 0 to 65535)" in line
    assert "--port" in line


@pytest.mark.parametrize(
    ("number", "says"),
    [(errno.EADDRINUSE, "taken by another program"), (errno.EACCES, "used (Permission denied)")],
)
def test_only_a_port_that_is_taken_is_called_taken(
    monkeypatch: pytest.MonkeyPatch, number: int, says: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(server, "LoopbackListener", refuse)
    with pytest.raises(server.CannotStart) as caught:
        server._listen(80, lambda _: None)  # type: ignore[arg-type, return-value]
    assert says in str(caught.value)


def test_a_taken_port_is_told_by_the_command() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        assert f"Port {port} is taken by another program" in said(port)
