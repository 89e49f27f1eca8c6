"""A port that cannot be used is told by its reason, in one line."""

import asyncio
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


class Refusing:
    def __init__(self, number: int) -> None:
        self.number = number

    async def create_server(self, *_: object) -> None:
        raise OSError(self.number, os.strerror(self.number))


@pytest.mark.parametrize(
    ("number", "says"),
    [(errno.EADDRINUSE, "taken by another program"), (errno.EACCES, "used (Permission denied)")],
)
def test_only_a_port_that_is_taken_is_called_taken(number: int, says: str) -> None:
    with pytest.raises(server.CannotStart) as caught:
        asyncio.run(server._listen(Refusing(number), 80, None))  # type: ignore[arg-type]
    assert says in str(caught.value)


def test_a_taken_port_is_told_by_the_command() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        assert f"Port {port} is taken by another program" in said(port)
