"""Figures of a process from files that stay open: they follow it, and end with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest
from running_cloud import ON_LINUX, wait_for

from serverless_course.localcloud.lambda_.environment.governor.process_files import ProcessFiles

pytestmark = pytest.mark.skipif(not ON_LINUX, reason="reads /proc")
MB = 1024 * 1024


@contextmanager
def program(source: str) -> Iterator[tuple[subprocess.Popen[str], ProcessFiles]]:
    """A Python program that waits for lines, and its files."""
    process = subprocess.Popen(
        [sys.executable, "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    files = ProcessFiles(process.pid)
    try:
        yield process, files
    finally:
        files.close()
        process.kill()
        process.communicate()


def tell(process: subprocess.Popen[str]) -> None:
    """Let the program take its next step, and wait until it has."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    process.stdout.readline()


READY = "print(flush=True); input(); "


def test_memory_is_the_highest_so_far_and_what_there_is_now() -> None:
    source = f"{READY} data = bytearray(64 * 1024 * 1024); {READY} del data; {READY}"
    with program(source) as (process, files):
        before = files.peak_bytes
        assert before >= files.resident_bytes > MB
        tell(process)
        assert 60 * MB < files.peak_bytes - before < 70 * MB
        tell(process)
        assert files.peak_bytes - before > 60 * MB
        assert files.resident_bytes < before + 20 * MB
        assert files.resident_bytes == pytest.approx(
            psutil.Process(process.pid).memory_info().rss, rel=0.05
        )


def test_children_come_and_go() -> None:
    source = (
        f"import subprocess; {READY} some = [subprocess.Popen(['sleep', '60']) for _ in 'abc']; "
        f"{READY} [(each.kill(), each.wait()) for each in some]; {READY}"
    )
    with program(source) as (process, files):
        assert files.children == []
        tell(process)
        assert sorted(files.children or []) == sorted(
            child.pid for child in psutil.Process(process.pid).children()
        )
        assert len(files.children or []) == 3
        tell(process)
        assert files.children == []


def test_a_process_of_several_threads_has_its_children_looked_for_elsewhere() -> None:
    source = f"import threading; {READY} threading.Thread(target=input).start(); {READY}"
    with program(source) as (process, files):
        tell(process)
        assert files.children is None


@pytest.mark.parametrize("threads", [0, 2])
def test_the_end_is_seen_before_it_is_collected(threads: int) -> None:
    start = "".join(
        "threading.Thread(target=time.sleep, args=(60,)).start(); " for _ in range(threads)
    )
    with program(f"import threading, time; {start}{READY}") as (process, files):
        assert not files.has_ended
        os.kill(process.pid, signal.SIGSTOP)
        assert not files.has_ended
        os.kill(process.pid, signal.SIGKILL)
        wait_for(lambda: files.has_ended)
        process.wait()
        assert files.has_ended
        assert (files.peak_bytes, files.resident_bytes, files.waited_ns) == (0, 0, 0)
        assert not files.children


def test_what_is_closed_while_it_is_read_reads_no_other_file() -> None:
    """Descriptors are used again at once: no thread may read another's file."""
    with program(READY) as (process, _):
        wrong: list[int] = []
        done = threading.Event()
        made = [ProcessFiles(process.pid) for _ in range(50)]

        def read() -> None:
            while not done.is_set():
                for files in made:
                    if files.peak_bytes > 1 << 40 or files.children:
                        wrong.append(1)

        reader = threading.Thread(target=read)
        reader.start()
        for files in made:
            files.close()
            with open("/proc/self/status", "rb") as other:
                other.read(1)
        done.set()
        reader.join()
        assert not wrong
        assert not any(files.has_ended for files in made), "it is not known any more"


def test_more_children_than_a_page_tells_of_are_looked_for_elsewhere() -> None:
    source = (
        f"import os, signal; {READY}\n"
        # With ids of three digits, too, they fill more than a page.
        "for _ in range(1300):\n    if not os.fork():\n        signal.pause()\n"
        "print(flush=True); input(); os.killpg(0, 9)\n"
    )
    with program(f"import os; os.setsid()\n{source}") as (process, files):
        try:
            tell(process)
            assert files.children is None
        finally:
            # They hold the pipe that the program's end is waited for with.
            os.killpg(process.pid, signal.SIGKILL)
